/* SPDX-License-Identifier: Apache-2.0
 *
 * The contexts that a block names: collected in order of appearance, then put in order of id.
 */
#ifndef SEEP_DICTIONARY_H
#define SEEP_DICTIONARY_H

#include "workspace.h"

void dictionary_clear(struct workspace *workspace);
/* Place of a context, entered if it is new. */
uint16_t dictionary_place(struct workspace *workspace, uint32_t context);
/* Sorts: afterwards rank[place] is the index by id, and sort[0] holds id << 16 | place in that
 * order. */
void dictionary_sort(struct workspace *workspace);

#endif
