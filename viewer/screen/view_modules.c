/* SPDX-License-Identifier: Apache-2.0
 *
 * The modules: what stands of what each allocated, and whether its symbols were found; a row opens
 * to its path, its build-id, and where debug information could come from.
 */
#include "report/format.h"
#include "report/provenance.h"
#include "screen/grid.h"
#include "screen/listing.h"

#include <stdio.h>
#include <stdlib.h>

#define SENTENCES_MOST 4

enum modules_kind {
  MODULES_MODULE,
  MODULES_PATH,
  MODULES_BUILD_ID,
  MODULES_SENTENCE,
  MODULES_STACKS
};

struct modules_row {
  enum modules_kind kind;
  uint32_t module;
  size_t index;                     /* of the sentence */
  const struct analysis_site *site; /* NULL: nothing of it in the interval */
};

struct modules {
  struct view view;
  struct modules_row *rows;
  size_t capacity;
  bool *open; /* by module */
  size_t open_count;
  uint32_t selected; /* while the picture changes; 0: the first row, whichever that is */
};

enum modules_column {
  MODULES_BYTES,
  MODULES_BLOCKS,
  MODULES_GROWTH,
  MODULES_SYMBOLS,
  MODULES_ID,
  MODULES_COLUMNS
};

static const struct grid_column modules_columns[MODULES_COLUMNS] = {
    [MODULES_BYTES] = {"outstanding", 11, false}, [MODULES_BLOCKS] = {"blocks", 9, false},
    [MODULES_GROWTH] = {"growth", 11, false},     [MODULES_SYMBOLS] = {"symbols", 31, true},
    [MODULES_ID] = {"build-id", 40, true},
};

static struct modules *modules_of(struct view *view) {
  return (struct modules *)view;
}

static const struct trace *modules_trace(const struct modules *modules) {
  return modules->view.picture->reading->trace;
}

/* ---- Rows -------------------------------------------------------------------------------------*/

/* false: no memory; the row is left out. */
static bool modules_add(struct modules *modules, struct modules_row row) {
  struct table *table = &modules->view.table;
  if (table->count == modules->capacity) {
    size_t capacity = modules->capacity ? 2 * modules->capacity : 64;
    struct modules_row *larger = reallocarray(modules->rows, capacity, sizeof *larger);
    if (!larger)
      return false;
    modules->rows = larger;
    modules->capacity = capacity;
  }
  modules->rows[table->count++] = row;
  return true;
}

static void modules_add_module(struct modules *modules, uint32_t module,
                               const struct analysis_site *site) {
  struct modules_row row = {.kind = MODULES_MODULE, .module = module, .site = site};
  struct symbols *symbols = modules->view.picture->reading->symbols;
  char sentence[PROVENANCE_BYTES];
  if (!modules_add(modules, row) || module >= modules->open_count || !modules->open[module])
    return;
  if (module) {
    row.kind = MODULES_PATH;
    modules_add(modules, row);
    row.kind = MODULES_BUILD_ID;
    modules_add(modules, row);
    row.kind = MODULES_SENTENCE;
    for (; row.index < SENTENCES_MOST &&
           provenance_text(sentence, row.index, modules_trace(modules), symbols, module);
         row.index++)
      modules_add(modules, row);
  }
  row.kind = MODULES_STACKS;
  if (site)
    modules_add(modules, row);
}

/* Room to say what is open, and which modules have been listed. */
static bool modules_reserve(struct modules *modules) {
  size_t count = modules_trace(modules)->module_count + 1;
  if (count <= modules->open_count)
    return true;
  bool *open = reallocarray(modules->open, count, sizeof *open);
  if (!open)
    return false;
  while (modules->open_count < count)
    open[modules->open_count++] = false;
  modules->open = open;
  return true;
}

