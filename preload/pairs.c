/* SPDX-License-Identifier: Apache-2.0 */
#include "pairs.h"
#include "dictionary.h"

#include <string.h>

/* The table from address to the record that allocated it. A slot that was emptied keeps REMOVED, so
 * that the probes of others go on over it. */
#define REMOVED 0xffffu

struct matching {
  struct workspace *workspace;
  struct pairs_tail *tail;
  uint32_t last_allocation; /* record + 1 of the thread's last one in this block; 0: none yet */
  bool keep_all;
  int64_t balance, highest; /* bytes; frees of earlier blocks have no size here */
  uint32_t peak_end;        /* records up to the balance's highest point */
};

static uint32_t table_start(uint64_t address) {
  return (uint32_t)((address >> 4) * 0x9e3779b97f4a7c15ull >> 49);
}

/* The slot that holds address; WORKSPACE_TABLE: none does. */
static uint32_t table_find(const struct workspace *w, uint64_t address) {
  for (uint32_t at = table_start(address);; at = (at + 1) % WORKSPACE_TABLE) {
    uint16_t held = w->table[at];
    if (!held)
      return WORKSPACE_TABLE;
    if (held != REMOVED && pairs_address(&w->records[held - 1]) == address)
      return at;
  }
}

/* The slot that holds address or, where none does, the first on its way that can take it. */
static uint32_t table_place(const struct workspace *w, uint64_t address) {
  uint32_t open = WORKSPACE_TABLE;
  for (uint32_t at = table_start(address);; at = (at + 1) % WORKSPACE_TABLE) {
    uint16_t held = w->table[at];
    if (!held)
      return open < WORKSPACE_TABLE ? open : at;
    if (held == REMOVED)
      open = open < WORKSPACE_TABLE ? open : at;
    else if (pairs_address(&w->records[held - 1]) == address)
      return at;
  }
}

/* A slot in front of a free one ends no probe but its own: it can be free again too. Blocks churn
 * the same addresses over and over; without this the table would fill with REMOVED. */
static void table_remove(struct workspace *w, uint32_t at) {
  if (w->table[(at + 1) % WORKSPACE_TABLE]) {
    w->table[at] = REMOVED;
    return;
  }
  w->table[at] = 0;
  for (uint32_t before = (at - 1) % WORKSPACE_TABLE; w->table[before] == REMOVED;
       before = (before - 1) % WORKSPACE_TABLE)
    w->table[before] = 0;
}

static bool mark_between(const struct workspace *w, uint64_t allocated, uint64_t freed) {
  if (freed >= w->keep_frees_from)
    return true;
  for (uint32_t i = 0; i < w->mark_count; i++)
    if (allocated <= w->marks[i] && w->marks[i] < freed)
      return true;
  return false;
}

static uint8_t significant_bits(uint64_t value) {
  return value ? (uint8_t)(64 - __builtin_clzll(value)) : 0;
}

static uint8_t octal_digits(uint64_t value) {
  return (uint8_t)((significant_bits(value) + 2) / 3);
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
  w->fates[allocated] = w->fates[freed] = FATE_PAIRED;
  w->pairs[w->pair_count++] = (struct workspace_pair){
      .place = place,
      .lifetime = octal_digits(w->records[freed].stamp - w->records[allocated].stamp),
      .size = significant_bits(size)};
  w->bytes[place] += size;
  w->pair_bytes += size;
  if (m->last_allocation == allocated + 1)
    w->temporary[place]++;
}

/* A free of a block that an earlier drain wrote; temporary if that was the last thing the thread
 * allocated. */
static void free_earlier(struct matching *m, uint64_t address) {
  if (m->last_allocation || !m->tail->address || m->tail->address != address)
    return;
  m->workspace->temporary[dictionary_place(m->workspace, m->tail->context)]++;
  m->tail->address = 0;
}

/* The block lives on in the columns: its allocation and free are told one by one, and a reader
 * knows what came between. */
static void keep_pair(struct matching *m, uint32_t allocated) {
  if (m->last_allocation == allocated + 1)
    m->workspace->temporary[m->workspace->places[allocated]]++;
}

static void take_free(struct matching *m, uint32_t index) {
  struct workspace *w = m->workspace;
  const struct seep_record *record = &w->records[index];
  uint32_t at = table_find(w, pairs_address(record));
  w->places[index] = WORKSPACE_NO_PARTNER;
  if (at == WORKSPACE_TABLE) {
    free_earlier(m, pairs_address(record));
    return;
  }
  uint32_t allocated = w->table[at] - 1u;
  table_remove(w, at);
  w->places[index] = (uint16_t)allocated;
  m->balance -= (int64_t)pairs_size(&w->records[allocated]);
  if (m->keep_all || mark_between(w, w->records[allocated].stamp, record->stamp))
    keep_pair(m, allocated);
  else
    drop_pair(m, allocated, index);
}

