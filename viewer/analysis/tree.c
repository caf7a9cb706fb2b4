/* SPDX-License-Identifier: Apache-2.0
 *
 * The rows of a tree: every code address on a path to an allocation, callers first (or, turned
 * round, last), with the figures of all stacks that lead along the path. Recursion is folded: a
 * function that is on the path already is not another node of it, so that each stack counts once
 * in a function's row. Inlined frames are not nodes of their own; the row's symbol tells them.
 */
#include "analysis/array.h"
#include "analysis/keymap.h"
#include "analysis/query.h"
#include <string.h>

#define NO_NODE 0xffffffffu
#define PATH_PRIME 0x9e3779b97f4a7c15ull

struct tree_node {
  uint32_t first_child, sibling; /* in the order of the report; NO_NODE: none */
  uint32_t parent;
  const char *function; /* that recursion is known by; NULL: by the address alone */
  struct analysis_site row;
};

struct tree {
  const struct analysis *analysis;
  struct tree_node *nodes; /* 0 is the root, above the outermost frames */
  size_t count, capacity;
  struct keymap paths; /* of a row's path: its node */
  uint32_t *frames;    /* contexts of the stack that is being added, as the tree has them */
  size_t frame_count, frame_capacity;
};

static bool tree_init(struct tree *tree, const struct analysis *analysis) {
  *tree = (struct tree){.analysis = analysis, .count = 1};
  keymap_init(&tree->paths);
  if (!array_reserve(&tree->nodes, &tree->capacity, 1, sizeof *tree->nodes))
    return false;
  tree->nodes[0] = (struct tree_node){.first_child = NO_NODE, .sibling = NO_NODE};
  return true;
}

static void tree_release(struct tree *tree) {
  keymap_release(&tree->paths);
  free(tree->nodes);
  free(tree->frames);
}

/* ---- Stacks -----------------------------------------------------------------------------------*/

static void tree_turn_frames(struct tree *tree) {
  for (size_t i = 0, j = tree->frame_count; i + 1 < j; i++) {
    uint32_t frame = tree->frames[i];
    tree->frames[i] = tree->frames[--j];
    tree->frames[j] = frame;
  }
}

/* Puts down the frames of a stack in the order of the tree. A stack that is not known is the one
 * frame 0. */
static bool tree_take_frames(struct tree *tree, uint32_t context, bool inverted) {
  const struct trace *trace = tree->analysis->trace;
  size_t steps = trace->context_count; /* ends the walk where parents go round in circles */
  uint32_t at = context < trace->context_count ? context : 0;
  tree->frame_count = 0;
  do {
    if (!array_reserve(&tree->frames, &tree->frame_capacity, tree->frame_count + 1,
                       sizeof *tree->frames))
      return false;
    tree->frames[tree->frame_count++] = at;
    at = at ? trace->contexts[at].parent : 0;
  } while (at && at < trace->context_count && steps--);
  if (!inverted)
    tree_turn_frames(tree);
  return true;
}

/* ---- Nodes ------------------------------------------------------------------------------------*/

/* The function of a context itself, around all that was inlined there; NULL: not known. */
static const struct symbol_frame *tree_symbol(const struct analysis *analysis, uint32_t context) {
  if (!analysis->symbols || !context)
    return NULL;
  const struct symbol *symbol = symbols_look_up(analysis->symbols, context);
  return &symbol->frames[symbol->frame_count - 1];
}

static bool tree_same_call(const struct analysis_site *a, const struct analysis_site *b) {
  return a->module == b->module && a->offset == b->offset;
}

/* The node on the path down to at that node recurs to; 0: none. */
static uint32_t tree_recurs(const struct tree *tree, uint32_t at, const struct tree_node *node) {
  for (; at; at = tree->nodes[at].parent) {
    const struct tree_node *above = &tree->nodes[at];
    bool same = node->function && above->function ? strcmp(node->function, above->function) == 0 &&
                                                        node->row.module == above->row.module
                                                  : tree_same_call(&node->row, &above->row);
    if (same)
      return at;
  }
  return 0;
}

/* Never 0, which is the root's. */
static uint64_t tree_path(uint64_t parent, const struct analysis_site *row) {
  uint64_t path = (parent ^ row->module) * PATH_PRIME;
  path = (path ^ path >> 29 ^ row->offset) * PATH_PRIME;
  path ^= path >> 32;
  return path ? path : 1;
}

/* The node for a frame below parent, made if need be; NO_NODE: no memory. */
static uint32_t tree_child(struct tree *tree, uint32_t parent, uint32_t context) {
  const struct trace *trace = tree->analysis->trace;
  const struct symbol_frame *symbol = tree_symbol(tree->analysis, context);
  struct tree_node node = {.first_child = NO_NODE, .sibling = NO_NODE, .parent = parent};
  node.function = symbol ? symbol->function : NULL;
  node.row.context = context;
  node.row.module = context ? trace->contexts[context].module : 0;
  node.row.offset = context ? trace->contexts[context].offset : 0;
  uint32_t found = tree_recurs(tree, parent, &node);
  if (found) {
    tree->nodes[found].row.recursive = true;
    return found;
  }
  node.row.path = tree_path(tree->nodes[parent].row.path, &node.row);
  found = keymap_get(&tree->paths, node.row.path);
  if (found)
    return found;
  if (!array_reserve(&tree->nodes, &tree->capacity, tree->count + 1, sizeof *tree->nodes) ||
      !keymap_add(&tree->paths, node.row.path, (uint32_t)tree->count))
    return NO_NODE;
  tree->nodes[tree->count] = node;
  return (uint32_t)tree->count++;
}

