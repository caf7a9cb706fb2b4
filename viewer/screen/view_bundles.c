/* SPDX-License-Identifier: Apache-2.0
 *
 * What leaks, put together: sites whose blocks become more in step are one bundle, named after its
 * owner, which opens to its members. A leak that goes with no other is a row of its own.
 */
#include "report/format.h"
#include "screen/grid.h"
#include "screen/listing.h"

#include <stdlib.h>

#define NOT_SELECTED UINT64_MAX

struct bundles_lead {          /* a bundle, or a leak of its own */
  const struct bundle *bundle; /* NULL: none */
  size_t site;                 /* the owner's row of the report */
  uint64_t bytes;
};

struct bundles_row {
  const struct bundles_lead *lead;
  const struct bundle_member *member; /* NULL: the row of the lead itself */
};

struct bundles_view {
  struct view view;
  struct bundles_lead *leads; /* largest first */
  size_t lead_count;
  struct bundles_row *rows;
  uint64_t *open; /* keys of the owners whose bundles are open */
  size_t open_count, open_capacity;
  uint64_t selected; /* key of the row's site, while the picture changes */
};

enum bundles_column {
  BUNDLES_BYTES,
  BUNDLES_BLOCKS,
  BUNDLES_SITES,
  BUNDLES_PER_UNIT,
  BUNDLES_COLUMNS
};

static const struct grid_column bundles_columns[BUNDLES_COLUMNS] = {
    [BUNDLES_BYTES] = {"outstanding", 11, false},
    [BUNDLES_BLOCKS] = {"blocks", 9, false},
    [BUNDLES_SITES] = {"sites", 9, false},
    [BUNDLES_PER_UNIT] = {"bytes/unit", 10, false},
};

static struct bundles_view *bundles_of_view(struct view *view) {
  return (struct bundles_view *)view;
}

static const struct analysis_site *bundles_site(const struct bundles_view *bundles, size_t row) {
  const struct bundles_row *shown = &bundles->rows[row];
  size_t site = shown->member ? shown->member->row : shown->lead->site;
  return &bundles->view.picture->report->sites[site];
}

static const struct analysis_site *bundles_selected(struct view *view) {
  return view->picture && view->table.count
             ? bundles_site(bundles_of_view(view), view->table.cursor)
             : NULL;
}

/* ---- What is open -----------------------------------------------------------------------------*/

/* Where the bundle of this owner stands among the open ones; open_count: nowhere. */
static size_t bundles_find_open(const struct bundles_view *bundles, uint64_t key) {
  size_t i = 0;
  while (i < bundles->open_count && bundles->open[i] != key)
    i++;
  return i;
}

static uint64_t bundles_key(const struct bundles_view *bundles, const struct bundles_lead *lead) {
  const struct picture *picture = bundles->view.picture;
  return listing_key(picture, &picture->report->sites[lead->site]);
}

static bool bundles_is_open(const struct bundles_view *bundles, const struct bundles_lead *lead) {
  return lead->bundle &&
         bundles_find_open(bundles, bundles_key(bundles, lead)) < bundles->open_count;
}

static void bundles_toggle(struct bundles_view *bundles, const struct bundles_lead *lead) {
  uint64_t key = bundles_key(bundles, lead);
  size_t at = bundles_find_open(bundles, key);
  if (at < bundles->open_count) {
    bundles->open[at] = bundles->open[--bundles->open_count];
    return;
  }
  if (bundles->open_count == bundles->open_capacity) {
    size_t capacity = bundles->open_capacity ? 2 * bundles->open_capacity : 16;
    uint64_t *larger = reallocarray(bundles->open, capacity, sizeof *larger);
    if (!larger)
      return;
    bundles->open = larger;
    bundles->open_capacity = capacity;
  }
  bundles->open[bundles->open_count++] = key;
}

/* ---- Rows -------------------------------------------------------------------------------------*/

static int bundles_compare(const void *a, const void *b) {
  const struct bundles_lead *x = a, *y = b;
  if (x->bytes != y->bytes)
    return x->bytes > y->bytes ? -1 : 1;
  return (x->site > y->site) - (x->site < y->site);
}

