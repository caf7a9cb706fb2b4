/* SPDX-License-Identifier: Apache-2.0
 *
 * What leaves the screen: what is shown as text, exports, marks and pauses for the target, a source
 * file for an editor.
 */
#include "report/escape.h"
#include "screen/desk_private.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ROWS_MOST 100000 /* of a view that are written to a file */

static void desk_do_chore(struct desk *desk, const struct chore *chore) {
  desk_say(desk, model_do(desk->model, chore) ? "working" : "busy: try again");
}

/* ---- Text -------------------------------------------------------------------------------------*/

/* All rows of the view, as wide as the screen is; false: no memory. */
static bool text_put_view(FILE *out, struct desk *desk) {
  struct view *view = desk_view(desk);
  struct table table = view->table; /* drawing scrolls */
  struct screen whole = {.unicode = desk->screen.unicode};
  size_t rows = table.count < ROWS_MOST ? table.count : ROWS_MOST;
  if (!screen_resize(&whole, (int)rows + 3, desk->screen.columns))
    return false;
  view_draw(view, &whole, 0, whole.rows);
  view->table = table;
  int used = whole.rows;
  for (int row = 0; row < used; row++)
    screen_write_row(out, &whole, row);
  screen_release(&whole);
  return true;
}

static char *text_of_screen(const struct screen *screen) {
  char *text = NULL;
  size_t bytes = 0;
  FILE *out = open_memstream(&text, &bytes);
  for (int row = 0; out && row < screen->rows - 1; row++)
    screen_write_row(out, screen, row);
  return out && !fclose(out) ? text : NULL;
}

/* ---- Copying ----------------------------------------------------------------------------------*/

/* Never over a file that is there: its name may have been mistyped. */
static bool copy_to_file(struct desk *desk, const char *name) {
  int descriptor = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
  FILE *out = descriptor < 0 ? NULL : fdopen(descriptor, "w");
  if (!out) {
    desk_say(desk, "%.80s cannot be written: %s", name, strerror(errno));
    return false;
  }
  bool whole = text_put_view(out, desk) && !ferror(out);
  if (fclose(out) || !whole)
    desk_say(desk, "%.80s could not be written whole", name);
  else
    desk_say(desk, "written: %.120s", name);
  return true;
}

static bool copy_accept(struct desk *desk) {
  if (desk->prompt.bytes)
    return copy_to_file(desk, desk->prompt.text);
  desk->errand = (struct errand){.kind = ERRAND_COPY, .text = text_of_screen(desk_draw(desk))};
  desk_say(desk, "copied, if the terminal takes it (OSC 52)");
  return true;
}

static const struct asking asking_copy = {"write to file (Enter: terminal's clipboard): ", NULL,
                                          NULL, copy_accept, NULL};

/* ---- Exporting --------------------------------------------------------------------------------*/

static void export_begin_file(struct desk *desk) {
  const struct picture *picture = model_picture(desk->model);
  char name[128], program[64];
  escape_text(program, sizeof program, 0, picture->reading->trace->process.program);
  snprintf(name, sizeof name, "%s.%s", program, desk->chore.format->extension);
  for (char *at = name; *at; at++)
    *at = *at == '/' ? '_' : *at;
  prompt_set(&desk->prompt, name);
}

static bool export_accept_file(struct desk *desk) {
  if (!desk->prompt.bytes) {
    desk_say(desk, "name a file");
    return false;
  }
  memcpy(desk->chore.text, desk->prompt.text, sizeof desk->chore.text);
  desk_do_chore(desk, &desk->chore);
  return true;
}

static const struct asking asking_export_file = {"to file: ", export_begin_file, NULL,
                                                 export_accept_file, NULL};

static bool export_accept_format(struct desk *desk) {
  desk->chore = (struct chore){.kind = CHORE_EXPORT, .format = formats_named(desk->prompt.text)};
  if (desk->chore.format)
    desk_open_prompt(desk, &asking_export_file);
  else
    desk_say(desk, FORMATS_NAMES);
  return desk->chore.format;
}

static void export_begin_format(struct desk *desk) {
  prompt_set(&desk->prompt, "pprof");
  desk_say(desk, FORMATS_NAMES);
}

