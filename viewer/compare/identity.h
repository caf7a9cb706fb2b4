/* SPDX-License-Identifier: Apache-2.0
 *
 * What a call site is called beyond one run and one build: its module, its function, and the how
 * manieth call of that function it is. File and line are used to tell apart only: another build
 * shifts them. Names point into whatever the site came from (trace, symbols, baseline).
 */
#ifndef SEEP_COMPARE_IDENTITY_H
#define SEEP_COMPARE_IDENTITY_H

#include "analysis/analysis.h"

struct identity {
  const char *module;      /* file name without directory; never NULL */
  const char *function;    /* NULL: not known */
  const char *file;        /* NULL: not known */
  const uint8_t *build_id; /* of the module */
  size_t build_id_bytes;   /* 0: it has none */
  uint64_t offset;         /* of the code address in the module; 0 where a line is known */
  uint32_t line;           /* 0: not known */
  uint32_t call, calls;    /* the call's number, and how many there are, among the calls of one
                              function in one file that the run saw allocate; from 1 */
};

/* The identity of a row by site; its call number is not known yet (0). */
struct identity identity_of(const struct trace *trace, const struct analysis_site *site);

/* Gives call numbers to identities of one run, each there once. Their order becomes
 * identity_compare's; items are of item_bytes, and each begins with its identity. */
void identity_number(void *items, size_t count, size_t item_bytes);

/* Orders, as for qsort. Parts of names that compilers add to copies of a function
 * ("parse.constprop.0") and directories of files do not count. */
int identity_compare(const struct identity *a, const struct identity *b); /* everything */
int identity_compare_function(const struct identity *a, const struct identity *b);
int identity_compare_place(const struct identity *a, const struct identity *b); /* and its file */
int identity_compare_call(const struct identity *a, const struct identity *b);  /* function, call */
int identity_compare_exact(const struct identity *a, const struct identity *b); /* in one build */

/* Whether both are known to be of the same build of their module. */
bool identity_same_build(const struct identity *a, const struct identity *b);

/* A number that finds an identity again in another reading of the same traces. */
uint64_t identity_key(const struct identity *identity);

#define IDENTITY_BYTES 2048 /* enough for any name */

/* "session_create session.c:47 sessiond", as reports write it: harmless for a terminal, cut where
 * it is long. Writes into out[IDENTITY_BYTES] and returns it. */
const char *identity_text(char *out, const struct identity *identity);

#endif
