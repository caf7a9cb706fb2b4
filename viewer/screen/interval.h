/* SPDX-License-Identifier: Apache-2.0
 *
 * The interval that everything shows, as keys move its ends from moment to moment.
 */
#ifndef SEEP_INTERVAL_H
#define SEEP_INTERVAL_H

#include "screen/actions.h"
#include "screen/reading.h"

/* Moves the end of question's interval that action (FROM_BACK to TO_FORWARD) moves; the two never
 * pass each other. false: it is as far as it goes. */
bool interval_move(struct question *question, const struct analysis *analysis, enum action action);

#endif
