/* SPDX-License-Identifier: Apache-2.0 */
#include "screen/desk.h"

#include "analysis/filter.h"
#include "screen/banner.h"
#include "screen/footer.h"
#include "screen/prompt.h"
#include "screen/timeline.h"
#include "screen/view.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The views that Tab goes round; details and the help are laid over them. */
static const struct view_ops *const bases[] = {&view_sites, &view_tree, &view_functions,
                                               &view_modules, &view_threads};
#define BASE_COUNT (sizeof bases / sizeof *bases)
#define OVERLAYS 4

enum asking { ASKING_NOTHING, ASKING_SEARCH, ASKING_FILTER };

struct desk {
  struct model *model;
  const char *path;
  struct screen screen;
  struct settings settings;

  struct view *bases[BASE_COUNT]; /* made when first shown */
  size_t base;
  struct view *overlays[OVERLAYS];
  size_t overlay_count;

  enum asking asking;
  struct prompt prompt;
  size_t anchor;                                     /* row that a search began at */
  char needle[sizeof((struct settings *)0)->needle]; /* before the search */
  char message[160];
};

struct desk *desk_new(struct model *model, const char *path, bool unicode) {
  struct desk *desk = calloc(1, sizeof *desk);
  if (!desk)
    return NULL;
  desk->model = model;
  desk->path = path;
  desk->screen.unicode = unicode;
  return desk;
}

void desk_free(struct desk *desk) {
  if (!desk)
    return;
  for (size_t i = 0; i < desk->overlay_count; i++)
    view_free(desk->overlays[i]);
  for (size_t i = 0; i < BASE_COUNT; i++)
    view_free(desk->bases[i]);
  screen_release(&desk->screen);
  free(desk);
}

bool desk_resize(struct desk *desk, int rows, int columns) {
  return screen_resize(&desk->screen, rows, columns);
}

/* ---- Views ------------------------------------------------------------------------------------*/

/* The picture if it shows what view is about. */
static const struct picture *desk_picture_for(const struct desk *desk, const struct view_ops *ops) {
  const struct picture *picture = model_picture(desk->model);
  return picture && (int)picture->question.by == ops->by ? picture : NULL;
}

/* The view that keys go to; NULL: none yet. */
static struct view *desk_view(const struct desk *desk) {
  return desk->overlay_count ? desk->overlays[desk->overlay_count - 1] : desk->bases[desk->base];
}

static void desk_close_overlays(struct desk *desk) {
  while (desk->overlay_count)
    view_free(desk->overlays[--desk->overlay_count]);
}

static void desk_lay_over(struct desk *desk, const struct view_ops *ops,
                          const struct analysis_site *site) {
  struct view *below = desk->bases[desk->base];
  if (desk->overlay_count == OVERLAYS)
    return;
  struct view *view =
      view_new(ops, desk->model, &desk->settings, below ? below->picture : NULL, site);
  if (view)
    desk->overlays[desk->overlay_count++] = view;
}

/* Asks what the current view shows, by question. */
static void desk_ask(struct desk *desk, struct question question) {
  question.by = (enum analysis_by)bases[desk->base]->by;
  model_ask(desk->model, &question);
}

/* Shows another of the views that Tab goes round. */
static void desk_switch(struct desk *desk, size_t base) {
  desk_close_overlays(desk);
  desk->base = base;
  const struct picture *picture = desk_picture_for(desk, bases[base]);
  if (!desk->bases[base])
    desk->bases[base] = view_new(bases[base], desk->model, &desk->settings, picture, NULL);
  desk_ask(desk, model_question(desk->model));
}

/* Gives every view the picture that it can show. */
static void desk_spread(struct desk *desk) {
  for (size_t i = 0; i < BASE_COUNT; i++)
    if (desk->bases[i])
      view_set_picture(desk->bases[i], desk_picture_for(desk, bases[i]));
  if (!desk->bases[desk->base])
    desk->bases[desk->base] = view_new(bases[desk->base], desk->model, &desk->settings,
                                       desk_picture_for(desk, bases[desk->base]), NULL);
  const struct view *below = desk->bases[desk->base];
  for (size_t i = 0; i < desk->overlay_count; i++)
    view_set_picture(desk->overlays[i], below ? below->picture : NULL);
}

static void desk_remember(struct desk *desk) {
  for (size_t i = 0; i < BASE_COUNT; i++)
    if (desk->bases[i] && desk->bases[i]->picture && bases[i]->remember)
      bases[i]->remember(desk->bases[i]);
}

bool desk_take(struct desk *desk) {
  bool fresh;
  desk_remember(desk); /* the picture may be gone afterwards */
  bool changed = model_take(desk->model, &fresh);
  if (fresh)
    desk_spread(desk);
  else if (changed)
    for (size_t i = 0; i < desk->overlay_count; i++)
      if (desk->overlays[i]->ops->symbols)
        desk->overlays[i]->ops->symbols(desk->overlays[i]);
  return changed;
}