static const struct asking asking_export_format = {"export as: ", export_begin_format, NULL,
                                                   export_accept_format, NULL};

/* ---- The running target -----------------------------------------------------------------------*/

static bool mark_accept_units(struct desk *desk) {
  char *end;
  errno = 0;
  desk->chore.units = strtoull(desk->prompt.text, &end, 10);
  if (*end || errno || strchr(desk->prompt.text, '-')) {
    desk_say(desk, "a whole number expected");
    return false;
  }
  desk_do_chore(desk, &desk->chore);
  return true;
}

static const struct asking asking_units = {
    "units of work since the mark before (Enter: none): ", NULL, NULL, mark_accept_units, NULL};

static bool mark_accept_label(struct desk *desk) {
  if (!desk->prompt.bytes) {
    desk_say(desk, "a mark needs a label");
    return false;
  }
  desk->chore = (struct chore){.kind = CHORE_MARK, .mark = SEEP_MARK_LABEL};
  memcpy(desk->chore.text, desk->prompt.text, sizeof desk->chore.text);
  desk_open_prompt(desk, &asking_units);
  return true;
}

static const struct asking asking_label = {"mark's label: ", NULL, NULL, mark_accept_label, NULL};

/* Whether a target runs that can be told something; false is said. */
static bool desk_running(struct desk *desk) {
  const struct picture *picture = model_picture(desk->model);
  bool runs = picture && (picture->family ? picture->family->running
                                          : picture->reading->trace->state == TRACE_RUNNING);
  if (!runs)
    desk_say(desk, picture ? "the target runs no more" : "not read yet");
  return runs;
}

static bool desk_is_paused(const struct picture *picture) {
  bool paused = false;
  if (picture->family)
    return picture->family->paused;
  const struct trace *trace = picture->reading->trace;
  for (size_t i = 0; i < trace->mark_count; i++)
    if (trace->marks[i].kind != SEEP_MARK_LABEL)
      paused = trace->marks[i].kind == SEEP_MARK_PAUSE;
  return paused;
}

static void desk_pause(struct desk *desk) {
  static const struct chore pause = {.kind = CHORE_MARK, .mark = SEEP_MARK_PAUSE, .text = "pause"};
  static const struct chore resume = {
      .kind = CHORE_MARK, .mark = SEEP_MARK_RESUME, .text = "resume"};
  if (desk_running(desk))
    desk_do_chore(desk, desk_is_paused(model_picture(desk->model)) ? &resume : &pause);
}

/* ---- An editor --------------------------------------------------------------------------------*/

static void desk_edit(struct desk *desk) {
  struct view *view = desk_view(desk);
  const struct analysis_site *site = view && view->ops->selected ? view->ops->selected(view) : NULL;
  const char *path = site ? site->file : NULL;
  uint32_t line = site ? site->line : 0;
  if (view && view->ops->source && view->picture)
    path = view->ops->source(view, &line);
  if (!path)
    desk_say(desk, "no source is known here");
  else if (path[0] != '/' || access(path, R_OK) != 0)
    desk_say(desk, "%.120s cannot be read here", path);
  else
    desk->errand = (struct errand){.kind = ERRAND_EDIT, .text = strdup(path), .line = line};
}

/* ---- Keys -------------------------------------------------------------------------------------*/

bool desk_send(struct desk *desk, enum action action) {
  if (action == ACTION_COPY)
    desk_open_prompt(desk, &asking_copy);
  else if (action == ACTION_EXPORT && model_is_family(desk->model))
    desk_say(desk, "a process is exported: Enter opens one");
  else if (action == ACTION_EXPORT && model_picture(desk->model))
    desk_open_prompt(desk, &asking_export_format);
  else if (action == ACTION_MARK && desk_running(desk))
    desk_open_prompt(desk, &asking_label);
  else if (action == ACTION_PAUSE)
    desk_pause(desk);
  else if (action == ACTION_EDIT)
    desk_edit(desk);
  else
    return action == ACTION_EXPORT || action == ACTION_MARK;
  return true;
}

void desk_end_errand(struct desk *desk) {
  free(desk->errand.text);
  desk->errand = (struct errand){.kind = ERRAND_NONE};
}

const struct errand *desk_errand(const struct desk *desk) {
  return &desk->errand;
}
