/* SPDX-License-Identifier: Apache-2.0
 *
 * The modules: what stands of what each allocated, and whether its symbols were found; a row opens
 * to its path, its build-id, and where debug information could come from.
 */
#include "report/provenance.h"
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

struct modules_lead {               /* a module */
  uint32_t module;                  /* 0: code of none */
  const struct analysis_site *site; /* NULL: nothing of it in the interval */
};

struct modules_row {
  enum modules_kind kind;
  const struct modules_lead *lead;
  size_t index; /* of the sentence */
};

struct modules {
  struct view view;
  struct modules_lead *leads;
  size_t lead_count;
  struct modules_row *rows;
  size_t capacity;
  bool *open; /* by module */
  size_t open_count;
  uint32_t selected; /* while the picture changes; 0: the first row, whichever that is */
};

static struct modules *modules_of(struct view *view) {
  return (struct modules *)view;
}

static const struct trace *modules_trace(const struct modules *modules) {
  return modules->view.picture->reading->trace;
}

/* ---- Columns --------------------------------------------------------------------------------- */

/* The module that a row is about; 0: code that no module has. */
static uint32_t module_of(const struct grid_row *row) {
  const struct modules_lead *lead = row->own;
  return lead->module < row->view->picture->reading->trace->module_count ? lead->module : 0;
}

static enum symbols_state state_of(const struct grid_row *row) {
  return symbols_module_state(row->view->picture->reading->symbols, module_of(row));
}

static bool state_text(char *out, const struct grid_row *row) {
  if (module_of(row))
    snprintf(out, GRID_CELL, "%s", symbols_state_text(state_of(row)));
  return module_of(row);
}

/* What is missing is what a person looks for. */
static enum screen_style state_style(const struct grid_row *row) {
  return state_of(row) == SYMBOLS_FULL ? STYLE_QUIET : STYLE_TEXT;
}

static bool id_text(char *out, const struct grid_row *row) {
  return module_of(row) &&
         provenance_build_id(out, &row->view->picture->reading->trace->modules[module_of(row)])[0];
}

static const struct grid_column modules_own[] = {
    {.title = "symbols",
     .help = "whether debug information was found, or why not",
     .width = 25,
     .left = true,
     .early = true,
     .text = state_text,
     .style = state_style},
    {.title = "build-id",
     .help = "what its files are found by",
     .width = 40,
     .left = true,
     .text = id_text},
};

static const char *modules_heading(const struct view *view) {
  (void)view;
  return "  module";
}

/* Elements are leads. */
static struct grid_row modules_row(const struct view *view, const void *element) {
  const struct modules_lead *lead = element;
  return (struct grid_row){view, lead, lead->site ? &lead->site->figures : NULL};
}

static const char *modules_text(char *out, const struct grid_row *row) {
  snprintf(out, GRID_NAME, "%s",
           symbols_module_name(row->view->picture->reading->symbols,
                               ((const struct modules_lead *)row->own)->module));
  return out;
}

static const struct grid_table modules_table = {.name = "modules",
                                                .figures = 4,
                                                .own = modules_own,
                                                .own_count =
                                                    sizeof modules_own / sizeof *modules_own,
                                                .usual = -1,
                                                .room = 24,
                                                .heading = modules_heading,
                                                .row = modules_row,
                                                .text = modules_text};

/* ---- Rows ----------------------------------------------------------------------------------- */

/* The modules that the interval has something of, and the others unless rows are being sought.
 * false: no memory. */
static bool modules_collect(struct modules *modules) {
  const struct picture *picture = modules->view.picture;
  const struct analysis_report *report = picture->report;
  size_t known = modules_trace(modules)->module_count, count = 0;
  bool *seen = calloc(known + 1, sizeof *seen);
  free(modules->leads);
  modules->leads = calloc(report->site_count + known + 1, sizeof *modules->leads);
  for (; seen && modules->leads && count < report->site_count; count++) {
    const struct analysis_site *site = &report->sites[count];
    modules->leads[count] = (struct modules_lead){site->module, site};
    seen[site->module < known ? site->module : known] = true;
  }
  for (uint32_t i = 1; seen && modules->leads && !picture->question.filter[0] && i < known; i++)
    if (!seen[i])
      modules->leads[count++] = (struct modules_lead){.module = i};
  modules->lead_count = count;
  free(seen);
  grid_arrange(&modules->view, modules->leads, count, sizeof *modules->leads);
  return count;
}

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

static bool modules_is_open(const struct modules *modules, const struct modules_lead *lead) {
  return lead->module < modules->open_count && modules->open[lead->module];
}

/* A module, and what it opens to. */
static void modules_add_lead(struct modules *modules, const struct modules_lead *lead) {
  struct modules_row row = {.kind = MODULES_MODULE, .lead = lead};
  char sentence[PROVENANCE_BYTES];
  if (!modules_add(modules, row) || !modules_is_open(modules, lead))
    return;
  if (lead->module) {
    row.kind = MODULES_PATH;
    modules_add(modules, row);
    row.kind = MODULES_BUILD_ID;
    modules_add(modules, row);
    row.kind = MODULES_SENTENCE;
    for (; row.index < SENTENCES_MOST &&
           provenance_text(sentence, row.index, modules_trace(modules),
                           modules->view.picture->reading->symbols, lead->module);
         row.index++)
      modules_add(modules, row);
  }
  row.kind = MODULES_STACKS;
  if (lead->site)
    modules_add(modules, row);
}

