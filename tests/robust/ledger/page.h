/* SPDX-License-Identifier: Apache-2.0
 *
 * The page of this image of the process, and what is counted in it. is_recorders: the call was
 * made by the recorder, or on its behalf.
 */
#ifndef PAGE_H
#define PAGE_H

#include "ledger.h"

#include <stdbool.h>
#include <stddef.h>

struct blocks_entry;

/* Once, before anything is counted. */
void page_start(void);

/* A call that returned block; NULL: it failed, and is not counted. */
void page_count_allocation(const void *block, size_t size, bool is_recorders);
/* A call that frees the block which had this entry. */
void page_count_free(struct blocks_entry entry, bool is_recorders);

/* The free and the allocation that were counted are one realloc's. */
void page_count_realloc(bool is_recorders);

/* What is counted now is what there was right before the recorder's end, or right behind it. */
void page_note_end(bool is_over);

#endif