static void bundles_add_lead(struct bundles_view *bundles, size_t site) {
  const struct picture *picture = bundles->view.picture;
  const struct bundles *all = picture->findings->bundles;
  struct bundles_lead lead = {.site = site,
                              .bytes = picture->report->sites[site].figures.outstanding_bytes};
  if (all->of_row[site] != BUNDLES_NONE) {
    lead.bundle = &all->list[all->of_row[site]];
    lead.bytes = lead.bundle->bytes;
  }
  bundles->leads[bundles->lead_count++] = lead;
}

/* Finds what leads; false: no memory. */
static bool bundles_collect(struct bundles_view *bundles) {
  const struct picture *picture = bundles->view.picture;
  size_t sites = picture->report->site_count;
  bundles->lead_count = 0;
  free(bundles->leads);
  free(bundles->rows);
  bundles->leads = reallocarray(NULL, sites + 1, sizeof *bundles->leads);
  bundles->rows = reallocarray(NULL, 2 * sites + 1, sizeof *bundles->rows);
  if (!bundles->leads || !bundles->rows)
    return false;
  for (size_t i = 0; picture->findings && i < sites; i++)
    if (findings_leads(picture->findings, i))
      bundles_add_lead(bundles, i);
  qsort(bundles->leads, bundles->lead_count, sizeof *bundles->leads, bundles_compare);
  return true;
}

static void bundles_fold(struct bundles_view *bundles) {
  size_t count = 0;
  for (size_t i = 0; i < bundles->lead_count; i++) {
    const struct bundles_lead *lead = &bundles->leads[i];
    bundles->rows[count++] = (struct bundles_row){.lead = lead};
    for (size_t j = 0; bundles_is_open(bundles, lead) && j < lead->bundle->count; j++)
      bundles->rows[count++] = (struct bundles_row){lead, &lead->bundle->members[j]};
  }
  table_count(&bundles->view.table, count);
}

static void bundles_remember(struct view *view) {
  const struct analysis_site *site = view->table.cursor ? bundles_selected(view) : NULL;
  bundles_of_view(view)->selected = site ? listing_key(view->picture, site) : NOT_SELECTED;
}

static void bundles_refresh(struct view *view) {
  struct bundles_view *bundles = bundles_of_view(view);
  if (!bundles_collect(bundles)) {
    table_count(&view->table, 0);
    return;
  }
  bundles_fold(bundles);
  for (size_t i = 0; view->table.cursor && i < view->table.count; i++)
    if (listing_key(view->picture, bundles_site(bundles, i)) == bundles->selected) {
      table_move_to(&view->table, i);
      return;
    }
}

static void bundles_close(struct view *view) {
  free(bundles_of_view(view)->leads);
  free(bundles_of_view(view)->rows);
  free(bundles_of_view(view)->open);
}

/* ---- Drawing ----------------------------------------------------------------------------------*/

static void bundles_lay_out(struct grid *grid, const struct view *view,
                            const struct screen *screen) {
  int count = view->picture->report->units ? BUNDLES_COLUMNS : BUNDLES_PER_UNIT;
  grid_lay_out(grid, bundles_columns, count, screen->columns);
}

static int bundles_head(struct view *view, struct screen *screen, int first) {
  struct grid grid;
  bundles_lay_out(&grid, view, screen);
  grid_head(&grid, screen, first, "  leaks, with what leaks in step");
  return 1;
}

static void bundles_draw_figures(const struct grid *grid, const struct bundles_view *bundles,
                                 uint64_t bytes, uint64_t blocks, struct screen *screen, int at) {
  char text[FORMAT_BYTES];
  uint64_t units = bundles->view.picture->report->units;
  grid_put(grid, screen, at, BUNDLES_BYTES, STYLE_TEXT, format_size(text, bytes));
  grid_put(grid, screen, at, BUNDLES_BLOCKS, STYLE_QUIET, format_count(text, blocks));
  if (units)
    grid_put(grid, screen, at, BUNDLES_PER_UNIT, STYLE_QUIET,
             format_ratio(text, (double)bytes / (double)units));
}

