/* SPDX-License-Identifier: Apache-2.0
 *
 * Coordinates are whole numbers, so that no locale puts a comma into them.
 */
#include "export/markup.h"
#include "export/page.h"
#include "report/format.h"
#include "report/trace_json.h"
#include <inttypes.h>

#define TIMELINE_WIDTH 1000u
#define TIMELINE_HEIGHT 100u /* of a lane */
#define TIMELINE_LABEL 110u  /* room that a mark's label wants */
#define TIMELINE_LETTERS 16u

struct timeline {
  FILE *out;
  const struct export_request *request;
  const struct analysis_moment *moments;
  const struct analysis_step *steps;
  size_t moment_count, step_count;
};

struct timeline_lane {
  const char *name;
  unsigned top;
  uint64_t (*value)(const struct analysis_step *step); /* in bytes */
};

static uint64_t timeline_outstanding(const struct analysis_step *step) {
  return step->outstanding_bytes;
}

static uint64_t timeline_resident(const struct analysis_step *step) {
  return step->rss_kib * 1024;
}

static unsigned timeline_x(const struct timeline *timeline, uint64_t stamp) {
  uint64_t first = timeline->moments[0].stamp;
  uint64_t span = timeline->moments[timeline->moment_count - 1].stamp - first;
  if (stamp <= first || !span)
    return 0;
  double share = (double)(stamp - first) / (double)span;
  return (unsigned)((share < 1 ? share : 1) * TIMELINE_WIDTH);
}

static uint64_t timeline_highest(const struct timeline *timeline,
                                 const struct timeline_lane *lane) {
  uint64_t highest = 0;
  for (size_t i = 0; i < timeline->step_count; i++)
    if (lane->value(&timeline->steps[i]) > highest)
      highest = lane->value(&timeline->steps[i]);
  return highest;
}

static void timeline_lane(const struct timeline *timeline, const struct timeline_lane *lane) {
  char size[FORMAT_BYTES];
  unsigned bottom = lane->top + TIMELINE_HEIGHT;
  uint64_t highest = timeline_highest(timeline, lane);
  if (!highest)
    return;
  fprintf(timeline->out, "<path class=\"%s\" d=\"M0 %u", lane->name, bottom);
  for (size_t i = 0; i < timeline->step_count; i++) {
    double share = (double)lane->value(&timeline->steps[i]) / (double)highest;
    fprintf(timeline->out, "L%u %u", timeline_x(timeline, timeline->steps[i].stamp),
            bottom - (unsigned)(share * TIMELINE_HEIGHT));
  }
  fprintf(timeline->out, "L%u %uZ\"/>\n<text x=\"4\" y=\"%u\">%s, at most %s</text>\n",
          TIMELINE_WIDTH, bottom, lane->top - 4, lane->name, format_size(size, highest));
}

static void timeline_mark(const struct timeline *timeline, const struct analysis_moment *moment,
                          unsigned x, bool labelled) {
  char time[FORMAT_BYTES];
  const struct trace *trace = timeline->request->trace;
  fprintf(timeline->out, "<g class=\"mark\"><title>");
  markup_text(timeline->out, moment->label, 200);
  fprintf(timeline->out, ", %s after the start",
          format_duration(time, trace_seconds(trace, moment->stamp)));
  if (moment->units)
    fprintf(timeline->out, ", %" PRIu64 " units", moment->units);
  fprintf(timeline->out, "</title><path d=\"M%u 20V260\"/>", x);
  if (labelled) {
    fprintf(timeline->out, "<text x=\"%u\" y=\"274\">", x);
    markup_text(timeline->out, moment->label, TIMELINE_LETTERS);
    fputs("</text>", timeline->out);
  }
  fputs("</g>\n", timeline->out);
}

/* All marks; those that stand too close to the one before go without a label. */
static void timeline_marks(const struct timeline *timeline) {
  unsigned free_from = 0;
  for (size_t i = 0; i < timeline->moment_count; i++) {
    unsigned x = timeline_x(timeline, timeline->moments[i].stamp);
    bool labelled = x >= free_from;
    if (!timeline->moments[i].mark)
      continue;
    timeline_mark(timeline, &timeline->moments[i], x, labelled);
    if (labelled)
      free_from = x + TIMELINE_LABEL;
  }
}

void page_timeline(FILE *out, const struct export_request *request) {
  static const struct timeline_lane lanes[] = {{"outstanding", 35, timeline_outstanding},
                                               {"resident", 155, timeline_resident}};
  struct timeline timeline = {.out = out, .request = request};
  timeline.moment_count = analysis_moments(request->analysis, &timeline.moments);
  timeline.step_count = analysis_time_line(request->analysis, &timeline.steps);
  unsigned from = timeline_x(&timeline, timeline.moments[request->report->from].stamp);
  unsigned to = timeline_x(&timeline, timeline.moments[request->report->to].stamp);
  fprintf(out,
          "<svg id=\"timeline\" viewBox=\"0 0 1100 285\" role=\"img\" aria-label=\"time line\">\n"
          "<rect class=\"interval\" x=\"%u\" y=\"20\" width=\"%u\" height=\"240\"/>\n",
          from, to - from);
  for (size_t i = 0; i < sizeof lanes / sizeof *lanes; i++)
    timeline_lane(&timeline, &lanes[i]);
  timeline_marks(&timeline);
  fputs("</svg>\n", out);
}
