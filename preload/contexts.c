/* SPDX-License-Identifier: Apache-2.0
 *
 * Nodes stand in segments of the stage: of 16 KiB, then each twice the one before, up to 1 MiB. An
 * id says which segment by arithmetic. The next segment is made when one is half full, so that
 * threads rarely come upon one that is still being made.
 */
#include "contexts.h"

#include "arena.h"
#include "index.h"
#include "modules.h"
#include "stage.h"

#include <stdatomic.h>
#include <stddef.h>

#define SEGMENT_BYTES SEEP_STAGE_GRAIN /* the first */
#define DOUBLINGS 6u
#define HEADER_NODES (sizeof(struct seep_segment) / sizeof(struct seep_node))
#define ID_STOP 0xfff00000u
#define SEGMENTS 65600u /* of the largest size they would pass ID_STOP */

struct segment {
  struct seep_segment *_Atomic nodes;
  _Atomic uint64_t *written; /* a bit per node */
};

static struct segment *segments;
static _Atomic uint32_t next_id = 1;
static _Atomic uint32_t written_below = 1; /* all ids below are in the trace; may lag behind */

/* ---- Segments ----------------------------------------------------------------------------- */

static uint32_t segment_bytes(uint32_t number) {
  return SEGMENT_BYTES << (number < DOUBLINGS ? number : DOUBLINGS);
}

static uint32_t segment_capacity(uint32_t number) {
  return segment_bytes(number) / sizeof(struct seep_node) - HEADER_NODES;
}

static uint32_t segment_first(uint32_t number) {
  uint32_t doubled = number <= DOUBLINGS ? number : DOUBLINGS;
  uint32_t nodes = (SEGMENT_BYTES / sizeof(struct seep_node)) * ((1u << doubled) - 1);
  return 1 + nodes - doubled * HEADER_NODES + (number - doubled) * segment_capacity(DOUBLINGS);
}

/* By the logarithm, which is right but for the few nodes that headers take: those only make the
 * guess one too low. */
static uint32_t segment_number(uint32_t id) {
  uint32_t constant = segment_first(DOUBLINGS);
  if (id >= constant)
    return DOUBLINGS + (id - constant) / segment_capacity(DOUBLINGS);
  uint32_t times = (id - 1) / (SEGMENT_BYTES / sizeof(struct seep_node)) + 1;
  uint32_t number = 31 - (uint32_t)__builtin_clz(times);
  return number + (id >= segment_first(number + 1));
}

static size_t written_bytes(uint32_t number) {
  return segment_bytes(number) / sizeof(struct seep_node) / 8;
}

static struct seep_segment *segment_get(uint32_t number) {
  return atomic_load_explicit(&segments[number].nodes, memory_order_acquire);
}

/* Where two threads make the same segment, one wins; the other's part of the stage stays without
 * magic, which readers skip. */
static struct seep_segment *segment_make(uint32_t number) {
  _Atomic uint64_t *written = arena_map(written_bytes(number));
  struct seep_segment *made = written ? stage_part(segment_bytes(number)) : NULL;
  if (!made) {
    if (written)
      arena_unmap((void *)written, written_bytes(number));
    return NULL;
  }
  made->bytes = segment_bytes(number);
  made->first_id = segment_first(number);
  made->capacity = segment_capacity(number);
  struct seep_segment *expected = NULL;
  _Atomic uint64_t *none = NULL;
  if (!__atomic_compare_exchange_n(&segments[number].written, &none, written, false,
                                   __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE))
    arena_unmap((void *)written, written_bytes(number));
  if (!atomic_compare_exchange_strong(&segments[number].nodes, &expected, made))
    return expected;
  __atomic_store_n(&made->magic, SEEP_SEGMENT_MAGIC, __ATOMIC_RELEASE);
  return made;
}

static struct seep_segment *segment_have(uint32_t number) {
  struct seep_segment *have = segment_get(number);
  return have ? have : segment_make(number);
}

/* ---- Nodes -------------------------------------------------------------------------------- */

/* The place of the next id, which is taken only if there is one. NULL: none. */
static struct seep_node *take_node(uint32_t *id) {
  uint32_t taken = atomic_load_explicit(&next_id, memory_order_relaxed);
  struct seep_segment *segment;
  do {
    segment = taken < ID_STOP ? segment_have(segment_number(taken)) : NULL;
    if (!segment)
      return NULL;
  } while (!atomic_compare_exchange_weak(&next_id, &taken, taken + 1));
  uint32_t number = segment_number(taken);
  if (taken == segment_first(number) + segment_capacity(number) / 2)
    (void)segment_have(number + 1);
  *id = taken;
  return &segment->nodes[taken - segment_first(number)];
}

