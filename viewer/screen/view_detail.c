/* SPDX-License-Identifier: Apache-2.0
 *
 * All about one row: its figures, its stacks with inlined frames, the source around a frame.
 */
#include "report/escape.h"
#include "report/sentence.h"
#include "screen/detail_private.h"
#include "screen/label.h"

#include <stdio.h>
#include <string.h>

#define STACKS_AT_ONCE 16
#define COLUMNS_USUAL 80 /* until it is drawn */

/* ---- Working out ------------------------------------------------------------------------------*/

static void detail_unfold(struct detail *detail, const struct detail_line *line) {
  const struct symbol_frame *frame = detail_frame(detail, line);
  detail->request.unfolded = frame && frame->file && frame->line;
  detail->request.open = *line;
  if (detail->request.unfolded)
    source_load(&detail->source, frame->file);
}

/* Shows the source at the site's own call, once its symbols are there. false: not yet. */
static bool detail_unfold_site(struct detail *detail) {
  for (size_t i = 0; i < detail->lines.count; i++) {
    const struct detail_line *line = &detail->lines.lines[i];
    if (line->kind == DETAIL_FRAME && line->stack == 0 &&
        detail_is_own(detail->request.site, detail_frame(detail, line))) {
      struct detail_line open = *line;
      detail_unfold(detail, &open);
      return true;
    }
  }
  return false;
}

/* Makes the lines anew, the cursor stays on what it was on. */
static void detail_make(struct detail *detail) {
  struct table *table = &detail->view.table;
  struct detail_line selected = {0};
  bool had = table->cursor < detail->lines.count;
  if (had)
    selected = detail->lines.lines[table->cursor];
  detail_lines_make(&detail->lines, &detail->request);
  if (!detail->chosen && !detail->request.unfolded && detail->request.site &&
      detail_unfold_site(detail))
    detail_lines_make(&detail->lines, &detail->request);
  table_count(table, detail->lines.count);
  for (size_t i = 0; had && table->cursor && i < detail->lines.count; i++)
    if (detail_line_same(&detail->lines.lines[i], &selected)) {
      table_move_to(table, i);
      break;
    }
  if (detail->lines.missing_count)
    model_want(detail->view.model, detail->lines.missing, detail->lines.missing_count);
}

/* Takes the profile when it is there. */
static bool detail_take_profile(struct detail *detail) {
  struct profile *profile = model_inspected(detail->view.model, detail->inspection);
  if (!profile)
    return false;
  profile_free(detail->profile);
  detail->profile = profile;
  detail->request.profile = profile;
  return true;
}

static void detail_symbols(struct view *view) {
  struct detail *detail = (struct detail *)view;
  if (view->picture && (detail_take_profile(detail) || detail->lines.missing_count))
    detail_make(detail);
}

/* Behind the verdict: who frees what the row allocates. */
static void detail_freed(struct detail *detail) {
  const struct reading *reading = detail->view.picture->reading;
  const struct report_request request = {.trace = reading->trace, .analysis = reading->analysis};
  struct freed_by *freed = freed_by_of_row(reading->analysis, detail->request.site);
  char sentence[SENTENCE_BYTES];
  size_t used = strlen(detail->verdict);
  if (freed && freed->samples)
    snprintf(detail->verdict + used, sizeof detail->verdict - used, "; %s",
             sentence_freed(sentence, &request, freed));
  freed_by_free(freed);
}

/* Writes down what the row is thought to be, and why. */
static void detail_judge(struct detail *detail) {
  const struct analysis_site *site = detail->request.site;
  const struct verdict *verdict = site ? findings_of(detail->view.picture->findings, site) : NULL;
  char evidence[400];
  detail->verdict[0] = '\0';
  if (verdict)
    snprintf(detail->verdict, sizeof detail->verdict, "%s: %s (confidence %.2f)",
             verdict_word(verdict->kind),
             escape_text(evidence, sizeof evidence, 0, verdict->evidence), verdict->confidence);
  if (verdict)
    detail_freed(detail);
}

