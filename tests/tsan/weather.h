/* SPDX-License-Identifier: Apache-2.0
 *
 * What comes from outside of the recorded process while it runs, by another mapping of its stage.
 */
#ifndef RACE_WEATHER_H
#define RACE_WEATHER_H

#include "plan.h"
#include "race.h"

/* Begins, in threads of its own. */
void weather_start(const struct plan *plan, struct race_truth *truth);
/* Waits until it is over. */
void weather_end(void);

#endif
