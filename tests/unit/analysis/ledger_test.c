/* SPDX-License-Identifier: Apache-2.0
 *
 * Events straight into the books: repair of inverted stamps, peaks, totals.
 */
#include "books.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

static void ledger_counts_plain_lives(void **state) {
  (void)state;
  struct books *books = books_new(1);
  books_alloc(books, 1, 100, 0x1000, 10);
  books_alloc(books, 1, 200, 0x2000, 20);
  books_give_back(books, 2, 300, 0x1000);
  books_alloc(books, 2, 400, 0x1000, 5);
  const struct analysis_totals *totals = books_finish(books);
  assert_int_equal(totals->allocations, 3);
  assert_int_equal(totals->frees, 1);
  assert_int_equal(totals->allocated_bytes, 35);
  assert_int_equal(totals->freed_bytes, 10);
  assert_int_equal(totals->outstanding_blocks, 2);
  assert_int_equal(totals->outstanding_bytes, 25);
  assert_int_equal(totals->peak_bytes, 30);
  assert_int_equal(totals->unmatched_frees, 0);
  assert_int_equal(totals->replaced, 0);
  books_free(books);
}

/* A block of a thinned trace stands for others, and the next of its address for others again: also
 * where the two overlap for a moment. */
static void ledger_counts_what_a_block_stands_for(void **state) {
  (void)state;
  struct books *books = books_new(1);
  books_alloc(books, 1, 100, 0x1000, 10);
  books_alloc_for(books, 1, 200, 0x2000, 20, 4);
  books_alloc_for(books, 2, 5000, 0x2000, 30, 16);
  assert_int_equal(books->ledger.totals.outstanding_blocks, 1 + 4 + 16);
  books_give_back(books, 1, 5100, 0x2000);
  assert_int_equal(books->ledger.totals.outstanding_bytes, 10 + 16 * 30);
  books_give_back(books, 1, 5200, 0x1000);
  books_give_back(books, 2, 9000000, 0x2000);
  books_alloc(books, 2, 9000100, 0x2000, 7); /* one that stands for itself */
  const struct analysis_totals *totals = books_finish(books);
  assert_int_equal(totals->allocations, 1 + 4 + 16 + 1);
  assert_int_equal(totals->frees, 1 + 4 + 16);
  assert_int_equal(totals->freed_bytes, 10 + 4 * 20 + 16 * 30);
  assert_int_equal(totals->outstanding_blocks, 1);
  assert_int_equal(totals->outstanding_bytes, 7);
  assert_int_equal(totals->replaced, 0);
  books_free(books);
}

/* The address goes from thread 1 to thread 2; its new life is stamped before the end of the old. */
static void ledger_repairs_a_hand_over(void **state) {
  (void)state;
  struct books *books = books_new(1);
  struct live_block left;
  books_alloc(books, 1, 100, 0x1000, 10);
  books_alloc(books, 2, 5000, 0x1000, 7);
  books_give_back(books, 1, 5100, 0x1000);
  assert_true(live_find(&books->matching.live, 0x1000, &left));
  assert_int_equal(left.size, 7);
  books_give_back(books, 2, 9000000, 0x1000);
  const struct analysis_totals *totals = books_finish(books);
  assert_int_equal(totals->freed_bytes, 17);
  assert_int_equal(totals->outstanding_blocks, 0);
  assert_int_equal(totals->unmatched_frees, 0);
  assert_int_equal(totals->replaced, 0);
  books_free(books);
}

static void ledger_repairs_two_hand_overs_at_once(void **state) {
  (void)state;
  struct books *books = books_new(1);
  books_alloc(books, 1, 100, 0x1000, 1);
  books_alloc(books, 2, 5000, 0x1000, 2);
  books_alloc(books, 3, 5050, 0x1000, 4);
  books_give_back(books, 1, 5100, 0x1000);
  books_give_back(books, 2, 5150, 0x1000);
  const struct analysis_totals *totals = books_finish(books);
  assert_int_equal(totals->outstanding_bytes, 4);
  assert_int_equal(totals->freed_bytes, 3);
  assert_int_equal(totals->replaced, 0);
  books_free(books);
}

/* The newer block's own thread frees it: the older one's free never came. */
static void ledger_leaves_a_thread_its_own_block(void **state) {
  (void)state;
  struct books *books = books_new(1);
  books_alloc(books, 1, 100, 0x1000, 10);
  books_alloc(books, 2, 5000, 0x1000, 7);
  books_give_back(books, 2, 5100, 0x1000);
  const struct analysis_totals *totals = books_finish(books);
  assert_int_equal(totals->freed_bytes, 7);
  assert_int_equal(totals->outstanding_blocks, 0);
  assert_int_equal(totals->replaced, 1);
  books_free(books);
}

static void ledger_drops_what_was_replaced(void **state) {
  (void)state;
  struct books *books = books_new(1);
  books_alloc(books, 1, 100, 0x1000, 10);
  books_alloc(books, 2, 5000, 0x1000, 7);
  books_give_back(books, 1, 5000 + 2000000, 0x1000); /* too late for the older one */
  const struct analysis_totals *totals = books_finish(books);
  assert_int_equal(totals->outstanding_blocks, 0);
  assert_int_equal(totals->freed_bytes, 7);
  assert_int_equal(totals->replaced, 1);
  books_free(books);
}

