/* SPDX-License-Identifier: Apache-2.0
 *
 * All about one row: its figures, its stacks with inlined frames, the source around a frame.
 */
#include "report/escape.h"
#include "report/format.h"
#include "report/frames.h"
#include "screen/detail_lines.h"
#include "screen/listing.h"

#include <stdio.h>
#include <string.h>

#define STACKS_AT_ONCE 16
#define COLUMNS_USUAL 80 /* until it is drawn */

struct detail {
  struct view view;
  struct detail_lines lines;
  struct detail_request request;
  struct source source;
  uint64_t key; /* of the row */
  char title[LISTING_NAME];
  char verdict[512]; /* in words; "": none */
  bool chosen;       /* a person has folded or unfolded: nothing unfolds by itself any more */
};

static const struct symbol_frame *detail_frame(const struct detail *detail,
                                               const struct detail_line *line) {
  const struct symbol *symbol = symbols_peek(detail->view.picture->reading->symbols, line->context);
  return symbol && line->frame < symbol->frame_count ? &symbol->frames[line->frame] : NULL;
}

static const char *base_name(const char *path) {
  const char *slash = strrchr(path, '/');
  return slash ? slash + 1 : path;
}

/* ---- Working out ------------------------------------------------------------------------------*/

static void detail_unfold(struct detail *detail, const struct detail_line *line) {
  const struct symbol_frame *frame = detail_frame(detail, line);
  detail->request.unfolded = frame && frame->file && frame->line;
  detail->request.open = *line;
  if (detail->request.unfolded)
    source_load(&detail->source, frame->file);
}

static bool is_sites_frame(const struct analysis_site *site, const struct symbol_frame *frame) {
  return frame && frame->file && frame->line && frame->line == site->line && site->file &&
         strcmp(base_name(frame->file), base_name(site->file)) == 0;
}

