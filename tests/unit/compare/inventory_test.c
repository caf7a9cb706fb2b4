/* SPDX-License-Identifier: Apache-2.0
 *
 * What a trace's sites hold, under their identities.
 */
#include "scene.h"
#include "stock.h"
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static struct inventory take(const struct scene *scene, size_t from, size_t to,
                             struct suppressions *suppressions) {
  struct inventory inventory;
  struct analysis_report *report = analysis_interval(scene->analysis, from, to);
  assert_non_null(report);
  const struct inventory_source source = {scene->trace, scene->symbols, scene->analysis, report,
                                          false};
  assert_true(inventory_make(&inventory, &source, suppressions));
  analysis_report_free(report);
  return inventory;
}

static const struct holding *holding_of(const struct inventory *inventory, const char *function) {
  for (size_t i = 0; i < inventory->count; i++)
    if (inventory->list[i].identity.function &&
        !strcmp(inventory->list[i].identity.function, function))
      return &inventory->list[i];
  fail_msg("no %s", function);
  return NULL;
}

static void has_the_interval_s_figures_of_all_the_run_s_sites(void **state) {
  (void)state;
  struct scene scene;
  scene_sessions(&scene);
  struct inventory inventory = take(&scene, 1, 2, NULL);
  const struct holding *session = holding_of(&inventory, "session_new");
  assert_int_equal(session->blocks, 10);
  assert_int_equal(session->bytes, 1520);
  assert_int_equal(session->allocations, 11);
  assert_int_equal(session->identity.build_id_bytes, 2);
  assert_int_equal(holding_of(&inventory, "table_make")->blocks, 0);
  assert_int_equal(inventory.units, 10);
  assert_true(inventory.seconds > 0.00199 && inventory.seconds < 0.00201);
  inventory_release(&inventory);
  scene_end(&scene);
}

static void what_is_suppressed_is_left_out_and_counted(void **state) {
  (void)state;
  struct scene scene;
  struct suppressions *suppressions;
  struct trace_error error;
  char path[64];
  scene_sessions(&scene);
  stock_file(path, "leak:xmalloc\nleak:nothing\n");
  assert_int_equal(suppressions_read(path, &suppressions, &error), TRACE_OK);
  struct inventory inventory = take(&scene, 0, 3, suppressions);
  assert_int_equal(holding_of(&inventory, "session_new")->blocks, 0);
  assert_int_equal(holding_of(&inventory, "table_make")->bytes, 4096);
  assert_int_equal(suppressions->list[0].blocks, 10);
  assert_int_equal(suppressions->list[0].bytes, 1520);
  assert_int_equal(suppressions->list[1].blocks, 0);
  inventory_release(&inventory);
  suppressions_free(suppressions);
  scene_end(&scene);
  unlink(path);
}

/* A plugin that is unloaded and loaded again is two modules of the trace. */
static void a_library_loaded_twice_is_one(void **state) {
  (void)state;
  static const struct symbol_frame plugin[] = {{"plugin_make", NULL, "/src/plugin.c", 5}};
  struct scene scene;
  scene_begin(&scene);
  for (uint64_t module = 3; module <= 4; module++) {
    builder_module(scene.builder, module, "/lib/plugin.so", 0x2000000 * module, "\x9a", 1);
    fake_symbols_set((uint32_t)module, 0x100, plugin, 1);
    builder_context(scene.builder, (uint32_t)module, 0, module == 3 ? 3 : 4, 0x100, 0);
    builder_alloc(scene.builder, 1, 2000 + module, 0x10000 * module, 100, (uint32_t)module);
  }
  scene_analyse(&scene, 9000, true, NULL);
  struct inventory inventory = take(&scene, 0, 1, NULL);
  assert_int_equal(inventory.count, 1);
  assert_int_equal(inventory.list[0].bytes, 200);
  assert_int_equal(inventory.list[0].identity.calls, 1);
  inventory_release(&inventory);
  scene_end(&scene);
}

static void an_empty_trace_has_none(void **state) {
  (void)state;
  struct scene scene;
  scene_begin(&scene);
  scene_analyse(&scene, 9000, true, NULL);
  struct inventory inventory = take(&scene, 0, 1, NULL);
  assert_int_equal(inventory.count, 0);
  assert_int_equal(inventory.units, 0);
  inventory_release(&inventory);
  scene_end(&scene);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(has_the_interval_s_figures_of_all_the_run_s_sites),
      cmocka_unit_test(what_is_suppressed_is_left_out_and_counted),
      cmocka_unit_test(a_library_loaded_twice_is_one),
      cmocka_unit_test(an_empty_trace_has_none),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
