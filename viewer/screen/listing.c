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

/* Sets of figures, most telling first: a narrow screen shows the first ones. The last is a
 * person's own. */
enum figures_set {
  SET_BYTES,
  SET_BLOCKS,
  SET_PER_UNIT,
  SET_PER_HOUR,
  SET_AGES,
  SET_OWN,
  SET_COUNT
};

static const struct {
  const char *name;
  int columns[LISTING_COLUMNS + 1]; /* enum column_id, then -1 */
} sets[SET_COUNT] = {
    [SET_BYTES] = {"bytes",
                   {COLUMN_OUTSTANDING_BYTES, COLUMN_OUTSTANDING_BLOCKS, COLUMN_GROWTH_BYTES,
                    COLUMN_ALLOCATED_BYTES, COLUMN_ALLOCATIONS, COLUMN_PEAK_BYTES, COLUMN_TEMPORARY,
                    -1}},
    [SET_BLOCKS] = {"blocks",
                    {COLUMN_OUTSTANDING_BLOCKS, COLUMN_ALLOCATIONS, COLUMN_TEMPORARY,
                     COLUMN_OUTSTANDING_BYTES, -1}},
    [SET_PER_UNIT] = {"per unit",
                      {COLUMN_BYTES_PER_UNIT, COLUMN_BLOCKS_PER_UNIT, COLUMN_OUTSTANDING_BYTES,
                       COLUMN_OUTSTANDING_BLOCKS, -1}},
    [SET_PER_HOUR] = {"per hour",
                      {COLUMN_BYTES_PER_HOUR, COLUMN_BLOCKS_PER_HOUR, COLUMN_OUTSTANDING_BYTES,
                       COLUMN_OUTSTANDING_BLOCKS, -1}},
    [SET_AGES] = {"ages",
                  {COLUMN_OUTSTANDING_BYTES, COLUMN_OLDEST, COLUMN_MEDIAN, COLUMN_THREADS,
                   COLUMN_OUTSTANDING_BLOCKS, -1}},
    [SET_OWN] = {"columns chosen", {-1}},
};

static bool set_says_something(int set, const struct picture *picture, uint32_t own) {
  return (set != SET_PER_UNIT || picture->report->units) && (set != SET_OWN || own);
}

int listing_next_figures(const struct settings *settings, const struct picture *picture) {
  int set = settings->figures;
  do
    set = (set + 1) % SET_COUNT;
  while (!set_says_something(set, picture, settings->columns));
  return set;
}

const char *listing_figures_name(int figures) {
  return sets[figures].name;
}

int listing_figures_of(const char *name) {
  for (int set = 0; set < SET_COUNT; set++)
    if (strcmp(sets[set].name, name) == 0)
      return set;
  return -1;
}

/* The columns that are wanted, then -1. The interval may have been changed to one without units. */
static void listing_wanted(const struct view *view, int *wanted) {
  const struct settings *settings = view->settings;
  int set = settings->figures, count = 0;
  if (!set_says_something(set, view->picture, settings->columns))
    set = SET_BYTES;
  if (set != SET_OWN) {
    memcpy(wanted, sets[set].columns, sizeof sets[set].columns);
    return;
  }
  for (int id = 0; id < COLUMN_COUNT && count < LISTING_COLUMNS; id++)
    if (settings->columns & 1u << id)
      wanted[count++] = id;
  wanted[count] = -1;
}

void listing_toggle_column(struct settings *settings, int id) {
  if (settings->figures != SET_OWN) { /* begins with what is shown */
    settings->columns = 0;
    for (int i = 0; sets[settings->figures].columns[i] >= 0; i++)
      settings->columns |= 1u << sets[settings->figures].columns[i];
    settings->figures = SET_OWN;
  }
  settings->columns ^= 1u << id;
  if (!settings->columns)
    settings->figures = SET_BYTES;
}

bool listing_has_column(const struct settings *settings, int id) {
  if (settings->figures == SET_OWN)
    return settings->columns & 1u << id;
  for (int i = 0; sets[settings->figures].columns[i] >= 0; i++)
    if (sets[settings->figures].columns[i] == id)
      return true;
  return false;
}

static bool listing_sorted_by(const struct view *view, const struct column *column) {
  return column->sort >= 0 && column->sort == (int)view->picture->question.sort;
}

/* The columns wanted that leave room for names, in order. */
static void listing_choose(struct listing *listing, const struct view *view, int columns_wide) {
  int at = listing->has_verdict ? 1 + VERDICT_WIDTH + 1 : 1, wanted[LISTING_COLUMNS + 1];
  bool bar = view->settings->figures == SET_BYTES || columns_wide >= BAR_ROOM;
  listing_wanted(view, wanted);
  for (int i = 0; wanted[i] >= 0; i++) {
    const struct column *column = &columns()[wanted[i]];
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
  int wanted[LISTING_COLUMNS + 1];
  listing_wanted(view, wanted);
  int figure = columns()[wanted[0]].width;
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
    bool reverse = view->settings->reverse && view->ops->by != ANALYSIS_BY_TREE;
    screen_put_right(screen, at, column_at, column->width, STYLE_HEADING, column->title);
    if (sorted) {
      int mark = column_at + column->width - screen_width(screen, column->title) - 1;
      uint32_t glyph = screen->unicode ? (reverse ? 0x25b4 : 0x25be) : (reverse ? '^' : 'v');
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

bool listing_sort_at(struct view *view, int screen_column) {
  struct listing listing;
  struct question question = model_question(view->model);
  int at = 1;
  listing_lay_out(&listing, view, view->columns);
  for (int i = 0; i < listing.column_count; i++) {
    const struct column *column = listing.columns[i];
    if (screen_column >= at && screen_column < at + column->width && column->sort >= 0) {
      bool again = column->sort == (int)question.sort;
      question.sort = (enum analysis_sort)column->sort;
      model_ask(view->model, &question);
      return again;
    }
    at += column->width + 1 + (i == 0 && listing.bar_width ? listing.bar_width + 1 : 0);
  }
  return false;
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
  double ticks =
      (double)(moments[picture->report->to].stamp - moments[picture->report->from].stamp);
  return (struct column_context){.trace = picture->reading->trace,
                                 .end_stamp = moments[picture->report->to].stamp,
                                 .units = picture->report->units,
                                 .seconds =
                                     ticks / picture->reading->trace->process.ticks_per_second};
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
  uint64_t numbers[] = {site->line, site->line ? 0 : site->offset, site->thread, site->path};
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
