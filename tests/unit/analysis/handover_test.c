/* SPDX-License-Identifier: Apache-2.0
 *
 * Addresses that go from thread to thread, with the false pairs of each thread's blocks removed as
 * the recorder removes them (docs/design.md): what the ledger makes of the rest is the truth, at
 * the marks and at the end.
 */
#include "books.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define THREADS 4
#define ADDRESSES 24
#define EVENTS 4000
#define MARKS 5

struct event {
  bool allocates, paired;
  uint32_t thread, block; /* block: of its thread, the one that it is drained in */
  uint64_t address, size;
};

struct story {
  struct event events[EVENTS]; /* stamps are their indexes, times 10, plus 10 */
  size_t marks[MARKS];         /* a mark stands before the event of this index */
  uint64_t random;
};

static uint64_t story_random(struct story *story, uint64_t limit) {
  story->random = story->random * 6364136223846793005ull + 1442695040888963407ull;
  return (story->random >> 33) % limit;
}

/* Any thread frees what any other allocated, and so gets the address next. */
static void story_tell(struct story *story, uint64_t seed) {
  bool lives[ADDRESSES] = {false};
  uint32_t recorded[THREADS] = {0};
  *story = (struct story){.random = seed};
  for (size_t i = 0; i < EVENTS; i++) {
    size_t which = story_random(story, ADDRESSES);
    uint32_t thread = (uint32_t)story_random(story, THREADS);
    lives[which] = !lives[which];
    story->events[i] = (struct event){.allocates = lives[which],
                                      .thread = thread,
                                      .block = recorded[thread]++ / (20 + 60 * thread),
                                      .address = 0x1000 + 0x10 * which,
                                      .size = 1 + i};
  }
  for (size_t i = 0; i < MARKS; i++)
    story->marks[i] = story_random(story, EVENTS);
}

static bool story_mark_between(const struct story *story, size_t from, size_t to) {
  for (size_t i = 0; i < MARKS; i++)
    if (story->marks[i] > from && story->marks[i] <= to)
      return true;
  return false;
}

/* The thread's last allocation of the address in the block of event free, if no free of the
 * block has taken it; free: there is none. */
static size_t story_partner(const struct story *story, size_t free) {
  const struct event *freed = &story->events[free];
  for (size_t i = free; i-- > 0;) {
    const struct event *event = &story->events[i];
    if (event->thread != freed->thread || event->address != freed->address)
      continue;
    return event->block == freed->block && event->allocates && !event->paired ? i : free;
  }
  return free;
}

/* As preload/pairs.c does; returns how many of the pairs were false. */
static size_t story_cancel(struct story *story) {
  size_t wrong = 0;
  for (size_t i = 0; i < EVENTS; i++) {
    size_t partner = story->events[i].allocates ? i : story_partner(story, i);
    if (partner == i || story_mark_between(story, partner, i))
      continue;
    for (size_t j = partner + 1; j < i; j++)
      if (story->events[j].address == story->events[i].address) {
        wrong++;
        break;
      }
    story->events[i].paired = story->events[partner].paired = true;
  }
  return wrong;
}

/* The books against the story up to event count. */
static void story_check(const struct story *story, size_t count, struct books *books) {
  for (uint64_t address = 0x1000; address < 0x1000 + 0x10 * ADDRESSES; address += 0x10) {
    const struct event *last = NULL;
    struct live_block block;
    for (size_t i = 0; i < count; i++)
      if (story->events[i].address == address)
        last = &story->events[i];
    bool lives = live_find(&books->matching.live, address, &block);
    assert_int_equal(lives, last && last->allocates);
    if (lives)
      assert_int_equal(block.size, last->size);
  }
}

static size_t handover_of(uint64_t seed) {
  static struct story story;
  story_tell(&story, seed);
  size_t wrong = story_cancel(&story);
  struct books *books = books_new(THREADS);
  for (size_t i = 0; i < EVENTS; i++) {
    const struct event *event = &story.events[i];
    for (size_t mark = 0; mark < MARKS; mark++)
      if (story.marks[mark] == i)
        story_check(&story, i, books);
    if (!event->paired)
      books_event(books, event->allocates ? SEEP_KIND_ALLOC : SEEP_KIND_FREE, event->thread + 1,
                  10 * i + 10, event->address, event->allocates ? event->size : 0);
  }
  story_check(&story, EVENTS, books);
  const struct analysis_totals *totals = books_finish(books);
  assert_int_equal(totals->unmatched_frees, 0);
  assert_int_equal(totals->replaced, 0);
  books_free(books);
  return wrong;
}

static void handovers_leave_the_truth(void **state) {
  (void)state;
  size_t wrong = 0;
  for (uint64_t seed = 1; seed <= 40; seed++)
    wrong += handover_of(seed);
  assert_true(wrong > 100); /* the stories do have false pairs */
}

/* A free may wait far longer than any inversion of stamps. */
static void handover_frees_wait(void **state) {
  (void)state;
  struct books *books = books_new(2);
  books_give_back(books, 2, 1000, 0x1000);
  books_give_back(books, 2, 1010, 0x1000);
  books_alloc(books, 2, 90000000, 0x1000, 8);
  books_alloc(books, 1, 90000010, 0x1000, 16);
  books_alloc(books, 1, 90000020, 0x1000, 32);
  const struct analysis_totals *totals = books_finish(books);
  assert_int_equal(totals->outstanding_blocks, 1);
  assert_int_equal(totals->outstanding_bytes, 32);
  assert_int_equal(totals->unmatched_frees, 0);
  books_free(books);
}

/* So may a block that another one took the place of; what waits to the end was freed unseen. */
static void handover_blocks_wait(void **state) {
  (void)state;
  struct books *books = books_new(2);
  books_alloc(books, 1, 1000, 0x1000, 1);
  books_alloc(books, 2, 1010, 0x1000, 2);
  books_alloc(books, 2, 1020, 0x1000, 4);
  books_give_back(books, 2, 90000000, 0x1000);
  struct live_block block;
  assert_true(live_find(&books->matching.live, 0x1000, &block));
  assert_int_equal(block.size, 4);
  const struct analysis_totals *totals = books_finish(books);
  assert_int_equal(totals->outstanding_bytes, 4);
  assert_int_equal(totals->replaced, 1);
  books_free(books);
}

/* Where not every block was recorded, a free says nothing about blocks to come. */
static void handover_needs_all_blocks(void **state) {
  (void)state;
  struct books *books = books_new(2);
  books->matching.exact = false;
  books_give_back(books, 2, 1000, 0x1000);
  books_alloc(books, 1, 90000000, 0x1000, 8);
  assert_int_equal(books_finish(books)->outstanding_blocks, 1);
  books_free(books);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(handovers_leave_the_truth),
      cmocka_unit_test(handover_frees_wait),
      cmocka_unit_test(handover_blocks_wait),
      cmocka_unit_test(handover_needs_all_blocks),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
