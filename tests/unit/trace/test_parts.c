/* SPDX-License-Identifier: Apache-2.0
 *
 * The reader's small parts: varints, fields, numbers, paths, merging, clocks.
 */
#include "builder.h"
#include "trace/clock.h"
#include "trace/contexts.h"
#include "trace/field.h"
#include "trace/idmap.h"
#include "trace/merge.h"
#include "trace/varint.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* ---- Varints ----------------------------------------------------------------------------------*/

static void varint_reads_what_was_put(void **state) {
  static const uint64_t values[] = {
      0, 1, 127, 128, 300, 1234, 1ull << 35, 1ull << 63, UINT64_MAX - 1, UINT64_MAX};
  (void)state;
  for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
    uint8_t bytes[32], *at = bytes;
    builder_put_varint(&at, values[i]);
    builder_put_zigzag(&at, (int64_t)values[i]);
    struct varint in = {bytes, at, false};
    assert_true(varint_read(&in) == values[i]);
    assert_true(varint_read_zigzag(&in) == values[i]);
    assert_false(in.bad);
    assert_ptr_equal(in.at, in.end);
  }
}

static void varint_example_of_the_specification(void **state) {
  static const uint8_t bytes[] = {0xac, 0x02};
  struct varint in = {bytes, bytes + 2, false};
  (void)state;
  assert_int_equal(varint_read(&in), 300);
}

static void varint_end_is_bad_and_stays_bad(void **state) {
  static const uint8_t bytes[] = {0x80, 0x80};
  struct varint in = {bytes, bytes + 2, false};
  (void)state;
  assert_int_equal(varint_read(&in), 0);
  assert_true(in.bad);
  assert_int_equal(varint_read(&in), 0);
  assert_true(in.bad);
}

static void varint_of_more_than_64_bits_is_bad(void **state) {
  uint8_t bytes[12];
  (void)state;
  memset(bytes, 0xff, sizeof bytes);
  bytes[9] = 0x01;
  struct varint in = {bytes, bytes + 12, false};
  assert_true(varint_read(&in) == UINT64_MAX);
  assert_false(in.bad);
  bytes[9] = 0x02;
  in = (struct varint){bytes, bytes + 12, false};
  varint_read(&in);
  assert_true(in.bad);
}

/* ---- Fields -----------------------------------------------------------------------------------*/

struct things {
  uint64_t number;
  char *text;
  uint8_t *bytes;
  size_t byte_count;
  uint8_t identity[16];
};

static const struct field_place places[] = {
    {1, FIELD_NUMBER, offsetof(struct things, number)},
    {2, FIELD_TEXT, offsetof(struct things, text)},
    {3, FIELD_BYTES, offsetof(struct things, bytes)},
    {4, FIELD_IDENTITY, offsetof(struct things, identity)},
};

static enum field_result decode(const uint8_t *payload, const uint8_t *end, struct things *things) {
  return field_decode(payload, (size_t)(end - payload), places, 4, things);
}

static void fields_are_stored(void **state) {
  uint8_t payload[256], *at = payload;
  struct things things = {0};
  (void)state;
  builder_put_number(&at, 1, 77);
  builder_put_field(&at, 99, "unknown", 7);
  builder_put_field(&at, 2, "first", 5);
  builder_put_field(&at, 2, "second", 6);
  builder_put_field(&at, 3, "\0\1\2", 3);
  builder_put_field(&at, 4, "0123456789abcdef", 16);
  assert_int_equal(decode(payload, at, &things), FIELD_OK);
  assert_int_equal(things.number, 77);
  assert_string_equal(things.text, "second");
  assert_int_equal(things.byte_count, 3);
  assert_memory_equal(things.bytes, "\0\1\2", 3);
  assert_memory_equal(things.identity, "0123456789abcdef", 16);
  free(things.text);
  free(things.bytes);
}

