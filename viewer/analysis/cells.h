/* SPDX-License-Identifier: Apache-2.0
 *
 * The birth and death cohorts: how many blocks of a place were born in period b, and how many of
 * those died in period d (periods.h). Only pairs that occur have a cell, few of them two, and from
 * the cells every figure between any two bounds follows:
 *
 *   allocated in [from, to)           sum of ALLOCATED with from <= b < to
 *   freed in [from, to)               sum of deaths with from <= d < to
 *   born in [from, to), alive at to   the first, less deaths with from <= b and d < to
 *
 * There may be tens of millions: only the present period's are at hand, few enough for a cache; all
 * others are packed, as varints of 14 bytes a cell or so.
 */
#ifndef SEEP_ANALYSIS_CELLS_H
#define SEEP_ANALYSIS_CELLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CELL_ALLOCATED 0xffffffffu /* in death: the cell counts births */
#define CELL_TEMPORARY 0xfffffffeu /* in death: of the births, freed before the next allocation */

struct cell {
  uint32_t place, birth, death;
  uint64_t blocks, bytes;
  uint64_t oldest, newest; /* birth stamps of its blocks; sums of cancelled pairs have none:
                              UINT64_MAX, 0 */
};

struct cells {
  uint64_t base;     /* stamps are packed less this */
  struct cell *open; /* the present period's */
  size_t open_count, open_capacity;
  uint32_t *index;   /* hash table of these: positions in open plus 1 */
  size_t index_size; /* a power of two, or 0 */
  uint8_t *packed;   /* the others: in the order of periods; after cells_seal by place */
  size_t packed_bytes, packed_capacity;
  size_t *first; /* after cells_seal: per place, and one more, where its cells begin in packed */
};

/* base: about the lowest stamp; takes no memory. */
void cells_init(struct cells *cells, uint64_t base);
void cells_release(struct cells *cells);

/* The cell, made when there is none, for use until the next call; NULL: no memory. */
struct cell *cells_get(struct cells *cells, uint32_t place, uint32_t birth, uint32_t death);

/* Ask for the memory that cells_get will touch: of the index, and when that has come, of the cell.
 */
void cells_prefetch_slot(const struct cells *cells, uint32_t place, uint32_t birth, uint32_t death);
void cells_prefetch(const struct cells *cells, uint32_t place, uint32_t birth, uint32_t death);

/* Another period has come: those at hand are packed. What happens in a period has its cells in it;
 * where that is not so (sums, ahead of their time) a cell may be made twice. false: no memory. */
bool cells_turn(struct cells *cells);

/* Ends adding: orders the cells by place (of which there are place_count), those of a place as they
 * were made, and gives back what only adding needs. false: no memory. */
bool cells_seal(struct cells *cells, size_t place_count);

/* A walk over the cells of a place, after cells_seal. */
struct cells_walk {
  const uint8_t *at, *end;
  uint64_t base;
  uint32_t place;
};

struct cells_walk cells_of(const struct cells *cells, uint32_t place);
bool cells_next(struct cells_walk *walk, struct cell *cell);

#endif
