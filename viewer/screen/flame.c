/* SPDX-License-Identifier: Apache-2.0 */
#include "screen/flame.h"

#include "analysis/array.h"
#include "analysis/keymap.h"
#include "report/frames.h"
#include "symbols/texts.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define KEY_BASIS 0xcbf29ce484222325ull
#define KEY_PRIME 0x100000001b3ull

struct making {
  struct flame *flame;
  const struct picture *picture;
  struct keymap children; /* the key of a path: its node's number plus 1 */
  uint32_t *at_depth;     /* node of the last row of each depth of the report */
  size_t depths;
};

/* ---- Nodes ------------------------------------------------------------------------------------*/

static uint64_t key_of_child(uint64_t parent, const char *name) {
  uint64_t key = parent ^ KEY_BASIS;
  for (; *name; name++)
    key = (key ^ (unsigned char)*name) * KEY_PRIME;
  return key * KEY_PRIME;
}

static uint32_t flame_add(struct flame *flame, uint32_t parent, const char *name, uint64_t key) {
  if (!array_reserve(&flame->nodes, &flame->capacity, flame->count + 1, sizeof *flame->nodes))
    return FLAME_NONE;
  struct flame_node node = {.parent = parent,
                            .first_child = FLAME_NONE,
                            .sibling = FLAME_NONE,
                            .depth = parent == FLAME_NONE ? 0 : flame->nodes[parent].depth + 1,
                            .name = name,
                            .key = key,
                            .row = SIZE_MAX};
  flame->nodes[flame->count] = node;
  return (uint32_t)flame->count++;
}

/* The outermost call of name on the path down to node; FLAME_NONE: it does not recur. */
static uint32_t flame_recurs(const struct flame *flame, uint32_t node, const char *name) {
  for (; node; node = flame->nodes[node].parent)
    if (flame->nodes[node].name == name)
      return node;
  return FLAME_NONE;
}

/* The node that name is called as from parent, made if need be. */
static uint32_t making_child(struct making *making, uint32_t parent, const char *text) {
  struct flame *flame = making->flame;
  const char *name = texts_keep(flame->names, text);
  if (!name)
    return FLAME_NONE;
  uint32_t node = flame_recurs(flame, parent, name);
  if (node != FLAME_NONE)
    return node;
  uint64_t key = key_of_child(flame->nodes[parent].key, name);
  uint32_t known = keymap_get(&making->children, key);
  if (known)
    return known - 1;
  node = flame_add(flame, parent, name, key);
  return node != FLAME_NONE && keymap_add(&making->children, key, node + 1) ? node : FLAME_NONE;
}

/* The nodes of a row: of its function, and of those that were inlined there. Returns the
 * last of them, which is the innermost where callers come first. */
static uint32_t making_row(struct making *making, uint32_t parent,
                           const struct analysis_site *row) {
  const struct reading *reading = making->picture->reading;
  const struct symbol *symbol = row->context ? symbols_peek(reading->symbols, row->context) : NULL;
  char address[300];
  if (!row->context)
    return making_child(making, parent, "(no stack)");
  if (!symbol || !symbol->frame_count || !symbol->frames[symbol->frame_count - 1].function) {
    snprintf(address, sizeof address, "%.250s+0x%" PRIx64,
             frame_module(reading->trace, row->module), row->offset);
    return making_child(making, parent, address);
  }
  size_t count = symbol->frame_count;
  for (size_t i = 0; i < count && parent != FLAME_NONE; i++) {
    size_t frame = making->picture->question.inverted ? i : count - 1 - i;
    if (symbol->frames[frame].function)
      parent = making_child(making, parent, symbol->frames[frame].function);
  }
  return parent;
}

/* ---- Values -----------------------------------------------------------------------------------*/

