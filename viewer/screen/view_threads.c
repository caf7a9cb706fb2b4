/* SPDX-License-Identifier: Apache-2.0
 *
 * The threads: what stands of what each allocated in the interval, what it did in the whole run,
 * when it came and went.
 */
#include "report/format.h"
#include "screen/listing.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct threads {
  struct view view;
  struct threads_row {
    uint32_t thread;
    const struct analysis_site *site; /* NULL: it allocated nothing in the interval */
  } * rows;
  size_t capacity;
  uint32_t selected; /* while the picture changes; 0: the first row, whichever that is */
};

/* ---- Columns --------------------------------------------------------------------------------- */

static uint32_t thread_of(const struct grid_row *row) {
  return ((const struct threads_row *)row->own)->thread;
}

/* What it did in the whole run. */
static const struct analysis_thread *run_of(const struct grid_row *row) {
  return analysis_thread(row->view->picture->reading->analysis, thread_of(row));
}

static bool freed_text(char *out, const struct grid_row *row) {
  return format_size(out, run_of(row)->freed_bytes);
}

static double freed_value(const struct grid_row *row) {
  return (double)run_of(row)->freed_bytes;
}

static double events_value(const struct grid_row *row) {
  return (double)(run_of(row)->allocations + run_of(row)->frees);
}

static bool events_text(char *out, const struct grid_row *row) {
  return format_count(out, run_of(row)->allocations + run_of(row)->frees);
}

static double foreign_value(const struct grid_row *row) {
  return (double)run_of(row)->foreign_frees;
}

static bool foreign_text(char *out, const struct grid_row *row) {
  return format_count(out, run_of(row)->foreign_frees);
}

/* NULL: the trace does not tell which thread it was. */
static const struct trace_thread *life_of(const struct grid_row *row) {
  const struct trace *trace = row->view->picture->reading->trace;
  uint32_t thread = thread_of(row);
  return thread && thread < trace->thread_count ? &trace->threads[thread] : NULL;
}

static double began_value(const struct grid_row *row) {
  const struct trace_thread *life = life_of(row);
  return life && life->start_stamp
             ? trace_seconds(row->view->picture->reading->trace, life->start_stamp)
             : NAN;
}

static bool began_text(char *out, const struct grid_row *row) {
  double began = began_value(row);
  return !isnan(began) && format_duration(out, began);
}

/* Those that live have ended last. */
static double ended_value(const struct grid_row *row) {
  const struct trace_thread *life = life_of(row);
  if (!life)
    return NAN;
  return life->end_stamp ? trace_seconds(row->view->picture->reading->trace, life->end_stamp)
                         : INFINITY;
}

static bool ended_text(char *out, const struct grid_row *row) {
  double ended = ended_value(row);
  if (isnan(ended))
    return false;
  return isinf(ended) ? strcpy(out, "-") : format_duration(out, ended);
}

static const struct grid_column threads_own[] = {
    {.title = "freed",
     .help = "bytes that the thread freed, in the whole run",
     .width = 10,
     .text = freed_text,
     .value = freed_value},
    {.title = "events",
     .help = "its allocations and frees, in the whole run",
     .width = 11,
     .text = events_text,
     .value = events_value},
    {.title = "others' freed",
     .help = "blocks of other threads that it freed, in the whole run",
     .width = 13,
     .text = foreign_text,
     .value = foreign_value},
    {.title = "began",
     .help = "when the thread came, after the start",
     .width = 9,
     .text = began_text,
     .value = began_value},
    {.title = "ended",
     .help = "when it went; -: it did not",
     .width = 9,
     .text = ended_text,
     .value = ended_value},
};

static const char *threads_heading(const struct view *view) {
  (void)view;
  return "thread";
}

static struct grid_row threads_row(const struct view *view, const void *element) {
  const struct threads_row *row = element;
  return (struct grid_row){view, row, row->site ? &row->site->figures : NULL};
}

static const char *threads_text(char *out, const struct grid_row *row) {
  const struct analysis_site named = {.thread = thread_of(row)};
  return listing_name(out, row->view->picture, &named);
}

