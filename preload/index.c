/* SPDX-License-Identifier: Apache-2.0 */
#include "index.h"

#include "arena.h"

#include <stdatomic.h>
#include <stddef.h>
#include <sys/mman.h>

#include "sys.h"

#define SMALL_BYTES (64u << 10)
#define LARGE_BYTES (96u << 10)
#define START_DEPTH 2u
#define DEPTH_MOST 18u /* of the directory: 2^18 blocks are a thousand million contexts */
#define LARGE_TAG 1u   /* in a directory's word: the block is a large one */
#define LINE_ENTRIES 4u
#ifndef MADV_POPULATE_WRITE
#define MADV_POPULATE_WRITE 23
#endif

struct entry {
  _Atomic uint64_t hash; /* 0: free */
  _Atomic uint64_t word; /* low << 32 | id; 0: being written */
};

struct block {
  _Atomic uint32_t used;
  uint32_t depth;      /* number of top bits that all its hashes share */
  struct block *spare; /* of the list of blocks that may be used again */
  uint64_t zero[6];
  struct entry entries[];
};
_Static_assert(sizeof(struct block) == 64, "entries stand in whole cache lines");
_Static_assert(sizeof(struct entry) * LINE_ENTRIES == 64, "entries stand in whole cache lines");
#define SMALL_SLOTS ((SMALL_BYTES - sizeof(struct block)) / sizeof(struct entry))
#define LARGE_SLOTS ((LARGE_BYTES - sizeof(struct block)) / sizeof(struct entry))

struct directory {
  uint32_t depth;
  _Atomic uintptr_t words[]; /* block | LARGE_TAG */
};

static struct directory *_Atomic directory;
/* Held by whoever replaces a block: directories are written and spares handed out under it. Never
 * waited for. */
static _Atomic uint32_t replacing;
static struct block *spares[2]; /* small, large */
static struct directory *outgrown[DEPTH_MOST + 1];

/* ---- Places ------------------------------------------------------------------------------- */

static struct block *block_of(uintptr_t word) {
  return (struct block *)(word & ~(uintptr_t)LARGE_TAG);
}

static uint32_t slots_of(uintptr_t word) {
  return word & LARGE_TAG ? LARGE_SLOTS : SMALL_SLOTS;
}

static uint32_t usable_of(uintptr_t word) {
  return slots_of(word) / 16 * 13;
}

static inline _Atomic uintptr_t *word_of(struct directory *in, uint64_t hash) {
  return &in->words[hash >> (64 - in->depth)];
}

static inline uintptr_t look_up(uint64_t hash) {
  struct directory *now = atomic_load_explicit(&directory, memory_order_acquire);
  return atomic_load_explicit(word_of(now, hash), memory_order_acquire);
}

/* The directory takes the top bits, the line in the block comes from the low half, the entry in it
 * from between. */
static inline uint32_t place_of(uint64_t hash, uint32_t slots) {
  uint32_t line = (uint32_t)((uint64_t)(uint32_t)hash * (slots / LINE_ENTRIES) >> 32);
  return line * LINE_ENTRIES + (hash >> 32) % LINE_ENTRIES;
}

/* Round the line first, then on to the next: most hashes are settled with one line. */
static inline uint32_t place_after(uint32_t place, uint64_t hash, uint32_t slots) {
  uint32_t next = place - place % LINE_ENTRIES + (place + 1) % LINE_ENTRIES;
  if (__builtin_expect(next % LINE_ENTRIES != (hash >> 32) % LINE_ENTRIES, 1))
    return next;
  next += LINE_ENTRIES;
  return next < slots ? next : next - slots;
}

/* 0 marks a free entry. */
static inline uint64_t valid_hash(uint64_t hash) {
  return hash ? hash : 1;
}

/* ---- Finding ------------------------------------------------------------------------------ */

void index_prefetch(uint64_t hash) {
  uintptr_t word = look_up(hash);
  __builtin_prefetch(&block_of(word)->entries[place_of(hash, slots_of(word))]);
}

/* The id of an entry that had this hash, or 0: another low half, being written, or used again. */
static inline uint32_t entry_id(struct entry *entry, uint64_t hash, uint32_t low) {
  uint64_t word = atomic_load_explicit(&entry->word, memory_order_acquire);
  bool same = word >> 32 == low && atomic_load_explicit(&entry->hash, memory_order_relaxed) == hash;
  return same ? (uint32_t)word : 0;
}

