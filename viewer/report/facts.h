/* SPDX-License-Identifier: Apache-2.0
 *
 * What a trace is, as lines for people: what `seep info` prints and the viewer shows. Needs no
 * replay: definitions and frame headers say it all. Everything from the trace is made harmless on
 * the way (escape.h).
 */
#ifndef SEEP_REPORT_FACTS_H
#define SEEP_REPORT_FACTS_H

#include "analysis/analysis.h"
#include "report/info.h"

enum fact_kind {
  FACT_LINE,    /* a name and what it is */
  FACT_WARNING, /* what is missing from the trace; no name */
  FACT_HEADING, /* of the items that follow; no name */
  FACT_ITEM,    /* no name */
};

struct fact {
  enum fact_kind kind;
  const char *name; /* a constant, or NULL */
  char *text;
};

struct facts {
  struct fact *list;
  size_t count, capacity;
  bool failed; /* no memory: the list is not complete */
};

/* Lists all that is known, in the order of the page. false: no memory. Release it in any case. */
bool facts_init(struct facts *facts, const struct info_request *request);

/* The same of how resident memory grew in an interval, and what it consists of at its end. */
bool facts_init_resident(struct facts *facts, const struct trace *trace,
                         const struct analysis *analysis, size_t from, size_t to);

/* Adds one; without memory for it the list has failed. name: a constant, or NULL. */
__attribute__((format(printf, 4, 5))) void facts_add(struct facts *facts, enum fact_kind kind,
                                                     const char *name, const char *format, ...);

void facts_release(struct facts *facts);

#endif
