/* SPDX-License-Identifier: Apache-2.0 */
#include "thinning.h"
#include "message.h"
#include "output.h"
#include "pairs.h"
#include "settings.h"
#include "stage.h"
#include "standing.h"

#include <stdatomic.h>

/* Of the blocks that stand, by the trace's size: a trace of so many bytes tells of so many. */
#define STANDING_SHARE 128
#define STANDING_LEAST (2u << 20)
#define STANDING_MOST (32u << 20)
#define LEVEL_BITS 2 /* a level follows one in four of the level below */
#define LEVEL_MOST 6
/* Nothing is written any more where less than both is left: a thinned block takes some KiB. */
#define FULL_BYTES (64u << 10)
#define FULL_SHARE 64
#define SELDOM_MOST 64

static bool limited; /* and there was memory for it */
static _Atomic unsigned level;
/* Blocks that are being sifted, by the level that they go by. While some go by an older one, frees
 * do, too: what such a block allocates may be freed by another that comes first. */
static _Atomic uint32_t under_way[LEVEL_MOST + 1];

void thinning_start(void) {
  size_t bytes = STANDING_LEAST;
  limited = false;
  if (!settings.max_size)
    return;
  while (bytes < settings.max_size / STANDING_SHARE && bytes < STANDING_MOST)
    bytes *= 2;
  limited = standing_start(bytes);
  atomic_store(&level, 0);
  for (int i = 0; i <= LEVEL_MOST; i++)
    atomic_store(&under_way[i], 0);
  stage_set(&stage->size_limit, settings.max_size);
  stage_set(&stage->followed_share, 1);
}

uint64_t thinning_seldom(void) {
  uint64_t share = stage_get(&stage->followed_share);
  return share < 1 ? 1 : share < SELDOM_MOST ? share : SELDOM_MOST;
}

/* ---- which blocks
 * -------------------------------------------------------------------------------*/

static uint64_t hash(uint64_t address) {
  uint64_t mixed = address * 0x9e3779b97f4a7c15ull;
  return (mixed ^ mixed >> 32) * 0xd6e8feb86659fd93ull;
}

static bool is_followed(uint64_t address, unsigned share_shift) {
  return !share_shift || !(hash(address) >> (64 - share_shift));
}

/* ---- the level
 * ----------------------------------------------------------------------------------*/

static unsigned wanted_level(struct output_room room) {
  unsigned wanted = 0;
  while (wanted < LEVEL_MOST && room.left <= room.whole >> (wanted + 1))
    wanted++;
  return wanted;
}

static void raise_level(unsigned wanted) {
  unsigned now = atomic_load(&level);
  while (now < wanted && !atomic_compare_exchange_weak(&level, &now, wanted))
    ;
  if (now < wanted)
    stage_raise(&stage->followed_share, 1ull << (wanted * LEVEL_BITS));
}

/* The level, noted as under way. */
static unsigned enter_level(void) {
  for (;;) {
    unsigned now = atomic_load(&level);
    atomic_fetch_add(&under_way[now], 1);
    if (atomic_load(&level) == now)
      return now;
    atomic_fetch_sub(&under_way[now], 1);
  }
}

static void leave_level(unsigned share_shift) {
  atomic_fetch_sub(&under_way[share_shift / LEVEL_BITS], 1);
}

/* What frees go by. */
static unsigned lowest_under_way(void) {
  unsigned lowest = 0;
  while (!atomic_load(&under_way[lowest]))
    lowest++; /* the caller's own is one of them */
  return lowest * LEVEL_BITS;
}

enum thinning thinning_level(unsigned *share_shift) {
  *share_shift = 0;
  if (!limited)
    return THINNING_NONE;
  struct output_room room = output_room();
  raise_level(wanted_level(room));
  if (room.left < FULL_BYTES && room.left < room.whole / FULL_SHARE) {
    message_once(MESSAGE_LIMIT, output_path(), 0);
    return THINNING_FULL;
  }
  *share_shift = enter_level() * LEVEL_BITS;
  return *share_shift ? THINNING_SOME : THINNING_NONE;
}

/* ---- a block
 * ------------------------------------------------------------------------------------*/

