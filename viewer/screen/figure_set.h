/* SPDX-License-Identifier: Apache-2.0
 *
 * Sets of figures that tables show: the columns of report/columns.h that belong together, most
 * telling first, so that a narrow screen shows the first ones. The last set is a person's own.
 */
#ifndef SEEP_FIGURE_SET_H
#define SEEP_FIGURE_SET_H

#include <stdbool.h>

enum figure_set {
  FIGURE_SET_BYTES,
  FIGURE_SET_BLOCKS,
  FIGURE_SET_PER_UNIT,
  FIGURE_SET_PER_HOUR,
  FIGURE_SET_AGES,
  FIGURE_SET_CHOSEN,
  FIGURE_SETS,
};

/* The set's columns (enum column_id), then -1; none of those chosen, which are a table's. */
const int *figure_set_columns(enum figure_set set);

const char *figure_set_name(enum figure_set set);
int figure_set_of(const char *name); /* -1: none is called so */

/* What sets say something: those of units only where the interval has some, of hours only where it
 * lasts long enough for a rate, what was chosen only where something was. */
struct figure_set_basis {
  bool units, hours, choice;
};

/* The next set that says something. */
enum figure_set figure_set_next(enum figure_set set, const struct figure_set_basis *basis);

/* set, or the first one where it says nothing. */
enum figure_set figure_set_usable(enum figure_set set, const struct figure_set_basis *basis);

#endif
