/* SPDX-License-Identifier: Apache-2.0 */
#include "pairs.h"
#include "dictionary.h"

#include <string.h>

/* The table from address to the record that allocated it. A slot that was emptied keeps REMOVED, so
 * that the probes of others go on over it. */
#define REMOVED 0xffffu

struct matching {
  struct workspace *workspace;
  struct pairs_tail tail;
  uint32_t last_allocation; /* record + 1 of the thread's last one in this block; 0: none yet */
  bool keep_all;
  int64_t balance, highest; /* bytes; frees of earlier blocks have no size here */
  uint32_t peak_end;        /* records up to the balance's highest point */
};

#define NOWHERE UINT32_MAX

static inline uint32_t table_start(const struct workspace *w, uint64_t address) {
  return (uint32_t)((address >> 4) * 0x9e3779b97f4a7c15ull >> (64 - w->table_bits));
}

static inline uint32_t table_mask(const struct workspace *w) {
  return (1u << w->table_bits) - 1;
}

/* The slot that holds address; NOWHERE: none does. */
static uint32_t table_find(const struct workspace *w, uint64_t address) {
  for (uint32_t at = table_start(w, address);; at = (at + 1) & table_mask(w)) {
    uint16_t held = w->table[at];
    if (!held)
      return NOWHERE;
    if (held != REMOVED && pairs_address(&w->records[held - 1]) == address)
      return at;
  }
}

/* The slot that holds address or, where none does, the first on its way that can take it. */
static uint32_t table_place(const struct workspace *w, uint64_t address) {
  uint32_t open = NOWHERE;
  for (uint32_t at = table_start(w, address);; at = (at + 1) & table_mask(w)) {
    uint16_t held = w->table[at];
    if (!held)
      return open != NOWHERE ? open : at;
    if (held == REMOVED)
      open = open != NOWHERE ? open : at;
    else if (pairs_address(&w->records[held - 1]) == address)
      return at;
  }
}

/* A slot in front of a free one ends no probe but its own: it can be free again too. Blocks churn
 * the same addresses over and over; without this the table would fill with REMOVED. */
static inline void table_remove(struct workspace *w, uint32_t at) {
  if (w->table[(at + 1) & table_mask(w)]) {
    w->table[at] = REMOVED;
    return;
  }
  w->table[at] = 0;
  for (uint32_t before = (at - 1) & table_mask(w); w->table[before] == REMOVED;
       before = (before - 1) & table_mask(w))
    w->table[before] = 0;
}

static unsigned significant_bits(uint64_t value) {
  return value ? 64 - (unsigned)__builtin_clzll(value) : 0;
}

static uint8_t lifetime_bucket(uint64_t ticks) {
  return (uint8_t)((significant_bits(ticks) + 2) / 3);
}

/* No size gets to 2^63. */
static uint8_t size_bucket(uint64_t size) {
  return (uint8_t)significant_bits(size & INT64_MAX);
}

static inline void set_gone(struct workspace *w, uint32_t index) {
  w->gone[index / 64] |= 1ull << index % 64;
}

static inline bool is_gone(const struct workspace *w, uint32_t index) {
  return w->gone[index / 64] >> index % 64 & 1;
}

static void take_allocation(struct matching *m, uint32_t index) {
  struct workspace *w = m->workspace;
  const struct seep_record *record = &w->records[index];
  w->places[index] = dictionary_place(w, pairs_context(record));
  m->last_allocation = index + 1;
  m->balance += (int64_t)pairs_size(record);
  if (m->balance > m->highest) {
    m->highest = m->balance;
    m->peak_end = index + 1;
  }
  /* Where the address is held, another thread freed the block in between: that life's free stands
   * in its records. */
  w->table[table_place(w, pairs_address(record))] = (uint16_t)(index + 1);
}

static void drop_pair(struct matching *m, uint32_t allocated, uint32_t freed) {
  struct workspace *w = m->workspace;
  uint64_t size = pairs_size(&w->records[allocated]);
  uint16_t place = w->places[allocated];
  set_gone(w, allocated);
  set_gone(w, freed);
  w->pairs[w->pair_count++] = (struct workspace_pair){
      .place = place,
      .lifetime = lifetime_bucket(w->records[freed].stamp - w->records[allocated].stamp),
      .size = size_bucket(size)};
  w->bytes[place] += size;
  if (m->last_allocation == allocated + 1)
    w->temporary[place]++;
}

