/* SPDX-License-Identifier: Apache-2.0 */
#include "columns.h"
#include "clock.h"
#include "pairs.h"
#include "varint.h"

#include <string.h>

#define COARSE_TICKS 16 /* 2^16 ticks are some twenty microseconds on processors of today */
#define COARSE_NS 14

struct encoding {
  struct workspace *workspace;
  struct varint_buffer out;
  uint8_t stamp_shift, address_shift;
};

/* The body sees index and record of each survivor. */
#define EACH_SURVIVOR(w, index, record)                                                            \
  for (uint32_t at_ = 0, index; at_ < (w)->survivor_count; at_++)                                  \
    for (const struct seep_record *record = &(w)->records[index = (w)->survivors[at_]]; record;    \
         record = NULL)

static bool has_place(unsigned kind) {
  return kind == SEEP_KIND_ALLOC || kind == SEEP_KIND_MAP;
}

static void put_contexts(struct encoding *e) {
  uint32_t before = 0;
  for (uint32_t i = 0; i < e->workspace->context_count; i++) {
    uint32_t id = (uint32_t)(e->workspace->sort[0][i] >> 16);
    varint_put(&e->out, id - before);
    before = id;
  }
}

static void put_kinds(struct encoding *e) {
  EACH_SURVIVOR(e->workspace, i, record)
  varint_put_byte(&e->out, (uint8_t)(pairs_kind(record) | record->where >> SEEP_FLAG_SHIFT << 4));
}

static void put_stamps(struct encoding *e) {
  uint64_t before = e->workspace->records[0].stamp >> e->stamp_shift;
  EACH_SURVIVOR(e->workspace, i, record) {
    uint64_t stamp = record->stamp >> e->stamp_shift;
    if (stamp < before) /* a clock that went back must not turn into a leap of centuries */
      stamp = before;
    varint_put(&e->out, stamp - before);
    before = stamp;
  }
}

static void put_addresses(struct encoding *e) {
  uint64_t before = 0;
  EACH_SURVIVOR(e->workspace, i, record) {
    uint64_t address = pairs_address(record) >> e->address_shift;
    varint_put_signed(&e->out, (int64_t)(address - before));
    before = address;
  }
}

/* Consecutive allocations often come from neighbours in the tree. */
static void put_places(struct encoding *e) {
  int64_t before = 0;
  EACH_SURVIVOR(e->workspace, i, record)
  if (has_place(pairs_kind(record))) {
    int64_t rank = e->workspace->rank[e->workspace->places[i]];
    varint_put_signed(&e->out, rank - before);
    before = rank;
  }
}

static void put_sizes(struct encoding *e) {
  EACH_SURVIVOR(e->workspace, i, record)
  if (has_place(pairs_kind(record)) || pairs_kind(record) == SEEP_KIND_UNMAP)
    varint_put(&e->out, pairs_size(record));
}

/* Counts by bucket, of which few are used: which ones say the bits. Bucket 64 (2^63 and more) is
 * counted with 63: no lifetime and no size gets there. */
struct histogram {
  uint64_t used;
  uint32_t counts[64]; /* all 0 where the bit is */
};

static inline void count_in(struct histogram *histogram, uint8_t bucket) {
  bucket = bucket < 63 ? bucket : 63;
  histogram->used |= 1ull << bucket;
  histogram->counts[bucket]++;
}

/* Of the last bucket no count: it has the rest. Leaves it empty for the next row. */
static void put_histogram(struct encoding *e, struct histogram *histogram) {
  unsigned before = 0;
  for (uint64_t used = histogram->used; used; used &= used - 1) {
    unsigned bucket = (unsigned)__builtin_ctzll(used);
    varint_put(&e->out, bucket - before);
    if (used & (used - 1))
      varint_put(&e->out, histogram->counts[bucket]);
    histogram->counts[bucket] = 0;
    before = bucket;
  }
  histogram->used = 0;
}

static void drop_histogram(struct histogram *histogram) {
  if (histogram->used)
    histogram->counts[__builtin_ctzll(histogram->used)] = 0;
  histogram->used = 0;
}

struct histograms {
  struct histogram lifetimes, sizes;
};

static unsigned buckets_used(const struct histogram *histogram) {
  return (unsigned)__builtin_popcountll(histogram->used);
}

static uint8_t temporary_shape(uint32_t temporary, uint32_t pairs) {
  if (!temporary)
    return SEEP_SUM_TEMPORARY_NONE;
  return temporary == pairs ? SEEP_SUM_TEMPORARY_ALL : SEEP_SUM_TEMPORARY_SOME;
}

