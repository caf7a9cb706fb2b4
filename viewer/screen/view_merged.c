/* SPDX-License-Identifier: Apache-2.0
 *
 * The call sites of all processes of a family, joined by what they are called: the figures are
 * sums. Copies that forks made are told apart, with the site of the parent that allocated them.
 */
#include "report/format.h"
#include "screen/view.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

struct merged {
  struct view view;
  const struct merge_site **rows; /* of the merge, in the order in which they are shown */
  uint64_t key;                   /* of the selected row, while the picture changes */
};

static struct merged *merged_of(struct view *view) {
  return (struct merged *)view;
}

static const struct merge *merged_merge(const struct view *view) {
  return &view->picture->family->merge;
}

static const struct merge_site *merged_at(const struct view *view, size_t row) {
  return ((const struct merged *)view)->rows[row];
}

/* ---- Columns ----------------------------------------------------------------------------------*/

static const struct merge_site *site_of(const struct grid_row *row) {
  return row->own;
}

static double outstanding_value(const struct grid_row *row) {
  return (double)site_of(row)->figures.outstanding_bytes;
}

static bool outstanding_text(char *out, const struct grid_row *row) {
  return format_size(out, site_of(row)->figures.outstanding_bytes);
}

static double growth_value(const struct grid_row *row) {
  return (double)site_of(row)->figures.growth_bytes;
}

static bool growth_text(char *out, const struct grid_row *row) {
  return format_growth(out, site_of(row)->figures.growth_bytes);
}

static enum screen_style growth_style(const struct grid_row *row) {
  return site_of(row)->figures.growth_bytes > 0 ? STYLE_GROWTH : STYLE_QUIET;
}

static double processes_value(const struct grid_row *row) {
  return (double)site_of(row)->processes;
}

static bool processes_text(char *out, const struct grid_row *row) {
  return format_count(out, site_of(row)->processes);
}

static bool most_in_text(char *out, const struct grid_row *row) {
  if (site_of(row)->holding)
    snprintf(out, GRID_CELL, "%" PRIu64,
             merged_merge(row->view)->family->list[site_of(row)->holder].pid);
  return site_of(row)->holding;
}

static double most_in_value(const struct grid_row *row) {
  const struct family *family = merged_merge(row->view)->family;
  return site_of(row)->holding ? (double)family->list[site_of(row)->holder].pid : NAN;
}

/* Leaks first. */
static double verdict_value(const struct grid_row *row) {
  const struct merge_site *site = site_of(row);
  return site->leaking ? 1 : site->processes ? -(double)site->verdict.kind : NAN;
}

static bool verdict_text(char *out, const struct grid_row *row) {
  if (site_of(row)->processes)
    snprintf(out, GRID_CELL, "%s", verdict_word(site_of(row)->verdict.kind));
  return site_of(row)->processes;
}

static enum screen_style verdict_style(const struct grid_row *row) {
  return site_of(row)->leaking ? STYLE_LEAK : STYLE_QUIET;
}

static double blocks_value(const struct grid_row *row) {
  return (double)site_of(row)->figures.outstanding_blocks;
}

static bool blocks_text(char *out, const struct grid_row *row) {
  return format_count(out, site_of(row)->figures.outstanding_blocks);
}

static double allocations_value(const struct grid_row *row) {
  return (double)site_of(row)->figures.allocations;
}

static bool allocations_text(char *out, const struct grid_row *row) {
  return format_count(out, site_of(row)->figures.allocations);
}

static bool has_units(const struct view *view) {
  return merged_merge(view)->units;
}

static bool unit_bytes_text(char *out, const struct grid_row *row) {
  return format_ratio(out, outstanding_value(row) / (double)merged_merge(row->view)->units);
}

static bool unit_blocks_text(char *out, const struct grid_row *row) {
  return format_ratio(out, blocks_value(row) / (double)merged_merge(row->view)->units);
}

/* Of copies there are columns where a child inherited any. */
static bool has_copies(const struct view *view) {
  return merged_merge(view)->inherited.blocks;
}

static double inherited_value(const struct grid_row *row) {
  const struct inheritance_sum *sum = &site_of(row)->inherited;
  return sum->blocks ? (double)(sum->bytes - sum->freed_bytes) : NAN;
}

static bool inherited_text(char *out, const struct grid_row *row) {
  const struct inheritance_sum *sum = &site_of(row)->inherited;
  return sum->blocks && format_size(out, sum->bytes - sum->freed_bytes);
}

static double copies_value(const struct grid_row *row) {
  return site_of(row)->inherited.blocks ? (double)site_of(row)->inherited.blocks : NAN;
}

static bool copies_text(char *out, const struct grid_row *row) {
  return site_of(row)->inherited.blocks && format_count(out, site_of(row)->inherited.blocks);
}

static double freed_value(const struct grid_row *row) {
  return site_of(row)->inherited.blocks ? (double)site_of(row)->inherited.freed_blocks : NAN;
}

static bool freed_text(char *out, const struct grid_row *row) {
  const struct inheritance_sum *sum = &site_of(row)->inherited;
  return sum->blocks && format_count(out, sum->freed_blocks);
}