static void bundles_draw_lead(const struct grid *grid, const struct bundles_view *bundles,
                              const struct bundles_lead *lead, const char *name,
                              struct screen *screen, int at) {
  char text[FORMAT_BYTES];
  const struct analysis_site *site = &bundles->view.picture->report->sites[lead->site];
  uint64_t blocks = lead->bundle ? lead->bundle->blocks : site->figures.outstanding_blocks;
  bundles_draw_figures(grid, bundles, lead->bytes, blocks, screen, at);
  grid_put(grid, screen, at, BUNDLES_SITES, STYLE_QUIET,
           format_count(text, lead->bundle ? lead->bundle->count : 1));
  if (lead->bundle)
    grid_fold(grid, screen, at, bundles_is_open(bundles, lead));
  grid_name(grid, screen, at, 2, STYLE_LEAK, name);
}

/* A member's place among "sites" tells how many of its blocks go with one of the owner's. */
static void bundles_draw_member(const struct grid *grid, const struct bundles_view *bundles,
                                const struct bundle_member *member, const char *name,
                                struct screen *screen, int at) {
  char ratio[FORMAT_BYTES], text[FORMAT_BYTES + 4];
  const struct analysis_figures *figures =
      &bundles->view.picture->report->sites[member->row].figures;
  bundles_draw_figures(grid, bundles, figures->outstanding_bytes, figures->outstanding_blocks,
                       screen, at);
  snprintf(text, sizeof text, "%s%s", screen->unicode ? "\u00d7" : "x",
           format_ratio(ratio, member->ratio));
  grid_put(grid, screen, at, BUNDLES_SITES, STYLE_QUIET, text);
  grid_name(grid, screen, at, 4, STYLE_TEXT, name);
}

static void bundles_draw(void *data, size_t number, struct screen *screen, int at) {
  struct bundles_view *bundles = data;
  const struct bundles_row *row = &bundles->rows[number];
  struct grid grid;
  char name[LISTING_NAME];
  bundles_lay_out(&grid, &bundles->view, screen);
  listing_name(name, bundles->view.picture, bundles_site(bundles, number));
  if (row->member)
    bundles_draw_member(&grid, bundles, row->member, name, screen, at);
  else
    bundles_draw_lead(&grid, bundles, row->lead, name, screen, at);
}

static bool bundles_matches(void *data, size_t row, const char *needle) {
  struct bundles_view *bundles = data;
  return listing_matches(bundles->view.picture, bundles_site(bundles, row), needle);
}

/* ---- Acting -----------------------------------------------------------------------------------*/

/* Closes the bundle that the row is of; the cursor goes to the owner. */
static enum view_result bundles_back(struct bundles_view *bundles, const struct bundles_row *row,
                                     const struct key *key) {
  const struct bundles_lead *lead = row->lead;
  if (key->code == KEY_CODE_ESCAPE || !bundles_is_open(bundles, lead))
    return VIEW_IGNORED;
  bundles_toggle(bundles, lead);
  bundles_fold(bundles);
  for (size_t i = 0; i < bundles->view.table.count; i++)
    if (bundles->rows[i].lead == lead)
      bundles->view.table.cursor = i;
  return VIEW_DONE;
}

static enum view_result bundles_act(struct view *view, enum action action, const struct key *key) {
  struct bundles_view *bundles = bundles_of_view(view);
  if (!view->table.count)
    return VIEW_IGNORED;
  const struct bundles_row *row = &bundles->rows[view->table.cursor];
  if (action == ACTION_BACK)
    return bundles_back(bundles, row, key);
  if (action != ACTION_OPEN)
    return VIEW_IGNORED;
  if (row->member || !row->lead->bundle)
    return VIEW_DETAIL;
  bundles_toggle(bundles, row->lead);
  bundles_fold(bundles);
  return VIEW_DONE;
}

const struct view_ops view_bundles = {
    .name = "bundles",
    .bytes = sizeof(struct bundles_view),
    .by = ANALYSIS_BY_SITE,
    .hints = {ACTION_OPEN, ACTION_BACK, ACTION_SEARCH, ACTION_FILTER, ACTION_FROM_FORWARD,
              ACTION_TO_BACK},
    .rows = {bundles_draw, bundles_matches},
    .empty = "No leak seen.",
    .close = bundles_close,
    .remember = bundles_remember,
    .refresh = bundles_refresh,
    .head = bundles_head,
    .act = bundles_act,
    .selected = bundles_selected,
};