static void detail_refresh(struct view *view) {
  struct detail *detail = (struct detail *)view;
  const struct analysis_report *report = view->picture->report;
  detail->request.picture = view->picture;
  detail->request.site = NULL;
  for (size_t i = 0; i < report->site_count && !detail->request.site; i++)
    if (listing_key(view->picture, &report->sites[i]) == detail->key)
      detail->request.site = &report->sites[i];
  detail->inspection = detail->request.site ? model_inspect(view->model, detail->request.site) : 0;
  detail_judge(detail);
  detail_make(detail);
}

static bool detail_open(struct view *view, const struct analysis_site *site) {
  struct detail *detail = (struct detail *)view;
  detail->key = listing_key(view->picture, site);
  listing_name(detail->title, view->picture, site);
  detail->request.verdict = detail->verdict;
  detail->request.columns = COLUMNS_USUAL - 2;
  detail->request.stacks = STACKS_AT_ONCE;
  detail->request.source = &detail->source;
  return true;
}

static void detail_close(struct view *view) {
  struct detail *detail = (struct detail *)view;
  detail_lines_release(&detail->lines);
  source_release(&detail->source);
  profile_free(detail->profile);
}

/* ---- Drawing ----------------------------------------------------------------------------------*/

/* The screen may have become wider or narrower: the verdict's lines are as long as it is wide. */
static void detail_fit(struct detail *detail, const struct screen *screen) {
  if (detail->request.columns == screen->columns - 2)
    return;
  detail->request.columns = screen->columns - 2;
  detail_make(detail);
}

static int detail_head(struct view *view, struct screen *screen, int first) {
  detail_fit((struct detail *)view, screen);
  screen_paint(screen, first, 0, screen->columns, STYLE_HEADING);
  label_put(screen, first, 1, screen->columns - 2, STYLE_HEADING, ((struct detail *)view)->title);
  return 1;
}

/* ---- Acting -----------------------------------------------------------------------------------*/

static void detail_fold(struct detail *detail) {
  detail->request.unfolded = false;
  for (size_t i = 0; i < detail->lines.count; i++)
    if (detail_line_same(&detail->lines.lines[i], &detail->request.open))
      detail->view.table.cursor = i;
}

static enum view_result detail_toggle(struct detail *detail, const struct detail_line *line) {
  detail->chosen = true;
  if (line->kind == DETAIL_MORE) {
    detail->request.stacks *= 4;
  } else if (line->kind == DETAIL_FRAME) {
    struct detail_line frame = *line;
    if (detail->request.unfolded && detail_line_same(&frame, &detail->request.open))
      detail_fold(detail);
    else
      detail_unfold(detail, &frame);
  } else if (line->kind == DETAIL_SECTION) {
    detail->request.open_sections ^= 1u << line->number;
  } else if (line->kind == DETAIL_PATH || line->kind == DETAIL_SOURCE) {
    detail_fold(detail);
  } else {
    return VIEW_IGNORED;
  }
  detail_make(detail);
  return VIEW_DONE;
}

static enum view_result detail_act(struct view *view, enum action action, const struct key *key) {
  struct detail *detail = (struct detail *)view;
  (void)key;
  if (action != ACTION_OPEN || view->table.cursor >= detail->lines.count)
    return VIEW_IGNORED;
  return detail_toggle(detail, &detail->lines.lines[view->table.cursor]);
}

/* The line under the cursor, else the one that is lit. */
static const char *detail_source(struct view *view, uint32_t *line) {
  const struct detail *detail = (const struct detail *)view;
  const struct detail_line *at = &detail->request.open;
  if (view->table.cursor < detail->lines.count && detail->lines.lines[view->table.cursor].context)
    at = &detail->lines.lines[view->table.cursor];
  else if (!detail->request.unfolded)
    return NULL;
  const struct symbol_frame *frame = detail_frame(detail, at);
  *line = at->kind == DETAIL_SOURCE ? (uint32_t)at->number : frame ? frame->line : 0;
  return frame ? frame->file : NULL;
}

const struct view_ops view_detail = {
    .name = "detail",
    .bytes = sizeof(struct detail),
    .by = -1,
    .hints = {ACTION_OPEN, ACTION_BACK, ACTION_SEARCH, ACTION_FROM_FORWARD, ACTION_TO_BACK},
    .rows = {detail_draw, detail_matches},
    .open = detail_open,
    .close = detail_close,
    .refresh = detail_refresh,
    .symbols = detail_symbols,
    .head = detail_head,
    .act = detail_act,
    .source = detail_source,
};
