/* SPDX-License-Identifier: Apache-2.0
 *
 * Where a person has been: places that undo goes back to and redo goes to again. A place is what a
 * step of navigation can change: the view, what is laid over it, what is asked, the order, the spot
 * in the view. Moving the cursor is no step.
 */
#ifndef SEEP_HISTORY_H
#define SEEP_HISTORY_H

#include "screen/reading.h"
#include "screen/view.h"

#define HISTORY_OVERLAYS 4
#define HISTORY_PLACES 64 /* those before are forgotten */

struct place {
  size_t base;
  struct view *overlays[HISTORY_OVERLAYS]; /* kept: they come back as they were left */
  size_t overlay_count;
  struct question question;
  struct order order;
  struct view_spot spot;
};

struct history {
  struct place places[HISTORY_PLACES];
  size_t count, at; /* places before at can be undone to, those from at on redone to */
};

void history_release(struct history *history);

/* A place with its overlays kept, as history_drop_place lets go of them. */
struct place history_keep_place(const struct place *place);
void history_drop_place(struct place *place);

/* Remembers place (kept by the history in its own right) as the one that a step led away from; what
 * could be redone is forgotten. */
void history_step(struct history *history, const struct place *place);

/* Exchanges *place for the one before (or, redone, behind); false: there is none. What *place
 * keeps goes over to the history, and the other way round. */
bool history_undo(struct history *history, struct place *place);
bool history_redo(struct history *history, struct place *place);

/* Whether a step leads from one to the other. */
bool history_same(const struct place *a, const struct place *b);

#endif
