/* SPDX-License-Identifier: Apache-2.0
 *
 * The traces of a family over one interval, read one after the other into a merge: what
 * `seep report --family` writes and the viewer shows. One trace and its analysis are held at a
 * time. Prints nothing.
 *
 * Moments are told by one process and meant in all: by the name of a mark in every process that has
 * it, else by the time of that mark.
 */
#ifndef SEEP_COMPARE_GATHERING_H
#define SEEP_COMPARE_GATHERING_H

#include "analysis/filter.h"
#include "compare/kindred.h"
#include "compare/lifelines.h"
#include "compare/merge.h"
#include "compare/milestones.h"

struct gathering_moment { /* an end of the interval */
  const char *text;       /* as analysis_find_moment takes it; NULL: no name */
  bool known;             /* stamp says when it is; else without a name: the start, or the end */
  uint64_t stamp;
};

struct gathering_request {
  struct gathering_moment from, to;
  const struct analysis_filter *filter; /* NULL: everything */
  const char *rules;                    /* a file, or NULL */

  /* May be NULL. Is told the share done, 0 to 1, and stops the work by returning false. */
  bool (*progress)(void *data, double share);
  /* May be NULL. Each member when it was read, or that it could not be (trace NULL): then it is
   * left out. */
  void (*told)(void *data, size_t member, struct trace *trace, const struct trace_error *error);
  void *data;
};

#define GATHERING_NAME 300 /* of a moment; enough for any label */

struct gathering_member {
  char from[GATHERING_NAME], to[GATHERING_NAME]; /* what the interval's ends are called there */
  char failure[256];                             /* why it was left out; "": it was not */
};

struct gathering {
  atomic_uint users;
  struct kindred *kindred;
  struct merge merge;
  struct gathering_member *members; /* in the order of the family */
  struct milestones milestones;     /* of those that have the clock of the first that was read */
  struct lifelines lifelines;       /* of the same */
  double ticks_per_second;          /* of that clock */
  struct gathering_moment from, to; /* as they are known now, without texts; stamp 0: the start, or
                                       the end */
  bool running, paused;             /* one of them is, the one that was named first */
};

/* Reads all members; slow. The result has one user and keeps kindred. *out is NULL unless
 * TRACE_OK: then error says which trace and why. */
enum trace_status gathering_make(struct kindred *kindred, const struct gathering_request *request,
                                 struct gathering **out, struct kindred_error *error);
struct gathering *gathering_keep(struct gathering *gathering);
void gathering_drop(struct gathering *gathering); /* NULL: nothing */

#endif