struct sieve {
  struct workspace *workspace;
  unsigned share_shift, free_shift;
  uint64_t blocks, bytes, frees;
};

static bool has_partner(const struct workspace *w, uint32_t index) {
  return pairs_kind(&w->records[index]) != SEEP_KIND_UNFREE &&
         w->places[index] != WORKSPACE_NO_PARTNER;
}

static bool keeps_allocation(struct sieve *sieve, const struct seep_record *record) {
  uint64_t address = pairs_address(record);
  if (is_followed(address, sieve->share_shift)) {
    standing_put(address);
    return true;
  }
  sieve->blocks++;
  sieve->bytes += pairs_size(record);
  return false;
}

/* Of a pair that was kept both halves go the same way. What takes a free back that was left out
 * takes it out of the count. */
static bool keeps_free(struct sieve *sieve, uint32_t index) {
  const struct seep_record *record = &sieve->workspace->records[index];
  uint64_t address = pairs_address(record);
  bool known = standing_take(address);
  bool kept = has_partner(sieve->workspace, index)
                  ? is_followed(address, sieve->share_shift)
                  : known || is_followed(address, sieve->free_shift);
  if (!kept)
    sieve->frees += pairs_kind(record) == SEEP_KIND_UNFREE ? UINT64_MAX : 1;
  return kept;
}

static bool keeps(struct sieve *sieve, uint32_t index) {
  const struct seep_record *record = &sieve->workspace->records[index];
  switch (pairs_kind(record)) {
  case SEEP_KIND_ALLOC:
    return keeps_allocation(sieve, record);
  case SEEP_KIND_FREE:
  case SEEP_KIND_SAMPLED:
  case SEEP_KIND_UNFREE:
    return keeps_free(sieve, index);
  default:
    return true;
  }
}

static void add_counts(const struct sieve *sieve) {
  stage_add(&stage->unfollowed_blocks, sieve->blocks);
  stage_add(&stage->unfollowed_bytes, sieve->bytes);
  stage_add(&stage->unfollowed_frees, sieve->frees);
}

static void sift(struct sieve *sieve) {
  struct workspace *w = sieve->workspace;
  uint32_t kept = 0, last = w->last_allocation;
  for (uint32_t row = 0; row < w->survivor_count; row++) {
    bool keep = keeps(sieve, w->survivors[row]);
    if (row + 1 == w->last_allocation)
      last = keep ? kept + 1 : 0;
    if (keep)
      w->survivors[kept++] = w->survivors[row];
  }
  w->survivor_count = kept;
  w->last_allocation = last;
  w->peak_bytes = 0;
  w->peak_position = 0;
}

/* While all are followed: what stands, so that its frees are known later. */
static void note_standing(const struct workspace *w) {
  for (uint32_t row = 0; row < w->survivor_count; row++) {
    const struct seep_record *record = &w->records[w->survivors[row]];
    switch (pairs_kind(record)) {
    case SEEP_KIND_ALLOC:
    case SEEP_KIND_UNFREE:
      standing_put(pairs_address(record));
      break;
    case SEEP_KIND_FREE:
    case SEEP_KIND_SAMPLED:
      standing_take(pairs_address(record));
      break;
    }
  }
}

void thinning_apply(struct workspace *workspace, unsigned share_shift) {
  if (!limited)
    return;
  if (share_shift) {
    struct sieve sieve = {
        .workspace = workspace, .share_shift = share_shift, .free_shift = lowest_under_way()};
    sift(&sieve);
    add_counts(&sieve);
  } else {
    note_standing(workspace);
  }
  leave_level(share_shift);
}

void thinning_count_all(const struct workspace *workspace) {
  struct sieve sieve = {0};
  for (uint32_t i = 0; i < workspace->record_count; i++) {
    const struct seep_record *record = &workspace->records[i];
    unsigned kind = pairs_kind(record);
    sieve.blocks += kind == SEEP_KIND_ALLOC;
    sieve.bytes += kind == SEEP_KIND_ALLOC ? pairs_size(record) : 0;
    sieve.frees += kind == SEEP_KIND_FREE || kind == SEEP_KIND_SAMPLED;
  }
  add_counts(&sieve);
  stage_add(&stage->unwritten_records, workspace->record_count);
}