/* The modules that the interval says nothing of, unless rows are being sought. */
static void modules_add_rest(struct modules *modules) {
  const struct picture *picture = modules->view.picture;
  size_t count = modules_trace(modules)->module_count;
  bool *seen = picture->question.filter[0] ? NULL : calloc(count + 1, sizeof *seen);
  for (size_t i = 0; seen && i < picture->report->site_count; i++)
    if (picture->report->sites[i].module < count)
      seen[picture->report->sites[i].module] = true;
  for (size_t i = 1; seen && i < count; i++)
    if (!seen[i])
      modules_add_module(modules, (uint32_t)i, NULL);
  free(seen);
}

static void modules_make(struct modules *modules) {
  const struct analysis_report *report = modules->view.picture->report;
  struct table *table = &modules->view.table;
  size_t cursor = table->cursor;
  table->count = 0;
  for (size_t i = 0; modules_reserve(modules) && i < report->site_count; i++) {
    size_t from = modules->view.settings->reverse ? report->site_count - 1 - i : i;
    modules_add_module(modules, report->sites[from].module, &report->sites[from]);
  }
  modules_add_rest(modules);
  table->cursor = cursor;
  table_count(table, table->count);
}

static void modules_select(struct modules *modules, uint32_t module) {
  for (size_t i = 0; i < modules->view.table.count; i++)
    if (modules->rows[i].module == module && modules->rows[i].kind == MODULES_MODULE) {
      table_move_to(&modules->view.table, i);
      return;
    }
}

static void modules_remember(struct view *view) {
  const struct table *table = &view->table;
  modules_of(view)->selected = table->cursor ? modules_of(view)->rows[table->cursor].module : 0;
}

static void modules_refresh(struct view *view) {
  struct modules *modules = modules_of(view);
  size_t cursor = view->table.cursor;
  modules_make(modules);
  if (modules->selected &&
      (cursor >= view->table.count || modules->rows[cursor].module != modules->selected))
    modules_select(modules, modules->selected);
  model_want_modules(view->model);
}

/* A module's files were looked at: there may be more to say. */
static void modules_symbols(struct view *view) {
  if (view->picture)
    modules_make(modules_of(view));
}

static void modules_close(struct view *view) {
  free(modules_of(view)->rows);
  free(modules_of(view)->open);
}

static const struct analysis_site *modules_selected(struct view *view) {
  return view->picture && view->table.count ? modules_of(view)->rows[view->table.cursor].site
                                            : NULL;
}

/* ---- Drawing ----------------------------------------------------------------------------------*/

static int modules_head(struct view *view, struct screen *screen, int first) {
  struct grid grid;
  (void)view;
  grid_lay_out(&grid, modules_columns, MODULES_COLUMNS, screen->columns);
  grid_head(&grid, screen, first, "  module");
  return 1;
}

static const char *modules_path(const struct modules *modules, uint32_t module) {
  const struct trace *trace = modules_trace(modules);
  if (module == 0 || module >= trace->module_count)
    return "code of no module: made while the program ran, or written by hand";
  return trace->modules[module].path;
}

static void modules_draw_module(const struct modules *modules, const struct modules_row *row,
                                struct screen *screen, int at) {
  const struct trace *trace = modules_trace(modules);
  struct symbols *symbols = modules->view.picture->reading->symbols;
  struct grid grid;
  char text[FORMAT_BYTES], id[PROVENANCE_ID_BYTES];
  grid_lay_out(&grid, modules_columns, MODULES_COLUMNS, screen->columns);
  if (row->site) {
    const struct analysis_figures *figures = &row->site->figures;
    grid_put(&grid, screen, at, MODULES_BYTES, STYLE_TEXT,
             format_size(text, figures->outstanding_bytes));
    grid_put(&grid, screen, at, MODULES_BLOCKS, STYLE_QUIET,
             format_count(text, figures->outstanding_blocks));
    grid_put(&grid, screen, at, MODULES_GROWTH,
             figures->growth_bytes > 0 ? STYLE_GROWTH : STYLE_QUIET,
             format_growth(text, figures->growth_bytes));
  }
  if (row->module && row->module < trace->module_count) {
    enum symbols_state state = symbols_module_state(symbols, row->module);
    grid_put(&grid, screen, at, MODULES_SYMBOLS, state == SYMBOLS_FULL ? STYLE_QUIET : STYLE_TEXT,
             symbols_state_text(state));
    grid_put(&grid, screen, at, MODULES_ID, STYLE_QUIET,
             provenance_build_id(id, &trace->modules[row->module]));
  }
  grid_fold(&grid, screen, at, modules->open[row->module]);
  grid_name(&grid, screen, at, 2, STYLE_TEXT, symbols_module_name(symbols, row->module));
}

