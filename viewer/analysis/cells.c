/* SPDX-License-Identifier: Apache-2.0
 *
 * A packed cell, all varints: place (until it is sealed) · birth · kind · blocks · bytes · with
 * stamps, oldest - base · with different ones, newest - oldest. kind is four times the death less
 * the birth (with two lower numbers for the deaths that are none), plus 1 with stamps, plus 2 with
 * different ones.
 */
#include "analysis/cells.h"
#include "analysis/array.h"
#include <string.h>

#define CELL_PACKED_MOST 70 /* bytes: seven varints */
#define CELL_SLACK 8        /* bytes behind the last one that may be looked at */
#define CELL_OPEN_MOST (UINT32_MAX - 1)

enum { CELL_KIND_ALLOCATED, CELL_KIND_TEMPORARY, CELL_KIND_DEATH };

void cells_init(struct cells *cells, uint64_t base) {
  *cells = (struct cells){.base = base};
}

static void cells_close(struct cells *cells) {
  free(cells->index);
  free(cells->open);
  cells->index = NULL;
  cells->open = NULL;
  cells->index_size = cells->open_count = cells->open_capacity = 0;
}

void cells_release(struct cells *cells) {
  cells_close(cells);
  free(cells->packed);
  free(cells->first);
  *cells = (struct cells){0};
}

/* ---- The present period -----------------------------------------------------------------------*/

static size_t cells_hash(uint32_t place, uint32_t birth, uint32_t death) {
  uint64_t key = (uint64_t)place << 32 | birth;
  key = (key ^ (uint64_t)death * 0xd6e8feb86659fd93ull) * 0x9e3779b97f4a7c15ull;
  return (size_t)(key ^ key >> 29);
}

static void cells_index_add(struct cells *cells, uint32_t position) {
  const struct cell *cell = &cells->open[position];
  size_t mask = cells->index_size - 1;
  size_t slot = cells_hash(cell->place, cell->birth, cell->death) & mask;
  while (cells->index[slot])
    slot = (slot + 1) & mask;
  cells->index[slot] = position + 1;
}

static bool cells_index_grow(struct cells *cells) {
  size_t size = cells->index_size ? cells->index_size * 2 : 256;
  uint32_t *index = calloc(size, sizeof *index);
  if (!index)
    return false;
  free(cells->index);
  cells->index = index;
  cells->index_size = size;
  for (size_t i = 0; i < cells->open_count; i++)
    cells_index_add(cells, (uint32_t)i);
  return true;
}

void cells_prefetch_slot(const struct cells *cells, uint32_t place, uint32_t birth,
                         uint32_t death) {
  if (cells->index_size)
    __builtin_prefetch(&cells->index[cells_hash(place, birth, death) & (cells->index_size - 1)]);
}

void cells_prefetch(const struct cells *cells, uint32_t place, uint32_t birth, uint32_t death) {
  if (!cells->index_size)
    return;
  uint32_t entry = cells->index[cells_hash(place, birth, death) & (cells->index_size - 1)];
  if (entry)
    __builtin_prefetch(&cells->open[entry - 1], 1);
}

static struct cell *cells_find(const struct cells *cells, uint32_t place, uint32_t birth,
                               uint32_t death) {
  if (!cells->index_size)
    return NULL;
  size_t mask = cells->index_size - 1;
  for (size_t slot = cells_hash(place, birth, death) & mask; cells->index[slot];
       slot = (slot + 1) & mask) {
    struct cell *cell = &cells->open[cells->index[slot] - 1];
    if (cell->place == place && cell->birth == birth && cell->death == death)
      return cell;
  }
  return NULL;
}

static struct cell *cells_add(struct cells *cells, uint32_t place, uint32_t birth, uint32_t death) {
  if (cells->open_count >= CELL_OPEN_MOST ||
      !array_reserve(&cells->open, &cells->open_capacity, cells->open_count + 1,
                     sizeof *cells->open))
    return NULL;
  if (cells->open_count * 3 >= cells->index_size * 2 && !cells_index_grow(cells))
    return NULL;
  uint32_t position = (uint32_t)cells->open_count++;
  cells->open[position] =
      (struct cell){.place = place, .birth = birth, .death = death, .oldest = UINT64_MAX};
  cells_index_add(cells, position);
  return &cells->open[position];
}

struct cell *cells_get(struct cells *cells, uint32_t place, uint32_t birth, uint32_t death) {
  struct cell *found = cells_find(cells, place, birth, death);
  return found ? found : cells_add(cells, place, birth, death);
}

/* ---- Packing ----------------------------------------------------------------------------------*/

static uint8_t *cells_put(uint8_t *at, uint64_t value) {
  for (; value >= 0x80; value >>= 7)
    *at++ = (uint8_t)(value | 0x80);
  *at++ = (uint8_t)value;
  return at;
}

static const uint8_t *cells_take(const uint8_t *at, uint64_t *value) {
  uint64_t byte = *at++;
  *value = byte & 0x7f;
  for (unsigned shift = 7; byte >= 0x80; shift += 7) {
    byte = *at++;
    *value |= (byte & 0x7f) << shift;
  }
  return at;
}

static uint64_t cells_kind(const struct cell *cell) {
  if (cell->death == CELL_ALLOCATED)
    return CELL_KIND_ALLOCATED;
  if (cell->death == CELL_TEMPORARY)
    return CELL_KIND_TEMPORARY;
  return (uint64_t)(uint32_t)(cell->death - cell->birth) + CELL_KIND_DEATH;
}