/* A free of a block that an earlier drain wrote; temporary if that was the last thing the thread
 * allocated. */
static void free_earlier(struct matching *m, uint64_t address) {
  if (m->last_allocation || !m->tail.address || m->tail.address != address)
    return;
  m->workspace->temporary[dictionary_place(m->workspace, m->tail.context)]++;
  m->tail.address = 0;
}

/* The block lives on in the columns: its allocation and free are told one by one, and a reader
 * knows what came between. */
static void keep_pair(struct matching *m, uint32_t allocated) {
  if (m->last_allocation == allocated + 1)
    m->workspace->temporary[m->workspace->places[allocated]]++;
}

/* The record of the allocation that is freed; NOWHERE: it is not in this block. */
static inline __attribute__((always_inline)) uint32_t match_free(struct matching *m,
                                                                 uint32_t index) {
  struct workspace *w = m->workspace;
  uint64_t address = pairs_address(&w->records[index]);
  uint32_t at = table_find(w, address);
  if (at == NOWHERE) {
    w->places[index] = WORKSPACE_NO_PARTNER;
    free_earlier(m, address);
    return NOWHERE;
  }
  uint32_t allocated = w->table[at] - 1u;
  table_remove(w, at);
  w->places[index] = (uint16_t)allocated;
  m->balance -= (int64_t)pairs_size(&w->records[allocated]);
  return allocated;
}

static void take_free(struct matching *m, uint32_t index) {
  uint32_t allocated = match_free(m, index);
  if (allocated == NOWHERE)
    return;
  if (m->keep_all)
    keep_pair(m, allocated);
  else
    drop_pair(m, allocated, index);
}

/* A pair is not dropped: the stack of its free would be lost. */
static __attribute__((cold, noinline)) void take_sampled_free(struct matching *m, uint32_t index) {
  dictionary_place(m->workspace, pairs_context(&m->workspace->records[index]));
  uint32_t allocated = match_free(m, index);
  if (allocated != NOWHERE)
    keep_pair(m, allocated);
}

static bool is_free(const struct seep_record *record) {
  return pairs_kind(record) == SEEP_KIND_FREE || pairs_kind(record) == SEEP_KIND_SAMPLED;
}

/* A realloc that failed: its free did not take place. The two stand in the same block, mostly next
 * to each other (a hook appends both). */
static void undo_free(struct workspace *w, uint32_t index) {
  uint64_t address = pairs_address(&w->records[index]);
  set_gone(w, index);
  for (uint32_t at = index; at-- > 0;)
    if (is_free(&w->records[at]) && !is_gone(w, at) && pairs_address(&w->records[at]) == address) {
      set_gone(w, at);
      return;
    }
}

static void undo_frees(struct workspace *w) {
  for (uint32_t i = 0; i < w->record_count; i++)
    if (pairs_kind(&w->records[i]) == SEEP_KIND_UNFREE)
      undo_free(w, i);
}

/* Records that are neither allocations nor plain frees. false: a free was taken back, and may have
 * been matched. */
static bool take_other(struct matching *m, uint32_t index) {
  struct workspace *w = m->workspace;
  unsigned kind = pairs_kind(&w->records[index]);
  if (kind == SEEP_KIND_UNFREE)
    return is_gone(w, index);
  if (kind == SEEP_KIND_SAMPLED && !is_gone(w, index))
    take_sampled_free(m, index);
  else if (kind == SEEP_KIND_MAP)
    w->places[index] = dictionary_place(w, pairs_context(&w->records[index]));
  else if (kind == SEEP_KIND_WIDE)
    set_gone(w, index);
  return true;
}

