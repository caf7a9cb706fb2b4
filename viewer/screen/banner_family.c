/* SPDX-License-Identifier: Apache-2.0 */
#include "screen/banner_family.h"

#include "compare/family_words.h"
#include "report/escape.h"
#include "report/format.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define TEXT_BYTES 512

/* A mark's label, the start, the end, or a time of the family's. */
static void moment_text(char *out, const struct gathering *family,
                        const struct gathering_moment *moment, const char *otherwise) {
  const struct milestones *milestones = &family->milestones;
  char time[FORMAT_BYTES], label[160];
  size_t at = milestones_at(milestones, moment->stamp);
  if (!moment->stamp || !milestones->count) {
    snprintf(out, 200, "%s", otherwise);
  } else if (milestones->list[at].stamp == moment->stamp) {
    snprintf(out, 200, "%s", escape_text(label, sizeof label, 100, milestones->list[at].label));
  } else {
    double ticks = (double)moment->stamp - (double)milestones->list[0].stamp;
    snprintf(out, 200, "%s%s", ticks < 0 ? "-" : "+",
             format_duration(time, (ticks < 0 ? -ticks : ticks) / family->ticks_per_second));
  }
}

/* "warm → after, 1,000 units"; a narrow screen goes without the units. */
static void interval_text(const struct gathering *family, const struct screen *screen, char *out) {
  char from[200], to[200], units[FORMAT_BYTES + 16] = "", count[FORMAT_BYTES];
  moment_text(from, family, &family->from, "start");
  moment_text(to, family, &family->to, "end");
  if (family->merge.units && screen->columns >= 60)
    snprintf(units, sizeof units, ", %s unit%s", format_count(count, family->merge.units),
             family->merge.units == 1 ? "" : "s");
  snprintf(out, TEXT_BYTES, "%s %s %s%s", from, screen->unicode ? "\u2192" : "->", to, units);
}

/* "3 running", "all ended" */
static void state_text(const struct merge *merge, char *out, size_t bytes) {
  size_t running = 0, ended = 0;
  for (size_t i = 0; i < merge->family->count; i++) {
    running += merge->members[i].taken && merge->members[i].state == TRACE_RUNNING;
    ended += merge->members[i].taken && merge->members[i].state == TRACE_ENDED;
  }
  if (running)
    snprintf(out, bytes, "%zu running", running);
  else if (ended == merge->family->count)
    snprintf(out, bytes, "ended");
  else
    snprintf(out, bytes, "%zu ended", ended);
}

/* ", as of 12:34:56" of what may have gone on since. */
static void as_of_text(const struct picture *picture, char *out, size_t bytes) {
  time_t seconds = (time_t)(picture->as_of_ns / 1000000000u);
  struct tm broken;
  out[0] = '\0';
  if (picture->family->running && localtime_r(&seconds, &broken))
    strftime(out, bytes, ", as of %H:%M:%S", &broken);
}

void banner_draw_family_title(const struct picture *picture, struct screen *screen, int at) {
  const struct merge *merge = &picture->family->merge;
  char left[TEXT_BYTES], right[TEXT_BYTES], program[200], state[64], as_of[40];
  interval_text(picture->family, screen, right);
  int width = screen_width(screen, right);
  if (width > screen->columns / 2)
    width = screen->columns / 2;
  screen_put_right(screen, at, screen->columns - width - 1, width, STYLE_STATUS, right);
  state_text(merge, state, sizeof state);
  as_of_text(picture, as_of, sizeof as_of);
  snprintf(left, sizeof left, "%s family  %zu process%s, %s%s",
           escape_text(program, sizeof program, 40, merge->family->list[0].program),
           merge->family->count, merge->family->count == 1 ? "" : "es", state, as_of);
  screen_put(screen, at, 1, screen->columns - width - 3, STYLE_STATUS, left);
}

void banner_draw_family_totals(const struct picture *picture, struct screen *screen, int at) {
  const struct merge *merge = &picture->family->merge;
  char text[TEXT_BYTES], warning[WARNING_BYTES], size[FORMAT_BYTES], blocks[FORMAT_BYTES],
      growth[FORMAT_BYTES];
  int missing = 0;
  if (family_warning(warning, 0, merge)) {
    missing = screen_width(screen, warning) + 1;
    missing = missing < screen->columns / 2 ? missing : screen->columns / 2;
    screen_put_right(screen, at, screen->columns - missing, missing - 1, STYLE_WARNING, warning);
    missing++;
  }
  snprintf(text, sizeof text, "%s in %s block%s outstanding, growth %s",
           format_size(size, merge->figures.outstanding_bytes),
           format_count(blocks, merge->figures.outstanding_blocks),
           merge->figures.outstanding_blocks == 1 ? "" : "s",
           format_growth(growth, merge->figures.growth_bytes));
  int used = screen_put(screen, at, 1, screen->columns - 1 - missing, STYLE_TEXT, text);
  if (!merge->inherited.blocks)
    return;
  snprintf(text, sizeof text, "  inherited over forks: %s",
           format_size(size, merge->inherited.bytes - merge->inherited.freed_bytes));
  if (used + 1 + screen_width(screen, text) < screen->columns - missing)
    screen_put(screen, at, 1 + used, screen->columns - 1 - used, STYLE_QUIET, text);
}

int banner_draw_family_findings(const struct picture *picture, struct screen *screen, int at) {
  const struct merge *merge = &picture->family->merge;
  int most = banner_sentences(screen), rows = 0;
  char sentence[FAMILY_SENTENCE_BYTES];
  bool known = false;
  for (size_t i = 0; i < merge->count && rows < most; i++) {
    known |= merge->sites[i]->processes && merge->sites[i]->verdict.kind != VERDICT_UNKNOWN;
    if (merge->sites[i]->leaking)
      banner_draw_sentence(screen, at + rows++, family_sentence(sentence, merge, merge->sites[i]));
  }
  if (rows || !known || !most)
    return rows;
  screen_put(screen, at, 1, screen->columns - 2, STYLE_QUIET,
             picture->question.filter[0] ? "no leak seen in the rows of this filter"
                                         : "no leak seen in any process");
  return 1;
}
