/* SPDX-License-Identifier: Apache-2.0
 *
 * Valgrind's client requests, of those that tell of pools: what a service says to Valgrind by the
 * macros of <valgrind/memcheck.h> is taken as if it were said through seep/seep.h.
 *
 * Outside of Valgrind a request does nothing: its code is a few instructions without effect, with
 * the request's arguments at hand. When asked to (SEEP_CLIENT_REQUESTS) the recorder finds these
 * places in the modules that are there when the process starts, and puts a call in each. That
 * changes the code of others: it is done before the program's own code runs, by the one thread that
 * there is, or not at all.
 */
#ifndef SEEP_REQUESTS_H
#define SEEP_REQUESTS_H

#include <stdbool.h>
#include <stddef.h>

/* In our constructor. Says on stderr what could not be done. */
void requests_start(void);
/* Whether code holds requests that are not taken although they were to be: those of a module that
 * came after the start. */
bool requests_are_missed(const void *code, size_t bytes);

#endif
