/* SPDX-License-Identifier: Apache-2.0
 *
 * The reports of a family's processes as one: call sites joined by identity, their figures added.
 *
 * A block counts once: in the process that allocated it. The copies of it that a fork made are told
 * apart, as inherited, with the site of the parent that allocated them; no figure of a site or
 * of a total has them. Of a process that has ended, what stood at its end counts as outstanding.
 *
 * Each process is judged by itself. A site leaks in the family where it leaks in a process; the
 * verdict is then that of the process in which most leaks, else that of the one that holds most.
 */
#ifndef SEEP_COMPARE_MERGE_H
#define SEEP_COMPARE_MERGE_H

#include "analysis/inheritance.h"
#include "analysis/verdict.h"
#include "compare/identity.h"

struct merge_member { /* what a process says, in the order of the family */
  enum trace_state state;
  bool complete;
  bool damaged;   /* parts of its trace were passed over */
  double seconds; /* of its whole run, as far as recorded */
  struct analysis_totals run;
  struct trace_counters counters;
  struct analysis_figures figures; /* of its interval */
  uint64_t units;                  /* of its interval; 0: none */
  size_t leaks;                    /* sites */
  const struct merge_site *worst;  /* of these the one that holds most here; NULL: none */
  uint64_t worst_bytes;            /* outstanding there */
  struct inheritance_sum inherited;
  bool inherited_known;
  bool taken; /* else its trace could not be read */
};

struct merge_part { /* a site's, of a member in which something happened */
  size_t member;
  uint64_t blocks, bytes; /* outstanding */
  int64_t growth_bytes;
  uint64_t allocations;
  enum verdict_kind kind;
};

struct merge_site {
  struct identity identity; /* with texts of its own */
  struct analysis_figures figures;
  struct merge_part *parts; /* of these processes, in the order in which they were taken */
  size_t processes;         /* in which something happened in the interval */
  size_t holding;           /* in which something is outstanding */
  size_t holder;            /* the member that has most bytes outstanding */
  uint64_t holder_bytes;    /* of these */
  size_t leaking;           /* in which it leaks */
  size_t judged;            /* the member whose verdict this is */
  uint64_t judged_bytes;    /* outstanding there */
  struct verdict verdict;
  double bytes_per_hour;            /* of all that leak */
  double seconds;                   /* in which that was measured, where it was least */
  struct inheritance_sum inherited; /* by children, of what this site allocated before a fork */
};

struct merge {
  const struct family *family;
  const struct inheritance *inheritance; /* NULL: not asked for */
  size_t heir; /* whose inheritance sites are told; FAMILY_NONE: all members' together */
  struct merge_member *members;
  struct merge_site **sites; /* after merge_sort in order */
  size_t count, taken;       /* sites; members */
  size_t *order;             /* the members: after merge_sort by what they hold */
  struct analysis_figures figures;
  struct analysis_totals run; /* peaks added: at most that stood at once */
  struct inheritance_sum inherited;
  uint64_t units; /* of the interval: those of the member that was given most */
};

/* false: no memory. merge_release is due in either case. */
bool merge_init(struct merge *merge, const struct family *family,
                const struct inheritance *inheritance);
void merge_release(struct merge *merge);

/* Adds a member's report by site, once for each member. Nothing of the four is needed afterwards.
 * false: no memory. */
bool merge_take(struct merge *merge, size_t member, const struct trace *trace,
                const struct analysis *analysis, const struct analysis_report *report);

/* Of a member whose sites are not wanted for themselves: only what its children inherited of them.
 */
bool merge_take_origins(struct merge *merge, size_t member, const struct trace *trace,
                        const struct analysis *analysis);

/* Orders sites and members, largest first; equal ones by what they are. */
void merge_sort(struct merge *merge, enum analysis_sort sort);

#endif
