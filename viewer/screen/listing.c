/* SPDX-License-Identifier: Apache-2.0 */
#include "screen/listing.h"

#include "report/format.h"

#include <string.h>

#define NAME_LEAST 16 /* columns that a name gets before figures do */
#define NAME_WANTED 24
#define BAR_WIDTH 8
#define BAR_ROOM                                                                                   \
  100 /* columns of a screen that has a bar in every set: all but totals want figures */
#define VERDICT_WIDTH 8

/* Sets of figures, most telling first: a narrow screen shows the first ones. */
static const struct {
  const char *name;
  int columns[LISTING_COLUMNS]; /* enum column_id, then -1 */
} sets[] = {
    {"totals",
     {COLUMN_OUTSTANDING_BYTES, COLUMN_OUTSTANDING_BLOCKS, COLUMN_GROWTH_BYTES,
      COLUMN_ALLOCATED_BYTES, COLUMN_ALLOCATIONS, COLUMN_PEAK_BYTES, COLUMN_TEMPORARY, -1}},
    {"per unit",
     {COLUMN_BYTES_PER_UNIT, COLUMN_BLOCKS_PER_UNIT, COLUMN_OUTSTANDING_BYTES,
      COLUMN_OUTSTANDING_BLOCKS, -1}},
    {"ages",
     {COLUMN_OUTSTANDING_BYTES, COLUMN_OLDEST, COLUMN_MEDIAN, COLUMN_THREADS,
      COLUMN_OUTSTANDING_BLOCKS, -1}},
};
#define SET_COUNT ((int)(sizeof sets / sizeof *sets))
#define SET_TOTALS 0
#define SET_PER_UNIT 1

int listing_next_figures(int figures, const struct picture *picture) {
  figures = (figures + 1) % SET_COUNT;
  if (figures == SET_PER_UNIT && !picture->report->units)
    figures++;
  return figures;
}

const char *listing_figures_name(int figures) {
  return sets[figures].name;
}

static bool listing_sorted_by(const struct view *view, const struct column *column) {
  return column->sort >= 0 && column->sort == (int)view->picture->question.sort;
}

/* The columns of a set that leave room for names, in order. */
static void listing_choose(struct listing *listing, const struct view *view, int columns_wide) {
  int at = listing->has_verdict ? 1 + VERDICT_WIDTH + 1 : 1, set = view->settings->figures;
  if (set == SET_PER_UNIT && !view->picture->report->units)
    set = SET_TOTALS; /* the interval was changed to one without units */
  bool bar = set == SET_TOTALS || columns_wide >= BAR_ROOM;
  for (int i = 0; i < LISTING_COLUMNS && sets[set].columns[i] >= 0; i++) {
    const struct column *column = &columns()[sets[set].columns[i]];
    at += column->width + 1;
    if (at + (i == 0 ? NAME_LEAST : NAME_WANTED) > columns_wide)
      break;
    listing->columns[listing->column_count++] = column;
    if (i == 0 && bar && at + BAR_WIDTH + 1 + NAME_WANTED <= columns_wide) {
      listing->bar_width = BAR_WIDTH;
      at += BAR_WIDTH + 1;
    }
  }
}

/* The figure that rows are sorted by is seen, in place of the least telling one if need be. */
static void listing_show_sorted(struct listing *listing, const struct view *view) {
  for (int i = 0; i < listing->column_count; i++)
    if (listing_sorted_by(view, listing->columns[i]))
      return;
  for (int id = 0; id < COLUMN_COUNT && listing->column_count; id++)
    if (listing_sorted_by(view, &columns()[id])) {
      listing->columns[listing->column_count - 1] = &columns()[id];
      return;
    }
}

/* Whether the verdict leaves room for one figure and a name. */
static bool listing_has_verdict(const struct view *view, int columns_wide) {
  int figure = columns()[sets[view->settings->figures].columns[0]].width;
  const struct findings *findings = view->picture->findings;
  return findings && !findings->own &&
         1 + figure + 1 + VERDICT_WIDTH + 1 + NAME_WANTED <= columns_wide;
}

void listing_lay_out(struct listing *listing, const struct view *view, int columns_wide) {
  *listing = (struct listing){.has_verdict = listing_has_verdict(view, columns_wide)};
  listing_choose(listing, view, columns_wide);
  listing_show_sorted(listing, view);
  listing->name_at = 1 + (listing->bar_width ? listing->bar_width + 1 : 0);
  for (int i = 0; i < listing->column_count; i++)
    listing->name_at += listing->columns[i]->width + 1;
  if (listing->bar_width)
    listing->bar_at = 1 + listing->columns[0]->width + 1;
  if (listing->has_verdict) {
    listing->verdict_at = listing->name_at;
    listing->name_at += VERDICT_WIDTH + 1;
  }
}

void listing_head(const struct listing *listing, const struct view *view, struct screen *screen,
                  int at, const char *name) {
  int column_at = 1;
  screen_paint(screen, at, 0, screen->columns, STYLE_HEADING);
  for (int i = 0; i < listing->column_count; i++) {
    const struct column *column = listing->columns[i];
    bool sorted = listing_sorted_by(view, column);
    screen_put_right(screen, at, column_at, column->width, STYLE_HEADING, column->title);
    if (sorted) {
      int mark = column_at + column->width - screen_width(screen, column->title) - 1;
      uint32_t glyph = screen->unicode ? (view->settings->reverse ? 0x25b4 : 0x25be)
                                       : (view->settings->reverse ? '^' : 'v');
      screen_put_glyph(screen, at, mark < column_at - 1 ? column_at - 1 : mark, STYLE_HEADING,
                       glyph);
    }
    column_at += column->width + 1;
    if (i == 0 && listing->bar_width)
      column_at += listing->bar_width + 1;
  }
  if (listing->has_verdict)
    screen_put(screen, at, listing->verdict_at, VERDICT_WIDTH, STYLE_HEADING, "verdict");
  screen_put(screen, at, listing->name_at, screen->columns - listing->name_at, STYLE_HEADING, name);
}

