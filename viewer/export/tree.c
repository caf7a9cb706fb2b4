/* SPDX-License-Identifier: Apache-2.0 */
#include "export/tree.h"
#include "analysis/array.h"

#define TREE_NO_PARENT UINT32_MAX /* the root's key is no other node's, whatever that is called */

struct tree_key {
  uint32_t parent, label;
};

/* The number of the node, made when there is none. false: no memory. */
static bool tree_node(struct tree *tree, uint32_t parent, uint32_t label, uint32_t *node) {
  struct tree_key key = {parent, label};
  *node = table_number(&tree->keys, &key, sizeof key);
  if (tree->keys.failed ||
      !array_reserve(&tree->nodes, &tree->capacity, tree->keys.count, sizeof *tree->nodes))
    return false;
  if (*node == tree->count)
    tree->nodes[tree->count++] = (struct tree_node){.parent = parent, .label = label};
  return true;
}

static void tree_count(struct tree_node *node, const struct analysis_figures *figures) {
  for (int value = 0; value < EXPORT_VALUE_COUNT; value++)
    node->values[value] += export_value_of(figures, value);
}

static bool tree_add_frame(struct tree *tree, const struct path *path, const struct frame *frame,
                           const struct tree_options *options, uint32_t *node) {
  char *label = options->label(path->request, frame);
  bool done = label && tree_node(tree, *node, table_text(&tree->labels, label), node);
  free(label);
  if (done)
    tree_count(&tree->nodes[*node], &path->stack->figures);
  return done && !tree->labels.failed;
}

static bool tree_add(struct tree *tree, const struct path *path,
                     const struct tree_options *options) {
  size_t depth = options->depth && options->depth < path->count ? options->depth : path->count;
  uint32_t node = 0;
  tree_count(&tree->nodes[0], &path->stack->figures);
  for (size_t i = 0; i < depth; i++) {
    size_t at = options->innermost_first ? i : path->count - 1 - i;
    if (!tree_add_frame(tree, path, &path->frames[at], options, &node))
      return false;
  }
  return true;
}

bool tree_build(struct tree *tree, const struct export_request *request,
                const struct tree_options *options) {
  *tree = (struct tree){0};
  struct path path = path_begin(request);
  uint32_t root;
  bool done = tree_node(tree, TREE_NO_PARENT, table_text(&tree->labels, ""), &root);
  if (done)
    tree->nodes[root].parent = root;
  while (done && path_next(&path))
    if (!options->standing || path.stack->figures.outstanding_bytes)
      done = tree_add(tree, &path, options);
  done = done && !path.failed;
  path_release(&path);
  return done;
}

void tree_release(struct tree *tree) {
  table_release(&tree->labels);
  table_release(&tree->keys);
  free(tree->nodes);
}

const char *tree_label(const struct tree *tree, uint32_t node) {
  return table_key(&tree->labels, tree->nodes[node].label);
}
