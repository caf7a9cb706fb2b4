/* SPDX-License-Identifier: Apache-2.0
 *
 * All stacks of a report as one tree, in which equal frames on equal paths are one node with the
 * figures of everything below it.
 */
#ifndef SEEP_EXPORT_TREE_H
#define SEEP_EXPORT_TREE_H

#include "export/path.h"
#include "export/table.h"

struct tree_node {
  uint32_t parent, label; /* a node's number is above its parent's; the root is its own parent */
  uint64_t values[EXPORT_VALUE_COUNT];
};

struct tree {
  struct tree_node *nodes; /* node 0 is the root, with the sums of all stacks */
  size_t count;
  struct table labels; /* texts; 0 is the root's, "" */

  struct table keys; /* private: parent and label to node */
  size_t capacity;
};

struct tree_options {
  bool standing;        /* only stacks of which something is outstanding */
  bool innermost_first; /* the root's children are what allocated; else the outermost callers */
  size_t depth;         /* most nodes of a stack that are taken, from the root's side; 0: all */
  char *(*label)(const struct export_request *request, const struct frame *frame);
};

/* false: no memory. Release it all the same. */
bool tree_build(struct tree *tree, const struct export_request *request,
                const struct tree_options *options);
void tree_release(struct tree *tree);

const char *tree_label(const struct tree *tree, uint32_t node);

#endif
