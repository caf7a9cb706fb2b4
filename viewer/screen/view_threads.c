/* SPDX-License-Identifier: Apache-2.0
 *
 * The threads: what stands of what each allocated in the interval, what it did in the whole run,
 * when it came and went.
 */
#include "report/format.h"
#include "screen/grid.h"
#include "screen/listing.h"

#include <stdlib.h>

struct threads {
  struct view view;
  struct threads_row {
    uint32_t thread;
    const struct analysis_site *site; /* NULL: it allocated nothing in the interval */
  } * rows;
  size_t capacity;
  uint32_t selected; /* while the picture changes; 0: the first row, whichever that is */
};

enum threads_column {
  THREADS_OUTSTANDING,
  THREADS_BLOCKS,
  THREADS_GROWTH,
  THREADS_ALLOCATED,
  THREADS_FREED,
  THREADS_EVENTS,
  THREADS_FOREIGN,
  THREADS_BEGAN,
  THREADS_ENDED,
  THREADS_COLUMNS,
};

static const struct grid_column threads_columns[THREADS_COLUMNS] = {
    [THREADS_OUTSTANDING] = {"outstanding", 11, false},
    [THREADS_BLOCKS] = {"blocks", 9, false},
    [THREADS_GROWTH] = {"growth", 11, false},
    [THREADS_ALLOCATED] = {"allocated", 10, false},
    [THREADS_FREED] = {"freed", 10, false},
    [THREADS_EVENTS] = {"events", 11, false},
    [THREADS_FOREIGN] = {"others' freed", 13, false},
    [THREADS_BEGAN] = {"began", 9, false},
    [THREADS_ENDED] = {"ended", 9, false},
};

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
  for (; count < report->site_count; count++) {
    size_t from = view->settings->reverse ? report->site_count - 1 - count : count;
    threads->rows[count] = (struct threads_row){report->sites[from].thread, &report->sites[from]};
  }
  count = threads_add_rest(threads, count);
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

static int threads_head(struct view *view, struct screen *screen, int first) {
  struct grid grid;
  (void)view;
  grid_lay_out(&grid, threads_columns, THREADS_COLUMNS, screen->columns);
  grid_head(&grid, screen, first, "thread");
  return 1;
}

static const char *threads_name(char out[LISTING_NAME], const struct view *view,
                                const struct threads_row *row) {
  struct analysis_site none = {.thread = row->thread};
  return listing_name(out, view->picture, row->site ? row->site : &none);
}

static void threads_draw_interval(const struct grid *grid, const struct threads_row *row,
                                  struct screen *screen, int at) {
  char text[FORMAT_BYTES];
  if (!row->site)
    return;
  const struct analysis_figures *figures = &row->site->figures;
  grid_put(grid, screen, at, THREADS_OUTSTANDING, STYLE_TEXT,
           format_size(text, figures->outstanding_bytes));
  grid_put(grid, screen, at, THREADS_BLOCKS, STYLE_QUIET,
           format_count(text, figures->outstanding_blocks));
  grid_put(grid, screen, at, THREADS_GROWTH, figures->growth_bytes > 0 ? STYLE_GROWTH : STYLE_QUIET,
           format_growth(text, figures->growth_bytes));
}

static void threads_draw_run(const struct grid *grid, const struct analysis_thread *run,
                             struct screen *screen, int at) {
  char text[FORMAT_BYTES];
  grid_put(grid, screen, at, THREADS_ALLOCATED, STYLE_QUIET,
           format_size(text, run->allocated_bytes));
  grid_put(grid, screen, at, THREADS_FREED, STYLE_QUIET, format_size(text, run->freed_bytes));
  grid_put(grid, screen, at, THREADS_EVENTS, STYLE_QUIET,
           format_count(text, run->allocations + run->frees));
  grid_put(grid, screen, at, THREADS_FOREIGN, STYLE_QUIET, format_count(text, run->foreign_frees));
}

static void threads_draw_life(const struct grid *grid, const struct trace *trace, uint32_t thread,
                              struct screen *screen, int at) {
  char text[FORMAT_BYTES];
  if (!thread || thread >= trace->thread_count)
    return;
  const struct trace_thread *life = &trace->threads[thread];
  if (life->start_stamp)
    grid_put(grid, screen, at, THREADS_BEGAN, STYLE_QUIET,
             format_duration(text, trace_seconds(trace, life->start_stamp)));
  grid_put(grid, screen, at, THREADS_ENDED, STYLE_QUIET,
           life->end_stamp ? format_duration(text, trace_seconds(trace, life->end_stamp)) : "-");
}

static void threads_draw(void *data, size_t number, struct screen *screen, int at) {
  struct view *view = data;
  const struct threads_row *row = &threads_of(view)->rows[number];
  const struct reading *reading = view->picture->reading;
  struct grid grid;
  char name[LISTING_NAME];
  grid_lay_out(&grid, threads_columns, THREADS_COLUMNS, screen->columns);
  threads_draw_interval(&grid, row, screen, at);
  threads_draw_run(&grid, analysis_thread(reading->analysis, row->thread), screen, at);
  threads_draw_life(&grid, reading->trace, row->thread, screen, at);
  grid_name(&grid, screen, at, 0, STYLE_TEXT, threads_name(name, view, row));
}

static bool threads_matches(void *data, size_t number, const char *needle) {
  struct view *view = data;
  char name[LISTING_NAME];
  return view_text_has(threads_name(name, view, &threads_of(view)->rows[number]), needle);
}

static enum view_result threads_act(struct view *view, enum action action, const struct key *key) {
  (void)key;
  if (action == ACTION_OPEN)
    return threads_selected(view) ? VIEW_DETAIL : VIEW_DONE;
  if (action != ACTION_REVERSE)
    return VIEW_IGNORED;
  view->settings->reverse = !view->settings->reverse;
  threads_refresh(view);
  return VIEW_DONE;
}

const struct view_ops view_threads = {
    .name = "threads",
    .bytes = sizeof(struct threads),
    .by = ANALYSIS_BY_THREAD,
    .hints = {ACTION_OPEN, ACTION_SEARCH, ACTION_FILTER, ACTION_SORT, ACTION_FROM_FORWARD,
              ACTION_TO_BACK},
    .rows = {threads_draw, threads_matches},
    .empty = "No thread here.",
    .close = threads_close,
    .remember = threads_remember,
    .refresh = threads_refresh,
    .head = threads_head,
    .act = threads_act,
    .selected = threads_selected,
};