/* What the bar measures: the figure that rows are sorted by. */
static double bar_value(enum analysis_sort sort, const struct analysis_figures *figures) {
  switch (sort) {
  case ANALYSIS_SORT_BLOCKS:
    return (double)figures->outstanding_blocks;
  case ANALYSIS_SORT_GROWTH:
    return (double)figures->growth_bytes;
  case ANALYSIS_SORT_ALLOCATED:
    return (double)figures->allocated_bytes;
  case ANALYSIS_SORT_TEMPORARY:
    return (double)figures->temporary_allocations;
  case ANALYSIS_SORT_PEAK:
    return (double)figures->peak_bytes;
  default:
    return (double)figures->outstanding_bytes;
  }
}

static void listing_bar(const struct listing *listing, const struct view *view,
                        const struct analysis_site *site, struct screen *screen, int at) {
  const struct analysis_report *report = view->picture->report;
  enum analysis_sort sort = view->picture->question.sort;
  double whole = 0;
  /* Rows come sorted, so that the first one of the outermost is the largest. */
  if (report->site_count)
    whole = bar_value(sort, &report->sites[0].figures);
  double part = bar_value(sort, &site->figures);
  screen_bar(screen, at, listing->bar_at, listing->bar_width,
             sort == ANALYSIS_SORT_GROWTH ? STYLE_GROWTH : STYLE_BAR,
             whole > 0 && part > 0 ? part / whole : 0);
}

static enum screen_style value_style(const struct column *column, const struct view *view,
                                     const struct analysis_figures *figures) {
  if (column == &columns()[COLUMN_GROWTH_BYTES] && figures->growth_bytes > 0)
    return STYLE_GROWTH;
  return listing_sorted_by(view, column) ? STYLE_TEXT : STYLE_QUIET;
}

static void listing_verdict(const struct listing *listing, const struct view *view,
                            const struct analysis_site *site, struct screen *screen, int at) {
  const struct verdict *verdict = findings_of(view->picture->findings, site);
  if (verdict && listing->has_verdict)
    screen_put(screen, at, listing->verdict_at, VERDICT_WIDTH,
               verdict->kind == VERDICT_LEAK ? STYLE_LEAK : STYLE_QUIET,
               verdict_word(verdict->kind));
}

struct column_context listing_context(const struct picture *picture) {
  const struct analysis_moment *moments;
  analysis_moments(picture->reading->analysis, &moments);
  return (struct column_context){.trace = picture->reading->trace,
                                 .end_stamp = moments[picture->report->to].stamp,
                                 .units = picture->report->units};
}

void listing_row(const struct listing *listing, const struct view *view,
                 const struct analysis_site *site, struct screen *screen, int at, int indent,
                 const char *name) {
  struct column_context context = listing_context(view->picture);
  int column_at = 1;
  for (int i = 0; i < listing->column_count; i++) {
    const struct column *column = listing->columns[i];
    char value[FORMAT_BYTES];
    if (column->value(value, &context, &site->figures))
      screen_put_right(screen, at, column_at, column->width,
                       value_style(column, view, &site->figures), value);
    column_at += column->width + 1;
    if (i == 0 && listing->bar_width) {
      listing_bar(listing, view, site, screen, at);
      column_at += listing->bar_width + 1;
    }
  }
  listing_verdict(listing, view, site, screen, at);
  int name_at = listing->name_at + indent;
  screen_put(screen, at, name_at, screen->columns - name_at, STYLE_TEXT, name);
}

static uint64_t hash_bytes(uint64_t hash, const void *bytes, size_t count) {
  const unsigned char *at = bytes;
  for (size_t i = 0; i < count; i++)
    hash = (hash ^ at[i]) * 0x100000001b3ull;
  return hash;
}

static uint64_t hash_text(uint64_t hash, const char *text) {
  return text ? hash_bytes(hash, text, strlen(text) + 1) : hash_bytes(hash, "\1", 1);
}

uint64_t listing_key(const struct picture *picture, const struct analysis_site *site) {
  const struct trace *trace = picture->reading->trace;
  uint64_t hash = 0xcbf29ce484222325ull;
  hash = hash_text(hash, site->function);
  hash = hash_text(hash, site->file);
  hash =
      hash_text(hash, site->module < trace->module_count ? trace->modules[site->module].path : 0);
  uint64_t numbers[] = {site->line, site->line ? 0 : site->offset, site->thread, site->depth};
  return hash_bytes(hash, numbers, sizeof numbers);
}

const char *listing_name(char out[LISTING_NAME], const struct picture *picture,
                         const struct analysis_site *site) {
  return columns_name(out, LISTING_NAME, picture->reading->trace, picture->reading->symbols,
                      picture->report, site);
}

bool listing_matches(const struct picture *picture, const struct analysis_site *site,
                     const char *needle) {
  char name[LISTING_NAME];
  return view_text_has(site->function, needle) || view_text_has(site->file, needle) ||
         view_text_has(listing_name(name, picture, site), needle);
}