static const struct grid_table threads_table = {.name = "threads",
                                                .figures = 4,
                                                .own = threads_own,
                                                .own_count =
                                                    sizeof threads_own / sizeof *threads_own,
                                                .usual = -1,
                                                .room = 16,
                                                .heading = threads_heading,
                                                .row = threads_row,
                                                .text = threads_text};

/* ---- Rows -------------------------------------------------------------------------------------
 */

static struct threads *threads_of(struct view *view) {
  return (struct threads *)view;
}

static const struct analysis_site *threads_selected(struct view *view) {
  return view->picture && view->table.count ? threads_of(view)->rows[view->table.cursor].site
                                            : NULL;
}

static void threads_remember(struct view *view) {
  const struct table *table = &view->table;
  threads_of(view)->selected = table->cursor ? threads_of(view)->rows[table->cursor].thread : 0;
}

/* Room for all threads; false: no memory. */
static bool threads_reserve(struct threads *threads, size_t count) {
  if (count <= threads->capacity)
    return true;
  struct threads_row *larger = reallocarray(threads->rows, count, sizeof *larger);
  if (!larger)
    return false;
  threads->rows = larger;
  threads->capacity = count;
  return true;
}

/* The threads without a part in the interval, unless rows are being sought. */
static size_t threads_add_rest(struct threads *threads, size_t count) {
  const struct picture *picture = threads->view.picture;
  size_t known = picture->reading->trace->thread_count;
  bool *seen = picture->question.filter[0] ? NULL : calloc(known + 1, sizeof *seen);
  for (size_t i = 0; seen && i < count; i++)
    if (threads->rows[i].thread < known)
      seen[threads->rows[i].thread] = true;
  for (size_t i = 1; seen && i < known; i++)
    if (!seen[i])
      threads->rows[count++] = (struct threads_row){.thread = (uint32_t)i};
  free(seen);
  return count;
}

static void threads_refresh(struct view *view) {
  struct threads *threads = threads_of(view);
  const struct analysis_report *report = view->picture->report;
  size_t count = 0, room = report->site_count + view->picture->reading->trace->thread_count;
  if (!threads_reserve(threads, room)) {
    table_count(&view->table, 0);
    return;
  }
  for (; count < report->site_count; count++)
    threads->rows[count] = (struct threads_row){report->sites[count].thread, &report->sites[count]};
  count = threads_add_rest(threads, count);
  grid_arrange(view, threads->rows, count, sizeof *threads->rows);
  table_count(&view->table, count);
  for (size_t i = 0; threads->selected && i < count; i++)
    if (threads->rows[i].thread == threads->selected) {
      table_move_to(&view->table, i);
      return;
    }
}

static void threads_close(struct view *view) {
  free(threads_of(view)->rows);
}

static void threads_draw(void *data, size_t number, struct screen *screen, int at) {
  struct view *view = data;
  const struct threads_row *element = &threads_of(view)->rows[number];
  const struct grid_row row = threads_row(view, element);
  char name[GRID_NAME];
  grid_cells(view, element, screen, at);
  grid_name(view, screen, at, 0, STYLE_TEXT, threads_text(name, &row));
}

static bool threads_matches(void *data, size_t number, const char *needle) {
  struct view *view = data;
  const struct grid_row row = threads_row(view, &threads_of(view)->rows[number]);
  char name[GRID_NAME];
  return view_text_has(threads_text(name, &row), needle);
}

static enum view_result threads_act(struct view *view, enum action action, const struct key *key) {
  (void)key;
  if (action != ACTION_OPEN)
    return VIEW_IGNORED;
  return view->table.count ? VIEW_DETAIL : VIEW_DONE;
}

const struct view_ops view_threads = {
    .name = "threads",
    .bytes = sizeof(struct threads),
    .by = ANALYSIS_BY_THREAD,
    .bare = "this thread allocated nothing in the interval",
    .hints = {ACTION_OPEN, ACTION_SEARCH, ACTION_FILTER, ACTION_SORT, ACTION_UNITS,
              ACTION_FROM_FORWARD, ACTION_TO_BACK},
    .rows = {threads_draw, threads_matches},
    .empty = "No thread here.",
    .close = threads_close,
    .remember = threads_remember,
    .refresh = threads_refresh,
    .grid = &threads_table,
    .act = threads_act,
    .selected = threads_selected,
};
