/* SPDX-License-Identifier: Apache-2.0
 *
 * Some thousand places to call from, so that stacks differ by where calls stand.
 */
#ifndef RACE_SITES_H
#define RACE_SITES_H

#include "race.h"

/* Calls leaf(data) by the way: from one site, or from a site that was called from another. */
void sites_go(uint32_t way, void (*leaf)(void *data), void *data);

/* Writes down what each site's call returns to. */
void sites_learn(struct race_truth *truth);

#endif
