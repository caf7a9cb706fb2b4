/* SPDX-License-Identifier: Apache-2.0
 *
 * Forked children that are not recorded, or cannot be: how many there were, and roughly how much
 * they allocated. They count in memory of their own thread, and add that now and then to a page
 * that they share with the recorded process: ever less often, so that short-lived ones are not
 * missed and busy ones do not meet. The page is no file, and what a child executes does not have
 * it.
 */
#ifndef SEEP_OFFSPRING_H
#define SEEP_OFFSPRING_H

#include <stdbool.h>
#include <stddef.h>

/* This process is such a child. */
extern bool offspring_counting __attribute__((visibility("hidden")));

/* In a process that is recorded: makes the page. In one that was such a child itself, ends that. */
void offspring_open(void);

/* The recording has ended, and the process has not. */
void offspring_close(void);

/* In a forked child that is not recorded (as yet). */
void offspring_begin(void);

/* A child that the recorded process, or one of its children, has forked. */
void offspring_add_child(void);

/* An allocation of this process, which is such a child. */
void offspring_add(size_t bytes);

/* Adds what this thread has not told yet: the process ends. */
void offspring_flush(void);

/* Brings the stage's totals up to date. */
void offspring_tell(void);

#endif
