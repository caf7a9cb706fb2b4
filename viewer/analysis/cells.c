/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/cells.h"
#include "analysis/array.h"
#include <string.h>

void cells_init(struct cells *cells) {
  *cells = (struct cells){0};
}

void cells_release(struct cells *cells) {
  free(cells->index);
  free(cells->first);
  free(cells->cells);
  *cells = (struct cells){0};
}

static size_t cells_hash(uint32_t place, uint32_t birth, uint32_t death) {
  uint64_t key = (uint64_t)place << 32 | birth;
  key = (key ^ (uint64_t)death * 0xd6e8feb86659fd93ull) * 0x9e3779b97f4a7c15ull;
  return (size_t)(key ^ key >> 29);
}

static void cells_index_add(struct cells *cells, uint32_t position) {
  const struct cell *cell = &cells->cells[position];
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
  for (size_t i = cells->begin; i < cells->count; i++)
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
    __builtin_prefetch(&cells->cells[entry - 1], 1);
}

static uint32_t cells_find(const struct cells *cells, uint32_t place, uint32_t birth,
                           uint32_t death) {
  if (!cells->index_size)
    return CELL_NONE;
  size_t mask = cells->index_size - 1;
  for (size_t slot = cells_hash(place, birth, death) & mask; cells->index[slot];
       slot = (slot + 1) & mask) {
    const struct cell *cell = &cells->cells[cells->index[slot] - 1];
    if (cell->place == place && cell->birth == birth && cell->death == death)
      return cells->index[slot] - 1;
  }
  return CELL_NONE;
}

uint32_t cells_get(struct cells *cells, uint32_t place, uint32_t birth, uint32_t death) {
  uint32_t found = cells_find(cells, place, birth, death);
  if (found != CELL_NONE)
    return found;
  if (cells->count >= CELL_NONE - 1 ||
      !array_reserve(&cells->cells, &cells->capacity, cells->count + 1, sizeof *cells->cells))
    return CELL_NONE;
  if ((cells->count - cells->begin) * 3 >= cells->index_size * 2 && !cells_index_grow(cells))
    return CELL_NONE;
  uint32_t position = (uint32_t)cells->count++;
  cells->cells[position] =
      (struct cell){.place = place, .birth = birth, .death = death, .oldest = UINT64_MAX};
  cells_index_add(cells, position);
  return position;
}

void cells_turn(struct cells *cells) {
  if (cells->begin == cells->count)
    return;
  memset(cells->index, 0, cells->index_size * sizeof *cells->index);
  cells->begin = cells->count;
}

/* Per place, and one more: where its cells are to begin. NULL: no memory. */
static size_t *cells_lay_out(const struct cells *cells, size_t place_count) {
  size_t *first = calloc(place_count + 1, sizeof *first);
  for (size_t i = 0; first && i < cells->count; i++)
    first[cells->cells[i].place + 1]++;
  for (size_t i = 0; first && i < place_count; i++)
    first[i + 1] += first[i];
  return first;
}

/* Moving moves first[place] to where the next place's begin. */
static bool cells_move(struct cells *cells, size_t place_count) {
  struct cell *ordered = reallocarray(NULL, cells->count + 1, sizeof *ordered);
  if (!ordered)
    return false;
  for (size_t i = 0; i < cells->count; i++)
    ordered[cells->first[cells->cells[i].place]++] = cells->cells[i];
  memmove(cells->first + 1, cells->first, place_count * sizeof *cells->first);
  cells->first[0] = 0;
  free(cells->cells);
  cells->cells = ordered;
  return true;
}

bool cells_seal(struct cells *cells, size_t place_count) {
  free(cells->index);
  cells->index = NULL;
  cells->index_size = 0;
  cells->first = cells_lay_out(cells, place_count);
  return cells->first && cells_move(cells, place_count);
}