/* A realloc that failed: its free did not take place. The two stand in the same block, mostly next
 * to each other (a hook appends both); found before matching, so that no pair has to be undone. */
static void undo_free(struct workspace *w, uint32_t index) {
  uint64_t address = pairs_address(&w->records[index]);
  w->fates[index] = FATE_UNDONE;
  for (uint32_t at = index; at-- > 0;)
    if (pairs_kind(&w->records[at]) == SEEP_KIND_FREE && w->fates[at] == FATE_SURVIVES &&
        pairs_address(&w->records[at]) == address) {
      w->fates[at] = FATE_UNDONE;
      return;
    }
}

static void sort_out(struct workspace *w) {
  memset(w->fates, FATE_SURVIVES, w->record_count);
  for (uint32_t i = 0; i < w->record_count; i++) {
    unsigned kind = pairs_kind(&w->records[i]);
    if (kind == SEEP_KIND_UNFREE)
      undo_free(w, i);
    else if (kind == SEEP_KIND_WIDE)
      w->fates[i] = FATE_WIDE;
  }
}

/* Of the block's bytes at their highest point: how many are those of dropped pairs, and how many
 * survivors came before. The reader knows the rest. */
static void describe_peak(struct workspace *w, uint32_t end) {
  uint64_t dropped = 0;
  uint32_t rows = 0;
  for (uint32_t i = 0; i < end; i++) {
    rows += w->fates[i] == FATE_SURVIVES;
    if (w->fates[i] != FATE_PAIRED)
      continue;
    if (pairs_kind(&w->records[i]) == SEEP_KIND_ALLOC)
      dropped += pairs_size(&w->records[i]);
    else
      dropped -= pairs_size(&w->records[w->places[i]]);
  }
  w->peak_bytes = dropped;
  w->peak_position = rows;
}

/* Row of a record among the survivors, from 1. */
static uint32_t survivor_row(const struct workspace *w, uint32_t index) {
  uint32_t row = 0;
  for (uint32_t i = 0; i <= index; i++)
    row += w->fates[i] == FATE_SURVIVES;
  return row;
}

static void remember_tail(struct matching *m) {
  struct workspace *w = m->workspace;
  w->last_allocation = SEEP_LAST_BEFORE;
  if (!m->last_allocation)
    return; /* the tail of the block before still is the last allocation, unless it was freed */
  uint32_t index = m->last_allocation - 1;
  bool lives = table_find(w, pairs_address(&w->records[index])) != WORKSPACE_TABLE;
  m->tail->address = lives ? pairs_address(&w->records[index]) : 0;
  m->tail->context = pairs_context(&w->records[index]);
  w->last_allocation = lives ? survivor_row(w, index) : 0;
}

static void match(struct matching *m) {
  struct workspace *w = m->workspace;
  for (uint32_t i = 0; i < w->record_count; i++) {
    if (w->fates[i] != FATE_SURVIVES)
      continue;
    switch (pairs_kind(&w->records[i])) {
    case SEEP_KIND_ALLOC:
      take_allocation(m, i);
      break;
    case SEEP_KIND_FREE:
      take_free(m, i);
      break;
    case SEEP_KIND_MAP:
      w->places[i] = dictionary_place(w, pairs_context(&w->records[i]));
    }
  }
}

/* Without a branch: which records survive is hard to foretell. */
static void list_survivors(struct workspace *w) {
  uint32_t count = 0;
  for (uint32_t i = 0; i < w->record_count; i++) {
    w->survivors[count] = (uint16_t)i;
    count += w->fates[i] == FATE_SURVIVES;
  }
  w->survivor_count = count;
}

void pairs_find(struct workspace *workspace, struct pairs_tail *tail, bool keep_all) {
  struct matching matching = {.workspace = workspace, .tail = tail, .keep_all = keep_all};
  memset(workspace->table, 0, sizeof workspace->table);
  dictionary_clear(workspace);
  workspace->pair_count = 0;
  workspace->pair_bytes = 0;
  sort_out(workspace);
  match(&matching);
  list_survivors(workspace);
  describe_peak(workspace, matching.peak_end);
  remember_tail(&matching);
}
