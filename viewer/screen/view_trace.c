/* SPDX-License-Identifier: Apache-2.0
 *
 * The trace itself: what is missing from it and why, how much of resident memory the recorded
 * blocks explain in the interval, what the recorder cost, the process and the machine. The lines
 * are those of `seep info`, and before them how much of what is missing, also where that is
 * nothing.
 */
#include "report/facts.h"
#include "report/format.h"
#include "screen/utf8.h"
#include "screen/view.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NAME_AT 1
#define TEXT_AT 17
#define COLUMNS_USUAL 80 /* until it is drawn */
#define COVERAGE_COUNT 11
#define PULSE_COUNT 2

enum trace_line_kind { LINE_BLANK, LINE_HEADING, LINE_PULSE, LINE_COVERAGE, LINE_FACT };

struct trace_line {
  enum trace_line_kind kind;
  const char *heading;
  const struct fact *fact;
  size_t begin, bytes; /* FACT: the part of its text; PULSE, COVERAGE: begin is which */
};

struct trace_view {
  struct view view;
  struct facts facts;
  const struct reading *of;     /* that the facts are of */
  struct facts resident;        /* of the interval that is shown */
  struct relatives relatives;   /* as they are known */
  char family[RELATIVES_BYTES]; /* the same in words; "": there are none */
  struct fact family_fact;
  struct trace_line *lines;
  size_t capacity;
  int columns; /* that the lines were made for */
  bool pulse;  /* the recorder's lines are among them */
};

static struct trace_view *trace_view_of(struct view *view) {
  return (struct trace_view *)view;
}

struct coverage {
  const char *name, *text;
  uint64_t count;
};

/* Of a target that runs: by now. */
static struct coverage coverage_of(const struct picture *picture, size_t index) {
  const struct trace *trace = picture->reading->trace;
  const struct trace_counters *counters =
      picture->pulse.running ? &picture->pulse.counters : &trace->counters;
  const struct analysis_totals *totals = analysis_totals(picture->reading->analysis);
  const struct coverage all[COVERAGE_COUNT] = {
      {"lost", "events that could not be written", counters->lost_events},
      {"unrecorded", "events seen and not recorded", counters->unrecorded_events},
      {"truncated", "stacks without their outer frames", counters->truncated_stacks},
      {"paused", "allocations passed over in a pause", counters->paused_events},
      {"damaged", "parts of the file that cannot be read", trace->damage_count},
      {"children", "forked processes not recorded", counters->unrecorded_children},
      {"theirs", "allocations of those, about", counters->unrecorded_child_allocations},
      {"unmatched", "frees of blocks whose allocation was not recorded", totals->unmatched_frees},
      {"unverified", "stacks that libunwind saw differently", counters->disagreements},
      {"counted", "allocations not followed one by one, for the limit of the trace's size",
       counters->unfollowed_blocks},
      {"replaced", "blocks given again without a recorded free", totals->replaced},
  };
  return all[index];
}

/* ---- Lines ------------------------------------------------------------------------------------*/

/* Without memory for it the line is left out. */
static void trace_add(struct trace_view *trace, struct trace_line line) {
  struct table *table = &trace->view.table;
  if (table->count == trace->capacity) {
    size_t capacity = trace->capacity ? 2 * trace->capacity : 128;
    struct trace_line *larger = reallocarray(trace->lines, capacity, sizeof *larger);
    if (!larger)
      return;
    trace->lines = larger;
    trace->capacity = capacity;
  }
  trace->lines[table->count++] = line;
}

static int trace_text_at(const struct fact *fact) {
  return fact->kind == FACT_LINE ? TEXT_AT : fact->kind == FACT_ITEM ? NAME_AT + 2 : NAME_AT;
}

/* A fact as a paragraph. */
static void trace_add_fact(struct trace_view *trace, const struct fact *fact) {
  int room = trace->columns - trace_text_at(fact) - 1;
  if (fact->kind == FACT_HEADING)
    trace_add(trace, (struct trace_line){.kind = LINE_BLANK});
  for (size_t at = 0, bytes = 0; !at || fact->text[at]; at += bytes) {
    bytes = utf8_wrap(fact->text + at, room > 8 ? room : 8);
    trace_add(trace, (struct trace_line){LINE_FACT, .fact = fact, .begin = at, .bytes = bytes});
    bytes += strspn(fact->text + at + bytes, " ");
    if (!fact->text[at])
      break;
  }
}