static void put_row(struct encoding *e, uint32_t place, uint32_t pairs, struct histograms *h) {
  uint64_t bytes = e->workspace->bytes[place];
  uint32_t temporary = e->workspace->temporary[place];
  bool even = buckets_used(&h->sizes) <= 1 && (pairs <= 1 || bytes % pairs == 0);
  uint8_t shape = temporary_shape(temporary, pairs);
  varint_put_byte(&e->out, (uint8_t)(shape | (even ? SEEP_SUM_EVEN : 0) |
                                     buckets_used(&h->lifetimes) << SEEP_SUM_LIFETIMES_SHIFT));
  varint_put(&e->out, pairs);
  varint_put(&e->out, even && pairs > 1 ? bytes / pairs : bytes);
  if (shape == SEEP_SUM_TEMPORARY_SOME)
    varint_put(&e->out, temporary);
  if (even) {
    drop_histogram(&h->sizes);
  } else {
    varint_put(&e->out, buckets_used(&h->sizes));
    put_histogram(e, &h->sizes);
  }
  put_histogram(e, &h->lifetimes);
}

static void put_sum(struct encoding *e, uint32_t place, const uint64_t *order, uint32_t count,
                    struct histograms *histograms) {
  for (uint32_t i = 0; i < count; i++) {
    const struct workspace_pair *pair = &e->workspace->pairs[order[i]];
    count_in(&histograms->lifetimes, pair->lifetime);
    count_in(&histograms->sizes, pair->size);
  }
  put_row(e, place, count, histograms);
}

/* The pairs, grouped by context: order[starts[place] … starts[place + 1]). The sort buffer is free
 * again only where the dictionary does not need it: its second half. */
static void group_pairs(struct workspace *w, uint32_t *starts, uint64_t *order) {
  memset(starts, 0, (w->context_count + 1) * sizeof *starts);
  for (uint32_t i = 0; i < w->pair_count; i++)
    starts[w->pairs[i].place + 1]++;
  for (uint32_t place = 0; place < w->context_count; place++)
    starts[place + 1] += starts[place];
  for (uint32_t i = w->pair_count; i-- > 0;) /* from behind: ends become starts */
    order[--starts[w->pairs[i].place + 1]] = i;
}

static uint32_t put_sums(struct encoding *e) {
  struct workspace *w = e->workspace;
  uint64_t *order = w->sort[1];
  uint32_t *starts = (uint32_t *)(order + WORKSPACE_RECORDS / 2); /* behind the pairs' order */
  group_pairs(w, starts, order);
  struct histograms histograms = {0};
  uint32_t rows = 0, next = 0;
  for (uint32_t i = 0; i < w->context_count; i++) {
    uint32_t place = w->sort[0][i] & 0xffff;
    uint32_t from = starts[place + 1];
    uint32_t to = place + 1 < w->context_count ? starts[place + 2] : w->pair_count;
    if (from == to && !w->temporary[place])
      continue;
    varint_put(&e->out, i - next);
    put_sum(e, place, order + from, to - from, &histograms);
    next = i + 1;
    rows++;
  }
  return rows;
}

static void choose_shifts(struct encoding *e, bool coarse) {
  uint64_t low = 0;
  EACH_SURVIVOR(e->workspace, i, record)
  low |= pairs_address(record);
  e->address_shift = low & 15 ? 0 : 4;
  if (coarse)
    e->stamp_shift = clock_kind == SEEP_CLOCK_TSC ? COARSE_TICKS : COARSE_NS;
}

size_t columns_encode(struct workspace *workspace, bool coarse) {
  struct encoding e = {.workspace = workspace};
  struct seep_events_head head = {0};
  e.out.at = workspace->plain + sizeof head;
  e.out.end = workspace->plain + sizeof workspace->plain;
  choose_shifts(&e, coarse);
  void (*const put[])(struct encoding *) = {put_contexts,  put_kinds,  put_stamps,
                                            put_addresses, put_places, put_sizes};
  const uint8_t *from = e.out.at;
  for (int column = 0; column < SEEP_COLUMN_SUMS; column++) {
    put[column](&e);
    head.column_bytes[column] = (uint32_t)(e.out.at - from);
    from = e.out.at;
  }
  head.sum_count = put_sums(&e);
  head.column_bytes[SEEP_COLUMN_SUMS] = (uint32_t)(e.out.at - from);
  head.survivor_count = workspace->survivor_count;
  head.context_count = workspace->context_count;
  head.stamp_shift = e.stamp_shift;
  head.address_shift = e.address_shift;
  head.peak_bytes = workspace->peak_bytes;
  head.peak_position = workspace->peak_position;
  head.last_allocation = workspace->last_allocation;
  head.pair_count = workspace->pair_count;
  head.pair_bytes = workspace->pair_bytes;
  memcpy(workspace->plain, &head, sizeof head);
  return e.out.full ? 0 : (size_t)(e.out.at - workspace->plain);
}
