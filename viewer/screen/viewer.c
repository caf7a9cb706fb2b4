/* SPDX-License-Identifier: Apache-2.0 */
#include "screen/viewer.h"

#include "screen/curses.h"
#include "screen/editor.h"
#include "screen/state.h"
#include "screen/visit.h"

#include <errno.h>
#include <limits.h>
#include <locale.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#define EXIT_UNREADABLE 2
#define GO_ON (-1)

struct viewer {
  const struct viewer_options *options;
  struct curses *curses;
  struct visit visit;
  struct state state; /* as the run began */
  int signals;        /* signalfd */
  sigset_t before;    /* the mask that the process came with */
  int rows, columns;
  int exit; /* code, or GO_ON */
};

/* The signals that the loop takes, one by one, between two keys: no handler runs anywhere. */
static sigset_t viewer_signals(void) {
  static const int numbers[] = {SIGTERM, SIGHUP, SIGINT, SIGQUIT, SIGTSTP, SIGWINCH};
  sigset_t set;
  sigemptyset(&set);
  for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
    sigaddset(&set, numbers[i]);
  return set;
}

static void viewer_show(struct viewer *viewer) {
  int rows, columns;
  curses_size(viewer->curses, &rows, &columns);
  if ((rows == viewer->rows && columns == viewer->columns) ||
      visit_resize(&viewer->visit, rows, columns)) {
    viewer->rows = rows;
    viewer->columns = columns;
  }
  curses_show(viewer->curses, desk_draw(visit_desk(&viewer->visit)));
}

/* What the editor or the terminal make of it is seen there. */
static void viewer_run_errand(struct viewer *viewer, const struct errand *errand) {
  if (!errand->text)
    return;
  if (errand->kind == ERRAND_COPY) {
    curses_copy(errand->text);
  } else {
    curses_leave(viewer->curses);
    editor_run(errand->text, errand->line, &viewer->before);
  }
}

static void viewer_do(struct viewer *viewer, enum desk_result result) {
  switch (result) {
  case DESK_QUIT:
    viewer->exit = 0;
    break;
  case DESK_SUSPEND:
    curses_suspend(viewer->curses);
    break;
  case DESK_REDRAW:
    curses_forget(viewer->curses);
    break;
  case DESK_THEME:
    curses_dress(viewer->curses, desk_settings(visit_desk(&viewer->visit))->theme);
    break;
  case DESK_ERRAND:
    viewer_run_errand(viewer, desk_errand(visit_desk(&viewer->visit)));
    break;
  case DESK_CHANGED:
  case DESK_STAYS:
    break;
  }
}

/* All keys that are waiting; true: something to draw. */
static bool viewer_keys(struct viewer *viewer) {
  struct key key;
  enum curses_input input;
  bool draw = false;
  while (viewer->exit == GO_ON && (input = curses_read(viewer->curses, &key)) != CURSES_NOTHING) {
    if (input == CURSES_GONE) {
      viewer->exit = 128 + SIGHUP;
      return false;
    }
    enum desk_result result = visit_key(&viewer->visit, &key);
    draw |= result != DESK_STAYS;
    viewer_do(viewer, result);
  }
  return draw;
}

static bool viewer_take_signals(struct viewer *viewer) {
  struct signalfd_siginfo signal;
  bool draw = false;
  while (read(viewer->signals, &signal, sizeof signal) == (ssize_t)sizeof signal) {
    draw = true;
    if (signal.ssi_signo == SIGTSTP)
      curses_suspend(viewer->curses);
    else if (signal.ssi_signo != SIGWINCH)
      viewer->exit = 128 + (int)signal.ssi_signo;
  }
  return draw;
}

/* Waits for a key, the model or a signal, and deals with what came; true: something to draw. */
static bool viewer_step(struct viewer *viewer) {
  int models[2];
  visit_descriptors(&viewer->visit, models);
  struct pollfd waits[] = {{.fd = STDIN_FILENO, .events = POLLIN},
                           {.fd = models[0], .events = POLLIN},
                           {.fd = models[1], .events = POLLIN},
                           {.fd = viewer->signals, .events = POLLIN}};
  if (poll(waits, sizeof waits / sizeof *waits, -1) < 0 && errno != EINTR) {
    viewer->exit = EXIT_UNREADABLE;
    return false;
  }
  bool draw = viewer_take_signals(viewer);
  if (waits[0].revents)
    draw |= viewer_keys(viewer);
  if (waits[1].revents || waits[2].revents)
    draw |= visit_take(&viewer->visit);
  return draw;
}