/* How far the recorder is with what it has recorded. What the cursor is on stays where it is. */
static void trace_add_pulse(struct trace_view *trace, size_t *cursor) {
  bool pulse = trace->view.picture->pulse.running;
  size_t at = trace->view.table.count, lines = PULSE_COUNT + 2;
  if (pulse != trace->pulse && *cursor >= at)
    *cursor = pulse ? *cursor + lines : *cursor >= at + lines ? *cursor - lines : at;
  trace->pulse = pulse;
  if (!pulse)
    return;
  trace_add(trace, (struct trace_line){.kind = LINE_BLANK});
  trace_add(trace, (struct trace_line){LINE_HEADING, .heading = "the recorder now"});
  for (size_t i = 0; i < PULSE_COUNT; i++)
    trace_add(trace, (struct trace_line){LINE_PULSE, .begin = i});
}

static void trace_add_coverage(struct trace_view *trace) {
  trace_add(trace, (struct trace_line){LINE_HEADING, .heading = "what is missing"});
  for (size_t i = 0; i < COVERAGE_COUNT; i++)
    trace_add(trace, (struct trace_line){LINE_COVERAGE, .begin = i});
  for (size_t i = 0; i < trace->facts.count; i++)
    if (trace->facts.list[i].kind == FACT_WARNING)
      trace_add_fact(trace, &trace->facts.list[i]);
}

/* Modules and threads have views of their own: here only how many there are. */
static bool trace_has_own_view(const char *heading) {
  return strncmp(heading, "modules:", 8) == 0 || strncmp(heading, "threads:", 8) == 0;
}

/* Where it was never read, the facts say so. */
static void trace_add_resident(struct trace_view *trace) {
  if (!trace->of->trace->resident_count)
    return;
  trace_add(trace, (struct trace_line){LINE_HEADING, .heading = "resident memory"});
  for (size_t i = 0; i < trace->resident.count; i++)
    trace_add_fact(trace, &trace->resident.list[i]);
  trace_add(trace, (struct trace_line){.kind = LINE_BLANK});
}

static void trace_make(struct trace_view *trace) {
  size_t cursor = trace->view.table.cursor;
  bool skip = false;
  trace->view.table.count = 0;
  trace_add_coverage(trace);
  trace_add_pulse(trace, &cursor);
  trace_add(trace, (struct trace_line){.kind = LINE_BLANK});
  trace_add_resident(trace);
  trace_add(trace, (struct trace_line){LINE_HEADING, .heading = "what it is"});
  if (trace->family[0])
    trace_add_fact(trace, &trace->family_fact);
  for (size_t i = 0; i < trace->facts.count; i++) {
    const struct fact *fact = &trace->facts.list[i];
    if (fact->kind == FACT_HEADING)
      skip = trace_has_own_view(fact->text);
    if (fact->kind != FACT_WARNING && (fact->kind != FACT_ITEM || !skip))
      trace_add_fact(trace, fact);
  }
  trace->view.table.cursor = cursor;
  table_count(&trace->view.table, trace->view.table.count);
}

/* Which processes were recorded together with this one; true: that is news. */
static bool trace_ask_relatives(struct trace_view *trace) {
  const struct relatives *relatives = model_relatives(trace->view.model);
  if (memcmp(relatives, &trace->relatives, sizeof *relatives) == 0)
    return false;
  trace->relatives = *relatives;
  if (!relatives_text(trace->family, relatives))
    trace->family[0] = '\0';
  trace->family_fact = (struct fact){FACT_LINE, "family", trace->family};
  return true;
}

static void trace_refresh(struct view *view) {
  struct trace_view *trace = trace_view_of(view);
  const struct reading *reading = view->picture->reading;
  if (trace->of != reading) {
    facts_release(&trace->facts);
    facts_init(&trace->facts, &(struct info_request){.trace = reading->trace});
    trace->of = reading;
  }
  const struct analysis_report *report = view->picture->report;
  facts_release(&trace->resident);
  facts_init_resident(&trace->resident, reading->trace, reading->analysis, report->from,
                      report->to);
  trace->columns = trace->columns ? trace->columns : COLUMNS_USUAL;
  trace_ask_relatives(trace);
  trace_make(trace);
}

static void trace_symbols(struct view *view) {
  if (view->picture && trace_ask_relatives(trace_view_of(view)))
    trace_make(trace_view_of(view));
}

static void trace_close_view(struct view *view) {
  facts_release(&trace_view_of(view)->facts);
  facts_release(&trace_view_of(view)->resident);
  free(trace_view_of(view)->lines);
}

