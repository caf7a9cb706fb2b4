/* SPDX-License-Identifier: Apache-2.0 */
#include "page.h"
#include "report/json_writer.h"
#include "report/warnings.h"
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* A trace with everything that info tells: losses, damage, a disagreement of unwinders. */
static void info_scene(struct scene *scene) {
  uint8_t payload[200], *at = payload;
  const uint64_t ours[] = {0x401000, 0x402000}, theirs[] = {0x401000};
  scene_begin(scene);
  struct builder *b = scene->builder;
  builder_context(b, 1, 0, 1, 0x10, 0);
  builder_mark(b, SEEP_MARK_LABEL, "warm", 5, 1000000);
  builder_mark(b, SEEP_MARK_PAUSE, "", 0, 1500000);
  builder_alloc(b, 1, 2000, 0x1000, 8, 1);
  builder_drain(b, 1);
  builder_put_field(&at, SEEP_TAG_STACK_OURS, ours, sizeof ours);
  builder_put_field(&at, SEEP_TAG_STACK_THEIRS, theirs, sizeof theirs);
  const struct seep_frame head = {
      .type = SEEP_FRAME_DISAGREEMENT, .first_stamp = 1801000, .last_stamp = 1801000};
  builder_frame(b, &head, payload, (size_t)(at - payload));
  builder_raw(b, "this is no frame", 16);
  builder_state(b, 2000000,
                &(struct builder_state){.lost_events = 3,
                                        .unrecorded_events = 2,
                                        .captures = 100,
                                        .verified = 10,
                                        .disagreements = 1,
                                        .context_count = 1000,
                                        .recorder_bytes = 2000000,
                                        .holdup_ticks = 1500000,
                                        .drains = 7,
                                        .peak_threads = 4});
  struct trace_error error;
  builder_close(b);
  assert_int_equal(trace_open(scene->path, &scene->trace, &error), TRACE_OK);
  scene->symbols = symbols_new(scene->trace, NULL);
}

static void info_tells_everything(void **state) {
  (void)state;
  static const char *const parts[] = {
      "program        demo\n",
      "command        demo --port\n",
      "process        4711",
      "state          no stage\n",
      "recorder peak  1.91 MiB (2,000,000 bytes)\n",
      "budget         2.30 MiB (2 MiB + 64 KiB x 4 threads + 48 B x 1,000 contexts)\n",
      "drains         7, longest hold-up 1.50 ms\n",
      "stacks taken   100\n",
      "verified       10\n",
      "warning: 3 events were lost",
      "warning: 2 events were seen but not",
      ": 16 bytes skipped (",
      "marks: 2\n",
      "(5 units)\n",
      "modules: 2\n",
      "  1234 /usr/bin/demo: full\n",
      "threads: 2\n",
      "  101        main\n",
      "disagreement at +1.80 ms\n  ours: 0x401000 0x402000\n  libunwind: 0x401000\n"};
  struct scene scene;
  info_scene(&scene);
  char *page = page_info(&scene, false);
  for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
    if (!strstr(page, parts[i]))
      fail_msg("\"%s\" is missing in\n%s", parts[i], page);
  free(page);
  scene_end(&scene);
}

static void info_json_tells_everything(void **state) {
  (void)state;
  static const char *const truths[] = {
      ".seep == 1 and .trace.complete == false and .trace.state == \"no stage\"",
      ".events | .lost_events == 3 and .unrecorded_events == 2 and .records == 1",
      ".recorder | .budget_bytes == 2407296 and .peak_bytes == 2000000 and .longest_holdup_s == "
      "0.0015",
      ".damages | length == 1 and .[0].bytes == 16 and .[0].offset > 64",
      "[.marks[].kind] == [\"mark\", \"pause\"] and .marks[0].units == 5",
      "[.modules[].build_id] == [\"1234\", \"5678\"] and .modules[0].symbols == \"full\"",
      "[.threads[].tid] == [101, 102]",
      ".disagreements == [{\"time_s\": 0.0018, \"ours\": [4198400, 4202496], \"libunwind\": "
      "[4198400]}]",
      ".warnings | length > 3",
  };
  struct scene scene;
  info_scene(&scene);
  char *page = page_info(&scene, true);
  for (size_t i = 0; i < sizeof truths / sizeof *truths; i++)
    page_jq(page, truths[i]);
  free(page);
  assert_false(warnings_complete(scene.trace));
  scene_end(&scene);
}

static void json_is_always_valid(void **state) {
  (void)state;
  char *text = NULL, raw[256];
  size_t bytes = 0;
  for (int i = 1; i < 256; i++)
    raw[i - 1] = (char)i;
  raw[255] = '\0';
  FILE *out = open_memstream(&text, &bytes);
  assert_non_null(out);
  struct json json = json_to(out);
  json_object(&json, NULL);
  json_array(&json, "empty");
  json_array_end(&json);
  json_object(&json, "nothing");
  json_object_end(&json);
  json_text(&json, "raw", raw);
  json_text(&json, "absent", NULL);
  json_real(&json, "infinite", INFINITY);
  json_real(&json, "tiny", 1e-300);
  json_number(&json, "large", UINT64_MAX);
  json_signed(&json, "small", INT64_MIN);
  json_hex(&json, "none", NULL, 0);
  json_text(&json, "tag", "\xf3\xa0\x81\x81");
  json_bool(&json, "last", false);
  json_object_end(&json);
  json_end(&json);
  fclose(out);
  page_jq(text, "keys == [\"empty\", \"large\", \"last\", \"nothing\", \"raw\", \"small\", "
                "\"tag\", \"tiny\"]");
  page_jq(text, "(.raw | length) == 255 and (.raw | explode | .[0:127]) == [range(1; 128)]");
  page_jq(text, "(.raw | explode | .[127:] | unique) == [65533]");
  page_jq(text, "(.tag | explode) == [917569] and .tiny == 1e-300");
  assert_non_null(strstr(text, "18446744073709551615"));
  assert_non_null(strstr(text, "-9223372036854775808"));
  free(text);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(info_tells_everything),
      cmocka_unit_test(info_json_tells_everything),
      cmocka_unit_test(json_is_always_valid),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
