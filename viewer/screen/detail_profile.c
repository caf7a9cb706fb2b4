/* SPDX-License-Identifier: Apache-2.0 */
#include "screen/detail_profile.h"

#include "report/format.h"

#include <inttypes.h>
#include <stdio.h>

#define TITLE_AT 3
#define TEXT_AT 16
#define LABEL_AT 5
#define LABEL_WIDTH 19
#define COUNT_WIDTH 10
#define TEXT_BYTES 256

static const char *const titles[SECTION_COUNT] = {[SECTION_PERIODS] = "over time",
                                                  [SECTION_SIZES] = "sizes",
                                                  [SECTION_TIMES] = "ages",
                                                  [SECTION_EXAMPLES] = "addresses"};

/* ---- Bands ------------------------------------------------------------------------------------*/

/* Two counts by the same bands: what stands, what was freed. */
struct pair {
  const uint64_t *standing, *freed;
  size_t count;
  const char *standing_title, *freed_title;
};

static struct pair pair_of(const struct profile *profile, enum detail_section section) {
  if (section == SECTION_SIZES)
    return (struct pair){profile->standing, profile->freed, PROFILE_SIZES, "stand", "freed"};
  return (struct pair){profile->ages, profile->lifetimes, PROFILE_TIMES, "so old", "lived so long"};
}

/* The band of the part-th line (from 0) that has anything; count: there is none. */
static size_t pair_band(const struct pair *pair, size_t part) {
  size_t band = 0;
  for (; band < pair->count; band++)
    if ((pair->standing[band] || pair->freed[band]) && part-- == 0)
      break;
  return band;
}

static size_t pair_bands(const struct pair *pair) {
  size_t bands = 0;
  for (size_t i = 0; i < pair->count; i++)
    bands += pair->standing[i] || pair->freed[i];
  return bands;
}

static uint64_t highest(const uint64_t *counts, size_t count) {
  uint64_t most = 0;
  for (size_t i = 0; i < count; i++)
    most = counts[i] > most ? counts[i] : most;
  return most;
}

static double band_seconds(const struct picture *picture, size_t digits) {
  double ticks = 1;
  for (size_t i = 0; i < digits; i++)
    ticks *= 8;
  return ticks / picture->reading->trace->process.ticks_per_second;
}

/* "128 B to 255 B", "up to 2.86 s". */
static void band_label(char *out, const struct picture *picture, enum detail_section section,
                       size_t band) {
  char low[FORMAT_BYTES], high[FORMAT_BYTES];
  if (section == SECTION_TIMES)
    snprintf(out, TEXT_BYTES, "up to %s", format_duration(high, band_seconds(picture, band)));
  else if (band < 2)
    snprintf(out, TEXT_BYTES, "%zu B", band);
  else
    snprintf(out, TEXT_BYTES, "%s to %s", format_size(low, 1ull << (band - 1)),
             format_size(high, band < 64 ? (1ull << band) - 1 : UINT64_MAX));
}

static void bands_draw(const struct pair *pair, const char *label, size_t band,
                       struct screen *screen, int at) {
  char count[FORMAT_BYTES];
  int column = LABEL_AT + LABEL_WIDTH + 1;
  int bar = (screen->columns - column - 2 * COUNT_WIDTH - 4) / 2;
  const uint64_t *counts[] = {pair->standing, pair->freed};
  screen_put(screen, at, LABEL_AT, LABEL_WIDTH, STYLE_QUIET, label);
  for (int i = 0; i < 2; i++) {
    uint64_t most = highest(counts[i], pair->count);
    screen_put_right(screen, at, column, COUNT_WIDTH, STYLE_TEXT,
                     format_count(count, counts[i][band]));
    column += COUNT_WIDTH + 1;
    if (bar > 2)
      screen_bar(screen, at, column, bar, i ? STYLE_QUIET : STYLE_BAR,
                 most ? (double)counts[i][band] / (double)most : 0);
    column += bar > 2 ? bar + 1 : 0;
  }
}

