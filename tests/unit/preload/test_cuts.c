/* SPDX-License-Identifier: Apache-2.0
 *
 * Marks that are put at the same time: whatever one of them has come to, a block that is drained
 * then is cut at it, or kept whole. The clock is ours, so that others act between two looks at it.
 */
#include "clock.h"
#include "cuts.h"
#include "lifecycle.h"
#include "output.h"
#include "pairs.h"
#include "resident.h"

#include <seep/seep.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

int seep_put_mark(const char *label, uint64_t units);

static struct seep_stage header;
struct seep_stage *stage = &header;
enum seep_clock clock_kind = SEEP_CLOCK_MONOTONIC_NS;

/* ---- the moment at which something happens beside
 * ---------------------------------------------------*/

#define LONG 10000000000u /* no mark takes so long */

static uint64_t now = 1000, taken;
static uint32_t looks_left; /* at the clock, until beside is called; 0: it is not */
static void (*beside)(void);

/* Whoever took this stamp does not come to use it before beside is done. */
uint64_t clock_ns(clockid_t clock) {
  (void)clock;
  uint64_t stamp = ++now;
  if (looks_left && !--looks_left) {
    taken = stamp;
    beside();
  }
  return stamp;
}

static void at_look(uint32_t number, void (*call)(void)) {
  looks_left = number;
  beside = call;
}

/* ---- what a mark needs of the rest
 * ------------------------------------------------------------------*/

static uint64_t last_mark; /* its stamp */

bool lifecycle_recording(void) {
  return true;
}

void resident_at_moment(void) {
}

void output_fields_begin(struct output_fields *fields, struct output_frame *frame,
                         enum seep_frame_type type) {
  (void)type;
  fields->frame = frame;
}

void output_field_u64(struct output_fields *fields, enum seep_tag tag, uint64_t value) {
  (void)fields;
  if (tag == SEEP_TAG_STAMP)
    last_mark = value;
}

void output_field_bytes(struct output_fields *fields, enum seep_tag tag, const void *bytes,
                        size_t count) {
  (void)fields, (void)tag, (void)bytes, (void)count;
}

bool output_fields_write(struct output_fields *fields) {
  (void)fields;
  return true;
}

/* ---- a block
 * ----------------------------------------------------------------------------------------*/

static struct seep_record record(uint64_t stamp, unsigned kind) {
  return (struct seep_record){.stamp = stamp, .where = (uint64_t)kind << SEEP_KIND_SHIFT | 0x1000};
}

/* Whether sums may be made of a block with records at these stamps. */
static bool would_sum(uint64_t first, uint64_t last) {
  const struct seep_record records[] = {record(first, SEEP_KIND_ALLOC),
                                        record(last, SEEP_KIND_FREE)};
  struct cuts cuts = cuts_find(first);
  return cuts_next(&cuts, records, 2) == 2 && first < cuts.keep_from;
}

static void put_from_inside(void) {
  assert_int_equal(seep_put_mark("inside", 0), 0);
}

/* As include/seep/stage.h has it. */
static void put_from_outside(void) {
  header.mark_pending = ++now;
  header.marks[header.mark_count % SEEP_STAGE_MARKS] = last_mark = ++now;
  header.mark_count++;
  header.mark_pending = 0;
}

static bool summed;

/* A thread drains a block that the stamp which was just taken lies in the middle of. */
static void drain(void) {
  summed = would_sum(taken, taken + 1);
}

static void inside_and_drain(void) {
  uint64_t mine = taken;
  put_from_inside();
  taken = mine;
  drain();
}

static void outside_and_drain(void) {
  put_from_outside();
  drain();
}

/* ---- tests
 * ------------------------------------------------------------------------------------------*/

static int begin(void **state) {
  (void)state;
  looks_left = 0;
  header.mark_pending = 0;
  return 0;
}

static void a_block_is_cut_at_every_mark(void **state) {
  (void)state;
  put_from_inside();
  uint64_t inside = last_mark;
  put_from_outside();
  assert_false(would_sum(inside, inside + 1));
  assert_false(would_sum(last_mark, last_mark + 1));
  assert_true(would_sum(inside - 1, inside));
  assert_true(would_sum(last_mark + 1, last_mark + 100));
}

static void a_mark_is_expected_while_another_comes_and_goes(void **state) {
  (void)state;
  void (*const others[])(void) = {inside_and_drain, outside_and_drain};
  for (int i = 0; i < 2; i++) {
    at_look(2, others[i]);
    put_from_inside();
    assert_int_equal(last_mark, taken);
    assert_false(summed);
    drain();
    assert_false(summed);
  }
}

static uint64_t within; /* a mark that was put beside another */

static void put_within(void) {
  put_from_outside();
  within = last_mark;
}

static void marks_put_at_once_are_both_known(void **state) {
  (void)state;
  for (uint32_t look = 1; look <= 2; look++) {
    at_look(look, put_within);
    put_from_inside();
    assert_false(would_sum(within, within + 1));
    assert_false(would_sum(last_mark, last_mark + 1));
  }
}

static uint32_t depth;

static void one_more(void) {
  if (depth) {
    depth--;
    at_look(2, one_more);
    put_from_inside();
  } else {
    now += LONG; /* those that were announced count no more */
    drain();
  }
}

/* More at once than there are places to announce one in. */
static void no_number_of_marks_is_too_large(void **state) {
  (void)state;
  uint64_t before = now;
  depth = 40;
  one_more();
  assert_false(summed);
  assert_false(would_sum(before, now));
  assert_true(would_sum(now, now + 100));
}

static void forget_and_drain(void) {
  cuts_forget();
  drain();
}

static void a_child_expects_no_mark_of_its_parent(void **state) {
  (void)state;
  at_look(2, forget_and_drain);
  put_from_inside();
  assert_true(summed);
}

static void come_much_later(void) {
  now += LONG;
  drain();
}

static void a_mark_that_was_given_up_is_not_waited_for(void **state) {
  (void)state;
  at_look(2, come_much_later);
  put_from_inside();
  assert_true(summed);
}

/* Else the block would count as freed for ever. */
static void a_free_stays_with_what_takes_it_back(void **state) {
  (void)state;
  now += 100;
  put_from_inside();
  const uint64_t at = last_mark;
  const struct seep_record records[] = {
      record(at - 2, SEEP_KIND_ALLOC), record(at - 1, SEEP_KIND_FREE),
      record(at + 1, SEEP_KIND_UNFREE), record(at + 2, SEEP_KIND_ALLOC)};
  struct cuts cuts = cuts_find(records[0].stamp);
  assert_int_equal(cuts_next(&cuts, records, 4), 1);
  assert_int_equal(cuts_next(&cuts, records + 1, 3), 2);
  assert_int_equal(cuts_next(&cuts, records + 3, 1), 1);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup(a_block_is_cut_at_every_mark, begin),
      cmocka_unit_test_setup(a_mark_is_expected_while_another_comes_and_goes, begin),
      cmocka_unit_test_setup(marks_put_at_once_are_both_known, begin),
      cmocka_unit_test_setup(no_number_of_marks_is_too_large, begin),
      cmocka_unit_test_setup(a_child_expects_no_mark_of_its_parent, begin),
      cmocka_unit_test_setup(a_mark_that_was_given_up_is_not_waited_for, begin),
      cmocka_unit_test_setup(a_free_stays_with_what_takes_it_back, begin),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
