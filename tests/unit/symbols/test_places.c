/* SPDX-License-Identifier: Apache-2.0
 *
 * Known calls in the subjects: functions, inlined frames, lines; and what is no code address.
 */
#include "fake.h"
#include <pthread.h>
#include <string.h>

#define PLAIN SUBJECT_BUILD "/subject.so"

/* The frames where function of subject.so at path called record. */
static const struct symbol *look_up(struct fake *fake, struct symbols **symbols, const char *path,
                                    const char *function) {
  fake_init(fake, path);
  uint32_t context = fake_add(fake, 1, fake_call(path, function), 0);
  *symbols = symbols_new(&fake->trace, NULL);
  assert_non_null(*symbols);
  assert_int_equal(symbols_module_state(*symbols, 1), SYMBOLS_NOT_TRIED);
  assert_null(symbols_peek(*symbols, context));
  const struct symbol *symbol = symbols_look_up(*symbols, context);
  assert_ptr_equal(symbols_peek(*symbols, context), symbol);
  assert_ptr_equal(symbols_look_up(*symbols, context), symbol);
  return symbol;
}

static void test_inlined(void **state) {
  (void)state;
  static const char *const paths[] = {PLAIN, SUBJECT_BUILD "/subject_dwarf4.so",
                                      SUBJECT_BUILD "/subject_split.so"};
  for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
    struct fake fake;
    struct symbols *symbols;
    const struct symbol *symbol = look_up(&fake, &symbols, paths[i], "subject_nested");
    assert_int_equal(symbols_module_state(symbols, 1), SYMBOLS_FULL);
    assert_true(symbols_module_checked(symbols, 1));
    assert_int_equal(symbol->frame_count, 3);
    fake_expect(&symbol->frames[0], "subject_leaf", "subject_inline.h",
                fake_line("subject_inline.h", "leaf"));
    fake_expect(&symbol->frames[1], "subject_middle", "subject_inline.h",
                fake_line("subject_inline.h", "middle"));
    fake_expect(&symbol->frames[2], "subject_nested", "subject.c",
                fake_line("subject.c", "nested"));
    assert_string_equal(symbol->frames[2].linkage, "subject_nested");
    assert_in_range(symbol->function_offset, 1, 256);
    symbols_free(symbols);
    fake_release(&fake);
  }
}

static void expect_prefix(const char *text, const char *prefix) {
  if (strncmp(text, prefix, strlen(prefix)))
    assert_string_equal(text, prefix);
}

static void test_cxx(void **state) {
  (void)state;
  struct fake fake;
  struct symbols *symbols;
  const struct symbol *symbol =
      look_up(&fake, &symbols, SUBJECT_BUILD "/subject_cxx.so", "subject_template");
  assert_int_equal(symbol->frame_count, 3);
  expect_prefix(symbol->frames[0].function, "shop::fill(shop::Basket<int>&, void (*)())::");
  assert_non_null(strstr(symbol->frames[0].function, "::operator()"));
  assert_int_equal(symbol->frames[0].line, fake_line("subject.cc", "lambda"));
  assert_non_null(strstr(symbol->frames[1].function, "shop::Basket<int>::each<"));
  assert_int_equal(symbol->frames[1].line, fake_line("subject.cc", "each"));
  assert_string_equal(symbol->frames[2].function, "shop::fill(shop::Basket<int>&, void (*)())");
  assert_string_equal(symbol->frames[2].linkage, "_ZN4shop4fillERNS_6BasketIiEEPFvvE");
  symbols_free(symbols);
  fake_release(&fake);
}

/* The return address of a call that does not return lies behind its function. */
static void test_last_call(void **state) {
  (void)state;
  struct fake fake;
  fake_init(&fake, PLAIN);
  uint64_t address = fake_call(PLAIN, "subject_leaves");
  uint32_t called = fake_add(&fake, 1, address, 0);
  uint32_t exact = fake_add(&fake, 1, address, SEEP_CONTEXT_EXACT);
  uint32_t before = fake_add(&fake, 1, address - 1, SEEP_CONTEXT_EXACT);
  struct symbols *symbols = symbols_new(&fake.trace, NULL);
  const struct symbol *symbol = symbols_look_up(symbols, called);
  fake_expect(&symbol->frames[0], "subject_leaves", "subject.c", fake_line("subject.c", "leaves"));
  const struct symbol *last = symbols_look_up(symbols, before);
  fake_expect(&last->frames[0], "subject_leaves", "subject.c", fake_line("subject.c", "leaves"));
  assert_int_equal(symbol->function_offset, last->function_offset + 1);
  const char *behind = symbols_look_up(symbols, exact)->frames[0].function;
  assert_true(!behind || strcmp(behind, "subject_leaves"));
  symbols_free(symbols);
  fake_release(&fake);
}