/* One line for an error of the trace. */
static void describe(const char *path, const struct trace_error *error, char *message,
                     size_t bytes) {
  const char *reason = error->system_errno ? strerror(error->system_errno) : "";
  const char *detail = error->detail;
  snprintf(message, bytes, "%s %s%s%s%s%s", path, trace_status_text(error->status),
           *reason ? ": " : "", reason, *detail ? ": " : "", detail);
}

/* What a person set in an earlier run. */
static struct state viewer_recall(void) {
  struct state state = {.theme = THEME_AUTO};
  char path[PATH_MAX];
  if (state_path(path, sizeof path))
    state_read(&state, path);
  return state;
}

/* The theme to begin with: the command line's, else the environment's wish for none, else the one
 * that was chosen. */
static enum theme viewer_theme(const struct viewer *viewer) {
  const char *no_color = getenv("NO_COLOR");
  if (viewer->options->theme)
    return (enum theme)theme_of(viewer->options->theme);
  return no_color && *no_color ? THEME_MONO : viewer->state.theme;
}

/* Keeps what a person has changed. That it cannot be kept is no reason to fail. */
static void viewer_keep(const struct viewer *viewer) {
  const struct settings *settings = desk_settings(visit_desk(&viewer->visit));
  bool themed = settings->theme != viewer_theme(viewer);
  struct state state = {.figures = settings->figures,
                        .order = settings->order,
                        .theme = themed ? settings->theme : viewer->state.theme,
                        .sort = visit_sort(&viewer->visit)};
  char path[PATH_MAX];
  memcpy(state.columns, settings->columns, sizeof state.columns);
  if (!state_same(&state, &viewer->state) && state_path(path, sizeof path))
    state_write(&state, path);
}

static void viewer_begin(struct viewer *viewer) {
  struct settings *settings = desk_settings(viewer->visit.home);
  settings->figures = viewer->state.figures;
  memcpy(settings->columns, viewer->state.columns, sizeof settings->columns);
  settings->order = viewer->state.order;
  settings->theme = viewer_theme(viewer);
  if (viewer->options->old_path)
    desk_begin(viewer->visit.home, ACTION_VIEW_DIFF);
}

static void viewer_loop(struct viewer *viewer, char *message, size_t bytes) {
  viewer_show(viewer);
  while (viewer->exit == GO_ON) {
    bool draw = viewer_step(viewer);
    const struct model *model = viewer->visit.home_model;
    const struct trace_error *error = model_error(model);
    const char *path = model_error_path(model);
    if (!error && (error = model_old_error(model)))
      path = viewer->options->old_path;
    if (error && viewer->exit == GO_ON) {
      describe(path, error, message, bytes);
      viewer->exit = EXIT_UNREADABLE;
    }
    if (draw && viewer->exit == GO_ON)
      viewer_show(viewer);
  }
}

/* With the terminal taken over and the signals blocked, so that the model's threads have them
 * blocked too. */
static void viewer_work(struct viewer *viewer, char *message, size_t bytes) {
  const struct viewer_options *options = viewer->options;
  struct model_options model = {.path = options->path,
                                .old_path = options->old_path,
                                .from = options->from,
                                .to = options->to,
                                .family = options->family,
                                .family_count = options->family_count,
                                .rules_path = options->rules_path,
                                .sort = viewer->state.sort,
                                .follow = true};
  if (visit_begin(&viewer->visit, &model, curses_unicode(viewer->curses))) {
    viewer_begin(viewer);
    viewer_loop(viewer, message, bytes);
    viewer_keep(viewer);
  } else {
    viewer->exit = EXIT_UNREADABLE;
    snprintf(message, bytes, "no memory");
  }
}

int viewer_run(const struct viewer_options *options, char *message, size_t message_bytes) {
  struct viewer viewer = {.options = options, .exit = GO_ON};
  sigset_t signals = viewer_signals();
  message[0] = '\0';
  if (options->theme && theme_of(options->theme) < 0) {
    snprintf(message, message_bytes, "--theme %s: auto, dark, light or mono expected",
             options->theme);
    return EXIT_UNREADABLE;
  }
  setlocale(LC_ALL, "");
  viewer.state = viewer_recall();
  viewer.curses = curses_open(viewer_theme(&viewer), message, message_bytes);
  if (!viewer.curses)
    return EXIT_UNREADABLE;
  pthread_sigmask(SIG_BLOCK, &signals, &viewer.before);
  viewer.signals = signalfd(-1, &signals, SFD_NONBLOCK | SFD_CLOEXEC);
  viewer_work(&viewer, message, message_bytes);
  /* The terminal first: what follows may wait a moment for threads. */
  curses_close(viewer.curses);
  visit_end(&viewer.visit);
  close(viewer.signals);
  pthread_sigmask(SIG_SETMASK, &viewer.before, NULL);
  return viewer.exit;
}