static uint32_t cells_death(uint64_t kind, uint32_t birth) {
  if (kind < CELL_KIND_DEATH)
    return kind == CELL_KIND_ALLOCATED ? CELL_ALLOCATED : CELL_TEMPORARY;
  return birth + (uint32_t)(kind - CELL_KIND_DEATH);
}

static uint8_t *cells_pack(const struct cells *cells, const struct cell *cell, uint8_t *at) {
  bool stamped = cell->oldest <= cell->newest, ranged = cell->oldest < cell->newest;
  at = cells_put(at, cell->place);
  at = cells_put(at, cell->birth);
  at = cells_put(at, cells_kind(cell) * 4 + ranged * 2 + stamped);
  at = cells_put(at, cell->blocks);
  at = cells_put(at, cell->bytes);
  if (stamped)
    at = cells_put(at, cell->oldest - cells->base);
  return ranged ? cells_put(at, cell->newest - cell->oldest) : at;
}

/* All of it but the place. Returns what stands behind it. */
static const uint8_t *cells_unpack(const uint8_t *at, uint64_t base, struct cell *cell) {
  uint64_t birth, kind;
  at = cells_take(at, &birth);
  at = cells_take(at, &kind);
  at = cells_take(at, &cell->blocks);
  at = cells_take(at, &cell->bytes);
  cell->birth = (uint32_t)birth;
  cell->death = cells_death(kind / 4, cell->birth);
  cell->oldest = UINT64_MAX;
  cell->newest = 0;
  if (!(kind & 1))
    return at;
  at = cells_take(at, &cell->oldest);
  if (kind & 2)
    at = cells_take(at, &cell->newest);
  cell->oldest += base;
  cell->newest += cell->oldest;
  return at;
}

bool cells_turn(struct cells *cells) {
  size_t most = cells->packed_bytes + cells->open_count * CELL_PACKED_MOST;
  if (!cells->open_count)
    return true;
  if (!array_reserve(&cells->packed, &cells->packed_capacity, most, 1))
    return false;
  uint8_t *at = cells->packed + cells->packed_bytes;
  for (size_t i = 0; i < cells->open_count; i++)
    at = cells_pack(cells, &cells->open[i], at);
  cells->packed_bytes = (size_t)(at - cells->packed);
  cells->open_count = 0;
  memset(cells->index, 0, cells->index_size * sizeof *cells->index);
  return true;
}

/* ---- By place ---------------------------------------------------------------------------------*/

/* Behind so many varints, of which each ends with the first byte that has no high bit. Looks at
 * eight bytes at once: there is slack behind the last cell. */
static const uint8_t *cells_skip(const uint8_t *at, int varints) {
  for (;;) {
    uint64_t bytes;
    memcpy(&bytes, at, sizeof bytes);
    uint64_t ends = ~bytes & 0x8080808080808080ull;
    if (__builtin_popcountll(ends) < varints) {
      varints -= __builtin_popcountll(ends);
      at += sizeof bytes;
      continue;
    }
    while (--varints)
      ends &= ends - 1;
    return at + __builtin_ctzll(ends) / 8 + 1;
  }
}

/* What stands behind the cell at at; *start: what of it is behind its place. */
static const uint8_t *cells_behind(const uint8_t *at, uint64_t *place, const uint8_t **start) {
  *start = cells_take(at, place);
  const uint8_t *kind = cells_skip(*start, 1);
  bool stamped = *kind & 1, ranged = *kind & 2;
  return cells_skip(kind, 3 + stamped + ranged);
}

/* Per place, and one more: where its cells are to begin. NULL: no memory. */
static size_t *cells_lay_out(const struct cells *cells, size_t place_count) {
  size_t *first = calloc(place_count + 1, sizeof *first);
  const uint8_t *at = cells->packed, *end = at + cells->packed_bytes;
  while (first && at < end) {
    uint64_t place;
    const uint8_t *start;
    at = cells_behind(at, &place, &start);
    first[place + 1] += (size_t)(at - start);
  }
  for (size_t i = 0; first && i < place_count; i++)
    first[i + 1] += first[i];
  return first;
}

/* Moving moves first[place] to where the next place's begin. */
static bool cells_move(struct cells *cells, size_t place_count) {
  uint8_t *ordered = malloc(cells->first[place_count] + 1);
  const uint8_t *at = cells->packed, *end = at + cells->packed_bytes;
  while (ordered && at < end) {
    uint64_t place;
    const uint8_t *start;
    at = cells_behind(at, &place, &start);
    memcpy(ordered + cells->first[place], start, (size_t)(at - start));
    cells->first[place] += (size_t)(at - start);
  }
  if (!ordered)
    return false;
  memmove(cells->first + 1, cells->first, place_count * sizeof *cells->first);
  cells->first[0] = 0;
  free(cells->packed);
  cells->packed = ordered;
  return true;
}

bool cells_seal(struct cells *cells, size_t place_count) {
  bool turned = cells_turn(cells) && array_reserve(&cells->packed, &cells->packed_capacity,
                                                   cells->packed_bytes + CELL_SLACK, 1);
  cells_close(cells);
  if (turned)
    memset(cells->packed + cells->packed_bytes, 0, CELL_SLACK);
  cells->first = turned ? cells_lay_out(cells, place_count) : NULL;
  return cells->first && cells_move(cells, place_count);
}

struct cells_walk cells_of(const struct cells *cells, uint32_t place) {
  return (struct cells_walk){.at = cells->packed + cells->first[place],
                             .end = cells->packed + cells->first[place + 1],
                             .base = cells->base,
                             .place = place};
}

bool cells_next(struct cells_walk *walk, struct cell *cell) {
  if (walk->at == walk->end)
    return false;
  cell->place = walk->place;
  walk->at = cells_unpack(walk->at, walk->base, cell);
  return true;
}