static void add_values(int64_t *values, const struct analysis_figures *figures, int sign) {
  const int64_t added[ANALYSIS_AMOUNTS] = {
      [ANALYSIS_SORT_OUTSTANDING] = (int64_t)figures->outstanding_bytes,
      [ANALYSIS_SORT_BLOCKS] = (int64_t)figures->outstanding_blocks,
      [ANALYSIS_SORT_GROWTH] = figures->growth_bytes,
      [ANALYSIS_SORT_ALLOCATED] = (int64_t)figures->allocated_bytes,
      [ANALYSIS_SORT_TEMPORARY] = (int64_t)figures->temporary_allocations,
      [ANALYSIS_SORT_ALLOCATIONS] = (int64_t)figures->allocations,
      [ANALYSIS_SORT_PEAK] = (int64_t)figures->peaks_bytes};
  for (int i = 0; i < ANALYSIS_AMOUNTS; i++)
    values[i] += sign * added[i];
}

/* A row's figures are those of all below. What is its own goes to its node, since with recursion
 * folded the rows below may end up elsewhere. */
static bool making_add(struct making *making, size_t index) {
  struct flame *flame = making->flame;
  const struct analysis_site *row = &making->picture->report->sites[index];
  uint32_t parent = row->depth ? making->at_depth[row->depth - 1] : 0;
  uint32_t node = making_row(making, parent, row);
  if (node == FLAME_NONE || !array_reserve(&making->at_depth, &making->depths,
                                           (size_t)row->depth + 1, sizeof *making->at_depth))
    return false;
  making->at_depth[row->depth] = node;
  add_values(flame->nodes[node].values, &row->figures, 1);
  if (row->depth)
    add_values(flame->nodes[parent].values, &row->figures, -1);
  /* A caller that a leak's stack leads through may stand below what does not leak. */
  if (!making->picture->question.inverted)
    flame->nodes[node].leak |= findings_leads_to_leak(making->picture->findings, row->context);
  for (; node && flame->nodes[node].row == SIZE_MAX; node = flame->nodes[node].parent)
    flame->nodes[node].row = index;
  return true;
}

/* From what is a node's own to what is below it. */
static void flame_sum(struct flame *flame) {
  for (size_t i = flame->count; i-- > 1;) {
    const struct flame_node *node = &flame->nodes[i];
    struct flame_node *parent = &flame->nodes[node->parent];
    for (int value = 0; value < ANALYSIS_AMOUNTS; value++)
      parent->values[value] += node->values[value];
    parent->leak |= node->leak;
  }
}

/* ---- Order ------------------------------------------------------------------------------------*/

struct order {
  int64_t value;
  const char *name;
  uint32_t node;
};

static int order_compare(const void *a, const void *b) {
  const struct order *x = a, *y = b;
  if (x->value != y->value)
    return x->value < y->value ? -1 : 1; /* the smallest first: each goes before the others */
  int names = -strcmp(x->name, y->name);
  return names ? names : (x->node > y->node) - (x->node < y->node);
}

static bool flame_order(struct flame *flame, enum analysis_sort measure) {
  struct order *order = reallocarray(NULL, flame->count, sizeof *order);
  if (!order)
    return false;
  for (size_t i = 0; i < flame->count; i++)
    order[i] = (struct order){flame->nodes[i].values[measure], flame->nodes[i].name, (uint32_t)i};
  qsort(order, flame->count, sizeof *order, order_compare);
  for (size_t i = 0; i < flame->count; i++) {
    struct flame_node *node = &flame->nodes[order[i].node];
    if (node->parent == FLAME_NONE)
      continue;
    node->sibling = flame->nodes[node->parent].first_child;
    flame->nodes[node->parent].first_child = order[i].node;
  }
  free(order);
  return true;
}