/* false: something was taken back that may have been matched by now. */
static bool match(struct matching *m) {
  struct workspace *w = m->workspace;
  uint64_t address_bits = 0;
  for (uint32_t i = 0; i < w->record_count; i++) {
    unsigned kind = pairs_kind(&w->records[i]);
    address_bits |= w->records[i].where;
    if (kind == SEEP_KIND_ALLOC) {
      take_allocation(m, i);
    } else if (kind == SEEP_KIND_FREE) {
      if (!is_gone(w, i))
        take_free(m, i);
    } else if (!take_other(m, i)) {
      return false;
    }
  }
  w->address_bits = address_bits & SEEP_ADDRESS_MASK;
  return true;
}

static void list_survivors(struct workspace *w) {
  uint32_t count = 0;
  for (uint32_t first = 0; first < w->record_count; first += 64) {
    uint32_t left = w->record_count - first;
    uint64_t stay = ~w->gone[first / 64];
    if (left < 64)
      stay &= (1ull << left) - 1;
    for (; stay; stay &= stay - 1)
      w->survivors[count++] = (uint16_t)(first + (uint32_t)__builtin_ctzll(stay));
  }
  w->survivor_count = count;
}

/* How many of the records before end survived. */
static uint32_t survivors_before(const struct workspace *w, uint32_t end) {
  uint32_t low = 0, high = w->survivor_count;
  while (low < high) {
    uint32_t middle = (low + high) / 2;
    if (w->survivors[middle] < end)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

/* Of the block's bytes at their highest point: how many survivors came before, and how many are
 * those of dropped pairs: what the survivors, which the reader knows, do not explain. */
static void describe_peak(struct matching *m) {
  struct workspace *w = m->workspace;
  uint64_t dropped = (uint64_t)m->highest;
  w->peak_position = survivors_before(w, m->peak_end);
  for (uint32_t row = 0; row < w->peak_position; row++) {
    uint32_t i = w->survivors[row];
    if (pairs_kind(&w->records[i]) == SEEP_KIND_ALLOC)
      dropped -= pairs_size(&w->records[i]);
    else if (is_free(&w->records[i]) && w->places[i] != WORKSPACE_NO_PARTNER)
      dropped += pairs_size(&w->records[w->places[i]]);
  }
  w->peak_bytes = dropped;
}

static void remember_tail(struct matching *m) {
  struct workspace *w = m->workspace;
  w->last_allocation = SEEP_LAST_BEFORE;
  if (!m->last_allocation)
    return; /* the tail of the block before still is the last allocation, unless it was freed */
  uint32_t index = m->last_allocation - 1;
  bool lives = table_find(w, pairs_address(&w->records[index])) != NOWHERE;
  m->tail.address = lives ? pairs_address(&w->records[index]) : 0;
  m->tail.context = pairs_context(&w->records[index]);
  w->last_allocation = lives ? survivors_before(w, index) + 1 : 0;
}

static struct matching begin(struct workspace *w, const struct pairs_tail *tail, bool keep_all) {
  memset(w->table, 0, sizeof *w->table << w->table_bits);
  dictionary_clear(w);
  w->pair_count = 0;
  return (struct matching){.workspace = w, .tail = *tail, .keep_all = keep_all};
}

static uint64_t dropped_bytes(const struct workspace *w) {
  uint64_t bytes = 0;
  for (uint32_t place = 0; place < w->context_count; place++)
    bytes += w->bytes[place];
  return bytes;
}

/* At most two thirds of a table are taken. */
static uint32_t table_bits(uint32_t records) {
  uint32_t places = records + records / 2;
  return places < 256 ? 8 : 32 - (uint32_t)__builtin_clz(places);
}

void pairs_find(struct workspace *workspace, struct pairs_tail *tail, bool keep_all) {
  workspace->table_bits = table_bits(workspace->record_count);
  memset(workspace->gone, 0, sizeof workspace->gone);
  struct matching matching = begin(workspace, tail, keep_all);
  if (!match(
          &matching)) { /* rare: find what was taken back first, so that nothing is matched twice */
    memset(workspace->gone, 0, sizeof workspace->gone);
    undo_frees(workspace);
    matching = begin(workspace, tail, keep_all);
    match(&matching);
  }
  workspace->pair_bytes = dropped_bytes(workspace);
  list_survivors(workspace);
  describe_peak(&matching);
  remember_tail(&matching);
  *tail = matching.tail;
}
