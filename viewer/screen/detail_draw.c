/* SPDX-License-Identifier: Apache-2.0
 *
 * How the lines of a detail look.
 */
#include "report/format.h"
#include "report/frames.h"
#include "screen/detail_private.h"
#include "screen/label.h"

#include <stdio.h>
#include <string.h>

const struct symbol_frame *detail_frame(const struct detail *detail,
                                        const struct detail_line *line) {
  const struct symbol *symbol = symbols_peek(detail->view.picture->reading->symbols, line->context);
  return symbol && line->frame < symbol->frame_count ? &symbol->frames[line->frame] : NULL;
}

static const char *base_name(const char *path) {
  const char *slash = strrchr(path, '/');
  return slash ? slash + 1 : path;
}

bool detail_is_own(const struct analysis_site *site, const struct symbol_frame *frame) {
  return frame && frame->file && frame->line && frame->line == site->line && site->file &&
         strcmp(base_name(frame->file), base_name(site->file)) == 0;
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
  char number[FORMAT_BYTES], name[LISTING_NAME], place[LISTING_NAME], label[LABEL_BYTES];
  int name_at = 7, place_at = name_at + (screen->columns - name_at) * 3 / 5;
  frame_name(detail, line, name, sizeof name);
  frame_place(detail, line, place, sizeof place);
  bool own = detail_is_own(detail->request.site, detail_frame(detail, line));
  screen_put_right(screen, at, 1, 4, STYLE_QUIET, format_count(number, line->number));
  screen_put(screen, at, name_at, place_at - name_at - 1, own ? STYLE_LEAK : STYLE_TEXT,
             label_function(label, screen, name, place_at - name_at - 1));
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

void detail_draw(void *data, size_t row, struct screen *screen, int at) {
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
  case DETAIL_SECTION:
    detail_section_draw(detail->profile, detail->view.picture, (enum detail_section)line->number,
                        detail->request.open_sections >> line->number & 1, screen, at);
    break;
  case DETAIL_PART:
    detail_part_draw(detail->profile, detail->view.picture, (enum detail_section)line->second,
                     line->number, screen, at);
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

bool detail_matches(void *data, size_t row, const char *needle) {
  struct detail *detail = data;
  const struct detail_line *line = &detail->lines.lines[row];
  char text[LISTING_NAME];
  if (line->kind == DETAIL_SECTION)
    return view_text_has(detail_section_title((enum detail_section)line->number), needle);
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
