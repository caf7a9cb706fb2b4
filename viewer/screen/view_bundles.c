/* SPDX-License-Identifier: Apache-2.0
 *
 * What leaks, put together: sites whose blocks become more in step are one bundle, named after its
 * owner, which opens to its members. A leak that goes with no other is a row of its own.
 */
#include "analysis/figures.h"
#include "report/format.h"
#include "screen/listing.h"

#include <stdio.h>
#include <stdlib.h>

#define NOT_SELECTED UINT64_MAX

struct bundles_lead {              /* a bundle, or a leak of its own */
  const struct bundle *bundle;     /* NULL: none */
  size_t site;                     /* the owner's row of the report */
  struct analysis_figures figures; /* of all members */
};

struct bundles_row {
  const struct bundles_lead *lead;
  const struct bundle_member *member; /* NULL: the row of the lead itself */
};

struct bundles_view {
  struct view view;
  struct bundles_lead *leads;
  struct bundles_row *tops; /* the leads, in the order in which they are shown */
  size_t lead_count;
  struct bundles_row *rows; /* with the members of those that are open */
  uint64_t *open;           /* keys of the owners whose bundles are open */
  size_t open_count, open_capacity;
  uint64_t selected; /* key of the row's site, while the picture changes */
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

/* ---- Columns --------------------------------------------------------------------------------- */

static double count_value(const struct grid_row *row) {
  const struct bundle *bundle = ((const struct bundles_row *)row->own)->lead->bundle;
  return bundle ? (double)bundle->count : 1;
}

/* A member's place tells how many of its blocks go with one of the owner's. */
static bool count_text(char *out, const struct grid_row *row) {
  const struct bundle_member *member = ((const struct bundles_row *)row->own)->member;
  char ratio[FORMAT_BYTES];
  if (member)
    snprintf(out, GRID_CELL, "x%s", format_ratio(ratio, member->ratio));
  else
    format_count(out, (uint64_t)count_value(row));
  return true;
}

static const struct grid_column bundles_own[] = {
    {.title = "sites",
     .help = "that leak in step; of one of them: its blocks to one of the owner's",
     .width = 9,
     .early = true,
     .text = count_text,
     .value = count_value},
};

static const char *bundles_heading(const struct view *view) {
  (void)view;
  return "  leaks, with what leaks in step";
}

static struct grid_row bundles_row(const struct view *view, const void *element) {
  const struct bundles_row *row = element;
  const struct analysis_report *report = view->picture->report;
  return (struct grid_row){
      view, row, row->member ? &report->sites[row->member->row].figures : &row->lead->figures};
}

static const struct grid_table bundles_table = {.name = "bundles",
                                                .figures = 4,
                                                .own = bundles_own,
                                                .own_count =
                                                    sizeof bundles_own / sizeof *bundles_own,
                                                .usual = -1,
                                                .heading = bundles_heading,
                                                .row = bundles_row};

/* ---- Rows -------------------------------------------------------------------------------------*/

static struct analysis_figures bundles_sum(const struct analysis_report *report,
                                           const struct bundle *bundle) {
  struct analysis_figures sum = {0};
  for (size_t i = 0; i < bundle->count; i++)
    figures_add(&sum, &report->sites[bundle->members[i].row].figures);
  return sum;
}

static void bundles_release(struct bundles_view *bundles) {
  free(bundles->leads);
  free(bundles->tops);
  free(bundles->rows);
}

static void bundles_add_lead(struct bundles_view *bundles, size_t site) {
  const struct picture *picture = bundles->view.picture;
  const struct bundles *all = picture->findings->bundles;
  struct bundles_lead lead = {.site = site, .figures = picture->report->sites[site].figures};
  if (all->of_row[site] != BUNDLES_NONE) {
    lead.bundle = &all->list[all->of_row[site]];
    lead.figures = bundles_sum(picture->report, lead.bundle);
  }
  bundles->leads[bundles->lead_count++] = lead;
}

/* Finds what leads, and puts it in order; false: no memory. */
static bool bundles_collect(struct bundles_view *bundles) {
  const struct picture *picture = bundles->view.picture;
  size_t sites = picture->report->site_count;
  bundles->lead_count = 0;
  bundles_release(bundles);
  bundles->leads = reallocarray(NULL, sites + 1, sizeof *bundles->leads);
  bundles->tops = reallocarray(NULL, sites + 1, sizeof *bundles->tops);
  bundles->rows = reallocarray(NULL, 2 * sites + 1, sizeof *bundles->rows);
  if (!bundles->leads || !bundles->tops || !bundles->rows)
    return false;
  for (size_t i = 0; picture->findings && i < sites; i++)
    if (findings_leads(picture->findings, i))
      bundles_add_lead(bundles, i);
  for (size_t i = 0; i < bundles->lead_count; i++)
    bundles->tops[i] = (struct bundles_row){.lead = &bundles->leads[i]};
  grid_arrange(&bundles->view, bundles->tops, bundles->lead_count, sizeof *bundles->tops);
  return true;
}

static void bundles_fold(struct bundles_view *bundles) {
  size_t count = 0;
  for (size_t i = 0; i < bundles->lead_count; i++) {
    const struct bundles_lead *lead = bundles->tops[i].lead;
    bundles->rows[count++] = bundles->tops[i];
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
  bundles_release(bundles_of_view(view));
  free(bundles_of_view(view)->open);
}

/* ---- Drawing ----------------------------------------------------------------------------------*/

static void bundles_draw(void *data, size_t number, struct screen *screen, int at) {
  struct bundles_view *bundles = data;
  const struct view *view = &bundles->view;
  const struct bundles_row *row = &bundles->rows[number];
  char name[LISTING_NAME];
  listing_name(name, view->picture, bundles_site(bundles, number));
  grid_cells(view, row, screen, at);
  if (row->lead->bundle && !row->member)
    grid_fold(view, screen, at, 0, bundles_is_open(bundles, row->lead));
  grid_name(view, screen, at, row->member ? 4 : 2, row->member ? STYLE_TEXT : STYLE_LEAK, name);
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
    .hints = {ACTION_OPEN, ACTION_BACK, ACTION_SEARCH, ACTION_FILTER, ACTION_SORT, ACTION_UNITS,
              ACTION_FROM_FORWARD, ACTION_TO_BACK},
    .rows = {bundles_draw, bundles_matches},
    .empty = "No leak seen.",
    .close = bundles_close,
    .remember = bundles_remember,
    .refresh = bundles_refresh,
    .grid = &bundles_table,
    .act = bundles_act,
    .selected = bundles_selected,
};
