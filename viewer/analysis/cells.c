/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/cells.h"
#include "analysis/array.h"

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
  for (size_t i = 0; i < cells->count; i++)
    cells_index_add(cells, (uint32_t)i);
  return true;
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
  if (cells->count * 3 >= cells->index_size * 2 && !cells_index_grow(cells))
    return CELL_NONE;
  uint32_t position = (uint32_t)cells->count++;
  cells->cells[position] =
      (struct cell){.place = place, .birth = birth, .death = death, .oldest = UINT64_MAX};
  cells_index_add(cells, position);
  return position;
}

static int cells_compare(const void *a, const void *b) {
  const struct cell *x = a, *y = b;
  if (x->place != y->place)
    return x->place < y->place ? -1 : 1;
  if (x->birth != y->birth)
    return x->birth < y->birth ? -1 : 1;
  return (x->death > y->death) - (x->death < y->death);
}

bool cells_seal(struct cells *cells, size_t place_count) {
  free(cells->index);
  cells->index = NULL;
  cells->index_size = 0;
  cells->first = calloc(place_count + 1, sizeof *cells->first);
  if (!cells->first)
    return false;
  if (cells->count)
    qsort(cells->cells, cells->count, sizeof *cells->cells, cells_compare);
  size_t next = 0;
  for (size_t place = 0; place <= place_count; place++) {
    while (next < cells->count && cells->cells[next].place < place)
      next++;
    cells->first[place] = next;
  }
  return true;
}
