/* SPDX-License-Identifier: Apache-2.0 */
#include "screen/listing.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* ---- The table --------------------------------------------------------------------------------
 */

static const struct verdict *verdict_of_row(const struct grid_row *row) {
  return findings_of(row->view->picture->findings, row->own);
}

static bool verdict_text(char *out, const struct grid_row *row) {
  const struct verdict *verdict = verdict_of_row(row);
  if (verdict)
    snprintf(out, GRID_CELL, "%s", verdict_word(verdict->kind));
  return verdict;
}

/* What a person should look at comes first. */
static double verdict_value(const struct grid_row *row) {
  static const double places[VERDICT_KINDS] = {
      [VERDICT_LEAK] = 5,    [VERDICT_UNKNOWN] = 4, [VERDICT_STEP] = 3,
      [VERDICT_PLATEAU] = 2, [VERDICT_STARTUP] = 1, [VERDICT_CHURN] = 0};
  const struct verdict *verdict = verdict_of_row(row);
  return verdict ? places[verdict->kind] : NAN;
}

static enum screen_style verdict_style(const struct grid_row *row) {
  const struct verdict *verdict = verdict_of_row(row);
  return verdict && verdict->kind == VERDICT_LEAK ? STYLE_LEAK : STYLE_QUIET;
}

/* Rows of a tree have none. */
static bool verdict_known(const struct view *view) {
  const struct findings *findings = view->picture->findings;
  return findings && !findings->own;
}

static const struct grid_column own[] = {{.title = "verdict",
                                          .help = "what the row is thought to be",
                                          .width = 8,
                                          .left = true,
                                          .early = true,
                                          .text = verdict_text,
                                          .value = verdict_value,
                                          .style = verdict_style,
                                          .known = verdict_known}};

static const char *listing_heading(const struct view *view) {
  switch (view->ops->by) {
  case ANALYSIS_BY_FUNCTION:
    return "function";
  case ANALYSIS_BY_TREE:
    return view->picture->question.inverted ? "what allocates, and its callers"
                                            : "callers, and what they call";
  default:
    return "call site";
  }
}

/* Elements are pointers to rows of the report. */
static struct grid_row listing_row(const struct view *view, const void *element) {
  const struct analysis_site *site = *(const struct analysis_site *const *)element;
  return (struct grid_row){view, site, &site->figures};
}

const struct grid_table listing_table = {.name = "sites",
                                         .figures = 7,
                                         .bars = true,
                                         .names = 29, /* a function, its file and line */
                                         .own = own,
                                         .own_count = sizeof own / sizeof *own,
                                         .usual = -1,
                                         .heading = listing_heading,
                                         .row = listing_row};

/* ---- Rows -------------------------------------------------------------------------------------
 */

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
