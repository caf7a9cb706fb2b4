/* SPDX-License-Identifier: Apache-2.0
 *
 * A ledger of its own, without a trace on disk: events go straight in. Ends the test if anything
 * fails.
 */
#ifndef SEEP_TEST_BOOKS_H
#define SEEP_TEST_BOOKS_H

#include "analysis/ledger.h"
#include "analysis/matching.h"

/* A process with one stack (context 1), threads 1 to 3, a clock of 1 GHz and no marks. */
struct books {
  struct trace trace;
  struct trace_context contexts[2];
  struct trace_module modules[2];
  struct rules *rules;
  struct moments moments;
  struct periods periods;
  struct sites sites;
  struct postings postings;
  struct matching matching;
  struct ledger ledger; /* of all that was told: every event is settled */
};

/* threads: how many the process has; with more than one, every block counts as recorded. */
struct books *books_new(size_t threads);
void books_free(struct books *books);

void books_tell(struct books *books, const struct trace_event *event);
void books_event(struct books *books, enum seep_kind kind, uint32_t thread, uint64_t stamp,
                 uint64_t address, uint64_t size);
void books_alloc(struct books *books, uint32_t thread, uint64_t stamp, uint64_t address,
                 uint64_t size);
/* A block that stands for weight. */
void books_alloc_for(struct books *books, uint32_t thread, uint64_t stamp, uint64_t address,
                     uint64_t size, uint32_t weight);
void books_give_back(struct books *books, uint32_t thread, uint64_t stamp, uint64_t address);

/* After the last event. */
const struct analysis_totals *books_finish(struct books *books);

#endif