static void bands_head(const struct pair *pair, struct screen *screen, int at) {
  int column = LABEL_AT + LABEL_WIDTH + 1;
  int bar = (screen->columns - column - 2 * COUNT_WIDTH - 4) / 2;
  screen_put_right(screen, at, column, COUNT_WIDTH, STYLE_HEADING, pair->standing_title);
  column += COUNT_WIDTH + 1 + (bar > 2 ? bar + 1 : 0);
  screen_put_right(screen, at, column - 4, COUNT_WIDTH + 4, STYLE_HEADING, pair->freed_title);
}

/* The band with most of what stands, else of what was freed, and its share. */
static void bands_summary(char *out, const struct pair *pair, const struct picture *picture,
                          enum detail_section section) {
  const uint64_t most = highest(pair->standing, pair->count);
  const uint64_t *counts = most ? pair->standing : pair->freed;
  size_t band = 0;
  uint64_t all = 0;
  char label[TEXT_BYTES], count[FORMAT_BYTES];
  for (size_t i = 0; i < pair->count; i++) {
    all += counts[i];
    band = counts[i] > counts[band] ? i : band;
  }
  band_label(label, picture, section, band);
  if (all)
    snprintf(out, TEXT_BYTES, "%.100s: %d %% of %s %s", label,
             (int)((double)counts[band] / (double)all * 100 + 0.5), format_count(count, all),
             most ? "that stand" : "freed");
  else
    snprintf(out, TEXT_BYTES, "none");
}

/* ---- Periods ----------------------------------------------------------------------------------*/

static int64_t periods_highest(const struct profile *profile) {
  int64_t most = 0;
  for (size_t i = 0; i < profile->period_count; i++)
    most = profile->periods[i].stands > most ? profile->periods[i].stands : most;
  return most;
}

static bool period_is_inside(const struct profile_period *period, const struct picture *picture) {
  const struct analysis_moment *moments;
  analysis_moments(picture->reading->analysis, &moments);
  return period->from >= moments[picture->report->from].stamp &&
         period->to <= moments[picture->report->to].stamp;
}

static void periods_head(struct screen *screen, int at) {
  static const char *const heads[] = {"from", "born", "freed", "stand"};
  for (int i = 0; i < 4; i++)
    screen_put_right(screen, at, LABEL_AT + i * (COUNT_WIDTH + 1), COUNT_WIDTH, STYLE_HEADING,
                     heads[i]);
}

static void period_draw(const struct profile *profile, const struct picture *picture, size_t index,
                        struct screen *screen, int at) {
  const struct profile_period *period = &profile->periods[index];
  const struct trace *trace = picture->reading->trace;
  char texts[4][FORMAT_BYTES];
  bool inside = period_is_inside(period, picture);
  int64_t most = periods_highest(profile);
  format_duration(texts[0], trace_seconds(trace, period->from));
  format_count(texts[1], period->born);
  format_count(texts[2], period->freed);
  format_change(texts[3], period->stands);
  int column = LABEL_AT;
  for (int i = 0; i < 4; i++, column += COUNT_WIDTH + 1)
    screen_put_right(screen, at, column, COUNT_WIDTH, i && inside ? STYLE_TEXT : STYLE_QUIET,
                     i == 3 && texts[3][0] == '+' ? texts[3] + 1 : texts[i]);
  screen_bar(screen, at, column, screen->columns - column - 1, inside ? STYLE_BAR : STYLE_QUIET,
             most ? (double)period->stands / (double)most : 0);
}

static void periods_summary(char *out, const struct profile *profile) {
  uint64_t born = 0, freed = 0;
  char texts[3][FORMAT_BYTES];
  for (size_t i = 0; i < profile->period_count; i++) {
    born += profile->periods[i].born;
    freed += profile->periods[i].freed;
  }
  snprintf(out, TEXT_BYTES, "%s born, %s freed, %s stand", format_count(texts[0], born),
           format_count(texts[1], freed), format_count(texts[2], born > freed ? born - freed : 0));
}