uint32_t index_find(uint64_t hash, uint32_t low) {
  hash = valid_hash(hash);
  uintptr_t word = look_up(hash);
  uint32_t slots = slots_of(word), place = place_of(hash, slots);
  struct entry *entries = block_of(word)->entries;
  for (uint32_t probes = 0; probes < slots; probes++) {
    uint64_t found = atomic_load_explicit(&entries[place].hash, memory_order_acquire);
    if (found == 0)
      return 0;
    if (found == hash) {
      uint32_t id = entry_id(&entries[place], hash, low);
      if (id)
        return id;
    }
    place = place_after(place, hash, slots);
  }
  return 0;
}

/* ---- Blocks ------------------------------------------------------------------------------- */

static uint32_t bytes_of(bool large) {
  return large ? LARGE_BYTES : SMALL_BYTES;
}

static struct block *block_make(bool large, uint32_t depth) {
  struct block *block = spares[large];
  if (block) {
    spares[large] = block->spare;
    block->spare = NULL;
  } else {
    block = arena_map(bytes_of(large));
  }
  if (block)
    block->depth = depth;
  return block;
}

/* One that is filled at once: its pages come with one call, not with a fault each. */
static struct block *block_make_filled(bool large, uint32_t depth) {
  struct block *block = block_make(large, depth);
  if (block)
    sys_call3(SYS_madvise, block, bytes_of(large), MADV_POPULATE_WRITE);
  return block;
}

/* Its pages go back to the kernel; its addresses stay readable, as zeros. */
static void block_retire(struct block *block, bool large) {
  sys_call3(SYS_madvise, block, bytes_of(large), MADV_DONTNEED);
  block->spare = spares[large];
  spares[large] = block;
}

/* Claims a free entry, or finds the hash's; NULL: no room. *id: unchanged, or that of the entry
 * that was there. */
static struct entry *claim(uintptr_t word, uint64_t hash, uint32_t low, uint32_t *id) {
  uint32_t slots = slots_of(word), place = place_of(hash, slots);
  struct entry *entries = block_of(word)->entries;
  for (uint32_t probes = 0; probes < slots; probes++) {
    struct entry *entry = &entries[place];
    uint64_t found = atomic_load_explicit(&entry->hash, memory_order_acquire);
    if (!found && atomic_compare_exchange_strong(&entry->hash, &found, hash))
      return entry;
    uint32_t known = found == hash ? entry_id(entry, hash, low) : 0;
    if (known) {
      *id = known;
      return NULL;
    }
    place = place_after(place, hash, slots);
  }
  return NULL;
}

/* Into a block that no other thread looks at yet: nothing is claimed. Entries come in the order of
 * their places, and so go in one after the other. */
static void copy_entry(uintptr_t to, uint64_t hash, uint64_t word) {
  uint32_t slots = slots_of(to), place = place_of(hash, slots);
  struct entry *entries = block_of(to)->entries;
  for (uint32_t probes = 0; probes < slots; probes++) {
    if (atomic_load_explicit(&entries[place].hash, memory_order_relaxed) == 0) {
      atomic_store_explicit(&entries[place].hash, hash, memory_order_relaxed);
      atomic_store_explicit(&entries[place].word, word, memory_order_relaxed);
      return;
    }
    place = place_after(place, hash, slots);
  }
}

static void count_entries(uintptr_t to, uint32_t count) {
  atomic_store_explicit(&block_of(to)->used, count, memory_order_relaxed);
}

/* Copies what is complete in a block, by the bit below its depth, into one of two (or twice the
 * same). */
static void copy_entries(uintptr_t from, uintptr_t to_clear, uintptr_t to_set) {
  struct block *block = block_of(from);
  uint32_t set = 0, all = 0;
  for (uint32_t i = 0; i < slots_of(from); i++) {
    uint64_t hash = atomic_load_explicit(&block->entries[i].hash, memory_order_acquire);
    uint64_t word = atomic_load_explicit(&block->entries[i].word, memory_order_acquire);
    if (!hash || !word)
      continue;
    bool bit = hash << block->depth >> 63;
    copy_entry(bit ? to_set : to_clear, hash, word);
    set += bit;
    all++;
  }
  count_entries(to_clear, all - set);
  count_entries(to_set, to_set == to_clear ? all : set);
}

/* ---- Growing ------------------------------------------------------------------------------ */

static struct directory *directory_make(uint32_t depth) {
  struct directory *made =
      arena_map(sizeof(struct directory) + (sizeof(_Atomic uintptr_t) << depth));
  if (made)
    made->depth = depth;
  return made;
}

/* A directory of twice the size. The old one stays: a reader may be in it. */
static bool directory_double(void) {
  struct directory *old = atomic_load_explicit(&directory, memory_order_relaxed);
  if (old->depth == DEPTH_MOST)
    return false;
  struct directory *made = directory_make(old->depth + 1);
  if (!made)
    return false;
  for (uint32_t i = 0; i < 2u << old->depth; i++)
    atomic_init(&made->words[i], atomic_load_explicit(&old->words[i / 2], memory_order_relaxed));
  outgrown[old->depth] = old;
  atomic_store_explicit(&directory, made, memory_order_release);
  return true;
}