/* ---- The interval -----------------------------------------------------------------------------*/

/* Moves one end of the interval; they never pass each other. */
static void desk_move_interval(struct desk *desk, enum action action) {
  const struct picture *picture = model_picture(desk->model);
  if (!picture)
    return;
  const struct analysis_moment *moments;
  size_t last = analysis_moments(picture->reading->analysis, &moments) - 1;
  struct question question = model_question(desk->model);
  size_t from = question.from, to = question.to < last ? question.to : last;
  if (action == ACTION_FROM_BACK && from > 0)
    from--;
  else if (action == ACTION_FROM_FORWARD && from < to)
    from++;
  else if (action == ACTION_TO_BACK && to > from)
    to--;
  else if (action == ACTION_TO_FORWARD && to < last)
    to++;
  else
    return;
  question.from = from;
  question.to = to == last ? QUESTION_END : to;
  desk_ask(desk, question);
}

static void desk_sort(struct desk *desk, int step) {
  struct question question = model_question(desk->model);
  question.sort =
      (enum analysis_sort)(((int)question.sort + step + ANALYSIS_SORT_COUNT) % ANALYSIS_SORT_COUNT);
  desk_ask(desk, question);
  snprintf(desk->message, sizeof desk->message, "sorted by %s", analysis_sort_name(question.sort));
}

/* ---- Searching and filtering ------------------------------------------------------------------*/

static void desk_search_on(struct desk *desk, int step) {
  struct view *view = desk_view(desk);
  if (!view || !view->table.count)
    return;
  size_t start = view->table.cursor + (step > 0 ? 1 : view->table.count - 1);
  if (!desk->settings.needle[0])
    snprintf(desk->message, sizeof desk->message, "nothing was searched for yet");
  else if (!view_search(view, start, step))
    snprintf(desk->message, sizeof desk->message, "not found: %.120s", desk->settings.needle);
}

static void desk_open_prompt(struct desk *desk, enum asking asking) {
  struct view *view = desk_view(desk);
  if (!view)
    return;
  desk->asking = asking;
  desk->anchor = view->table.cursor;
  memcpy(desk->needle, desk->settings.needle, sizeof desk->needle);
  prompt_set(&desk->prompt, asking == ASKING_FILTER ? model_question(desk->model).filter : "");
}

/* Search as it is typed: always from the row that it began at. */
static void desk_search_typed(struct desk *desk) {
  struct view *view = desk_view(desk);
  memcpy(desk->settings.needle, desk->prompt.text, sizeof desk->settings.needle);
  view->table.cursor = desk->anchor < view->table.count ? desk->anchor : 0;
  if (desk->prompt.bytes && !view_search(view, desk->anchor, 1))
    snprintf(desk->message, sizeof desk->message, "not found");
}

static void desk_filter(struct desk *desk, const char *text) {
  struct question question = model_question(desk->model);
  snprintf(question.filter, sizeof question.filter, "%s", text);
  desk_ask(desk, question);
}

/* Enter in the prompt; false: it stays open, the message says why. */
static bool desk_accept(struct desk *desk) {
  if (desk->asking == ASKING_SEARCH) {
    if (!desk->prompt.bytes) /* like n: what was searched for before */
      memcpy(desk->settings.needle, desk->needle, sizeof desk->needle);
    return true;
  }
  struct analysis_filter *filter =
      analysis_filter_new(desk->prompt.text, desk->message, sizeof desk->message);
  if (!filter)
    return false;
  analysis_filter_free(filter);
  desk->message[0] = '\0';
  desk_filter(desk, desk->prompt.text);
  return true;
}

static void desk_cancel(struct desk *desk) {
  struct view *view = desk_view(desk);
  if (desk->asking == ASKING_SEARCH) {
    memcpy(desk->settings.needle, desk->needle, sizeof desk->needle);
    view->table.cursor = desk->anchor < view->table.count ? desk->anchor : 0;
  }
}

static enum desk_result desk_prompt_key(struct desk *desk, const struct key *key) {
  switch (prompt_key(&desk->prompt, key)) {
  case PROMPT_OPEN:
    return DESK_STAYS;
  case PROMPT_CHANGED:
    if (desk->asking == ASKING_SEARCH)
      desk_search_typed(desk);
    break;
  case PROMPT_DONE:
    if (desk_accept(desk))
      desk->asking = ASKING_NOTHING;
    break;
  case PROMPT_CANCELLED:
    desk_cancel(desk);
    desk->asking = ASKING_NOTHING;
    break;
  }
  return DESK_CHANGED;
}

/* ---- Keys -------------------------------------------------------------------------------------*/

static void desk_back(struct desk *desk) {
  if (desk->overlay_count)
    view_free(desk->overlays[--desk->overlay_count]);
  else
    snprintf(desk->message, sizeof desk->message, "q quits");
}

static void desk_help(struct desk *desk) {
  const struct view *view = desk_view(desk);
  if (!view || view->ops != &view_help)
    desk_lay_over(desk, &view_help, NULL);
}

