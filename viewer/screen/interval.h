/* SPDX-License-Identifier: Apache-2.0
 *
 * The interval that everything shows, as keys move its ends.
 */
#ifndef SEEP_INTERVAL_H
#define SEEP_INTERVAL_H

#include "compare/milestones.h"
#include "screen/actions.h"
#include "screen/reading.h"

/* The next moment from here on in the direction of step (1, -1) that is a mark, the start or the
 * end; the same where there is none. */
size_t interval_mark(const struct analysis *analysis, size_t moment, int step);

/* Moves the end of question's interval that action (FROM_BACK to TO_FORWARD) moves, from mark to
 * mark; the two never pass each other. false: it is as far as it goes. */
bool interval_move(struct question *question, const struct analysis *analysis, enum action action);

/* The same for a family, from one mark of its processes to the next. */
bool interval_move_family(struct question *question, const struct milestones *milestones,
                          enum action action);

/* Makes the interval the one between two moments, whichever is earlier. */
void interval_set(struct question *question, const struct analysis *analysis, size_t one,
                  size_t other);

#endif
