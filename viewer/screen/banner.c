/* SPDX-License-Identifier: Apache-2.0 */
#include "screen/banner_family.h"

#include "report/format.h"
#include "screen/label.h"

#include <stdio.h>

#define TEXT_BYTES 512
#define LEAKS_ROOM 36 /* columns for "leaks 1.00 block, 152 bytes per unit" */

static const char *state_text(enum trace_state state) {
  switch (state) {
  case TRACE_RUNNING:
    return "running";
  case TRACE_ENDED:
    return "ended";
  case TRACE_DIED:
    return "died";
  case TRACE_NO_STAGE:
    return "cut off";
  }
  return "";
}

/* "warm → after, 1,000 units"; a narrow screen goes without the units. */
static void interval_text(const struct picture *picture, const struct screen *screen, char *out) {
  const struct analysis_moment *moments;
  const struct analysis_report *report = picture->report;
  analysis_moments(picture->reading->analysis, &moments);
  char units[FORMAT_BYTES + 16] = "", count[FORMAT_BYTES];
  if (report->units && screen->columns >= 60)
    snprintf(units, sizeof units, ", %s unit%s", format_count(count, report->units),
             report->units == 1 ? "" : "s");
  snprintf(out, TEXT_BYTES, "%.100s %s %.100s%s", moments[report->from].label,
           screen->unicode ? "\u2192" : "->", moments[report->to].label, units);
}

#define TITLE_AGE 3 /* seconds by which figures may be older than what the title says */

/* "running, 12 min 3 s"; where a reading takes long, also of when the figures are. */
static void running_text(const struct picture *picture, char *out) {
  const struct trace *trace = picture->reading->trace;
  double read = trace_seconds(trace, trace->last_stamp);
  double now = (double)picture->pulse.seconds_ns / 1e9;
  char duration[FORMAT_BYTES], figures[FORMAT_BYTES];
  format_duration(figures, read);
  if (picture->behind && now > read + TITLE_AGE)
    snprintf(out, TEXT_BYTES, "running, %s, figures of %s", format_duration(duration, now),
             figures);
  else
    snprintf(out, TEXT_BYTES, "running, %s", now > read ? format_duration(duration, now) : figures);
}

static void state_line(const struct picture *picture, char *out) {
  const struct trace *trace = picture->reading->trace;
  const char *ending = picture->reading->ending;
  char duration[FORMAT_BYTES];
  if (trace->state == TRACE_RUNNING && !*ending)
    running_text(picture, out);
  else
    snprintf(out, TEXT_BYTES, "%s, %s", *ending ? ending : state_text(trace->state),
             format_duration(duration, trace_seconds(trace, trace->last_stamp)));
}

void banner_draw_title(const struct picture *picture, const char *path, const char *within,
                       struct screen *screen, int at) {
  char left[TEXT_BYTES], right[TEXT_BYTES], state[TEXT_BYTES];
  screen_paint(screen, at, 0, screen->columns, STYLE_STATUS);
  if (!picture) {
    snprintf(left, sizeof left, "seep  %.400s", path);
    screen_put(screen, at, 1, screen->columns - 2, STYLE_STATUS, left);
    return;
  }
  if (picture->family) {
    banner_draw_family_title(picture, screen, at);
    return;
  }
  const struct trace *trace = picture->reading->trace;
  interval_text(picture, screen, right);
  int width = screen_width(screen, right);
  if (width > screen->columns / 2)
    width = screen->columns / 2;
  screen_put_right(screen, at, screen->columns - width - 1, width, STYLE_STATUS, right);
  state_line(picture, state);
  snprintf(left, sizeof left, "%.200s %llu%s%.60s  %.200s", trace->process.program,
           (unsigned long long)trace->process.pid, *within ? ", " : "", within, state);
  screen_put(screen, at, 1, screen->columns - width - 3, STYLE_STATUS, left);
}

