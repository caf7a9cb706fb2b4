/* SPDX-License-Identifier: Apache-2.0 */
#include "books.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

static char books_path[] = "/usr/bin/demo";

struct books *books_new(size_t threads) {
  struct books *books = calloc(1, sizeof *books);
  assert_non_null(books);
  books->contexts[1] = (struct trace_context){.offset = 0x10, .module = 1};
  books->modules[1].path = books_path;
  books->trace.contexts = books->contexts;
  books->trace.context_count = 2;
  books->trace.modules = books->modules;
  books->trace.module_count = 2;
  books->trace.thread_count = threads + 1;
  books->trace.process.ticks_per_second = 1e9;
  books->trace.last_stamp = 100000000;
  assert_int_equal(rules_new(NULL, &books->rules, NULL), TRACE_OK);
  assert_int_equal(moments_init(&books->moments, &books->trace, NULL, 0, NULL), TRACE_OK);
  assert_true(periods_init(&books->periods, &books->moments, &books->trace));
  assert_true(sites_init(&books->sites, &books->trace, NULL, books->rules));
  assert_true(ledger_init(&books->ledger, &books->trace, &books->periods, &books->sites));
  assert_true(postings_start(&books->postings, ledger_take, &books->ledger));
  matching_init(&books->matching, &books->trace, &books->postings);
  return books;
}

void books_free(struct books *books) {
  postings_stop(&books->postings);
  matching_release(&books->matching);
  ledger_release(&books->ledger);
  sites_release(&books->sites);
  periods_release(&books->periods);
  moments_release(&books->moments);
  rules_free(books->rules);
  free(books);
}

void books_tell(struct books *books, const struct trace_event *event) {
  matching_events(&books->matching, event, 1);
  postings_settle(&books->postings);
  assert_false(books->matching.failed);
  assert_false(books->ledger.failed);
}

void books_event(struct books *books, enum seep_kind kind, uint32_t thread, uint64_t stamp,
                 uint64_t address, uint64_t size) {
  const struct trace_event event = {.stamp = stamp,
                                    .address = address,
                                    .size = size,
                                    .context = 1,
                                    .thread = thread,
                                    .kind = (uint8_t)kind};
  books_tell(books, &event);
}

void books_alloc(struct books *books, uint32_t thread, uint64_t stamp, uint64_t address,
                 uint64_t size) {
  books_event(books, SEEP_KIND_ALLOC, thread, stamp, address, size);
}

void books_alloc_for(struct books *books, uint32_t thread, uint64_t stamp, uint64_t address,
                     uint64_t size, uint32_t weight) {
  const struct trace_event event = {.stamp = stamp,
                                    .address = address,
                                    .size = size,
                                    .weight = weight,
                                    .context = 1,
                                    .thread = thread,
                                    .kind = SEEP_KIND_ALLOC};
  books_tell(books, &event);
}

void books_give_back(struct books *books, uint32_t thread, uint64_t stamp, uint64_t address) {
  books_event(books, SEEP_KIND_FREE, thread, stamp, address, 0);
}

const struct analysis_totals *books_finish(struct books *books) {
  matching_finish(&books->matching);
  postings_settle(&books->postings);
  return &books->ledger.totals;
}