/* Shows the source at the site's own call, once its symbols are there. false: not yet. */
static bool detail_unfold_site(struct detail *detail) {
  for (size_t i = 0; i < detail->lines.count; i++) {
    const struct detail_line *line = &detail->lines.lines[i];
    if (line->kind == DETAIL_FRAME && line->stack == 0 &&
        is_sites_frame(detail->request.site, detail_frame(detail, line))) {
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

static void detail_symbols(struct view *view) {
  if (view->picture && ((struct detail *)view)->lines.missing_count)
    detail_make((struct detail *)view);
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
}

static void detail_refresh(struct view *view) {
  struct detail *detail = (struct detail *)view;
  const struct analysis_report *report = view->picture->report;
  detail->request.picture = view->picture;
  detail->request.site = NULL;
  for (size_t i = 0; i < report->site_count && !detail->request.site; i++)
    if (listing_key(view->picture, &report->sites[i]) == detail->key)
      detail->request.site = &report->sites[i];
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
  screen_put(screen, first, 1, screen->columns - 2, STYLE_HEADING, ((struct detail *)view)->title);
  return 1;
}

static void draw_verdict(struct detail *detail, const struct detail_line *line,
                         struct screen *screen, int at) {
  char text[sizeof detail->verdict];
  bool leak =
      findings_of(detail->view.picture->findings, detail->request.site)->kind == VERDICT_LEAK;
  snprintf(text, sizeof text, "%.*s", (int)line->second, detail->verdict + line->number);
  screen_put(screen, at, 1, screen->columns - 2, STYLE_TEXT, text);
  if (line->number == 0)
    screen_paint(screen, at, 1, (int)strcspn(text, ":"), leak ? STYLE_LEAK : STYLE_QUIET);
}

/* A figure with its title in width columns. */
static void draw_figure(struct detail *detail, size_t id, struct screen *screen, int at,
                        int column_at, int width) {
  const struct column *column = &columns()[id];
  struct column_context context = listing_context(detail->view.picture);
  const struct analysis_figures *figures = &detail->request.site->figures;
  char value[FORMAT_BYTES];
  if (!column->value(value, &context, figures))
    return;
  bool grows = id == COLUMN_GROWTH_BYTES && figures->growth_bytes > 0;
  int value_width = screen_width(screen, value);
  screen_put(screen, at, column_at, width - value_width - 1, STYLE_QUIET, column->title);
  screen_put_right(screen, at, column_at, width, grows ? STYLE_GROWTH : STYLE_TEXT, value);
}

static void draw_figures(struct detail *detail, const struct detail_line *line,
                         struct screen *screen, int at) {
  int width = screen->columns >= 64 ? 28 : (screen->columns - 4) / 2;
  draw_figure(detail, line->number, screen, at, 1, width);
  if (line->second < COLUMN_COUNT)
    draw_figure(detail, line->second, screen, at, 1 + width + (screen->columns >= 64 ? 5 : 2),
                width);
}

static void draw_stack(struct detail *detail, const struct detail_line *line, struct screen *screen,
                       int at) {
  const struct analysis_site *site = detail->request.site;
  const struct analysis_figures *figures = &site->stacks[line->stack].figures;
  char text[4 * FORMAT_BYTES], number[FORMAT_BYTES], count[FORMAT_BYTES], blocks[FORMAT_BYTES],
      size[FORMAT_BYTES];
  snprintf(text, sizeof text, "stack %s of %s: %s in %s block%s",
           format_count(number, line->stack + 1), format_count(count, site->stack_count),
           format_size(size, figures->outstanding_bytes),
           format_count(blocks, figures->outstanding_blocks),
           figures->outstanding_blocks == 1 ? "" : "s");
  screen_put(screen, at, 1, screen->columns - 2, STYLE_HEADING, text);
}

/* The function's name, or where the code address is. */
static void frame_name(const struct detail *detail, const struct detail_line *line, char *out,
                       size_t bytes) {
  const struct reading *reading = detail->view.picture->reading;
  const struct trace_context *context = &reading->trace->contexts[line->context];
  const struct symbol_frame *frame = detail_frame(detail, line);
  const char *module = frame_module(reading->trace, context->module);
  bool inlined =
      frame && line->frame + 1 < symbols_peek(reading->symbols, line->context)->frame_count;
  if (frame && frame->function)
    snprintf(out, bytes, "%s%s", frame->function, inlined ? " (inlined)" : "");
  else
    snprintf(out, bytes, "%s+0x%llx", module, (unsigned long long)context->offset);
}

static void frame_place(const struct detail *detail, const struct detail_line *line, char *out,
                        size_t bytes) {
  const struct reading *reading = detail->view.picture->reading;
  const struct symbol_frame *frame = detail_frame(detail, line);
  const struct trace_context *context = &reading->trace->contexts[line->context];
  bool guess = context->flags & SEEP_CONTEXT_GUESS;
  if (frame && frame->file && frame->line)
    snprintf(out, bytes, "%s:%u%s", base_name(frame->file), frame->line, guess ? " (guess)" : "");
  else
    snprintf(out, bytes, "%s%s", frame_module(reading->trace, context->module),
             guess ? " (guess)" : "");
}

static void draw_frame(struct detail *detail, const struct detail_line *line, struct screen *screen,
                       int at) {
  char number[FORMAT_BYTES], name[LISTING_NAME], place[LISTING_NAME];
  int name_at = 7, place_at = name_at + (screen->columns - name_at) * 3 / 5;
  frame_name(detail, line, name, sizeof name);
  frame_place(detail, line, place, sizeof place);
  bool own = is_sites_frame(detail->request.site, detail_frame(detail, line));
  screen_put_right(screen, at, 1, 4, STYLE_QUIET, format_count(number, line->number));
  screen_put(screen, at, name_at, place_at - name_at - 1, own ? STYLE_LEAK : STYLE_TEXT, name);
  screen_put(screen, at, place_at, screen->columns - place_at, own ? STYLE_LEAK : STYLE_QUIET,
             place);
}

static void draw_path(struct detail *detail, struct screen *screen, int at) {
  char text[LISTING_NAME];
  snprintf(text, sizeof text, "%s%s", detail->source.path ? detail->source.path : "",
           detail->source.text ? "" : " cannot be read here");
  screen_put(screen, at, 7, screen->columns - 7, STYLE_QUIET, text);
}

#define TAB_WIDTH 4

/* The line of source with its tabs as spaces. */
static void expand_tabs(const char *text, char *out, size_t bytes) {
  size_t used = 0;
  for (; *text && used + TAB_WIDTH + 1 < bytes; text++)
    if (*text == '\t')
      do
        out[used++] = ' ';
      while (used % TAB_WIDTH);
    else
      out[used++] = *text;
  out[used] = '\0';
}

static void draw_source(struct detail *detail, const struct detail_line *line,
                        struct screen *screen, int at) {
  const struct symbol_frame *frame = detail_frame(detail, line);
  bool lit = frame && frame->line == line->number;
  char number[FORMAT_BYTES], text[LISTING_NAME];
  const char *code = source_line(&detail->source, line->number);
  expand_tabs(code ? code : "", text, sizeof text);
  snprintf(number, sizeof number, "%zu", line->number);
  screen_put(screen, at, 5, 1, STYLE_LEAK, lit ? ">" : " ");
  screen_put_right(screen, at, 7, 5, STYLE_QUIET, number);
  screen_put(screen, at, 14, screen->columns - 14, lit ? STYLE_LEAK : STYLE_TEXT, text);
}

static void draw_more(const struct detail_line *line, struct screen *screen, int at) {
  char text[2 * FORMAT_BYTES], count[FORMAT_BYTES];
  snprintf(text, sizeof text, "%s more: Enter shows them", format_count(count, line->number));
  screen_put(screen, at, 1, screen->columns - 2, STYLE_HEADING, text);
}

static void detail_draw(void *data, size_t row, struct screen *screen, int at) {
  struct detail *detail = data;
  const struct detail_line *line = &detail->lines.lines[row];
  switch (line->kind) {
  case DETAIL_BLANK:
    break;
  case DETAIL_GONE:
    screen_put(screen, at, 1, screen->columns - 1, STYLE_QUIET,
               "Not in this interval, or filtered out.");
    break;
  case DETAIL_VERDICT:
    draw_verdict(detail, line, screen, at);
    break;
  case DETAIL_FIGURE:
    draw_figures(detail, line, screen, at);
    break;
  case DETAIL_STACK:
    draw_stack(detail, line, screen, at);
    break;
  case DETAIL_FRAME:
    draw_frame(detail, line, screen, at);
    break;
  case DETAIL_CUT:
    screen_put(screen, at, 7, screen->columns - 7, STYLE_WARNING, "outer frames were not recorded");
    break;
  case DETAIL_PATH:
    draw_path(detail, screen, at);
    break;
  case DETAIL_SOURCE:
    draw_source(detail, line, screen, at);
    break;
  case DETAIL_MORE:
    draw_more(line, screen, at);
    break;
  }
}

/* ---- Acting -----------------------------------------------------------------------------------*/

static bool detail_matches(void *data, size_t row, const char *needle) {
  struct detail *detail = data;
  const struct detail_line *line = &detail->lines.lines[row];
  char text[LISTING_NAME];
  if (line->kind == DETAIL_SOURCE)
    return view_text_has(source_line(&detail->source, line->number), needle);
  if (line->kind != DETAIL_FRAME)
    return false;
  frame_name(detail, line, text, sizeof text);
  if (view_text_has(text, needle))
    return true;
  frame_place(detail, line, text, sizeof text);
  return view_text_has(text, needle);
}

/* Folds the source; the cursor goes back to its frame. */
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
};