/* ---- Addresses --------------------------------------------------------------------------------*/

static void example_draw(const struct profile_example *example, const struct picture *picture,
                         struct screen *screen, int at) {
  char text[TEXT_BYTES], size[FORMAT_BYTES], time[FORMAT_BYTES];
  snprintf(text, sizeof text, "0x%" PRIx64 "  %s, allocated at +%s", example->address,
           format_size(size, example->size),
           format_duration(time, trace_seconds(picture->reading->trace, example->stamp)));
  screen_put(screen, at, LABEL_AT, screen->columns - LABEL_AT, STYLE_TEXT, text);
}

static void examples_summary(char *out, const struct profile *profile) {
  if (profile->example_count)
    snprintf(out, TEXT_BYTES, "0x%" PRIx64 " and others, the oldest that stand",
             profile->examples[0].address);
  else
    snprintf(out, TEXT_BYTES, "none stands");
}

/* ---- Sections ---------------------------------------------------------------------------------*/

/* A row of which the freed are not known says so in a line of its own. */
static bool section_lacks_freed(const struct profile *profile, enum detail_section section) {
  return !profile->has_freed && (section == SECTION_SIZES || section == SECTION_TIMES);
}

size_t detail_section_parts(const struct profile *profile, enum detail_section section) {
  struct pair pair = pair_of(profile, section);
  switch (section) {
  case SECTION_PERIODS:
    return 1 + profile->period_count;
  case SECTION_SIZES:
  case SECTION_TIMES:
    return 1 + pair_bands(&pair) + section_lacks_freed(profile, section);
  default:
    return profile->example_count;
  }
}

const char *detail_section_title(enum detail_section section) {
  return titles[section];
}

void detail_section_draw(const struct profile *profile, const struct picture *picture,
                         enum detail_section section, bool open, struct screen *screen, int at) {
  char text[TEXT_BYTES];
  struct pair pair = pair_of(profile, section);
  uint32_t glyph = screen->unicode ? (open ? 0x25be : 0x25b8) : (open ? '-' : '+');
  if (section == SECTION_PERIODS)
    periods_summary(text, profile);
  else if (section == SECTION_EXAMPLES)
    examples_summary(text, profile);
  else
    bands_summary(text, &pair, picture, section);
  screen_put_glyph(screen, at, 1, STYLE_QUIET, glyph);
  screen_put(screen, at, TITLE_AT, TEXT_AT - TITLE_AT, STYLE_HEADING, titles[section]);
  screen_put(screen, at, TEXT_AT, screen->columns - TEXT_AT, STYLE_TEXT, text);
}

static void bands_part_draw(const struct profile *profile, const struct picture *picture,
                            enum detail_section section, size_t part, struct screen *screen,
                            int at) {
  struct pair pair = pair_of(profile, section);
  char label[TEXT_BYTES];
  if (part == 0) {
    bands_head(&pair, screen, at);
    return;
  }
  size_t band = pair_band(&pair, part - 1);
  if (band == pair.count) {
    screen_put(screen, at, LABEL_AT, screen->columns - LABEL_AT, STYLE_QUIET,
               "Of the freed, sizes and lifetimes are known by call site: see its row.");
    return;
  }
  band_label(label, picture, section, band);
  bands_draw(&pair, label, band, screen, at);
}

void detail_part_draw(const struct profile *profile, const struct picture *picture,
                      enum detail_section section, size_t part, struct screen *screen, int at) {
  if (section == SECTION_EXAMPLES)
    example_draw(&profile->examples[part], picture, screen, at);
  else if (section != SECTION_PERIODS)
    bands_part_draw(profile, picture, section, part, screen, at);
  else if (part == 0)
    periods_head(screen, at);
  else
    period_draw(profile, picture, part - 1, screen, at);
}