uint32_t contexts_insert(uint64_t hash, uint32_t hash_low, uint32_t parent, uintptr_t pc,
                         uint32_t flags) {
  uint32_t id;
  uintptr_t bias = 0;
  /* A return address may stand behind the end of its function, even of its module. */
  uint32_t module = modules_find(flags & SEEP_CONTEXT_EXACT ? pc : pc - 1, &bias);
  struct seep_node *node = module == MODULES_BUSY ? NULL : take_node(&id);
  if (!node)
    return 0;
  node->module = module;
  node->parent = parent;
  uint64_t place = ((pc - bias) & SEEP_ADDRESS_MASK) | (uint64_t)flags << SEEP_NODE_FLAG_SHIFT;
  __atomic_store_n(&node->place, place | SEEP_NODE_COMPLETE, __ATOMIC_RELEASE);
  return index_put(hash, hash_low, id);
}

void contexts_prefetch(uint64_t hash) {
  index_prefetch(hash);
}

uint32_t contexts_find(uint64_t hash, uint32_t hash_low) {
  return index_find(hash, hash_low);
}

uint32_t contexts_count(void) {
  return atomic_load_explicit(&next_id, memory_order_acquire) - 1;
}

const struct seep_node *contexts_node(uint32_t id) {
  if (id == 0 || id > contexts_count())
    return NULL;
  struct seep_segment *segment = segment_get(segment_number(id));
  if (!segment)
    return NULL;
  const struct seep_node *node = &segment->nodes[id - segment->first_id];
  return __atomic_load_n(&node->place, __ATOMIC_ACQUIRE) ? node : NULL;
}

static _Atomic uint64_t *written_word(uint32_t id, uint64_t *bit) {
  uint32_t number = segment_number(id), place = id - segment_first(number);
  *bit = 1ull << place % 64;
  return &segments[number].written[place / 64];
}

/* Ids from id on whose bits stand in the same word. */
static uint32_t word_rest(uint32_t id) {
  uint32_t number = segment_number(id), place = id - segment_first(number);
  uint32_t in_word = 64 - place % 64, in_segment = segment_capacity(number) - place;
  return in_word < in_segment ? in_word : in_segment;
}

/* The first id, from id on and below end, that is not in the trace; else end. */
static uint32_t skip_written(uint32_t id, uint32_t end) {
  while (id < end) {
    uint64_t bit;
    uint64_t word = atomic_load_explicit(written_word(id, &bit), memory_order_relaxed);
    uint64_t missing = ~word & -bit;
    uint32_t skip = missing ? (uint32_t)(__builtin_ctzll(missing) - __builtin_ctzll(bit)) : 64;
    uint32_t rest = word_rest(id);
    if (skip < rest)
      return id + skip < end ? id + skip : end;
    id += rest;
  }
  return end;
}

static bool is_written(uint32_t id) {
  uint64_t bit;
  return atomic_load_explicit(written_word(id, &bit), memory_order_relaxed) & bit;
}

uint32_t contexts_unwritten(uint32_t *id, uint32_t end, uint32_t limit) {
  uint32_t count = 0, first = skip_written(*id, end);
  while (first < end && !contexts_node(first)) /* another thread is about to complete it */
    first = skip_written(first + 1, end);
  while (first + count < end && count < limit && !is_written(first + count) &&
         contexts_node(first + count))
    count++;
  *id = first;
  return count;
}

uint32_t contexts_first_unwritten(void) {
  uint32_t below = atomic_load_explicit(&written_below, memory_order_relaxed);
  uint32_t first = skip_written(below, contexts_count() + 1);
  if (first != below)
    atomic_store_explicit(&written_below, first, memory_order_relaxed);
  return first;
}

void contexts_set_written(uint32_t first, uint32_t count) {
  while (count) {
    uint32_t rest = word_rest(first), now = count < rest ? count : rest;
    uint64_t bit;
    _Atomic uint64_t *word = written_word(first, &bit);
    uint64_t below = now < 64 ? (1ull << now) - 1 : UINT64_MAX;
    atomic_fetch_or_explicit(word, bit * below, memory_order_relaxed);
    first += now;
    count -= now;
  }
}

/* ---- Start and reset ---------------------------------------------------------------------- */

bool contexts_start(void) {
  segments = arena_map(SEGMENTS * sizeof *segments);
  return segments && index_start() && segment_make(0) != NULL;
}

bool contexts_reset(void) {
  index_end();
  for (uint32_t i = 0; segments && i < SEGMENTS && segments[i].written; i++)
    arena_unmap((void *)segments[i].written, written_bytes(i));
  if (segments)
    arena_unmap(segments, SEGMENTS * sizeof *segments);
  atomic_store(&next_id, 1);
  atomic_store(&written_below, 1);
  return contexts_start();
}