static void fields_of_a_wrong_length_are_passed_over(void **state) {
  uint8_t payload[256], *at = payload;
  struct things things = {.number = 5};
  (void)state;
  builder_put_field(&at, 1, "1234", 4);
  builder_put_field(&at, 4, "short", 5);
  builder_put_field(&at, 2, "", 0);
  assert_int_equal(decode(payload, at, &things), FIELD_OK);
  assert_int_equal(things.number, 5);
  assert_string_equal(things.text, "");
  free(things.text);
}

static void fields_cut_at_any_byte_are_malformed(void **state) {
  uint8_t payload[256], *at = payload;
  (void)state;
  builder_put_field(&at, 2, "text", 4);
  builder_put_number(&at, 1, 77);
  for (uint8_t *end = payload + 1; end < at; end++) {
    struct things things = {0};
    bool border = end == payload + sizeof(struct seep_field) + 4;
    assert_int_equal(decode(payload, end, &things), border ? FIELD_OK : FIELD_MALFORMED);
    free(things.text);
  }
}

/* ---- Numbers ----------------------------------------------------------------------------------*/

static void idmap_gives_indexes_and_orders_them(void **state) {
  struct idmap map = {0};
  uint64_t items[1001] = {0};
  (void)state;
  assert_int_equal(idmap_find(&map, 5), 0);
  for (uint64_t i = 1; i <= 1000; i++) {
    uint64_t key = (i * 7919) % 1009 * 1000003;
    assert_int_equal(idmap_intern(&map, key), i);
    items[i] = key;
  }
  assert_int_equal(idmap_intern(&map, items[500]), 500);
  assert_true(idmap_order(&map, items, sizeof *items));
  for (uint32_t i = 1; i <= 1000; i++) {
    assert_int_equal(idmap_find(&map, items[i]), i);
    assert_true(i == 1 || items[i - 1] < items[i]);
  }
  assert_int_equal(idmap_find(&map, 12345), 0);
  idmap_free(&map);
}

/* ---- Contexts ---------------------------------------------------------------------------------*/

struct tree {
  struct contexts contexts;
  struct trace_context *nodes;
  size_t count, orphans;
};

static void tree_add(struct tree *tree, uint32_t id, uint32_t parent, uint64_t offset) {
  struct context_row row = {.id = id, .parent = parent, .module = 1, .offset = offset};
  assert_true(contexts_add(&tree->contexts, &row));
}

static void tree_finish(struct tree *tree) {
  assert_true(contexts_finish(&tree->contexts, &tree->nodes, &tree->count, &tree->orphans));
}

static uint32_t tree_canonical(struct tree *tree, uint32_t id) {
  const struct context_row *row = contexts_row(&tree->contexts, id);
  return row ? row->canonical : 0;
}

static void tree_free(struct tree *tree) {
  free(tree->nodes);
  contexts_free(&tree->contexts);
}

static void contexts_fold_doubles_at_every_level(void **state) {
  struct tree tree = {0};
  (void)state;
  tree_add(&tree, 30, 20, 0x3); /* the deepest first */
  tree_add(&tree, 31, 21, 0x3);
  tree_add(&tree, 20, 10, 0x2);
  tree_add(&tree, 21, 11, 0x2);
  tree_add(&tree, 10, 0, 0x1);
  tree_add(&tree, 11, 0, 0x1);
  tree_add(&tree, 12, 0, 0x9);
  tree_finish(&tree);
  assert_int_equal(tree.count, 5); /* none, 1, 1-2, 1-2-3, 9 */
  assert_int_equal(tree.orphans, 0);
  assert_int_equal(tree_canonical(&tree, 30), tree_canonical(&tree, 31));
  assert_int_equal(tree_canonical(&tree, 10), tree_canonical(&tree, 11));
  assert_int_not_equal(tree_canonical(&tree, 10), tree_canonical(&tree, 12));
  uint32_t deepest = tree_canonical(&tree, 30);
  assert_int_equal(tree.nodes[deepest].parent, tree_canonical(&tree, 20));
  assert_int_equal(tree.nodes[tree.nodes[deepest].parent].parent, tree_canonical(&tree, 10));
  tree_free(&tree);
}

