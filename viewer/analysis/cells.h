/* SPDX-License-Identifier: Apache-2.0
 *
 * The birth and death cohorts: how many blocks of a place were born in period b, and how many of
 * those died in period d (periods.h). Only pairs that occur have a cell, few of them two, and from
 * the cells every figure between any two bounds follows:
 *
 *   allocated in [from, to)           sum of ALLOCATED with from <= b < to
 *   freed in [from, to)               sum of deaths with from <= d < to
 *   born in [from, to), alive at to   the first, less deaths with from <= b and d < to
 */
#ifndef SEEP_ANALYSIS_CELLS_H
#define SEEP_ANALYSIS_CELLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CELL_ALLOCATED 0xffffffffu /* in death: the cell counts births */
#define CELL_TEMPORARY 0xfffffffeu /* in death: of the births, freed before the next allocation */
#define CELL_NONE 0xffffffffu

struct cell {
  uint32_t place, birth, death;
  uint64_t blocks, bytes;
  uint64_t oldest, newest; /* birth stamps of its blocks; sums of cancelled pairs have none */
};

struct cells {
  struct cell *cells;
  size_t count, capacity;
  size_t begin;      /* where the cells begin that were made since the last cells_turn */
  uint32_t *index;   /* hash table of these: positions in cells plus 1 */
  size_t index_size; /* a power of two, or 0 */
  size_t *first;     /* after cells_seal: per place, and one more, where its cells begin */
};

void cells_init(struct cells *cells);
void cells_release(struct cells *cells);

/* Position of the cell, made when there is none; CELL_NONE: no memory. */
uint32_t cells_get(struct cells *cells, uint32_t place, uint32_t birth, uint32_t death);

/* Ask for the memory that cells_get will touch: of the index, and when that has come, of the cell.
 */
void cells_prefetch_slot(const struct cells *cells, uint32_t place, uint32_t birth, uint32_t death);
void cells_prefetch(const struct cells *cells, uint32_t place, uint32_t birth, uint32_t death);

/* Another period has come. What happens in a period is found among its own cells, which are few
 * enough for a cache: where it is another's (sums, ahead of their time) the cell may be made twice.
 */
void cells_turn(struct cells *cells);

/* Ends adding: orders the cells by place (of which there are place_count), those of a place as they
 * were made, and gives back what only adding needs. false: no memory. */
bool cells_seal(struct cells *cells, size_t place_count);

#endif