/* ---- Drawing ----------------------------------------------------------------------------------*/

/* No heading of its own, but the screen may have another width, and the target may have ended. */
static int trace_head(struct view *view, struct screen *screen, int first) {
  struct trace_view *trace = trace_view_of(view);
  (void)first;
  if (trace->columns != screen->columns || trace->pulse != view->picture->pulse.running) {
    trace->columns = screen->columns;
    trace_make(trace);
  }
  return 0;
}

static void trace_draw_pulse(const struct trace_view *trace, size_t index, struct screen *screen,
                             int at) {
  const struct trace_pulse *pulse = &trace->view.picture->pulse;
  char figure[FORMAT_BYTES];
  const struct {
    const char *name, *text, *figure;
  } lines[PULSE_COUNT] = {
      {"waiting", "events that stand in the stage, not in the file yet",
       format_count(figure, pulse->waiting)},
      {"drained", "ago some were moved from there to the file",
       index == 1 ? format_duration(figure, (double)pulse->drained_ns / 1e9) : figure},
  };
  screen_put_right(screen, at, NAME_AT, TEXT_AT - NAME_AT - 2, STYLE_TEXT, lines[index].figure);
  screen_put(screen, at, TEXT_AT, 12, STYLE_TEXT, lines[index].name);
  screen_put(screen, at, TEXT_AT + 12, screen->columns - TEXT_AT - 12, STYLE_QUIET,
             lines[index].text);
}

static void trace_draw_coverage(const struct trace_view *trace, size_t index, struct screen *screen,
                                int at) {
  struct coverage coverage = coverage_of(trace->view.picture, index);
  char count[FORMAT_BYTES];
  enum screen_style style = coverage.count ? STYLE_WARNING : STYLE_QUIET;
  screen_put_right(screen, at, NAME_AT, TEXT_AT - NAME_AT - 2, style,
                   format_count(count, coverage.count));
  screen_put(screen, at, TEXT_AT, 12, style, coverage.name);
  screen_put(screen, at, TEXT_AT + 12, screen->columns - TEXT_AT - 12, STYLE_QUIET, coverage.text);
}

static void trace_draw_fact(const struct trace_line *line, struct screen *screen, int at) {
  static const enum screen_style styles[] = {[FACT_LINE] = STYLE_TEXT,
                                             [FACT_WARNING] = STYLE_WARNING,
                                             [FACT_HEADING] = STYLE_HEADING,
                                             [FACT_ITEM] = STYLE_TEXT};
  const struct fact *fact = line->fact;
  char text[1024];
  int text_at = trace_text_at(fact);
  snprintf(text, sizeof text, "%.*s", (int)line->bytes, fact->text + line->begin);
  if (fact->kind == FACT_LINE && line->begin == 0)
    screen_put(screen, at, NAME_AT, TEXT_AT - NAME_AT - 1, STYLE_QUIET, fact->name);
  screen_put(screen, at, text_at, screen->columns - text_at, styles[fact->kind], text);
}

static void trace_draw(void *data, size_t row, struct screen *screen, int at) {
  const struct trace_view *trace = data;
  const struct trace_line *line = &trace->lines[row];
  switch (line->kind) {
  case LINE_BLANK:
    break;
  case LINE_HEADING:
    screen_put(screen, at, NAME_AT, screen->columns - NAME_AT, STYLE_HEADING, line->heading);
    break;
  case LINE_PULSE:
    trace_draw_pulse(trace, line->begin, screen, at);
    break;
  case LINE_COVERAGE:
    trace_draw_coverage(trace, line->begin, screen, at);
    break;
  case LINE_FACT:
    trace_draw_fact(line, screen, at);
    break;
  }
}

static bool trace_matches(void *data, size_t row, const char *needle) {
  const struct trace_view *trace = data;
  const struct trace_line *line = &trace->lines[row];
  if (line->kind == LINE_COVERAGE) {
    struct coverage coverage = coverage_of(trace->view.picture, line->begin);
    return view_text_has(coverage.name, needle) || view_text_has(coverage.text, needle);
  }
  return line->kind == LINE_FACT &&
         (view_text_has(line->fact->name, needle) || view_text_has(line->fact->text, needle));
}

const struct view_ops view_trace = {
    .name = "trace",
    .bytes = sizeof(struct trace_view),
    .by = -1,
    .hints = {ACTION_SEARCH},
    .rows = {trace_draw, trace_matches},
    .close = trace_close_view,
    .refresh = trace_refresh,
    .symbols = trace_symbols,
    .head = trace_head,
};