static void contexts_parents_have_lower_ids(void **state) {
  struct tree tree = {0};
  (void)state;
  for (uint32_t id = 1; id < 3000; id++) /* a chain, upside down */
    tree_add(&tree, id, id + 1, id);
  tree_add(&tree, 3000, 0, 3000);
  tree_finish(&tree);
  assert_int_equal(tree.count, 3001);
  for (size_t i = 1; i < tree.count; i++)
    assert_true(tree.nodes[i].parent < i);
  tree_free(&tree);
}

static void contexts_without_parent_are_truncated(void **state) {
  struct tree tree = {0};
  (void)state;
  tree_add(&tree, 1, 77, 0x1);
  tree_add(&tree, 2, 1, 0x2);
  tree_finish(&tree);
  assert_int_equal(tree.orphans, 1);
  assert_int_equal(tree.nodes[tree_canonical(&tree, 1)].flags, SEEP_CONTEXT_TRUNCATED);
  assert_int_equal(tree.nodes[tree_canonical(&tree, 1)].parent, 0);
  assert_int_equal(tree.nodes[tree_canonical(&tree, 2)].flags, 0);
  tree_free(&tree);
}

static void contexts_left_out_stand_for_their_parents(void **state) {
  struct tree tree = {0};
  (void)state;
  tree_add(&tree, 1, 0, 0x10);
  tree_add(&tree, 2, 1, 0x20); /* left out */
  tree_add(&tree, 3, 2, 0x30);
  tree_add(&tree, 4, 1, 0x30);
  tree_add(&tree, 5, 99, 0x50); /* left out, and its caller is missing */
  tree_add(&tree, 6, 5, 0x60);
  tree.contexts.rows[1].left_out = tree.contexts.rows[4].left_out = true;
  tree_finish(&tree);
  assert_int_equal(tree.count, 4);
  assert_int_equal(tree.orphans, 1);
  assert_int_equal(tree_canonical(&tree, 2), tree_canonical(&tree, 1));
  assert_int_equal(tree_canonical(&tree, 3), tree_canonical(&tree, 4));
  assert_int_equal(tree_canonical(&tree, 5), 0);
  assert_int_equal(tree.nodes[tree_canonical(&tree, 6)].parent, 0);
  assert_int_equal(tree.nodes[tree_canonical(&tree, 6)].flags, SEEP_CONTEXT_TRUNCATED);
  assert_int_equal(tree.nodes[tree_canonical(&tree, 3)].flags, 0);
  tree_free(&tree);
}

static void contexts_in_a_circle_end(void **state) {
  struct tree tree = {0};
  (void)state;
  tree_add(&tree, 1, 3, 0x1);
  tree_add(&tree, 2, 1, 0x2);
  tree_add(&tree, 3, 2, 0x3);
  tree_add(&tree, 4, 4, 0x4);
  tree_finish(&tree);
  assert_int_equal(tree.orphans, 2);
  for (uint32_t id = 1; id <= 4; id++)
    assert_int_not_equal(tree_canonical(&tree, id), 0);
  for (size_t i = 1; i < tree.count; i++)
    assert_true(tree.nodes[i].parent < i);
  tree_free(&tree);
}

static void contexts_the_files_node_wins(void **state) {
  struct tree tree = {0};
  struct context_row row = {.id = 7, .module = 1, .offset = 0x10, .in_file = false};
  (void)state;
  assert_true(contexts_add(&tree.contexts, &row));
  row.in_file = true;
  assert_true(contexts_add(&tree.contexts, &row));
  tree_finish(&tree);
  assert_int_equal(tree.contexts.count, 1);
  assert_true(tree.contexts.rows[0].in_file);
  tree_free(&tree);
}