static const struct grid_column merged_own[] = {
    {.title = "outstanding",
     .help = "bytes that all processes hold",
     .width = 11,
     .text = outstanding_text,
     .value = outstanding_value},
    {.title = "growth",
     .help = "by how much that grew in the interval",
     .width = 11,
     .text = growth_text,
     .value = growth_value,
     .style = growth_style},
    {.title = "verdict",
     .help = "of the process in which most leaks, else of the one that holds most",
     .width = 8,
     .left = true,
     .text = verdict_text,
     .value = verdict_value,
     .style = verdict_style},
    {.title = "procs",
     .help = "processes in which something happened there",
     .width = 6,
     .text = processes_text,
     .value = processes_value},
    {.title = "most in",
     .help = "the pid that holds most of it",
     .width = 8,
     .text = most_in_text,
     .value = most_in_value},
    {.title = "inherited",
     .help = "bytes that forks copied of it, and children have not freed",
     .width = 11,
     .text = inherited_text,
     .value = inherited_value,
     .known = has_copies},
    {.title = "blocks",
     .help = "blocks that all processes hold",
     .width = 9,
     .text = blocks_text,
     .value = blocks_value},
    {.title = "allocations",
     .help = "in the interval, in all processes",
     .width = 12,
     .text = allocations_text,
     .value = allocations_value},
    {.title = "bytes/unit",
     .help = "outstanding, by the units of the interval",
     .width = 12,
     .text = unit_bytes_text,
     .value = outstanding_value,
     .known = has_units},
    {.title = "blocks/unit",
     .help = "the same of blocks",
     .width = 11,
     .text = unit_blocks_text,
     .value = blocks_value,
     .known = has_units},
    {.title = "copies",
     .help = "blocks that forks copied of it",
     .width = 9,
     .text = copies_text,
     .value = copies_value,
     .known = has_copies},
    {.title = "freed",
     .help = "of these, blocks that children have freed",
     .width = 9,
     .text = freed_text,
     .value = freed_value,
     .known = has_copies},
};

static const char *merged_heading(const struct view *view) {
  (void)view;
  return "call site, of all processes";
}

/* Elements are pointers to sites of the merge. */
static struct grid_row merged_row(const struct view *view, const void *element) {
  return (struct grid_row){view, *(const struct merge_site *const *)element, NULL};
}

static const char *merged_text(char *out, const struct grid_row *row) {
  return identity_text(out, &site_of(row)->identity);
}

static const struct grid_table merged_table = {.name = "merged",
                                               .own = merged_own,
                                               .own_count = sizeof merged_own / sizeof *merged_own,
                                               .usual = 0,
                                               .heading = merged_heading,
                                               .row = merged_row,
                                               .text = merged_text};

/* ---- Rows -------------------------------------------------------------------------------------*/

static void merged_close(struct view *view) {
  free(merged_of(view)->rows);
}

static void merged_remember(struct view *view) {
  if (view->table.count)
    merged_of(view)->key = identity_key(&merged_at(view, view->table.cursor)->identity);
}

/* Takes the merge's sites; false: no memory. */
static bool merged_take(struct merged *self, const struct merge *merge) {
  const struct merge_site **rows = reallocarray(self->rows, merge->count + 1, sizeof *rows);
  if (!rows)
    return false;
  self->rows = rows;
  for (size_t i = 0; i < merge->count; i++)
    rows[i] = merge->sites[i];
  grid_arrange(&self->view, rows, merge->count, sizeof *rows);
  return true;
}

static void merged_refresh(struct view *view) {
  struct merged *self = merged_of(view);
  const struct merge *merge = merged_merge(view);
  table_count(&view->table, merged_take(self, merge) ? merge->count : 0);
  for (size_t row = 0; view->table.cursor && row < view->table.count; row++)
    if (identity_key(&merged_at(view, row)->identity) == self->key) {
      table_move_to(&view->table, row);
      return;
    }
}

static void merged_draw(void *data, size_t index, struct screen *screen, int at) {
  struct view *view = data;
  const struct merge_site *const *element = &merged_of(view)->rows[index];
  char name[IDENTITY_BYTES];
  grid_cells(view, element, screen, at);
  grid_name(view, screen, at, 0, STYLE_TEXT, identity_text(name, &(*element)->identity));
}

static bool merged_matches(void *data, size_t row, const char *needle) {
  char name[IDENTITY_BYTES];
  return view_text_has(identity_text(name, &merged_at(data, row)->identity), needle);
}

/* ---- Acting -----------------------------------------------------------------------------------*/

static enum view_result merged_act(struct view *view, enum action action, const struct key *key) {
  (void)key;
  return action == ACTION_OPEN && view->table.count ? VIEW_DETAIL : VIEW_IGNORED;
}

static const char *merged_source(struct view *view, uint32_t *line) {
  const struct merge_site *site = view->table.count ? merged_at(view, view->table.cursor) : NULL;
  *line = site ? site->identity.line : 0;
  return site ? site->identity.file : NULL;
}

/* Where it leaks, else where most is held. */
static size_t merged_process(struct view *view, const struct identity **identity) {
  if (!view->table.count)
    return FAMILY_NONE;
  const struct merge_site *site = merged_at(view, view->table.cursor);
  *identity = &site->identity;
  return site->leaking ? site->judged : site->holder;
}

const struct view_ops view_merged = {
    .name = "merged",
    .bytes = sizeof(struct merged),
    .by = -1,
    .hints = {ACTION_OPEN, ACTION_SEARCH, ACTION_FILTER, ACTION_SORT, ACTION_FROM_FORWARD,
              ACTION_TO_BACK},
    .rows = {merged_draw, merged_matches},
    .empty = "Nothing was allocated or freed here.",
    .close = merged_close,
    .remember = merged_remember,
    .refresh = merged_refresh,
    .grid = &merged_table,
    .act = merged_act,
    .source = merged_source,
    .detail = &view_holders,
    .process = merged_process,
};
