/* SPDX-License-Identifier: Apache-2.0
 *
 * Whether the trace that is shown is that of one process among several which were recorded
 * together: said quietly, so that a person who opened one finds the others.
 */
#ifndef SEEP_RELATIVES_H
#define SEEP_RELATIVES_H

#include "screen/screen.h"

struct relatives { /* all zero: not looked for yet */
  size_t count;    /* of processes, this one among them */
  size_t number;   /* of this one, from 1 */
  uint64_t parent; /* the pid of its parent; 0: that is not here */
  size_t children; /* that it forked or executed */
};

/* Looks at the traces beside path; slow. false: there is nothing to look at. */
bool relatives_find(struct relatives *relatives, const char *path);

/* "process 1 of 5 (4 children): seep view --family shows all", into out[RELATIVES_BYTES]; false: it
 * has none. */
#define RELATIVES_BYTES 160
bool relatives_text(char *out, const struct relatives *relatives);

/* Draws that on a screen with room for it. Returns the rows that it took. */
int relatives_draw(const struct relatives *relatives, struct screen *screen, int at);

#endif