static void contexts_payload_that_lies_about_its_count(void **state) {
  uint8_t payload[64], *at = payload;
  struct contexts contexts = {0};
  (void)state;
  builder_put_varint(&at, UINT64_MAX);
  for (int i = 0; i < 5; i++)
    builder_put_varint(&at, 2);
  assert_int_equal(contexts_decode(&contexts, payload, (size_t)(at - payload)), CONTEXTS_MALFORMED);
  assert_int_equal(contexts.count, 1);
  contexts_free(&contexts);
}

/* ---- Merging, clocks --------------------------------------------------------------------------*/

static void merge_gives_ascending_stamps(void **state) {
  struct merge_item items[200];
  struct merge merge = {.items = items};
  uint64_t last = 0, random = 88172645463325252ull;
  (void)state;
  for (uint32_t i = 0; i < 200; i++) {
    random ^= random << 13, random ^= random >> 7, random ^= random << 17;
    merge_push(&merge, (struct merge_item){random % 500, i});
  }
  for (int i = 0; i < 2000; i++) {
    struct merge_item second = merge_second(&merge);
    assert_true(items[0].stamp >= last);
    assert_true(merge_before(&items[0], &second));
    last = items[0].stamp;
    random ^= random << 13, random ^= random >> 7, random ^= random << 17;
    merge_delay(&merge, last + random % 100);
  }
  while (merge.count) {
    assert_true(items[0].stamp >= last);
    last = items[0].stamp;
    merge_pop(&merge);
  }
}

static void clock_takes_the_longest_span(void **state) {
  struct clock_pairs pairs = {0};
  (void)state;
  assert_true(clock_rate(&pairs, SEEP_CLOCK_TSC, 0) > 0);
  assert_true(clock_rate(&pairs, SEEP_CLOCK_TSC, 3000) == 3000.0);
  clock_note(&pairs, 1000, 500);
  clock_note(&pairs, 0, 0);
  clock_note(&pairs, 3000, 1500);
  assert_true(clock_rate(&pairs, SEEP_CLOCK_TSC, 77) == 77.0); /* too short to tell */
  clock_note(&pairs, 3000001000, 1000000500);
  assert_true(clock_rate(&pairs, SEEP_CLOCK_TSC, 77) == 3e9);
  assert_true(clock_rate(&pairs, SEEP_CLOCK_MONOTONIC_NS, 77) == 1e9);
}

static void clock_that_runs_backwards_is_not_believed(void **state) {
  struct clock_pairs pairs = {0};
  (void)state;
  clock_note(&pairs, 1000, 1ull << 40);
  clock_note(&pairs, 2000, 5);
  assert_true(clock_rate(&pairs, SEEP_CLOCK_TSC, 77) == 77.0);
}

int main(void) {
  static const struct CMUnitTest tests[] = {
      cmocka_unit_test(varint_reads_what_was_put),
      cmocka_unit_test(varint_example_of_the_specification),
      cmocka_unit_test(varint_end_is_bad_and_stays_bad),
      cmocka_unit_test(varint_of_more_than_64_bits_is_bad),
      cmocka_unit_test(fields_are_stored),
      cmocka_unit_test(fields_of_a_wrong_length_are_passed_over),
      cmocka_unit_test(fields_cut_at_any_byte_are_malformed),
      cmocka_unit_test(idmap_gives_indexes_and_orders_them),
      cmocka_unit_test(contexts_fold_doubles_at_every_level),
      cmocka_unit_test(contexts_parents_have_lower_ids),
      cmocka_unit_test(contexts_without_parent_are_truncated),
      cmocka_unit_test(contexts_left_out_stand_for_their_parents),
      cmocka_unit_test(contexts_in_a_circle_end),
      cmocka_unit_test(contexts_the_files_node_wins),
      cmocka_unit_test(contexts_payload_that_lies_about_its_count),
      cmocka_unit_test(merge_gives_ascending_stamps),
      cmocka_unit_test(clock_takes_the_longest_span),
      cmocka_unit_test(clock_that_runs_backwards_is_not_believed),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
