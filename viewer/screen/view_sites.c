/* SPDX-License-Identifier: Apache-2.0
 *
 * The flat views: call sites, and the same figures by function.
 */
#include "screen/listing.h"

struct sites {
  struct view view;
  uint64_t key; /* of the selected row, while the picture changes */
  bool keyed;
};

/* Row of the table ↔ row of the report. */
static size_t sites_index(const struct view *view, size_t row) {
  return view->settings->reverse ? view->table.count - 1 - row : row;
}

static const struct analysis_site *sites_at(const struct view *view, size_t row) {
  return &view->picture->report->sites[sites_index(view, row)];
}

static const struct analysis_site *sites_selected(struct view *view) {
  return view->picture && view->table.count ? sites_at(view, view->table.cursor) : NULL;
}

static void sites_remember(struct view *view) {
  struct sites *sites = (struct sites *)view;
  const struct analysis_site *site = sites_selected(view);
  if (!site)
    return;
  sites->key = listing_key(view->picture, site);
  sites->keyed = true;
}

/* A person who is at the top stays there: what comes to lead the list is what they look for. */
static void sites_refresh(struct view *view) {
  struct sites *sites = (struct sites *)view;
  const struct analysis_report *report = view->picture->report;
  table_count(&view->table, report->site_count);
  if (!sites->keyed || view->table.cursor == 0)
    return;
  for (size_t i = 0; i < report->site_count; i++)
    if (listing_key(view->picture, &report->sites[i]) == sites->key) {
      table_move_to(&view->table, sites_index(view, i));
      return;
    }
}

static int sites_head(struct view *view, struct screen *screen, int first) {
  static const char *const names[ANALYSIS_BY_COUNT] = {[ANALYSIS_BY_SITE] = "call site",
                                                       [ANALYSIS_BY_TREE] =
                                                           "callers, then what they call",
                                                       [ANALYSIS_BY_FUNCTION] = "function"};
  struct listing listing;
  listing_lay_out(&listing, view, screen->columns);
  listing_head(&listing, view, screen, first, names[view->ops->by]);
  return 1;
}

static void sites_draw(void *data, size_t row, struct screen *screen, int at) {
  struct view *view = data;
  const struct analysis_site *site = sites_at(view, row);
  struct listing listing;
  char name[LISTING_NAME];
  listing_lay_out(&listing, view, screen->columns);
  listing_row(&listing, view, site, screen, at, 0, listing_name(name, view->picture, site));
}

static bool sites_matches(void *data, size_t row, const char *needle) {
  struct view *view = data;
  return listing_matches(view->picture, sites_at(view, row), needle);
}

static enum view_result sites_act(struct view *view, enum action action, const struct key *key) {
  (void)key;
  switch (action) {
  case ACTION_OPEN:
    return sites_selected(view) ? VIEW_DETAIL : VIEW_IGNORED;
  case ACTION_REVERSE:
    view->settings->reverse = !view->settings->reverse;
    return VIEW_DONE;
  case ACTION_UNITS:
    view->settings->figures = listing_next_figures(view->settings, view->picture);
    return VIEW_DONE;
  default:
    return VIEW_IGNORED;
  }
}

static void sites_sort_at(struct view *view, int column) {
  if (listing_sort_at(view, column))
    view->settings->reverse = !view->settings->reverse;
}

#define SITES_OPS(by_name, shown_name)                                                             \
  {                                                                                                \
    .name = shown_name, .bytes = sizeof(struct sites), .by = by_name,                              \
    .hints = {ACTION_OPEN,  ACTION_SEARCH,       ACTION_FILTER, ACTION_SORT,                       \
              ACTION_UNITS, ACTION_FROM_FORWARD, ACTION_TO_BACK},                                  \
    .rows = {sites_draw, sites_matches}, .empty = "Nothing is outstanding here.",                  \
    .remember = sites_remember, .refresh = sites_refresh, .head = sites_head,                      \
    .sort_at = sites_sort_at, .act = sites_act, .selected = sites_selected                         \
  }

const struct view_ops view_sites = SITES_OPS(ANALYSIS_BY_SITE, "sites");
const struct view_ops view_functions = SITES_OPS(ANALYSIS_BY_FUNCTION, "functions");
