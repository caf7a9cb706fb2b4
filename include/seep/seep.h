/* SPDX-License-Identifier: Apache-2.0
 *
 * seep's API for the program that is recorded. All of it does nothing when libseep.so is not
 * preloaded: the functions are weak, link nothing, include this header and call them anywhere.
 * Any thread may call them at any time, not from signal handlers.
 */
#ifndef SEEP_H
#define SEEP_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Private: the library's side of the calls below. */
__attribute__((weak)) int seep_put_mark(const char *label, uint64_t units);

/* Puts a mark into the trace: label names it (UTF-8, cut at 255 bytes), units is the number of
 * units of work (sessions, requests) done since the mark before, 0 if that is not said. Returns 0,
 * or -1 when nothing is recorded. */
static inline int seep_mark(const char *label, uint64_t units) {
  return seep_put_mark ? seep_put_mark(label, units) : -1;
}

#ifdef __cplusplus
}
#endif
#endif