/* Actions that are not a view's own. */
static enum desk_result desk_act(struct desk *desk, enum action action) {
  switch (action) {
  case ACTION_QUIT:
    return DESK_QUIT;
  case ACTION_SUSPEND:
    return DESK_SUSPEND;
  case ACTION_REDRAW:
    return DESK_REDRAW;
  case ACTION_BACK:
    desk_back(desk);
    break;
  case ACTION_HELP:
    desk_help(desk);
    break;
  case ACTION_NEXT_VIEW:
    desk_switch(desk, (desk->base + 1) % BASE_COUNT);
    break;
  case ACTION_PREVIOUS_VIEW:
    desk_switch(desk, (desk->base + BASE_COUNT - 1) % BASE_COUNT);
    break;
  case ACTION_SORT:
    desk_sort(desk, 1);
    break;
  case ACTION_SORT_BACK:
    desk_sort(desk, -1);
    break;
  case ACTION_SEARCH:
    desk_open_prompt(desk, ASKING_SEARCH);
    break;
  case ACTION_SEARCH_NEXT:
    desk_search_on(desk, 1);
    break;
  case ACTION_SEARCH_PREVIOUS:
    desk_search_on(desk, -1);
    break;
  case ACTION_FILTER:
    desk_open_prompt(desk, ASKING_FILTER);
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
  default: /* a view's that this one does not have, or a key without one */
    break;
  }
  return DESK_CHANGED; /* at least a message has gone */
}

enum desk_result desk_key(struct desk *desk, const struct key *key) {
  struct view *view = desk_view(desk);
  desk->message[0] = '\0';
  if (desk->asking)
    return desk_prompt_key(desk, key);
  enum action action = action_of_key(key->code);
  switch (action && view ? view_act(view, action, key) : VIEW_IGNORED) {
  case VIEW_IGNORED:
    return desk_act(desk, action);
  case VIEW_DONE:
    break;
  case VIEW_DETAIL:
    desk_lay_over(desk, &view_detail, view->ops->selected(view));
    break;
  }
  return DESK_CHANGED;
}

/* ---- Drawing ----------------------------------------------------------------------------------*/

/* Before the first picture: what is under way, and how far it is. */
static void desk_draw_loading(struct desk *desk) {
  struct screen *screen = &desk->screen;
  struct model_progress progress = model_progress(desk->model);
  int middle = screen->rows / 2, width = screen->columns > 44 ? 40 : screen->columns - 4;
  int at = (screen->columns - width) / 2;
  char text[64];
  if (progress.share > 0)
    snprintf(text, sizeof text, "reading the trace: %d %%", (int)(progress.share * 100));
  else
    snprintf(text, sizeof text, "reading the trace");
  screen_put(screen, middle - 1, at, width, STYLE_TEXT, text);
  screen_bar(screen, middle, at, width, STYLE_BAR, progress.share);
}

static void desk_draw_footer(struct desk *desk) {
  static const char *const prompts[] = {NULL, "/", "filter: "};
  char filter[sizeof((struct question *)0)->filter];
  memcpy(filter, model_question(desk->model).filter, sizeof filter);
  struct footer footer = {.prompt = prompts[desk->asking],
                          .typed = desk->prompt.text,
                          .message = desk->message,
                          .filter = filter,
                          .view = desk_view(desk),
                          .progress = model_progress(desk->model)};
  footer_draw(&footer, &desk->screen, desk->screen.rows - 1);
}

/* Which view it is, beside the others; screens of few rows go without. */
static void desk_draw_tabs(struct desk *desk, int at) {
  struct screen *screen = &desk->screen;
  const struct view *top = desk_view(desk);
  int column = 1;
  for (size_t i = 0; i < BASE_COUNT; i++) {
    bool here = i == desk->base;
    column += screen_put(screen, at, column, screen->columns - column,
                         here ? STYLE_HEADING : STYLE_QUIET, bases[i]->name);
    column += 2;
  }
  if (desk->overlay_count)
    screen_put_right(screen, at, column, screen->columns - column - 1, STYLE_HEADING,
                     top->ops->name);
}

const struct screen *desk_draw(struct desk *desk) {
  struct screen *screen = &desk->screen;
  const struct picture *picture = model_picture(desk->model);
  struct view *view = desk_view(desk);
  screen_clear(screen);
  int first = 1, last = screen->rows - 1;
  if (picture && screen->rows > 6) {
    int strip = timeline_rows(screen->rows);
    timeline_draw(picture, screen, first, strip);
    banner_draw_totals(picture, screen, first + strip);
    first += strip + 1;
    first += banner_draw_findings(picture, screen, first);
    if (screen->rows >= 14)
      desk_draw_tabs(desk, first++);
  }
  if (view && (picture || view->ops->fixed))
    view_draw(view, screen, first, last - first);
  else
    desk_draw_loading(desk);
  banner_draw_title(picture, desk->path, screen, 0);
  desk_draw_footer(desk);
  return screen;
}
