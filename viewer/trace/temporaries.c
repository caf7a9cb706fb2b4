/* SPDX-License-Identifier: Apache-2.0 */
#include "trace/temporaries.h"
#include "trace/array.h"

#include <stdlib.h>
#include <string.h>

/* Between a free and the UNFREE that takes it back lie at most some events of a signal handler. */
#define TEMPORARIES_AHEAD 64

/* ---- Finding ----------------------------------------------------------------------------------*/

static unsigned temporaries_kind(const struct seep_record *record) {
  return record->where >> SEEP_KIND_SHIFT & SEEP_KIND_MASK;
}

static bool temporaries_is_free(unsigned kind) {
  return kind == SEEP_KIND_FREE || kind == SEEP_KIND_SAMPLED;
}

static uint64_t temporaries_address(const struct seep_record *record) {
  return record->where & SEEP_ADDRESS_MASK;
}

static bool temporaries_taken_back(const struct seep_record *freed, const struct seep_record *end) {
  if (end - freed > TEMPORARIES_AHEAD)
    end = freed + TEMPORARIES_AHEAD;
  for (const struct seep_record *record = freed + 1; record < end; record++) {
    unsigned kind = temporaries_kind(record);
    if ((temporaries_is_free(kind) || kind == SEEP_KIND_UNFREE) &&
        temporaries_address(record) == temporaries_address(freed))
      return kind == SEEP_KIND_UNFREE;
  }
  return false;
}

static uint32_t temporaries_canonical(const struct contexts *contexts,
                                      const struct seep_record *allocated) {
  const struct context_row *row = contexts_row(contexts, (uint32_t)(allocated->what >> 32));
  return row ? row->canonical : 0;
}

static bool temporaries_add(struct temporaries *temporaries, uint32_t context) {
  if (!array_room(&temporaries->found, temporaries->found_count, sizeof context))
    return false;
  temporaries->found[temporaries->found_count++] = context;
  temporaries->address = 0;
  return true;
}

static int temporaries_compare(const void *left, const void *right) {
  uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;
  return a < b ? -1 : a > b;
}

bool temporaries_find(struct temporaries *temporaries, struct temporaries_span records,
                      uint64_t cut, const struct contexts *contexts) {
  const struct seep_record *last = NULL; /* allocation in this block */
  temporaries->found_count = temporaries->told = 0;
  for (const struct seep_record *record = records.start; record < records.end; record++) {
    uint64_t address = temporaries_address(record);
    unsigned kind = temporaries_kind(record);
    if (record->stamp >= cut)
      break;
    if (kind == SEEP_KIND_ALLOC) {
      temporaries->address = address;
      last = record;
    } else if (temporaries_is_free(kind) && address && address == temporaries->address &&
               !temporaries_taken_back(record, records.end)) {
      uint32_t context = last ? temporaries_canonical(contexts, last) : temporaries->context;
      if (!temporaries_add(temporaries, context))
        return false;
    }
  }
  if (last)
    temporaries->context = temporaries_canonical(contexts, last);
  if (temporaries->found_count)
    qsort(temporaries->found, temporaries->found_count, sizeof *temporaries->found,
          temporaries_compare);
  return true;
}

/* ---- Telling ----------------------------------------------------------------------------------*/

bool temporaries_next_sum(struct temporaries *temporaries, struct trace_sums *sums) {
  size_t from = temporaries->told, to = from;
  while (to < temporaries->found_count && temporaries->found[to] == temporaries->found[from])
    to++;
  if (to == from)
    return false;
  temporaries->told = to;
  sums->context = temporaries->found[from];
  sums->temporary = to - from;
  sums->pairs = sums->bytes = 0;
  memset(sums->lifetimes, 0, sizeof sums->lifetimes);
  memset(sums->sizes, 0, sizeof sums->sizes);
  return true;
}

/* ---- Following --------------------------------------------------------------------------------*/

void temporaries_follow(struct temporaries *temporaries, const struct seep_events_head *head) {
  temporaries->found_count = temporaries->told = 0;
  if (head->last_allocation != SEEP_LAST_BEFORE)
    temporaries_forget(temporaries);
}

void temporaries_follow_event(struct temporaries *temporaries, const struct trace_event *event,
                              bool is_last_allocation) {
  if (event->kind == SEEP_KIND_ALLOC && is_last_allocation) {
    temporaries->address = event->address;
    temporaries->context = event->context;
  } else if (event->kind == SEEP_KIND_FREE && event->address == temporaries->address) {
    temporaries_forget(temporaries);
  }
}

void temporaries_forget(struct temporaries *temporaries) {
  temporaries->address = 0;
}

void temporaries_free(struct temporaries *temporaries) {
  free(temporaries->found);
  *temporaries = (struct temporaries){0};
}
