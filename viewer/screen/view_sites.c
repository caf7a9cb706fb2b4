/* SPDX-License-Identifier: Apache-2.0
 *
 * The flat views: call sites, and the same figures by function.
 */
#include "screen/listing.h"

#include <stdlib.h>

struct sites {
  struct view view;
  const struct analysis_site **rows; /* of the report, in the order in which they are shown */
  uint64_t key;                      /* of the selected row, while the picture changes */
  bool keyed;
};

static struct sites *sites_of(struct view *view) {
  return (struct sites *)view;
}

static const struct analysis_site *sites_selected(struct view *view) {
  return view->picture && view->table.count ? sites_of(view)->rows[view->table.cursor] : NULL;
}

static void sites_remember(struct view *view) {
  const struct analysis_site *site = sites_selected(view);
  if (!site)
    return;
  sites_of(view)->key = listing_key(view->picture, site);
  sites_of(view)->keyed = true;
}

/* Takes the report's rows; false: no memory. */
static bool sites_take(struct sites *sites, const struct analysis_report *report) {
  const struct analysis_site **rows =
      reallocarray(sites->rows, report->site_count + 1, sizeof *rows);
  if (!rows)
    return false;
  sites->rows = rows;
  for (size_t i = 0; i < report->site_count; i++)
    rows[i] = &report->sites[i];
  grid_arrange(&sites->view, rows, report->site_count, sizeof *rows);
  return true;
}

/* A person who is at the top stays there: what comes to lead the list is what they look for. */
static void sites_refresh(struct view *view) {
  struct sites *sites = sites_of(view);
  const struct analysis_report *report = view->picture->report;
  table_count(&view->table, sites_take(sites, report) ? report->site_count : 0);
  if (!sites->keyed || view->table.cursor == 0)
    return;
  for (size_t row = 0; row < view->table.count; row++)
    if (listing_key(view->picture, sites->rows[row]) == sites->key) {
      table_move_to(&view->table, row);
      return;
    }
}

static void sites_reveal(struct view *view, const struct analysis_site *site) {
  for (size_t row = 0; row < view->table.count; row++)
    if (sites_of(view)->rows[row] == site)
      table_move_to(&view->table, row);
}

static void sites_close(struct view *view) {
  free(sites_of(view)->rows);
}

static void sites_draw(void *data, size_t row, struct screen *screen, int at) {
  struct view *view = data;
  const struct analysis_site **site = &sites_of(view)->rows[row];
  char name[LISTING_NAME];
  grid_cells(view, site, screen, at);
  grid_name(view, screen, at, 0, STYLE_TEXT, listing_name(name, view->picture, *site));
}

static bool sites_matches(void *data, size_t row, const char *needle) {
  struct view *view = data;
  return listing_matches(view->picture, sites_of(view)->rows[row], needle);
}

static enum view_result sites_act(struct view *view, enum action action, const struct key *key) {
  (void)key;
  return action == ACTION_OPEN && sites_selected(view) ? VIEW_DETAIL : VIEW_IGNORED;
}

#define SITES_OPS(by_name, shown_name)                                                             \
  {                                                                                                \
    .name = shown_name, .bytes = sizeof(struct sites), .by = by_name,                              \
    .hints = {ACTION_OPEN,  ACTION_SEARCH,       ACTION_FILTER, ACTION_SORT,                       \
              ACTION_UNITS, ACTION_FROM_FORWARD, ACTION_TO_BACK},                                  \
    .rows = {sites_draw, sites_matches}, .empty = "Nothing is outstanding here.",                  \
    .close = sites_close, .remember = sites_remember, .refresh = sites_refresh,                    \
    .grid = &listing_table, .act = sites_act, .selected = sites_selected, .reveal = sites_reveal   \
  }

const struct view_ops view_sites = SITES_OPS(ANALYSIS_BY_SITE, "sites");
const struct view_ops view_functions = SITES_OPS(ANALYSIS_BY_FUNCTION, "functions");