bool flame_make(struct flame *flame, const struct picture *picture, enum analysis_sort measure) {
  flame_release(flame);
  struct making making = {.flame = flame, .picture = picture};
  keymap_init(&making.children);
  flame->names = calloc(1, sizeof *flame->names);
  bool done = flame->names && flame_add(flame, FLAME_NONE, "all", 0) == 0;
  for (size_t i = 0; done && i < picture->report->site_count; i++)
    done = making_add(&making, i);
  if (done) {
    flame_sum(flame);
    done = flame_order(flame, measure);
  }
  keymap_release(&making.children);
  free(making.at_depth);
  if (!done)
    flame_release(flame);
  return done;
}

void flame_release(struct flame *flame) {
  free(flame->nodes);
  if (flame->names)
    texts_release(flame->names);
  free(flame->names);
  *flame = (struct flame){0};
}

uint32_t flame_find(const struct flame *flame, uint64_t key) {
  for (size_t i = 0; i < flame->count; i++)
    if (flame->nodes[i].key == key)
      return (uint32_t)i;
  return 0;
}

/* ---- Columns ----------------------------------------------------------------------------------*/

/* What the children of a node take together at least: those that shrank take nothing. */
static int64_t children_value(const struct flame *flame, const struct flame_node *node,
                              enum analysis_sort measure) {
  int64_t sum = 0;
  for (uint32_t i = node->first_child; i != FLAME_NONE; i = flame->nodes[i].sibling)
    if (flame->nodes[i].values[measure] > 0)
      sum += flame->nodes[i].values[measure];
  return sum > node->values[measure] ? sum : node->values[measure];
}

/* Divides a node's columns among its children: edges are rounded, so that widths add up. From the
 * first that is narrower than a column on, they are left to the rest. */
static void lay_out_children(struct flame *flame, uint32_t parent, enum analysis_sort measure) {
  struct flame_node *above = &flame->nodes[parent];
  int64_t whole = children_value(flame, above, measure), before = 0;
  double scale = whole > 0 ? (double)above->width / (double)whole : 0;
  above->rest = 0;
  above->rest_left = above->left;
  for (uint32_t i = above->first_child; i != FLAME_NONE; i = flame->nodes[i].sibling) {
    struct flame_node *node = &flame->nodes[i];
    if (node->values[measure] <= 0)
      break; /* they are ordered */
    int left = (int)((double)before * scale + 0.5);
    before += node->values[measure];
    int right = (int)((double)before * scale + 0.5);
    above->rest += (double)node->values[measure] * scale < 1 || above->rest;
    if (!above->rest) {
      node->left = above->left + left;
      node->width = right - left;
      above->rest_left = above->left + right;
    }
    above->rest_width = above->left + right - above->rest_left;
  }
}

void flame_lay_out(struct flame *flame, uint32_t zoom, enum analysis_sort measure, int columns) {
  for (size_t i = 0; i < flame->count; i++)
    flame->nodes[i].width = flame->nodes[i].left = 0;
  for (uint32_t i = zoom; i != FLAME_NONE; i = flame->nodes[i].parent)
    flame->nodes[i].width = columns;
  for (size_t i = zoom; i < flame->count; i++)
    if (flame->nodes[i].width)
      lay_out_children(flame, (uint32_t)i, measure);
}

uint32_t flame_beside(const struct flame *flame, uint32_t node, int step) {
  const struct flame_node *here = &flame->nodes[node];
  uint32_t best = node;
  for (size_t i = 0; i < flame->count; i++) {
    const struct flame_node *there = &flame->nodes[i];
    if (there->depth != here->depth || !there->width || (there->left - here->left) * step <= 0)
      continue;
    if (best == node || (flame->nodes[best].left - there->left) * step > 0)
      best = (uint32_t)i;
  }
  return best;
}

uint32_t flame_at(const struct flame *flame, uint32_t depth, int column) {
  for (size_t i = 0; i < flame->count; i++) {
    const struct flame_node *node = &flame->nodes[i];
    if (node->depth == depth && node->width && column >= node->left &&
        column < node->left + node->width)
      return (uint32_t)i;
  }
  return FLAME_NONE;
}
