/* SPDX-License-Identifier: Apache-2.0
 *
 * A scroller that does not know its rows: it keeps which one is selected and which are seen, and
 * asks the view to draw and to match them.
 */
#ifndef SEEP_TABLE_H
#define SEEP_TABLE_H

#include "screen/actions.h"
#include "screen/screen.h"

#include <stddef.h>

struct table {
  size_t count, cursor, top; /* rows; the selected one; the first one seen */
  int first, height;         /* where it was drawn last, in rows of the screen */
};

struct table_rows {
  void (*draw)(void *data, size_t row, struct screen *screen, int at);
  bool (*matches)(void *data, size_t row, const char *needle);
};

/* There are count rows now: the cursor stays where it can. */
void table_count(struct table *table, size_t count);

/* Selects row and shows it at the same height of the screen as the row selected before. */
void table_move_to(struct table *table, size_t row);

/* Moving actions and clicks; false: it is none. *open (may be NULL) becomes true where the row
 * selected was pointed at again. */
bool table_act(struct table *table, enum action action, const struct key *key, bool *open);

/* Draws the rows that fit into height rows of the screen from first on. */
void table_draw(struct table *table, struct screen *screen, int first, int height,
                const struct table_rows *rows, void *data);

/* Selects the nearest row from start on (itself included) that matches, going round at the ends;
 * step 1 or -1. false: none does, the cursor stays. */
bool table_find(struct table *table, size_t start, int step, const char *needle,
                const struct table_rows *rows, void *data);

#endif
