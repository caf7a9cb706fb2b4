/* SPDX-License-Identifier: Apache-2.0
 *
 * All about one merged site: why it is thought to leak, what forks copied of it, and which
 * processes hold how much of it. Enter on a process opens it there.
 */
#include "compare/family_words.h"
#include "report/escape.h"
#include "report/format.h"
#include "screen/label.h"
#include "screen/utf8.h"
#include "screen/view.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ROWS_BESIDE 12 /* of the screen, that are not for what is said of the site */

struct holders {
  struct view view;
  uint64_t key; /* of the site */
  char title[IDENTITY_BYTES];
  const struct merge_site *site;  /* the picture's; NULL: it has none */
  const struct merge_part **rows; /* of the site, in the order in which they are shown */
  uint64_t pid;                   /* of the row selected, while the picture changes; 0: none */
};

static struct holders *holders_of(struct view *view) {
  return (struct holders *)view;
}

static const struct merge *holders_merge(const struct view *view) {
  return &view->picture->family->merge;
}

/* ---- Columns ----------------------------------------------------------------------------------*/

static const struct merge_part *part_of(const struct grid_row *row) {
  return row->own;
}

static double outstanding_value(const struct grid_row *row) {
  return (double)part_of(row)->bytes;
}

static bool outstanding_text(char *out, const struct grid_row *row) {
  return format_size(out, part_of(row)->bytes);
}

static double blocks_value(const struct grid_row *row) {
  return (double)part_of(row)->blocks;
}

static bool blocks_text(char *out, const struct grid_row *row) {
  return format_count(out, part_of(row)->blocks);
}

static double growth_value(const struct grid_row *row) {
  return (double)part_of(row)->growth_bytes;
}

static bool growth_text(char *out, const struct grid_row *row) {
  return format_growth(out, part_of(row)->growth_bytes);
}

static enum screen_style growth_style(const struct grid_row *row) {
  return part_of(row)->growth_bytes > 0 ? STYLE_GROWTH : STYLE_QUIET;
}

static bool is_leak(const struct grid_row *row) {
  return part_of(row)->kind == VERDICT_LEAK;
}

/* Leaks first. */
static double verdict_value(const struct grid_row *row) {
  return is_leak(row) ? 1 : -(double)part_of(row)->kind;
}

static bool verdict_text(char *out, const struct grid_row *row) {
  snprintf(out, GRID_CELL, "%s", verdict_word(part_of(row)->kind));
  return true;
}

static enum screen_style verdict_style(const struct grid_row *row) {
  return is_leak(row) ? STYLE_LEAK : STYLE_QUIET;
}

static double allocations_value(const struct grid_row *row) {
  return (double)part_of(row)->allocations;
}

static bool allocations_text(char *out, const struct grid_row *row) {
  return format_count(out, part_of(row)->allocations);
}

static const struct grid_column holders_own[] = {
    {.title = "outstanding",
     .help = "bytes that the process holds of it",
     .width = 11,
     .text = outstanding_text,
     .value = outstanding_value},
    {.title = "blocks",
     .help = "blocks that the process holds of it",
     .width = 9,
     .text = blocks_text,
     .value = blocks_value},
    {.title = "growth",
     .help = "by how much that grew in the interval",
     .width = 11,
     .text = growth_text,
     .value = growth_value,
     .style = growth_style},
    {.title = "verdict",
     .help = "on the site in this process",
     .width = 8,
     .left = true,
     .text = verdict_text,
     .value = verdict_value,
     .style = verdict_style},
    {.title = "allocations",
     .help = "in the interval",
     .width = 12,
     .text = allocations_text,
     .value = allocations_value},
};

static const char *holders_heading(const struct view *view) {
  (void)view;
  return "process";
}

/* Elements are pointers to parts of the site. */
static struct grid_row holders_row(const struct view *view, const void *element) {
  return (struct grid_row){view, *(const struct merge_part *const *)element, NULL};
}

static const struct family_member *holders_who(const struct view *view,
                                               const struct merge_part *part) {
  return &holders_merge(view)->family->list[part->member];
}

static const char *holders_text(char *out, const struct grid_row *row) {
  char program[200];
  const struct family_member *who = holders_who(row->view, part_of(row));
  snprintf(out, GRID_NAME, "%" PRIu64 " %s", who->pid,
           escape_text(program, sizeof program, 40, who->program));
  return out;
}

static const struct grid_table holders_table = {.name = "",
                                                .own = holders_own,
                                                .own_count =
                                                    sizeof holders_own / sizeof *holders_own,
                                                .usual = 0,
                                                .heading = holders_heading,
                                                .row = holders_row,
                                                .text = holders_text};

/* ---- Rows -------------------------------------------------------------------------------------*/

static void holders_close(struct view *view) {
  free(holders_of(view)->rows);
}

static void holders_remember(struct view *view) {
  struct holders *self = holders_of(view);
  self->pid = view->table.count ? holders_who(view, self->rows[view->table.cursor])->pid : 0;
}

/* Takes the site's parts; false: no memory. */
static bool holders_take(struct holders *self) {
  size_t count = self->site ? self->site->processes : 0;
  const struct merge_part **rows = reallocarray(self->rows, count + 1, sizeof *rows);
  if (!rows)
    return false;
  self->rows = rows;
  for (size_t i = 0; i < count; i++)
    rows[i] = &self->site->parts[i];
  grid_arrange(&self->view, rows, count, sizeof *rows);
  table_count(&self->view.table, count);
  return true;
}

