/* SPDX-License-Identifier: Apache-2.0 */
#include "screen/detail_lines.h"

#include "report/format.h"
#include "screen/listing.h"
#include "screen/utf8.h"

#include <stdlib.h>
#include <string.h>

#define SOURCE_AROUND 3 /* lines before and after the frame's own */

bool detail_line_same(const struct detail_line *a, const struct detail_line *b) {
  return a->kind == b->kind && a->stack == b->stack && a->context == b->context &&
         a->frame == b->frame && (a->kind == DETAIL_MORE || a->number == b->number) &&
         (a->kind != DETAIL_PART || a->second == b->second);
}

static bool lines_add(struct detail_lines *lines, struct detail_line line) {
  if (lines->count == lines->capacity) {
    size_t capacity = lines->capacity ? 2 * lines->capacity : 128;
    struct detail_line *larger = reallocarray(lines->lines, capacity, sizeof *larger);
    if (!larger)
      return false;
    lines->lines = larger;
    lines->capacity = capacity;
  }
  lines->lines[lines->count++] = line;
  return true;
}

static bool lines_miss(struct detail_lines *lines, uint32_t context) {
  if (lines->missing_count == lines->missing_capacity) {
    size_t capacity = lines->missing_capacity ? 2 * lines->missing_capacity : 128;
    uint32_t *larger = reallocarray(lines->missing, capacity, sizeof *larger);
    if (!larger)
      return false;
    lines->missing = larger;
    lines->missing_capacity = capacity;
  }
  lines->missing[lines->missing_count++] = context;
  return true;
}

/* The verdict as a paragraph. */
static bool make_verdict(struct detail_lines *lines, const struct detail_request *request) {
  const char *text = request->verdict;
  if (!text[0])
    return true;
  for (size_t at = 0, bytes; text[at]; at += bytes + strspn(text + at + bytes, " ")) {
    bytes = utf8_wrap(text + at, request->columns);
    if (!lines_add(lines, (struct detail_line){DETAIL_VERDICT, .number = at, .second = bytes}))
      return false;
  }
  return lines_add(lines, (struct detail_line){DETAIL_BLANK, .number = 1});
}

/* What is known of the row's figures, two to a line. */
static bool make_figures(struct detail_lines *lines, const struct detail_request *request) {
  struct column_context context = listing_context(request->picture);
  size_t first = COLUMN_COUNT;
  for (size_t id = 0; id < COLUMN_COUNT; id++) {
    char value[FORMAT_BYTES];
    if (!columns()[id].value(value, &context, &request->site->figures))
      continue;
    if (first == COLUMN_COUNT) {
      first = id;
      continue;
    }
    if (!lines_add(lines, (struct detail_line){DETAIL_FIGURE, .number = first, .second = id}))
      return false;
    first = COLUMN_COUNT;
  }
  struct detail_line odd = {DETAIL_FIGURE, .number = first, .second = COLUMN_COUNT};
  return first == COLUMN_COUNT || lines_add(lines, odd);
}

static bool make_sections(struct detail_lines *lines, const struct detail_request *request) {
  if (!request->profile)
    return true;
  if (!lines_add(lines, (struct detail_line){DETAIL_BLANK, .number = 2}))
    return false;
  for (size_t id = 0; id < SECTION_COUNT; id++) {
    size_t parts = detail_section_parts(request->profile, (enum detail_section)id);
    if (!lines_add(lines, (struct detail_line){DETAIL_SECTION, .number = id}))
      return false;
    for (size_t i = 0; (request->open_sections >> id & 1) && i < parts; i++)
      if (!lines_add(lines, (struct detail_line){DETAIL_PART, .number = i, .second = id}))
        return false;
  }
  return true;
}

static bool make_source(struct detail_lines *lines, const struct detail_request *request,
                        struct detail_line line, uint32_t lit) {
  line.kind = DETAIL_PATH;
  line.number = lit;
  if (!lines_add(lines, line))
    return false;
  line.kind = DETAIL_SOURCE;
  size_t first = lit > SOURCE_AROUND ? lit - SOURCE_AROUND : 1;
  for (line.number = first; line.number <= (size_t)lit + SOURCE_AROUND; line.number++)
    if (source_line(request->source, line.number) && !lines_add(lines, line))
      return false;
  return true;
}

/* The frames at one code address; *number counts them. */
static bool make_context(struct detail_lines *lines, const struct detail_request *request,
                         struct detail_line line, size_t *number) {
  const struct symbol *symbol = symbols_peek(request->picture->reading->symbols, line.context);
  if (!symbol && !lines_miss(lines, line.context))
    return false;
  size_t frames = symbol ? symbol->frame_count : 1;
  for (line.frame = 0; line.frame < frames; line.frame++) {
    line.number = (*number)++;
    if (!lines_add(lines, line))
      return false;
    const struct detail_line *open = &request->open;
    if (request->unfolded && symbol && open->stack == line.stack && open->context == line.context &&
        open->frame == line.frame &&
        !make_source(lines, request, line, symbol->frames[line.frame].line))
      return false;
  }
  return true;
}

static bool make_stack(struct detail_lines *lines, const struct detail_request *request,
                       size_t stack) {
  const struct trace *trace = request->picture->reading->trace;
  struct detail_line line = {.kind = DETAIL_STACK, .stack = stack};
  if (!lines_add(lines, (struct detail_line){.kind = DETAIL_BLANK, .stack = stack}) ||
      !lines_add(lines, line))
    return false;
  size_t number = 0, steps = 0;
  line.kind = DETAIL_FRAME;
  line.context = request->site->stacks[stack].context;
  while (line.context && line.context < trace->context_count && steps++ < trace->context_count) {
    const struct trace_context *context = &trace->contexts[line.context];
    if (!make_context(lines, request, line, &number))
      return false;
    if ((context->flags & SEEP_CONTEXT_TRUNCATED) &&
        !lines_add(lines, (struct detail_line){.kind = DETAIL_CUT, .stack = stack}))
      return false;
    line.context = context->parent;
  }
  return true;
}

bool detail_lines_make(struct detail_lines *lines, const struct detail_request *request) {
  lines->count = lines->missing_count = 0;
  if (!request->site)
    return lines_add(lines, (struct detail_line){.kind = DETAIL_GONE});
  if (!make_verdict(lines, request) || !make_figures(lines, request))
    return false;
  size_t stacks = request->site->stack_count;
  for (size_t i = 0; i < stacks && i < request->stacks; i++)
    if (!make_stack(lines, request, i) || (i == 0 && !make_sections(lines, request)))
      return false;
  if (!stacks && !make_sections(lines, request)) /* a row of a tree */
    return false;
  if (stacks <= request->stacks)
    return true;
  size_t hidden = stacks - request->stacks;
  return lines_add(lines, (struct detail_line){.kind = DETAIL_BLANK, .stack = stacks}) &&
         lines_add(lines, (struct detail_line){.kind = DETAIL_MORE, .number = hidden});
}

void detail_lines_release(struct detail_lines *lines) {
  free(lines->lines);
  free(lines->missing);
  *lines = (struct detail_lines){0};
}
