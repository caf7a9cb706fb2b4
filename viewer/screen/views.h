/* SPDX-License-Identifier: Apache-2.0
 *
 * The views that have a key of their own, as a table: made from VIEWS in actions.h.
 */
#ifndef SEEP_VIEWS_H
#define SEEP_VIEWS_H

#include "screen/view.h"

/* Those that a trace has, or a family: from first to stop - 1. */
struct views_range {
  size_t first, stop;
};
struct views_range views_range(bool family);

/* number < VIEWS_COUNT; the result is a constant. */
const struct view_ops *views_ops(size_t number);

/* The view that an action shows; VIEWS_COUNT: it shows none. */
size_t views_of_action(enum action action);

/* The number of the first view that shows the table: settings are kept by it. VIEWS_COUNT: it is
 * in what is laid over a view. */
size_t views_of_table(const struct grid_table *table);

/* The action that shows a view. */
enum action views_action(size_t number);

#endif
