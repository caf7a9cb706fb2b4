/* SPDX-License-Identifier: Apache-2.0
 *
 * The calling-context tree, callers first; turned round, what allocates first and its callers
 * below. A row folds what is below it; what is unfolded is kept by path, so that it outlives a new
 * reading of the trace.
 */
#include "analysis/keymap.h"
#include "screen/listing.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FOLDED 1
#define UNFOLDED 2

struct tree {
  struct view view;
  size_t *rows;              /* indices into the report's rows: those that no folded one hides */
  struct keymap unfolded[2]; /* FOLDED or UNFOLDED by path; turned round: the second */
  bool begun[2];             /* the first unfolding has been done */
  uint64_t path;             /* of the selected row, while the picture changes; 0: none */
};

static struct tree *tree_of(struct view *view) {
  return (struct tree *)view;
}

static const struct analysis_site *tree_at(const struct view *view, size_t row) {
  return &view->picture->report->sites[((const struct tree *)view)->rows[row]];
}

static const struct analysis_site *tree_selected(struct view *view) {
  return view->picture && view->table.count ? tree_at(view, view->table.cursor) : NULL;
}

static bool tree_is_inverted(const struct tree *tree) {
  return tree->view.picture->question.inverted;
}

static bool tree_is_unfolded(const struct tree *tree, const struct analysis_site *site) {
  return keymap_get(&tree->unfolded[tree_is_inverted(tree)], site->path) == UNFOLDED;
}

/* Without memory it stays as it was. */
static void tree_set_unfolded(struct tree *tree, const struct analysis_site *site, bool unfolded) {
  struct keymap *map = &tree->unfolded[tree_is_inverted(tree)];
  uint32_t *known = keymap_find(map, site->path);
  if (known)
    *known = unfolded ? UNFOLDED : FOLDED;
  else if (unfolded)
    keymap_add(map, site->path, UNFOLDED);
}

static bool tree_has_below(const struct analysis_report *report, size_t index) {
  return index + 1 < report->site_count &&
         report->sites[index + 1].depth > report->sites[index].depth;
}

static bool tree_reserve(struct tree *tree) {
  size_t *rows = reallocarray(tree->rows, tree->view.picture->report->site_count + 1, sizeof *rows);
  if (rows)
    tree->rows = rows;
  return rows != NULL;
}

/* Unfolds from the largest row of the top down, as long as one below has most of it. */
static void tree_begin(struct tree *tree) {
  const struct analysis_report *report = tree->view.picture->report;
  tree->begun[tree_is_inverted(tree)] = report->site_count > 0;
  for (size_t i = 0; tree_has_below(report, i); i++) {
    const struct analysis_site *below = &report->sites[i + 1];
    tree_set_unfolded(tree, &report->sites[i], true);
    if (below->figures.outstanding_bytes * 2 < report->sites[i].figures.outstanding_bytes)
      break;
  }
}

static void tree_fold(struct tree *tree) {
  const struct analysis_report *report = tree->view.picture->report;
  size_t count = 0, depth = 0; /* rows deeper than depth are hidden */
  for (size_t i = 0; i < report->site_count; i++) {
    const struct analysis_site *site = &report->sites[i];
    if (site->depth > depth)
      continue;
    tree->rows[count++] = i;
    depth = site->depth + tree_is_unfolded(tree, site);
  }
  table_count(&tree->view.table, count);
}

/* Turns the order of siblings round: rows go from the last to the first, each with what came before
 * it and is below it, to the end of those of its depth. Without memory they stay as they are. */
static void tree_mirror(struct tree *tree) {
  size_t count = tree->view.table.count, depths = 2;
  for (size_t row = 0; row < count; row++)
    if (tree_at(&tree->view, row)->depth + 2 > depths)
      depths = tree_at(&tree->view, row)->depth + 2;
  struct chain { /* of rows, by their number plus 1; 0: none */
    size_t first, last;
  } *chains = calloc(depths, sizeof *chains);
  size_t *next = calloc(count + 1, sizeof *next),
         *rows = reallocarray(NULL, count + 1, sizeof *rows);
  for (size_t row = count; chains && next && rows && row > 0; row--) {
    struct chain *same = &chains[tree_at(&tree->view, row - 1)->depth], *below = same + 1;
    next[row] = below->first;
    *(same->last ? &next[same->last] : &same->first) = row;
    same->last = below->last ? below->last : row;
    *below = (struct chain){0, 0};
  }
  size_t at = chains && next && rows ? chains[0].first : 0;
  for (size_t i = 0; at; at = next[at])
    rows[i++] = tree->rows[at - 1];
  if (chains && next && rows)
    memcpy(tree->rows, rows, count * sizeof *rows);
  free(chains);
  free(next);
  free(rows);
}