/* Room to say what is open. */
static void modules_reserve(struct modules *modules) {
  size_t count = modules_trace(modules)->module_count + 1;
  bool *open =
      count > modules->open_count ? reallocarray(modules->open, count, sizeof *open) : NULL;
  if (!open)
    return;
  while (modules->open_count < count)
    open[modules->open_count++] = false;
  modules->open = open;
}

/* Makes the rows, of leads that are in order. */
static void modules_unfold(struct modules *modules) {
  struct table *table = &modules->view.table;
  size_t cursor = table->cursor;
  table->count = 0;
  for (size_t i = 0; i < modules->lead_count; i++)
    modules_add_lead(modules, &modules->leads[i]);
  table->cursor = cursor;
  table_count(table, table->count);
}

static void modules_select(struct modules *modules, uint32_t module) {
  for (size_t i = 0; i < modules->view.table.count; i++)
    if (modules->rows[i].lead->module == module && modules->rows[i].kind == MODULES_MODULE) {
      table_move_to(&modules->view.table, i);
      return;
    }
}

static void modules_remember(struct view *view) {
  const struct table *table = &view->table;
  modules_of(view)->selected =
      table->cursor ? modules_of(view)->rows[table->cursor].lead->module : 0;
}

static void modules_refresh(struct view *view) {
  struct modules *modules = modules_of(view);
  size_t cursor = view->table.cursor;
  modules_reserve(modules);
  if (!modules_collect(modules))
    modules->lead_count = 0;
  modules_unfold(modules);
  if (modules->selected &&
      (cursor >= view->table.count || modules->rows[cursor].lead->module != modules->selected))
    modules_select(modules, modules->selected);
  model_want_modules(view->model);
}

/* A module's files were looked at: there may be more to say. */
static void modules_symbols(struct view *view) {
  if (view->picture)
    modules_unfold(modules_of(view));
}

static void modules_close(struct view *view) {
  free(modules_of(view)->leads);
  free(modules_of(view)->rows);
  free(modules_of(view)->open);
}

static const struct analysis_site *modules_selected(struct view *view) {
  return view->picture && view->table.count ? modules_of(view)->rows[view->table.cursor].lead->site
                                            : NULL;
}

/* ---- Drawing ----------------------------------------------------------------------------------*/

static const char *modules_path(const struct modules *modules, uint32_t module) {
  const struct trace *trace = modules_trace(modules);
  if (module == 0 || module >= trace->module_count)
    return "code of no module: made while the program ran, or written by hand";
  return trace->modules[module].path;
}

static void modules_draw_lead(const struct modules *modules, const struct modules_lead *lead,
                              struct screen *screen, int at) {
  const struct view *view = &modules->view;
  grid_cells(view, lead, screen, at);
  grid_fold(view, screen, at, 0, modules_is_open(modules, lead));
  grid_name(view, screen, at, 2, STYLE_TEXT,
            symbols_module_name(view->picture->reading->symbols, lead->module));
}

/* The text of a line below a module. */
static const char *modules_line(char out[LISTING_NAME], const struct modules *modules,
                                const struct modules_row *row) {
  const struct trace *trace = modules_trace(modules);
  char id[PROVENANCE_ID_BYTES];
  switch (row->kind) {
  case MODULES_BUILD_ID:
    provenance_build_id(id, &trace->modules[row->lead->module]);
    snprintf(out, LISTING_NAME, "build-id %s", id[0] ? id : "none");
    break;
  case MODULES_SENTENCE:
    provenance_text(out, row->index, trace, modules->view.picture->reading->symbols,
                    row->lead->module);
    break;
  case MODULES_STACKS:
    snprintf(out, LISTING_NAME, "its stacks: Enter shows them");
    break;
  default:
    snprintf(out, LISTING_NAME, "%s", modules_path(modules, row->lead->module));
  }
  return out;
}

static void modules_draw(void *data, size_t number, struct screen *screen, int at) {
  const struct modules *modules = data;
  const struct modules_row *row = &modules->rows[number];
  char text[LISTING_NAME];
  if (row->kind == MODULES_MODULE)
    modules_draw_lead(modules, row->lead, screen, at);
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
  modules_unfold(modules);
  modules_select(modules, module);
  return VIEW_DONE;
}

static enum view_result modules_act(struct view *view, enum action action, const struct key *key) {
  struct modules *modules = modules_of(view);
  if (!view->table.count)
    return VIEW_IGNORED;
  const struct modules_row *row = &modules->rows[view->table.cursor];
  if (row->lead->module >= modules->open_count)
    return VIEW_IGNORED;
  if (action == ACTION_OPEN)
    return row->kind == MODULES_STACKS ? VIEW_DETAIL : modules_toggle(modules, row->lead->module);
  if (action == ACTION_BACK && key->code != KEY_CODE_ESCAPE && modules_is_open(modules, row->lead))
    return modules_toggle(modules, row->lead->module);
  return VIEW_IGNORED;
}

const struct view_ops view_modules = {
    .name = "modules",
    .bytes = sizeof(struct modules),
    .by = ANALYSIS_BY_MODULE,
    .hints = {ACTION_OPEN, ACTION_SEARCH, ACTION_FILTER, ACTION_SORT, ACTION_UNITS,
              ACTION_FROM_FORWARD, ACTION_TO_BACK},
    .rows = {modules_draw, modules_matches},
    .empty = "No module here.",
    .close = modules_close,
    .remember = modules_remember,
    .refresh = modules_refresh,
    .symbols = modules_symbols,
    .grid = &modules_table,
    .act = modules_act,
    .selected = modules_selected,
};
