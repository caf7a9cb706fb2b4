/* SPDX-License-Identifier: Apache-2.0
 *
 * A family and what its children inherited: all that is found before any interval is asked for.
 * Several gatherings may share one; it goes with its last user.
 */
#ifndef SEEP_COMPARE_KINDRED_H
#define SEEP_COMPARE_KINDRED_H

#include "analysis/inheritance.h"

#include <stdatomic.h>

struct kindred {
  struct family family;
  struct inheritance *inheritance;
  atomic_uint users;
};

struct kindred_error {
  char path[4096]; /* of the trace that it is about */
  struct trace_error trace;
};

/* Finds the family of the traces at paths (as family_find does), with one user. watch may be NULL.
 * *out is NULL unless TRACE_OK. Reads every trace that has parents or children; slow. */
enum trace_status kindred_find(const char *const *paths, size_t count,
                               const struct inheritance_watch *watch, struct kindred **out,
                               struct kindred_error *error);
struct kindred *kindred_keep(struct kindred *kindred);
void kindred_drop(struct kindred *kindred); /* NULL: nothing */

#endif