/* Works out which rows are seen, in which order. */
static void tree_arrange(struct tree *tree) {
  tree_fold(tree);
  if (tree->view.settings->order.reverse)
    tree_mirror(tree);
}

static void tree_remember(struct view *view) {
  const struct analysis_site *site = tree_selected(view);
  tree_of(view)->path = site ? site->path : 0;
}

static void tree_refresh(struct view *view) {
  struct tree *tree = tree_of(view);
  if (!tree_reserve(tree)) {
    table_count(&view->table, 0);
    return;
  }
  if (!tree->begun[tree_is_inverted(tree)])
    tree_begin(tree);
  tree_arrange(tree);
  memset(view->most, 0, sizeof view->most);
  for (size_t i = 0; i < view->picture->report->site_count; i++)
    grid_gauge(view, &view->picture->report->sites[i].figures);
  for (size_t row = 0; tree->path && row < view->table.count; row++)
    if (tree_at(view, row)->path == tree->path) {
      table_move_to(&view->table, row);
      return;
    }
}

static void tree_close(struct view *view) {
  free(tree_of(view)->rows);
  for (int i = 0; i < 2; i++)
    keymap_release(&tree_of(view)->unfolded[i]);
}

/* The name comes last, so that it may be cut off and the mark may not. */
static const char *tree_label(char out[LISTING_NAME + 16], const struct view *view,
                              const struct analysis_site *site) {
  char name[LISTING_NAME];
  snprintf(out, LISTING_NAME + 16, "%s%s", site->recursive ? "(recursive) " : "",
           listing_name(name, view->picture, site));
  return out;
}

static void tree_draw(void *data, size_t row, struct screen *screen, int at) {
  struct view *view = data;
  struct tree *tree = data;
  const struct analysis_site *site = tree_at(view, row);
  char label[LISTING_NAME + 16];
  grid_cells(view, &site, screen, at);
  /* Deep paths: at least half of the place for names stays theirs. */
  int most = (screen->columns - view->grid.name_at) / 2;
  int indent = site->depth < (uint32_t)most ? (int)site->depth : most;
  grid_name(view, screen, at, indent + 2, STYLE_TEXT, tree_label(label, view, site));
  if (tree_has_below(view->picture->report, tree->rows[row]))
    grid_fold(view, screen, at, indent, tree_is_unfolded(tree, site));
}

static bool tree_matches(void *data, size_t row, const char *needle) {
  struct view *view = data;
  return listing_matches(view->picture, tree_at(view, row), needle);
}

/* The row that the selected one is below, or the same where there is none. */
static size_t tree_above(struct view *view) {
  size_t row = view->table.cursor;
  uint32_t depth = tree_at(view, row)->depth;
  while (row > 0 && tree_at(view, row)->depth >= depth && depth)
    row--;
  return row;
}

static enum view_result tree_open(struct tree *tree, const struct analysis_site *site) {
  if (!tree_has_below(tree->view.picture->report, tree->rows[tree->view.table.cursor]))
    return VIEW_DETAIL;
  tree_set_unfolded(tree, site, !tree_is_unfolded(tree, site));
  tree_arrange(tree);
  return VIEW_DONE;
}

/* Left folds first, then climbs; at the outermost it is the desk's. */
static enum view_result tree_left(struct tree *tree, const struct analysis_site *site) {
  if (tree_is_unfolded(tree, site)) {
    tree_set_unfolded(tree, site, false);
    tree_arrange(tree);
    return VIEW_DONE;
  }
  size_t above = tree_above(&tree->view);
  if (above == tree->view.table.cursor)
    return VIEW_IGNORED;
  tree->view.table.cursor = above;
  return VIEW_DONE;
}

static enum view_result tree_act(struct view *view, enum action action, const struct key *key) {
  const struct analysis_site *site = tree_selected(view);
  (void)key;
  if (site && action == ACTION_OPEN)
    return tree_open(tree_of(view), site);
  if (site && action == ACTION_LEFT)
    return tree_left(tree_of(view), site);
  return VIEW_IGNORED;
}

const struct view_ops view_tree = {
    .name = "tree",
    .bytes = sizeof(struct tree),
    .by = ANALYSIS_BY_TREE,
    .hints = {ACTION_OPEN, ACTION_INVERT, ACTION_SEARCH, ACTION_FILTER, ACTION_SORT, ACTION_UNITS,
              ACTION_FROM_FORWARD, ACTION_TO_BACK},
    .rows = {tree_draw, tree_matches},
    .empty = "Nothing is outstanding here.",
    .close = tree_close,
    .remember = tree_remember,
    .refresh = tree_refresh,
    .grid = &listing_table,
    .act = tree_act,
    .selected = tree_selected,
};