/* The text of a line below a module. */
static const char *modules_line(char out[LISTING_NAME], const struct modules *modules,
                                const struct modules_row *row) {
  const struct trace *trace = modules_trace(modules);
  char id[PROVENANCE_ID_BYTES];
  switch (row->kind) {
  case MODULES_BUILD_ID:
    provenance_build_id(id, &trace->modules[row->module]);
    snprintf(out, LISTING_NAME, "build-id %s", id[0] ? id : "none");
    break;
  case MODULES_SENTENCE:
    provenance_text(out, row->index, trace, modules->view.picture->reading->symbols, row->module);
    break;
  case MODULES_STACKS:
    snprintf(out, LISTING_NAME, "its stacks: Enter shows them");
    break;
  default:
    snprintf(out, LISTING_NAME, "%s", modules_path(modules, row->module));
  }
  return out;
}

static void modules_draw(void *data, size_t number, struct screen *screen, int at) {
  const struct modules *modules = data;
  const struct modules_row *row = &modules->rows[number];
  char text[LISTING_NAME];
  if (row->kind == MODULES_MODULE)
    modules_draw_module(modules, row, screen, at);
  else
    screen_put(screen, at, 5, screen->columns - 5,
               row->kind == MODULES_STACKS ? STYLE_HEADING : STYLE_QUIET,
               modules_line(text, modules, row));
}

static bool modules_matches(void *data, size_t number, const char *needle) {
  const struct modules *modules = data;
  const struct modules_row *row = &modules->rows[number];
  char text[LISTING_NAME];
  return view_text_has(modules_line(text, modules, row), needle);
}

/* ---- Acting -----------------------------------------------------------------------------------*/

static enum view_result modules_toggle(struct modules *modules, uint32_t module) {
  modules->open[module] = !modules->open[module];
  modules_make(modules);
  modules_select(modules, module);
  return VIEW_DONE;
}

static enum view_result modules_reverse(struct modules *modules) {
  modules->view.settings->reverse = !modules->view.settings->reverse;
  modules_make(modules);
  return VIEW_DONE;
}

static enum view_result modules_act(struct view *view, enum action action, const struct key *key) {
  struct modules *modules = modules_of(view);
  if (action == ACTION_REVERSE)
    return modules_reverse(modules);
  if (!view->table.count)
    return VIEW_IGNORED;
  const struct modules_row *row = &modules->rows[view->table.cursor];
  if (row->module >= modules->open_count)
    return VIEW_IGNORED;
  if (action == ACTION_OPEN)
    return row->kind == MODULES_STACKS ? VIEW_DETAIL : modules_toggle(modules, row->module);
  if (action == ACTION_BACK && key->code != KEY_CODE_ESCAPE && modules->open[row->module])
    return modules_toggle(modules, row->module);
  return VIEW_IGNORED;
}

const struct view_ops view_modules = {
    .name = "modules",
    .bytes = sizeof(struct modules),
    .by = ANALYSIS_BY_MODULE,
    .hints = {ACTION_OPEN, ACTION_SEARCH, ACTION_FILTER, ACTION_SORT, ACTION_FROM_FORWARD,
              ACTION_TO_BACK},
    .rows = {modules_draw, modules_matches},
    .empty = "No module here.",
    .close = modules_close,
    .remember = modules_remember,
    .refresh = modules_refresh,
    .symbols = modules_symbols,
    .head = modules_head,
    .act = modules_act,
    .selected = modules_selected,
};