/* Handed to another thread, whose free is stamped before the allocation. */
static void ledger_repairs_an_early_free(void **state) {
  (void)state;
  struct books *books = books_new(1);
  books_give_back(books, 2, 5000, 0x1000);
  books_alloc(books, 1, 5100, 0x1000, 10);
  const struct analysis_totals *totals = books_finish(books);
  assert_int_equal(totals->outstanding_blocks, 0);
  assert_int_equal(totals->unmatched_frees, 0);
  assert_int_equal(totals->allocations, 1);
  assert_int_equal(totals->frees, 1);
  assert_int_equal(totals->freed_bytes, 10);
  books_free(books);
}

/* Not an early free: its own thread's, or too long ago. */
static void ledger_keeps_unmatched_frees_apart(void **state) {
  (void)state;
  struct books *books = books_new(1);
  books_give_back(books, 1, 5000, 0x1000);
  books_alloc(books, 1, 5100, 0x1000, 10);
  books_give_back(books, 2, 6000, 0x2000);
  books_alloc(books, 1, 6000 + 20000, 0x2000, 10);
  const struct analysis_totals *totals = books_finish(books);
  assert_int_equal(totals->outstanding_blocks, 2);
  assert_int_equal(totals->unmatched_frees, 2);
  assert_int_equal(totals->freed_bytes, 0);
  books_free(books);
}

static void ledger_counts_cancelled_pairs(void **state) {
  (void)state;
  struct books *books = books_new(1);
  books_alloc(books, 1, 100, 0x1000, 1000);
  const struct trace_event transient = {.kind = TRACE_TRANSIENT, .stamp = 250, .size = 500};
  books_tell(books, &transient);
  const struct trace_sums sums = {.context = 1,
                                  .thread = 1,
                                  .first_stamp = 200,
                                  .last_stamp = 300,
                                  .pairs = 8,
                                  .bytes = 4000,
                                  .temporary = 3};
  matching_sums(&books->matching, &sums);
  postings_settle(&books->postings);
  const struct analysis_totals *totals = books_finish(books);
  assert_int_equal(totals->peak_bytes, 1500);
  assert_int_equal(totals->allocations, 9);
  assert_int_equal(totals->frees, 8);
  assert_int_equal(totals->allocated_bytes, 5000);
  assert_int_equal(totals->freed_bytes, 4000);
  assert_int_equal(totals->temporary_allocations, 3);
  assert_int_equal(totals->outstanding_bytes, 1000);
  books_free(books);
}

/* What a thread did counts to it, whosever the block was. */
static void ledger_tells_what_each_thread_did(void **state) {
  (void)state;
  struct books *books = books_new(3);
  books_alloc(books, 1, 100, 0x1000, 10);
  books_alloc(books, 1, 200, 0x2000, 20);
  books_give_back(books, 2, 300, 0x1000);
  books_give_back(books, 1, 400, 0x2000);
  books_finish(books);
  const struct analysis_thread *maker = &books->ledger.tally.list[1];
  const struct analysis_thread *taker = &books->ledger.tally.list[2];
  assert_int_equal(maker->allocations, 2);
  assert_int_equal(maker->allocated_bytes, 30);
  assert_int_equal(maker->frees, 1);
  assert_int_equal(maker->freed_bytes, 20);
  assert_int_equal(maker->foreign_frees, 0);
  assert_int_equal(taker->allocations, 0);
  assert_int_equal(taker->frees, 1);
  assert_int_equal(taker->freed_bytes, 10);
  assert_int_equal(taker->foreign_frees, 1);
  books_free(books);
}

static void ledger_keeps_mappings_apart(void **state) {
  (void)state;
  struct books *books = books_new(1);
  books_event(books, SEEP_KIND_MAP, 1, 100, 0x10000, 0x4000);
  books_event(books, SEEP_KIND_UNMAP, 2, 200, 0x11000, 0x1000);
  const struct analysis_totals *totals = books_finish(books);
  assert_int_equal(totals->allocations, 0);
  assert_int_equal(totals->outstanding_bytes, 0);
  assert_int_equal(totals->mapped_bytes, 0x3000);
  assert_int_equal(totals->maps, 2);
  books_free(books);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(ledger_counts_plain_lives),
      cmocka_unit_test(ledger_counts_what_a_block_stands_for),
      cmocka_unit_test(ledger_repairs_a_hand_over),
      cmocka_unit_test(ledger_repairs_two_hand_overs_at_once),
      cmocka_unit_test(ledger_leaves_a_thread_its_own_block),
      cmocka_unit_test(ledger_drops_what_was_replaced),
      cmocka_unit_test(ledger_repairs_an_early_free),
      cmocka_unit_test(ledger_keeps_unmatched_frees_apart),
      cmocka_unit_test(ledger_counts_cancelled_pairs),
      cmocka_unit_test(ledger_tells_what_each_thread_did),
      cmocka_unit_test(ledger_keeps_mappings_apart),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