/* Puts word at every place of the directory whose top bits, depth of them, are those of hash. */
static void directory_put(uint64_t hash, uint32_t depth, uintptr_t word) {
  struct directory *now = atomic_load_explicit(&directory, memory_order_relaxed);
  uint32_t count = 1u << (now->depth - depth);
  uint64_t first = (hash >> (64 - depth)) << (now->depth - depth);
  for (uint32_t i = 0; i < count; i++)
    atomic_store_explicit(&now->words[first + i], word, memory_order_release);
}

static bool grow(uint64_t hash, uintptr_t old) {
  uint32_t depth = block_of(old)->depth;
  struct block *large = block_make_filled(true, depth);
  if (!large)
    return false;
  uintptr_t word = (uintptr_t)large | LARGE_TAG;
  copy_entries(old, word, word);
  directory_put(hash, depth, word);
  return true;
}

static bool split(uint64_t hash, uintptr_t old) {
  uint32_t depth = block_of(old)->depth;
  struct directory *now = atomic_load_explicit(&directory, memory_order_relaxed);
  if (depth == now->depth && !directory_double())
    return false;
  struct block *clear = block_make_filled(false, depth + 1);
  struct block *set = block_make_filled(false, depth + 1);
  if (!clear || !set) {
    if (clear)
      block_retire(clear, false);
    return false;
  }
  copy_entries(old, (uintptr_t)clear, (uintptr_t)set);
  uint64_t bit = 1ull << (63 - depth);
  directory_put(hash & ~bit, depth + 1, (uintptr_t)clear);
  directory_put(hash | bit, depth + 1, (uintptr_t)set);
  return true;
}

/* Replaces the block of hash, unless another thread is replacing one, or has replaced this. */
static void replace(uint64_t hash, uintptr_t full) {
  if (atomic_exchange_explicit(&replacing, 1, memory_order_acquire))
    return;
  if (look_up(hash) == full) {
    bool large = full & LARGE_TAG;
    if (large ? split(hash, full) : grow(hash, full))
      block_retire(block_of(full), large);
  }
  atomic_store_explicit(&replacing, 0, memory_order_release);
}

uint32_t index_put(uint64_t hash, uint32_t low, uint32_t id) {
  hash = valid_hash(hash);
  uintptr_t word = look_up(hash);
  if (atomic_load_explicit(&block_of(word)->used, memory_order_relaxed) >= usable_of(word)) {
    replace(hash, word);
    word = look_up(hash);
  }
  uint32_t result = id;
  struct entry *entry = claim(word, hash, low, &result);
  if (entry) {
    atomic_store_explicit(&entry->word, (uint64_t)low << 32 | id, memory_order_release);
    atomic_fetch_add_explicit(&block_of(word)->used, 1, memory_order_relaxed);
  }
  return result;
}

/* ---- Start and end ------------------------------------------------------------------------ */

bool index_start(void) {
  struct directory *made = directory_make(START_DEPTH);
  if (!made)
    return false;
  for (uint32_t i = 0; i < 1u << START_DEPTH; i++) {
    struct block *block = block_make(false, START_DEPTH);
    if (!block)
      return false;
    atomic_init(&made->words[i], (uintptr_t)block);
  }
  atomic_store_explicit(&directory, made, memory_order_release);
  return true;
}

static void unmap_directory(struct directory *old) {
  arena_unmap(old, sizeof *old + (sizeof(_Atomic uintptr_t) << old->depth));
}

static void unmap_spares(bool large) {
  while (spares[large]) {
    struct block *block = spares[large];
    spares[large] = block->spare;
    arena_unmap(block, bytes_of(large));
  }
}

void index_end(void) {
  struct directory *now = atomic_load_explicit(&directory, memory_order_relaxed);
  uintptr_t last = 0;
  for (uint32_t i = 0; now && i < 1u << now->depth; i++) {
    uintptr_t word = atomic_load_explicit(&now->words[i], memory_order_relaxed);
    if (word != last)
      arena_unmap(block_of(word), bytes_of(word & LARGE_TAG));
    last = word;
  }
  if (now)
    unmap_directory(now);
  for (uint32_t depth = 0; depth <= DEPTH_MOST; depth++) {
    if (outgrown[depth])
      unmap_directory(outgrown[depth]);
    outgrown[depth] = NULL;
  }
  unmap_spares(false);
  unmap_spares(true);
  atomic_store_explicit(&directory, NULL, memory_order_relaxed);
  atomic_store_explicit(&replacing, 0, memory_order_relaxed);
}
