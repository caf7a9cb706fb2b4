/* SPDX-License-Identifier: Apache-2.0 */
#include "screen/desk_private.h"
#include "screen/interval.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

struct desk *desk_new(struct model *model, const char *path, bool unicode) {
  struct desk *desk = calloc(1, sizeof *desk);
  if (!desk)
    return NULL;
  desk->model = model;
  desk->path = path;
  desk->screen.unicode = unicode;
  desk->range = views_range(model_is_family(model));
  desk->here.base = desk->range.first;
  return desk;
}

void desk_free(struct desk *desk) {
  if (!desk)
    return;
  while (desk_close_overlay(desk))
    continue;
  desk_end_errand(desk);
  history_release(&desk->history);
  for (size_t i = 0; i < VIEWS_COUNT; i++)
    view_drop(desk->bases[i]);
  screen_release(&desk->screen);
  free(desk);
}

void desk_begin(struct desk *desk, enum action action) {
  size_t view = views_of_action(action);
  if (view >= desk->range.first && view < desk->range.stop)
    desk_switch(desk, view);
}

bool desk_resize(struct desk *desk, int rows, int columns) {
  return screen_resize(&desk->screen, rows, columns);
}

void desk_say(struct desk *desk, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(desk->message, sizeof desk->message, format, arguments);
  va_end(arguments);
}

bool desk_take(struct desk *desk) {
  char done[CHORE_MESSAGE];
  bool fresh;
  desk_remember(desk); /* the picture may be gone afterwards */
  bool changed = model_take(desk->model, &fresh);
  if (model_done(desk->model, done))
    desk_say(desk, "%s", done);
  if (fresh)
    desk_spread(desk);
  else if (changed)
    desk_tell_symbols(desk);
  return changed;
}

/* ---- Keys -------------------------------------------------------------------------------------*/

static void desk_move_interval(struct desk *desk, enum action action) {
  const struct picture *picture = model_picture(desk->model);
  struct question question = model_question(desk->model);
  if (picture &&
      (picture->family ? interval_move_family(&question, &picture->family->milestones, action)
                       : interval_move(&question, picture->reading->analysis, action)))
    desk_ask(desk, question);
  else
    desk_say(desk, "there is no mark to go to");
}

/* Why nothing happens: the action is one of other views. */
static void desk_refuse(struct desk *desk, enum action action) {
  switch (action) {
  case ACTION_SORT:
  case ACTION_SORT_BACK:
  case ACTION_REVERSE:
    desk_say(desk, "nothing is sorted here");
    break;
  case ACTION_UNITS:
    desk_say(desk, "there are no other figures here");
    break;
  case ACTION_FROM_HERE:
  case ACTION_TO_HERE:
  case ACTION_MARK_BACK:
  case ACTION_MARK_FORWARD:
  case ACTION_ZOOM_IN:
  case ACTION_ZOOM_OUT:
    desk_say(desk, "only the time line has that");
    break;
  default: /* or a key without an action */
    break;
  }
}

static void desk_invert(struct desk *desk) {
  struct question question = model_question(desk->model);
  if (views_ops(desk->here.base)->by != ANALYSIS_BY_TREE || desk->here.overlay_count) {
    desk_say(desk, "only the tree and the flame can be turned round");
    return;
  }
  question.inverted = !question.inverted;
  desk_ask(desk, question);
  desk_say(desk, question.inverted ? "what allocates first" : "callers first");
}

/* Lays over what is not there already. */
static void desk_lay_over_once(struct desk *desk, const struct view_ops *ops) {
  const struct view *view = desk_view(desk);
  if (!view || view->ops != ops)
    desk_lay_over(desk, ops, NULL);
}

/* Of the table below what is laid over it. */
static void desk_choose_columns(struct desk *desk) {
  const struct grid_table *table = views_ops(desk->here.base)->grid;
  desk->settings.choose = table;
  if (table)
    desk_lay_over_once(desk, &view_columns);
  else
    desk_say(desk, "there is no table here");
}

static enum desk_result desk_next_theme(struct desk *desk) {
  desk->settings.theme = (enum theme)((desk->settings.theme + 1) % THEME_COUNT);
  desk_say(desk, "theme %s", theme_name(desk->settings.theme));
  return DESK_THEME;
}

struct settings *desk_settings(struct desk *desk) {
  return &desk->settings;
}

