/* SPDX-License-Identifier: Apache-2.0
 *
 * A picture's tree as a flame graph has it: a node stands for a function on a path, whichever lines
 * of it called; inlined functions are nodes of their own; recursion is folded into the outermost
 * call. Every node has all the figures that widths can be taken from.
 */
#ifndef SEEP_FLAME_H
#define SEEP_FLAME_H

#include "screen/model.h"

#define FLAME_NONE UINT32_MAX

struct flame_node {
  uint32_t parent, first_child, sibling; /* FLAME_NONE: none. Siblings: the widest first */
  uint32_t depth;                        /* 0: the whole, which stands above all functions */
  const char *name;                      /* as the trace has it; the flame's */
  uint64_t key;                          /* of its path: the same in another picture */
  size_t row;                            /* one of the report's rows that it is made of */
  int64_t values[ANALYSIS_AMOUNTS];      /* with all below; the peak: of every stack by itself */
  bool leak;                             /* a leak's stack leads through it */
  int left, width;                       /* columns, as laid out last; width 0: not seen */
  int rest_left, rest_width;             /* of the children that are too narrow to be seen */
  uint32_t rest;                         /* how many they are */
};

struct flame {
  struct flame_node *nodes; /* a node's number is above its parent's; 0 is the whole */
  size_t count;             /* 0: nothing made yet */

  size_t capacity; /* private, as what follows */
  struct texts *names;
};

/* Makes the flame of a picture by tree. Siblings are ordered by measure. false: no memory; the
 * flame has no nodes then. */
bool flame_make(struct flame *flame, const struct picture *picture, enum analysis_sort measure);
void flame_release(struct flame *flame);

/* The node of that key; the whole where there is none. */
uint32_t flame_find(const struct flame *flame, uint64_t key);

/* Gives the nodes from zoom down, and the callers of zoom, their columns. */
void flame_lay_out(struct flame *flame, uint32_t zoom, enum analysis_sort measure, int columns);

/* The nearest node that is seen on the left (step -1) or right (1) in the same row; node: none. */
uint32_t flame_beside(const struct flame *flame, uint32_t node, int step);

/* The node at a column of a depth; FLAME_NONE: none. */
uint32_t flame_at(const struct flame *flame, uint32_t depth, int column);

#endif
