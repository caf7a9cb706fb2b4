/* SPDX-License-Identifier: Apache-2.0 */
#include "columns.h"
#include "clock.h"
#include "dictionary.h"
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

static inline const struct seep_record *survivor(const struct workspace *w, uint32_t row) {
  return &w->records[w->survivors[row]];
}

static bool has_place(unsigned kind) {
  const unsigned kinds = 1u << SEEP_KIND_ALLOC | 1u << SEEP_KIND_MAP | 1u << SEEP_KIND_SAMPLED;
  return kinds >> kind & 1;
}

/* Of a free workspace->places has something else. */
static uint16_t place_of(struct workspace *w, uint32_t row) {
  const struct seep_record *record = survivor(w, row);
  return pairs_kind(record) == SEEP_KIND_SAMPLED ? dictionary_place(w, pairs_context(record))
                                                 : w->places[w->survivors[row]];
}

/* Each column is put into a copy of the buffer, which the compiler can keep in registers: what is
 * written through a byte's address might else change it. */

static void put_contexts(struct encoding *e) {
  struct varint_buffer out = e->out;
  uint32_t before = 0;
  for (uint32_t i = 0; i < e->workspace->context_count; i++) {
    uint32_t id = (uint32_t)(e->workspace->sort[0][i] >> 16);
    varint_put(&out, id - before);
    before = id;
  }
  e->out = out;
}

static void put_kinds(struct encoding *e) {
  const struct workspace *w = e->workspace;
  struct varint_buffer out = e->out;
  for (uint32_t row = 0; row < w->survivor_count; row++) {
    const struct seep_record *record = survivor(w, row);
    varint_put_byte(&out, (uint8_t)(pairs_kind(record) | record->where >> SEEP_FLAG_SHIFT << 4));
  }
  e->out = out;
}

static void put_stamps(struct encoding *e) {
  const struct workspace *w = e->workspace;
  struct varint_buffer out = e->out;
  unsigned shift = e->stamp_shift;
  uint64_t before = w->records[0].stamp >> shift;
  for (uint32_t row = 0; row < w->survivor_count; row++) {
    uint64_t stamp = survivor(w, row)->stamp >> shift;
    if (stamp < before) /* a clock that went back must not turn into a leap of centuries */
      stamp = before;
    varint_put(&out, stamp - before);
    before = stamp;
  }
  e->out = out;
}

static void put_addresses(struct encoding *e) {
  const struct workspace *w = e->workspace;
  struct varint_buffer out = e->out;
  unsigned shift = e->address_shift;
  uint64_t before = 0;
  for (uint32_t row = 0; row < w->survivor_count; row++) {
    uint64_t address = pairs_address(survivor(w, row)) >> shift;
    varint_put_signed(&out, (int64_t)(address - before));
    before = address;
  }
  e->out = out;
}

/* Consecutive allocations often come from neighbours in the tree. */
static void put_places(struct encoding *e) {
  struct workspace *w = e->workspace;
  struct varint_buffer out = e->out;
  int64_t before = 0;
  for (uint32_t row = 0; row < w->survivor_count; row++) {
    if (!has_place(pairs_kind(survivor(w, row))))
      continue;
    int64_t rank = w->rank[place_of(w, row)];
    varint_put_signed(&out, rank - before);
    before = rank;
  }
  e->out = out;
}

static void put_sizes(struct encoding *e) {
  const struct workspace *w = e->workspace;
  struct varint_buffer out = e->out;
  for (uint32_t row = 0; row < w->survivor_count; row++) {
    const struct seep_record *record = survivor(w, row);
    if (has_place(pairs_kind(record)) || pairs_kind(record) == SEEP_KIND_UNMAP)
      varint_put(&out, pairs_size(record));
  }
  e->out = out;
}

/* Counts by bucket, of which few are used: which ones say the bits. */
struct histogram {
  uint64_t used;
  uint32_t counts[64]; /* all 0 where the bit is */
};

static inline void count_in(struct histogram *histogram, uint8_t bucket) {
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

static void put_sum(struct encoding *e, uint32_t place, const struct workspace_pair *pairs,
                    uint32_t count, struct histograms *histograms) {
  for (uint32_t i = 0; i < count; i++) {
    count_in(&histograms->lifetimes, pairs[i].lifetime);
    count_in(&histograms->sizes, pairs[i].size);
  }
  put_row(e, place, count, histograms);
}

/* The pairs by context: those of place at grouped[starts[place + 1]] and behind. */
static void group_pairs(const struct workspace *w, uint32_t *starts,
                        struct workspace_pair *grouped) {
  memset(starts, 0, (w->context_count + 1) * sizeof *starts);
  for (uint32_t i = 0; i < w->pair_count; i++)
    starts[w->pairs[i].place + 1]++;
  for (uint32_t place = 0; place < w->context_count; place++)
    starts[place + 1] += starts[place];
  for (uint32_t i = w->pair_count; i-- > 0;) /* from behind: ends become starts */
    grouped[--starts[w->pairs[i].place + 1]] = w->pairs[i];
}

/* In the half of the sort buffer that the dictionary does not need. */
static uint32_t put_sums(struct encoding *e) {
  struct workspace *w = e->workspace;
  struct workspace_pair *grouped = (struct workspace_pair *)w->sort[1];
  uint32_t *starts = (uint32_t *)(grouped + WORKSPACE_RECORDS / 2);
  group_pairs(w, starts, grouped);
  struct histograms histograms = {0};
  uint32_t rows = 0, next = 0;
  for (uint32_t i = 0; i < w->context_count; i++) {
    uint32_t place = w->sort[0][i] & 0xffff;
    uint32_t from = starts[place + 1];
    uint32_t to = place + 1 < w->context_count ? starts[place + 2] : w->pair_count;
    if (from == to && !w->temporary[place])
      continue;
    varint_put(&e->out, i - next);
    put_sum(e, place, grouped + from, to - from, &histograms);
    next = i + 1;
    rows++;
  }
  return rows;
}

static void choose_shifts(struct encoding *e, bool coarse) {
  e->address_shift = e->workspace->address_bits & 15 ? 0 : 4;
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
  head.share_shift = workspace->share_shift;
  head.peak_bytes = workspace->peak_bytes;
  head.peak_position = workspace->peak_position;
  head.last_allocation = workspace->last_allocation;
  head.pair_count = workspace->pair_count;
  head.pair_bytes = workspace->pair_bytes;
  memcpy(workspace->plain, &head, sizeof head);
  return e.out.full ? 0 : (size_t)(e.out.at - workspace->plain);
}