static void holders_refresh(struct view *view) {
  struct holders *self = holders_of(view);
  const struct merge *merge = holders_merge(view);
  self->site = NULL;
  for (size_t i = 0; self->title[0] && i < merge->count && !self->site; i++)
    if (identity_key(&merge->sites[i]->identity) == self->key)
      self->site = merge->sites[i];
  if (!holders_take(self))
    table_count(&view->table, 0);
  for (size_t i = 0; self->pid && i < view->table.count; i++)
    if (holders_who(view, self->rows[i])->pid == self->pid) {
      table_move_to(&view->table, i);
      return;
    }
}

static void holders_about(struct view *view, struct view *below) {
  struct holders *self = holders_of(view);
  const struct identity *site = NULL;
  below->ops->process(below, &site);
  if (!site)
    return;
  self->key = identity_key(site);
  identity_text(self->title, site);
  holders_refresh(view);
}

/* ---- Drawing ----------------------------------------------------------------------------------*/

/* Returns the row below the paragraph, which is cut where there is no room. */
static int holders_put(struct screen *screen, int at, int stop, enum screen_style style,
                       const char *text) {
  int width = screen->columns - 2 > 8 ? screen->columns - 2 : 8;
  char line[1024];
  for (size_t bytes; *text && at < stop; text += bytes + strspn(text + bytes, " ")) {
    bytes = utf8_wrap(text, width);
    snprintf(line, sizeof line, "%.*s", (int)bytes, text);
    screen_put(screen, at++, 1, width, style, line);
  }
  return at;
}

static int holders_put_verdict(const struct holders *self, struct screen *screen, int at,
                               int stop) {
  const struct merge *merge = holders_merge(&self->view);
  const struct merge_site *site = self->site;
  char text[FAMILY_SENTENCE_BYTES + 600], evidence[400];
  if (!site->processes)
    return at;
  if (site->leaking)
    family_sentence(text, merge, site);
  else
    snprintf(text, sizeof text, "%s, in pid %" PRIu64 ": %s (confidence %.2f)",
             verdict_word(site->verdict.kind), merge->family->list[site->judged].pid,
             escape_text(evidence, sizeof evidence, 0, site->verdict.evidence),
             site->verdict.confidence);
  return holders_put(screen, at, stop, site->leaking ? STYLE_LEAK : STYLE_TEXT, text);
}

/* What forks copied of it. */
static int holders_put_inherited(const struct holders *self, struct screen *screen, int at,
                                 int stop) {
  const struct inheritance_sum *sum = &self->site->inherited;
  char text[400], blocks[FORMAT_BYTES], bytes[FORMAT_BYTES], freed[FORMAT_BYTES];
  if (!sum->blocks)
    return at;
  snprintf(text, sizeof text,
           "inherited by children over forks, and in no figure here: %s blocks, %s; %s of them "
           "freed since",
           format_count(blocks, sum->blocks), format_size(bytes, sum->bytes),
           format_count(freed, sum->freed_blocks));
  return holders_put(screen, at, stop, STYLE_TEXT, text);
}

static int holders_head(struct view *view, struct screen *screen, int first) {
  const struct holders *self = holders_of(view);
  int at = first + 1, stop = at + screen->rows - ROWS_BESIDE;
  screen_paint(screen, first, 0, screen->columns, STYLE_HEADING);
  label_put(screen, first, 1, screen->columns - 2, STYLE_HEADING, self->title);
  if (self->site) {
    at = holders_put_verdict(self, screen, at, stop);
    at = holders_put_inherited(self, screen, at, stop);
  }
  return at - first;
}

static void holders_draw(void *data, size_t index, struct screen *screen, int at) {
  struct view *view = data;
  const struct merge_part *const *element = &holders_of(view)->rows[index];
  const struct grid_row row = holders_row(view, element);
  char name[GRID_NAME];
  grid_cells(view, element, screen, at);
  grid_name(view, screen, at, 0, STYLE_TEXT, holders_text(name, &row));
}

/* ---- Acting -----------------------------------------------------------------------------------*/

static bool holders_matches(void *data, size_t index, const char *needle) {
  struct view *view = data;
  const struct grid_row row = holders_row(view, &holders_of(view)->rows[index]);
  char name[GRID_NAME];
  return view_text_has(holders_text(name, &row), needle);
}

static enum view_result holders_act(struct view *view, enum action action, const struct key *key) {
  (void)key;
  (void)view;
  return action == ACTION_OPEN ? VIEW_VISIT : VIEW_IGNORED;
}

static size_t holders_process(struct view *view, const struct identity **site) {
  const struct holders *self = holders_of(view);
  if (!self->site || !view->table.count)
    return FAMILY_NONE;
  *site = &self->site->identity;
  return self->rows[view->table.cursor]->member;
}

static const char *holders_source(struct view *view, uint32_t *line) {
  const struct merge_site *site = holders_of(view)->site;
  *line = site ? site->identity.line : 0;
  return site ? site->identity.file : NULL;
}

const struct view_ops view_holders = {
    .name = "site",
    .bytes = sizeof(struct holders),
    .by = -1,
    .hints = {ACTION_OPEN, ACTION_BACK, ACTION_SEARCH, ACTION_FROM_FORWARD, ACTION_TO_BACK},
    .rows = {holders_draw, holders_matches},
    .empty = "Nothing of it in this interval.",
    .about = holders_about,
    .close = holders_close,
    .remember = holders_remember,
    .refresh = holders_refresh,
    .head = holders_head,
    .grid = &holders_table,
    .act = holders_act,
    .source = holders_source,
    .process = holders_process,
};