/* The node that a stack ends at, made if need be; NO_NODE: no memory. */
static uint32_t tree_reach(struct tree *tree, uint32_t context, bool inverted) {
  uint32_t at = 0;
  if (!tree_take_frames(tree, context, inverted))
    return NO_NODE;
  for (size_t i = 0; i < tree->frame_count && at != NO_NODE; i++)
    at = tree_child(tree, at, tree->frames[i]);
  return at;
}

/* Adds figures to the node that the stack ends at, and to all above it. */
static bool tree_add_stack(struct tree *tree, uint32_t context, bool inverted,
                           const struct analysis_figures *figures) {
  uint32_t at = tree_reach(tree, context, inverted);
  if (at == NO_NODE)
    return false;
  for (; at; at = tree->nodes[at].parent)
    figures_add(&tree->nodes[at].row.figures, figures);
  return true;
}

static bool tree_fill(struct tree *tree, struct query *query) {
  const struct places *places = &query->analysis->ledger.places;
  for (size_t first = 0, stop; first < query->count; first = stop) {
    struct analysis_figures figures;
    stop = query_stack_end(query, first);
    query_figures(query, first, stop, GROUP_STACK, &figures);
    figures.peaks_bytes = figures.peak_bytes;
    if (!figures_empty(&figures) &&
        !tree_add_stack(tree, places->list[query->places[first]].context, query->asked->inverted,
                        &figures))
      return false;
  }
  return true;
}

static void tree_name(const struct analysis *analysis, struct analysis_site *row) {
  const struct symbol_frame *frame = tree_symbol(analysis, row->context);
  if (!frame)
    return;
  row->function = frame->function;
  row->file = frame->file;
  row->line = frame->line;
}

/* ---- Order ------------------------------------------------------------------------------------*/

/* Orders siblings: nodes go through one sort, smallest first, and each becomes its parent's first
 * child. */
static bool tree_link(struct tree *tree, enum analysis_sort sort) {
  size_t count = tree->count - 1;
  struct analysis_site *rows = reallocarray(NULL, count + 1, sizeof *rows);
  if (!rows)
    return false;
  for (size_t i = 0; i < count; i++)
    rows[i] = tree->nodes[i + 1].row;
  qsort_r(rows, count, sizeof *rows, query_compare, &sort);
  for (size_t i = count; i-- > 0;) {
    uint32_t index = keymap_get(&tree->paths, rows[i].path);
    struct tree_node *node = &tree->nodes[index];
    node->sibling = tree->nodes[node->parent].first_child;
    tree->nodes[node->parent].first_child = index;
  }
  free(rows);
  return true;
}

/* The node behind at in preorder; without the nodes below at if they are passed over. */
static uint32_t tree_next(const struct tree *tree, uint32_t at, bool pass, uint32_t *depth) {
  if (!pass && tree->nodes[at].first_child != NO_NODE) {
    *depth += at != 0;
    return tree->nodes[at].first_child;
  }
  while (at && tree->nodes[at].sibling == NO_NODE) {
    at = tree->nodes[at].parent;
    *depth -= at != 0;
  }
  return at ? tree->nodes[at].sibling : NO_NODE;
}

/* A row that the filter drops takes those below it along, and so does one that recursion left
 * without figures. */
static bool tree_write(const struct tree *tree, const struct query *query,
                       struct analysis_report *report) {
  size_t capacity = 0;
  uint32_t depth = 0;
  bool pass = false;
  for (uint32_t at = tree_next(tree, 0, false, &depth); at != NO_NODE;
       at = tree_next(tree, at, pass, &depth)) {
    struct analysis_site row = tree->nodes[at].row;
    pass = figures_empty(&row.figures) || !filter_match_figures(&query->match, &row.figures);
    if (pass)
      continue;
    row.depth = depth;
    tree_name(query->analysis, &row);
    if (!array_reserve(&report->sites, &capacity, report->site_count + 1, sizeof row))
      return false;
    report->sites[report->site_count++] = row;
    if (depth == 0)
      figures_add(&report->totals, &row.figures);
  }
  return true;
}

bool query_tree(struct query *query, struct analysis_report *report) {
  struct tree tree;
  bool done = tree_init(&tree, query->analysis) && tree_fill(&tree, query) &&
              tree_link(&tree, query->asked->sort) && tree_write(&tree, query, report);
  tree_release(&tree);
  return done;
}

bool query_tree_below(const struct analysis *analysis, bool inverted, uint64_t path, bool *below) {
  const struct places *places = &analysis->ledger.places;
  struct tree tree;
  bool done = tree_init(&tree, analysis);
  for (size_t i = 1; done && i < places->count; i++) {
    uint32_t at = tree_reach(&tree, places->list[i].context, inverted);
    done = at != NO_NODE;
    while (done && at && tree.nodes[at].row.path != path)
      at = tree.nodes[at].parent;
    below[i] = at != 0;
  }
  tree_release(&tree);
  return done;
}