/* Actions that lead somewhere else; false: it is none. */
static bool desk_navigate(struct desk *desk, enum action action) {
  size_t view = views_of_action(action), first = desk->range.first,
         count = desk->range.stop - first, at = desk->here.base - first;
  if (view < VIEWS_COUNT)
    desk_go(desk, view);
  else if (action == ACTION_NEXT_VIEW)
    desk_switch(desk, first + (at + 1) % count);
  else if (action == ACTION_PREVIOUS_VIEW)
    desk_switch(desk, first + (at + count - 1) % count);
  else if (action == ACTION_UNDO || action == ACTION_REDO)
    desk_travel(desk, action);
  else
    return false;
  return true;
}

/* Actions that are not a view's own. */
static enum desk_result desk_act(struct desk *desk, enum action action) {
  if (desk_navigate(desk, action) || desk_send(desk, action))
    return DESK_CHANGED;
  switch (action) {
  case ACTION_QUIT:
    return DESK_QUIT;
  case ACTION_SUSPEND:
    return DESK_SUSPEND;
  case ACTION_REDRAW:
    return DESK_REDRAW;
  case ACTION_BACK:
    if (!desk_close_overlay(desk) && !desk_leave(desk, ACTION_NONE))
      desk_say(desk, "q quits");
    break;
  case ACTION_THEME:
    return desk_next_theme(desk);
  case ACTION_COLUMNS:
    desk_choose_columns(desk);
    break;
  case ACTION_HELP:
    desk_lay_over_once(desk, &view_help);
    break;
  case ACTION_INVERT:
    desk_invert(desk);
    break;
  case ACTION_SEARCH:
    desk_open_prompt(desk, &asking_search);
    break;
  case ACTION_SEARCH_NEXT:
    desk_search_on(desk, 1);
    break;
  case ACTION_SEARCH_PREVIOUS:
    desk_search_on(desk, -1);
    break;
  case ACTION_FILTER:
    desk_open_prompt(desk, &asking_filter);
    break;
  case ACTION_UNFILTER:
    desk_filter(desk, "");
    break;
  case ACTION_FROM_BACK:
  case ACTION_FROM_FORWARD:
  case ACTION_TO_BACK:
  case ACTION_TO_FORWARD:
    desk_move_interval(desk, action);
    break;
  default:
    desk_refuse(desk, action);
    break;
  }
  return DESK_CHANGED; /* at least a message has gone */
}

/* What left and right are in a view that has neither. */
static enum action desk_otherwise(enum action action) {
  return action == ACTION_LEFT ? ACTION_BACK : action == ACTION_RIGHT ? ACTION_OPEN : action;
}

/* Lays the detail of the selected row over its view. */
static void desk_detail(struct desk *desk) {
  struct view *view = desk_view(desk);
  const struct view_ops *ops = view->ops;
  const struct analysis_site *site = ops->selected ? ops->selected(view) : NULL;
  if (ops->bare && !site)
    desk_say(desk, "%s", ops->bare);
  else
    desk_lay_over(desk, ops->detail ? ops->detail : &view_detail, site);
}

/* What a key does where no prompt is open. */
static enum desk_result desk_do(struct desk *desk, enum action action, const struct key *key) {
  struct view *view = desk_view(desk);
  enum view_result result = action && view ? view_act(view, action, key) : VIEW_IGNORED;
  if (result == VIEW_IGNORED && action != desk_otherwise(action))
    return desk_do(desk, desk_otherwise(action), key);
  switch (result) {
  case VIEW_IGNORED:
    return desk_act(desk, action);
  case VIEW_DONE:
    break;
  case VIEW_DETAIL:
    desk_detail(desk);
    break;
  case VIEW_VISIT:
    desk_visit(desk, ACTION_NONE);
    break;
  }
  return DESK_CHANGED;
}

enum desk_result desk_key(struct desk *desk, const struct key *key) {
  desk->message[0] = '\0';
  desk_end_errand(desk);
  enum action action = action_of_key(key->code);
  struct place before = desk_place(desk);
  before = history_keep_place(&before); /* a step may close what is laid over */
  enum desk_result result = desk->asking ? desk_prompt_key(desk, key) : desk_do(desk, action, key);
  struct place after = desk_place(desk);
  bool travelled = !desk->asking && (action == ACTION_UNDO || action == ACTION_REDO);
  if (!travelled && !history_same(&before, &after))
    history_step(&desk->history, &before);
  history_drop_place(&before);
  return desk->errand.kind ? DESK_ERRAND : result;
}
