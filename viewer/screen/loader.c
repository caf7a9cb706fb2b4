/* SPDX-License-Identifier: Apache-2.0
 *
 * The thread that reads the trace, and again whenever it has grown.
 */
#include "screen/model_private.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define FOLLOW_NS 1000000000ull /* between two looks at a trace that grows */
#define FOLLOW_REST 3 /* times what a reading took, before the next: the machine is under load */

static bool loader_progress(void *data, double share) {
  struct model *model = data;
  pthread_mutex_lock(&model->lock);
  bool go_on = !model->stop;
  if ((int)(share * 100) != (int)(model->progress.share * 100))
    model_tell(model);
  model->progress.share = share;
  pthread_mutex_unlock(&model->lock);
  return go_on;
}

static bool is_time(const char *moment) {
  return moment && (moment[0] == '+' || moment[0] == '@');
}

static enum trace_status loader_read(struct model *model, const char *path,
                                     struct reading **reading, struct trace_error *error) {
  const char *times[2];
  struct analysis_options options = {.rules_path = model->options.rules_path,
                                     .times = times,
                                     .fine = true,
                                     .progress = loader_progress,
                                     .progress_data = model};
  if (is_time(model->options.from))
    times[options.time_count++] = model->options.from;
  if (is_time(model->options.to))
    times[options.time_count++] = model->options.to;
  return reading_new(path, &options, reading, error);
}

/* The moment's stamp, or without a text the one given; false: the trace has none of that name. */
static bool loader_moment(const struct reading *reading, const char *text, uint64_t *stamp,
                          struct trace_error *error) {
  const struct analysis_moment *moments;
  if (!text)
    return true;
  long found = analysis_find_moment(reading->analysis, text);
  if (found < 0) {
    error->status = TRACE_READ;
    snprintf(error->detail, sizeof error->detail, "it has no mark \"%.100s\"", text);
    return false;
  }
  analysis_moments(reading->analysis, &moments);
  *stamp = moments[found].stamp;
  return true;
}

/* Makes the first question's interval. */
static bool loader_interval(struct model *model, const struct reading *reading,
                            struct trace_error *error) {
  uint64_t from = 0, to = QUESTION_END;
  const char *to_text = model->options.to;
  if (to_text && strcmp(to_text, "end") == 0)
    to_text = NULL; /* the end as it moves */
  if (!loader_moment(reading, model->options.from, &from, error) ||
      !loader_moment(reading, to_text, &to, error))
    return false;
  if (to < from) {
    error->status = TRACE_READ;
    snprintf(error->detail, sizeof error->detail, "\"%.60s\" comes before \"%.60s\"", to_text,
             model->options.from);
    return false;
  }
  pthread_mutex_lock(&model->lock);
  model->question.from = from;
  model->question.to = to;
  model->moments_known = true;
  pthread_mutex_unlock(&model->lock);
  return true;
}

/* Reads the trace and hands it over. *last is the reading before, and becomes this one. */
static bool loader_load(struct model *model, struct reading **last) {
  struct trace_error error = {0};
  struct reading *reading = NULL;
  bool old_is_next = !*last && model->options.old_path;
  bool done = loader_read(model, model->options.path, &reading, &error) == TRACE_OK &&
              (model->moments_known || loader_interval(model, reading, &error));
  if (done && model->options.follow) {
    ending_watch(&model->ending, reading->trace, model->options.path);
    ending_text(&model->ending, reading->trace, reading->ending);
  }
  pthread_mutex_lock(&model->lock);
  struct reading *old = NULL;
  if (done) {
    old = model->fresh;
    model->fresh = reading_keep(reading);
  } else if (!*last) {
    model->failed = true;
    model->error = error;
  }
  model->progress.loading = done && old_is_next;
  model_tell(model);
  pthread_cond_broadcast(&model->wake);
  pthread_cond_broadcast(&model->still);
  pthread_mutex_unlock(&model->lock);
  reading_drop(old);
  if (done) {
    reading_drop(*last);
    *last = reading;
  } else {
    reading_drop(reading);
  }
  return done;
}

static void loader_begin_again(struct model *model) {
  pthread_mutex_lock(&model->lock);
  model->progress =
      (struct model_progress){.loading = true, .answering = model->progress.answering};
  pthread_mutex_unlock(&model->lock);
}

/* Reads the older of two traces, once: it is what the other is compared with. */
static void loader_load_old(struct model *model) {
  struct trace_error error = {0};
  struct reading *reading = NULL;
  loader_begin_again(model);
  if (loader_read(model, model->options.old_path, &reading, &error) != TRACE_OK) {
    reading_drop(reading);
    reading = NULL;
  }
  pthread_mutex_lock(&model->lock);
  model->old = reading;
  model->old_error = error;
  model->progress.loading = false;
  model->progress.answering = true; /* what has been answered without it, anew */
  model_tell(model);
  pthread_cond_broadcast(&model->wake);
  pthread_mutex_unlock(&model->lock);
}

/* false: stop. */
static bool loader_rest(struct model *model, uint64_t ns) {
  struct timespec until = model_timespec(model_now_ns() + ns);
  pthread_mutex_lock(&model->lock);
  while (!model->stop && pthread_cond_timedwait(&model->wake, &model->lock, &until) != ETIMEDOUT)
    continue;
  bool go_on = !model->stop;
  pthread_mutex_unlock(&model->lock);
  return go_on;
}

/* Whether the target runs. changed: there is more than has been read. */
static bool loader_feel_pulse(struct model *model, const struct reading *reading, bool changed) {
  struct trace_pulse pulse;
  bool runs = reading->trace->state == TRACE_RUNNING && trace_pulse(reading->trace, &pulse) &&
              pulse.running;
  pthread_mutex_lock(&model->lock);
  model->pulse = runs ? pulse : (struct trace_pulse){.running = false};
  model->behind = runs && changed;
  model_tell(model);
  pthread_mutex_unlock(&model->lock);
  return runs;
}

/* Reads a trace that grows again and again: once a second, as long as that leaves the machine most
 * of its time, and at once when the target has ended. */
static void loader_follow(struct model *model, struct reading **last, uint64_t took) {
  uint64_t due = model_now_ns() + FOLLOW_REST * took;
  loader_feel_pulse(model, *last, false);
  while (loader_rest(model, FOLLOW_NS)) {
    bool changed = trace_changed((*last)->trace);
    bool runs = loader_feel_pulse(model, *last, changed);
    uint64_t begin = model_now_ns();
    if (!changed || (runs && begin < due))
      continue;
    loader_begin_again(model);
    loader_load(model, last);
    due = model_now_ns() + FOLLOW_REST * (model_now_ns() - begin);
  }
}

void *loader_run(void *data) {
  struct model *model = data;
  struct reading *last = NULL;
  uint64_t begin = model_now_ns();
  bool loaded = loader_load(model, &last);
  uint64_t took = model_now_ns() - begin;
  if (loaded && model->options.old_path)
    loader_load_old(model);
  if (loaded && model->options.follow)
    loader_follow(model, &last, took);
  reading_drop(last);
  model_leave(model);
  return NULL;
}
