/* SPDX-License-Identifier: Apache-2.0
 *
 * The rows of a tree: every code address on a path to an allocation, callers first, with the
 * figures of all that was allocated below it. One node per context: the trace's contexts are a tree
 * already. Inlined frames are not nodes of their own; the row's symbol tells them.
 */
#include "analysis/array.h"
#include "analysis/filter_match.h"
#include "analysis/query.h"

#define NO_NODE 0xffffffffu

struct tree_node {
  uint32_t first_child, sibling; /* in the order of the report; NO_NODE: none */
  uint32_t parent;
  struct analysis_site row;
};

struct tree {
  const struct trace *trace;
  struct tree_node *nodes; /* 0 is the root, above the outermost frames */
  size_t count, capacity;
  uint32_t *node_of; /* per context; 0: none yet */
};

static bool tree_init(struct tree *tree, const struct trace *trace) {
  *tree = (struct tree){.trace = trace, .count = 1};
  tree->node_of = calloc(trace->context_count + 1, sizeof *tree->node_of);
  if (!tree->node_of || !array_reserve(&tree->nodes, &tree->capacity, 1, sizeof *tree->nodes))
    return false;
  tree->nodes[0] = (struct tree_node){.first_child = NO_NODE, .sibling = NO_NODE};
  return true;
}

static void tree_release(struct tree *tree) {
  free(tree->nodes);
  free(tree->node_of);
}

static bool tree_add_node(struct tree *tree, uint32_t context) {
  if (tree->node_of[context])
    return true;
  if (!array_reserve(&tree->nodes, &tree->capacity, tree->count + 1, sizeof *tree->nodes))
    return false;
  tree->node_of[context] = (uint32_t)tree->count;
  struct tree_node node = {.first_child = NO_NODE, .sibling = NO_NODE};
  node.row.context = context;
  if (context) {
    node.row.module = tree->trace->contexts[context].module;
    node.row.offset = tree->trace->contexts[context].offset;
  }
  tree->nodes[tree->count++] = node;
  return true;
}

/* Adds figures to the node of context and to all its callers. */
static bool tree_add_stack(struct tree *tree, uint32_t context,
                           const struct analysis_figures *figures) {
  size_t steps = tree->trace->context_count; /* ends the walk where parents go round in circles */
  uint32_t at = context < tree->trace->context_count ? context : 0;
  do {
    if (!tree_add_node(tree, at))
      return false;
    figures_add(&tree->nodes[tree->node_of[at]].row.figures, figures);
    at = at ? tree->trace->contexts[at].parent : 0;
  } while (at && at < tree->trace->context_count && steps--);
  figures_add(&tree->nodes[0].row.figures, figures);
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
        !tree_add_stack(tree, places->list[query->places[first]].context, &figures))
      return false;
  }
  return true;
}

static void tree_name(const struct analysis *analysis, struct analysis_site *row) {
  if (!analysis->symbols || !row->context)
    return;
  const struct symbol *symbol = symbols_look_up(analysis->symbols, row->context);
  const struct symbol_frame *frame = &symbol->frames[symbol->frame_count - 1];
  row->function = frame->function;
  row->file = frame->file;
  row->line = frame->line;
}

static void tree_find_parents(struct tree *tree) {
  for (size_t i = 1; i < tree->count; i++) {
    uint32_t context = tree->nodes[i].row.context;
    uint32_t parent = context ? tree->trace->contexts[context].parent : 0;
    tree->nodes[i].parent =
        parent && parent < tree->trace->context_count ? tree->node_of[parent] : 0;
  }
}

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
    uint32_t index = tree->node_of[rows[i].context];
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

/* A row that the filter drops takes those below it along. */
static bool tree_write(const struct tree *tree, const struct query *query,
                       struct analysis_report *report) {
  size_t capacity = 0;
  uint32_t depth = 0;
  bool pass = false;
  for (uint32_t at = tree_next(tree, 0, false, &depth); at != NO_NODE;
       at = tree_next(tree, at, pass, &depth)) {
    struct analysis_site row = tree->nodes[at].row;
    pass = !filter_figures(query->asked->filter, query->analysis, query->end_stamp, &row.figures);
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
  bool done = tree_init(&tree, query->analysis->trace) && tree_fill(&tree, query);
  if (done) {
    tree_find_parents(&tree);
    done = tree_link(&tree, query->asked->sort) && tree_write(&tree, query, report);
  }
  tree_release(&tree);
  return done;
}
