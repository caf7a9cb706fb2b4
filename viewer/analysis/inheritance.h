/* SPDX-License-Identifier: Apache-2.0
 *
 * What the forked children of a family have from their parents: at a fork the child holds a copy of
 * every block that then stood in the parent. Each is named by its origin, the member and the stack
 * that allocated it, which may be a grandparent's; and when the child frees an address that it
 * never allocated, that tells which are gone. A replay of each trace, children within their
 * parents'; memory is bounded by the live blocks of one line of descent.
 */
#ifndef SEEP_ANALYSIS_INHERITANCE_H
#define SEEP_ANALYSIS_INHERITANCE_H

#include "trace/family.h"

struct inheritance_sum {
  uint64_t blocks, bytes;             /* at the fork */
  uint64_t freed_blocks, freed_bytes; /* of these, by the child since */
};

struct inheritance_origin {
  size_t member;    /* of the family */
  uint32_t context; /* of the member's trace */
};

struct inheritance; /* of a whole family */

/* Is told the share done, 0 to 1, and stops the work by returning false. */
struct inheritance_watch {
  bool (*progress)(void *data, double share);
  void *data;
};

/* only: the member whose inheritance is wanted; FAMILY_NONE: everyone's. watch may be NULL. The
 * family must outlive it. NULL is given with a status other than TRACE_OK. */
enum trace_status inheritance_new(const struct family *family, size_t only,
                                  const struct inheritance_watch *watch, struct inheritance **out,
                                  struct trace_error *error);
void inheritance_free(struct inheritance *inheritance);

/* Whether the member's inheritance is known: it was forked, its parent's trace is here, and both
 * have one clock. */
bool inheritance_known(const struct inheritance *inheritance, size_t member);

/* All that the member has inherited. */
struct inheritance_sum inheritance_of(const struct inheritance *inheritance, size_t member);

/* Origins, numbered from 0; and of one what a member (FAMILY_NONE: all of them together) has
 * inherited. */
size_t inheritance_origins(const struct inheritance *inheritance);
struct inheritance_origin inheritance_origin(const struct inheritance *inheritance, size_t origin);
struct inheritance_sum inheritance_from(const struct inheritance *inheritance, size_t member,
                                        size_t origin);

#endif