static void expect_unknown(const struct symbol *symbol) {
  assert_int_equal(symbol->frame_count, 1);
  fake_expect(&symbol->frames[0], NULL, NULL, 0);
  assert_int_equal(symbol->function_offset, 0);
}

static void test_no_code(void **state) {
  (void)state;
  struct fake fake;
  fake_init(&fake, PLAIN);
  static const struct {
    uint32_t module;
    uint64_t offset;
  } places[] = {{0, 0x7f0000001234},     {1, 0},      {1, 1},         {1, UINT64_MAX},
                {1, 0x7fffffffffffffff}, {7, 0x1234}, {UINT32_MAX, 5}};
  for (size_t i = 0; i < sizeof places / sizeof *places; i++)
    fake_add(&fake, places[i].module, places[i].offset, 0);
  struct symbols *symbols = symbols_new(&fake.trace, NULL);
  for (uint32_t context = 0; context <= fake.trace.context_count; context++)
    expect_unknown(symbols_look_up(symbols, context));
  expect_unknown(symbols_look_up(symbols, UINT32_MAX));
  expect_unknown(symbols_peek(symbols, UINT32_MAX));
  symbols_free(symbols);
  fake_release(&fake);
}

static void test_module_names(void **state) {
  (void)state;
  static char vdso[] = "linux-vdso.so.1", empty[] = "";
  struct fake fake;
  fake_init(&fake, PLAIN);
  struct trace_module modules[] = {{0}, fake.modules[1], {.path = vdso}, {.path = empty}, {0}};
  fake.trace.modules = modules;
  fake.trace.module_count = 5;
  static const char *const names[] = {"[jit]", "subject.so", "[vdso]", "?", "?", "?"};
  for (uint32_t id = 1; id < 6; id++)
    fake_add(&fake, id, 0x100, 0);
  struct symbols *symbols = symbols_new(&fake.trace, NULL);
  for (uint32_t id = 0; id < 6; id++)
    assert_string_equal(symbols_module_name(symbols, id), names[id]);
  for (uint32_t context = 2; context < fake.trace.context_count; context++)
    expect_unknown(symbols_look_up(symbols, context));
  for (uint32_t id = 2; id < 6; id++)
    assert_int_equal(symbols_module_state(symbols, id), SYMBOLS_NO_FILE);
  symbols_free(symbols);
  fake_release(&fake);
}

struct looker {
  struct symbols *symbols;
  uint32_t first, count;
  const struct symbol *found[4096];
};

static void *look_at_all(void *data) {
  struct looker *looker = data;
  for (uint32_t i = 0; i < looker->count; i++) {
    uint32_t context = (looker->first + i) % looker->count;
    looker->found[context] = symbols_look_up(looker->symbols, context);
  }
  return NULL;
}

static void test_threads(void **state) {
  (void)state;
  static struct looker lookers[4];
  pthread_t threads[4];
  struct fake fake;
  fake_init(&fake, SUBJECT_BUILD "/subject_cxx.so");
  while (fake.trace.context_count < 4096)
    fake_add(&fake, 1, 0x1000 + fake.trace.context_count / 2, 0);
  struct symbols *symbols = symbols_new(&fake.trace, NULL);
  for (uint32_t i = 0; i < 4; i++) {
    lookers[i] = (struct looker){.symbols = symbols, .first = i * 1024, .count = 4096};
    assert_int_equal(pthread_create(&threads[i], NULL, look_at_all, &lookers[i]), 0);
  }
  for (int i = 0; i < 4; i++)
    pthread_join(threads[i], NULL);
  size_t named = 0;
  for (uint32_t context = 0; context < 4096; context++) {
    named += lookers[0].found[context]->frames[0].function != NULL;
    for (int i = 1; i < 4; i++)
      assert_ptr_equal(lookers[i].found[context], lookers[0].found[context]);
  }
  assert_in_range(named, 1000, 4096);
  symbols_free(symbols);
  fake_release(&fake);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_inlined),      cmocka_unit_test(test_cxx),
      cmocka_unit_test(test_last_call),    cmocka_unit_test(test_no_code),
      cmocka_unit_test(test_module_names), cmocka_unit_test(test_threads),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
