/* SPDX-License-Identifier: Apache-2.0
 *
 * The desk that a person stands at: that of what the viewer was started on, or, within a family,
 * that of a process which is looked into. There is one such process at most; when it is left, its
 * reading goes.
 */
#ifndef SEEP_VISIT_H
#define SEEP_VISIT_H

#include "screen/desk.h"

struct visit {
  struct model_options options; /* of what the viewer was started on */
  bool unicode;
  int rows, columns;
  struct model *home_model;
  struct desk *home;
  struct model *model; /* of the process; NULL: home it is */
  struct desk *desk;
  struct gathering *of;        /* the family as it was when it was entered: names of the process */
  const struct identity *site; /* of it: to be opened when the process has been read; NULL: none */
};

/* Starts reading. What options point to must outlive it. false: no memory, or no thread; visit_end
 * is due in either case. */
bool visit_begin(struct visit *visit, const struct model_options *options, bool unicode);
void visit_end(struct visit *visit);

/* Where the person stands. */
struct desk *visit_desk(const struct visit *visit);
struct model *visit_model(const struct visit *visit);

/* What rows of a trace are sorted by. */
enum analysis_sort visit_sort(const struct visit *visit);

/* As the desk's; errands that lead from desk to desk are done here. */
bool visit_resize(struct visit *visit, int rows, int columns);
enum desk_result visit_key(struct visit *visit, const struct key *key);
bool visit_take(struct visit *visit);

/* Readable when there is something to take; the second is -1 while there is no process. */
void visit_descriptors(const struct visit *visit, int descriptors[2]);

#endif