/* What is missing from the trace, or "" where nothing is: of a target that runs, by now. */
static void coverage_text(const struct picture *picture, char *out) {
  const struct trace *trace = picture->reading->trace;
  const struct trace_counters *counters =
      picture->pulse.running ? &picture->pulse.counters : &trace->counters;
  const struct analysis_totals *totals = analysis_totals(picture->reading->analysis);
  char count[FORMAT_BYTES];
  size_t used = 0;
  bool forked = trace->process.fork_stamp; /* what it inherited it may free */
  out[0] = '\0';
  const struct {
    uint64_t count;
    const char *one, *many;
  } losses[] = {{counters->lost_events, "event lost", "events lost"},
                {counters->unrecorded_events, "event not recorded", "events not recorded"},
                {trace->damage_count, "damaged part", "damaged parts"},
                {counters->unfollowed_blocks, "block only counted", "blocks only counted"},
                {counters->truncated_stacks, "stack cut", "stacks cut"},
                {counters->disagreements, "stack in doubt", "stacks in doubt"},
                {counters->followed_share > 1 ? 0 : totals->unmatched_frees,
                 forked ? "free inherited or unmatched" : "free unmatched",
                 forked ? "frees inherited or unmatched" : "frees unmatched"},
                {counters->paused_events, "event while paused", "events while paused"}};
  for (size_t i = 0; i < sizeof losses / sizeof *losses; i++)
    if (losses[i].count)
      used += (size_t)snprintf(out + used, TEXT_BYTES - used, "%s%s %s", used ? ", " : "",
                               format_count(count, losses[i].count),
                               losses[i].count == 1 ? losses[i].one : losses[i].many);
  if (trace->state == TRACE_NO_STAGE)
    snprintf(out + used, TEXT_BYTES - used, "%sthe last events are missing", used ? ", " : "");
}

/* "  · resident 13.1 MiB": the dots of the strip; "" where it is not known. */
static void resident_text(const struct picture *picture, const struct screen *screen, char *out) {
  const struct analysis_step *steps;
  size_t count = analysis_time_line(picture->reading->analysis, &steps);
  uint64_t kib = count ? steps[count - 1].rss_kib : 0;
  char size[FORMAT_BYTES];
  out[0] = '\0';
  if (kib)
    snprintf(out, TEXT_BYTES, "  %s resident %s", screen->unicode ? "\u00b7" : "'",
             format_size(size, kib * 1024));
}

void banner_draw_totals(const struct picture *picture, struct screen *screen, int at) {
  char text[TEXT_BYTES], size[FORMAT_BYTES], blocks[FORMAT_BYTES], growth[FORMAT_BYTES],
      peak[FORMAT_BYTES];
  if (picture->family) {
    banner_draw_family_totals(picture, screen, at);
    return;
  }
  const struct analysis_figures *totals = &picture->report->totals;
  const struct analysis_totals *whole = analysis_totals(picture->reading->analysis);
  coverage_text(picture, text);
  int coverage = 0;
  if (text[0]) {
    coverage = screen_width(screen, text) + 1;
    coverage = coverage < screen->columns / 2 ? coverage : screen->columns / 2;
    screen_put_right(screen, at, screen->columns - coverage, coverage - 1, STYLE_WARNING, text);
    coverage++;
  }
  snprintf(text, sizeof text, "%s in %s block%s outstanding, growth %s, peak of the run %s",
           format_size(size, totals->outstanding_bytes),
           format_count(blocks, totals->outstanding_blocks),
           totals->outstanding_blocks == 1 ? "" : "s", format_growth(growth, totals->growth_bytes),
           format_size(peak, whole->peak_bytes));
  int used = screen_put(screen, at, 1, screen->columns - 1 - coverage, STYLE_TEXT, text);
  resident_text(picture, screen, text);
  if (text[0] && used + 1 + screen_width(screen, text) < screen->columns - coverage)
    screen_put(screen, at, 1 + used, screen->columns - 1 - used, STYLE_QUIET, text);
}

static const char *no_leak_text(const struct picture *picture) {
  return picture->question.filter[0] ? "no leak seen in the rows of this filter" : "no leak seen";
}

void banner_draw_sentence(struct screen *screen, int at, const char *sentence) {
  char label[LABEL_BYTES];
  int width = screen->columns - 2, call = width - LEAKS_ROOM;
  screen_put(screen, at, 1, width, STYLE_LEAK,
             label_call(label, screen, sentence, call > width / 2 ? call : width / 2));
}

int banner_draw_findings(const struct picture *picture, struct screen *screen, int at) {
  const struct findings *findings = picture->findings;
  int most = banner_sentences(screen);
  if (picture->family)
    return banner_draw_family_findings(picture, screen, at);
  if (!findings || !findings->known || !most)
    return 0;
  int rows = findings->leaks < (size_t)most ? (int)findings->leaks : most;
  for (int i = 0; i < rows; i++)
    banner_draw_sentence(screen, at + i, findings->sentences[i]);
  if (rows)
    return rows;
  screen_put(screen, at, 1, screen->columns - 2, STYLE_QUIET, no_leak_text(picture));
  return 1;
}
