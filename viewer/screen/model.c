/* SPDX-License-Identifier: Apache-2.0 */
#include "screen/model.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#define FOLLOW_NS 1000000000ull /* between two looks at a trace that grows */
#define LEAVE_NS 300000000ull   /* that quitting waits for a thread */

struct answer {
  struct picture picture;
  struct answer *next; /* in the trash */
};

struct model {
  struct model_options options;
  int event; /* eventfd: something to take */
  pthread_t loader, helper;

  pthread_mutex_t lock; /* over what follows, down to the screen's own */
  pthread_cond_t wake;  /* something to do, or stop */
  pthread_cond_t still; /* nothing under way any more */
  bool stop, failed, busy;
  struct model_progress progress;
  struct trace_error error;
  struct reading *fresh; /* read by the loader, not seen by the helper yet */
  struct question question;
  bool moments_known;   /* question's interval has been made from the options */
  struct answer *ready; /* by the helper, not taken yet */
  struct answer *trash; /* to be freed by the helper: that can take long, too */
  struct reading *wanted_of;
  uint32_t *wanted;
  size_t wanted_count;
  bool changed; /* progress or symbols: draw again */

  struct answer *shown; /* the screen's own */
  struct model_progress shown_progress;
  struct trace_error shown_error;
  bool shown_failed;
};

static uint64_t now_ns(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (uint64_t)now.tv_sec * 1000000000ull + (uint64_t)now.tv_nsec;
}

static struct timespec timespec_of(uint64_t ns) {
  return (struct timespec){(time_t)(ns / 1000000000ull), (long)(ns % 1000000000ull)};
}

/* With the lock held. */
static void model_tell(struct model *model) {
  uint64_t one = 1;
  model->changed = true;
  if (write(model->event, &one, sizeof one) < 0) {
    /* The counter is full: then the screen has been told often enough. */
  }
}

static void answer_free(struct answer *answer) {
  if (!answer)
    return;
  analysis_report_free(answer->picture.report);
  reading_drop(answer->picture.reading);
  free(answer);
}

static void trash_free(struct answer *trash) {
  while (trash) {
    struct answer *next = trash->next;
    answer_free(trash);
    trash = next;
  }
}

/* ---- The loader -------------------------------------------------------------------------------*/

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

static enum trace_status loader_read(struct model *model, struct reading **reading,
                                     struct trace_error *error) {
  const char *times[2];
  struct analysis_options options = {.rules_path = model->options.rules_path,
                                     .times = times,
                                     .progress = loader_progress,
                                     .progress_data = model};
  if (is_time(model->options.from))
    times[options.time_count++] = model->options.from;
  if (is_time(model->options.to))
    times[options.time_count++] = model->options.to;
  return reading_new(model->options.path, &options, reading, error);
}

/* The moment's number, or without a text the one given; false: the trace has none of that name. */
static bool loader_moment(const struct reading *reading, const char *text, size_t *moment,
                          struct trace_error *error) {
  if (!text)
    return true;
  long found = analysis_find_moment(reading->analysis, text);
  if (found < 0) {
    error->status = TRACE_READ;
    snprintf(error->detail, sizeof error->detail, "it has no mark \"%.100s\"", text);
    return false;
  }
  *moment = (size_t)found;
  return true;
}

/* Makes the first question's interval. */
static bool loader_interval(struct model *model, const struct reading *reading,
                            struct trace_error *error) {
  size_t from = 0, to = QUESTION_END;
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
  bool done = loader_read(model, &reading, &error) == TRACE_OK &&
              (model->moments_known || loader_interval(model, reading, &error));
  pthread_mutex_lock(&model->lock);
  struct reading *old = NULL;
  if (done) {
    old = model->fresh;
    model->fresh = reading_keep(reading);
  } else if (!*last) {
    model->failed = true;
    model->error = error;
  }
  model->progress.loading = false;
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

/* false: stop. */
static bool loader_rest(struct model *model, uint64_t ns) {
  struct timespec until = timespec_of(now_ns() + ns);
  pthread_mutex_lock(&model->lock);
  while (!model->stop && pthread_cond_timedwait(&model->wake, &model->lock, &until) != ETIMEDOUT)
    continue;
  bool go_on = !model->stop;
  pthread_mutex_unlock(&model->lock);
  return go_on;
}

static void loader_begin_again(struct model *model) {
  pthread_mutex_lock(&model->lock);
  model->progress =
      (struct model_progress){.loading = true, .answering = model->progress.answering};
  pthread_mutex_unlock(&model->lock);
}

static void *loader_run(void *data) {
  struct model *model = data;
  struct reading *last = NULL;
  uint64_t begin = now_ns();
  bool go_on = loader_load(model, &last) && model->options.follow;
  while (go_on) {
    /* As long as a reading took, so that a long trace does not keep a processor busy for good. */
    uint64_t took = now_ns() - begin;
    go_on = loader_rest(model, took > FOLLOW_NS ? took : FOLLOW_NS);
    begin = now_ns();
    if (go_on && trace_changed(last->trace)) {
      loader_begin_again(model);
      loader_load(model, &last);
    }
  }
  reading_drop(last);
  return NULL;
}

/* ---- The helper -------------------------------------------------------------------------------*/

/* With the lock held, which it lets go of meanwhile. */
static void helper_answer(struct model *model, struct reading *reading) {
  struct answer *answer = malloc(sizeof *answer);
  struct question question = model->question;
  model->progress.answering = false;
  pthread_mutex_unlock(&model->lock);
  struct analysis_report *report = answer ? reading_ask(reading, &question) : NULL;
  pthread_mutex_lock(&model->lock);
  if (!report) {
    free(answer);
    return;
  }
  *answer = (struct answer){.picture = {reading_keep(reading), report, question}};
  if (model->ready) {
    model->ready->next = model->trash;
    model->trash = model->ready;
  }
  model->ready = answer;
  model_tell(model);
}

/* Looks one address up, with the lock held, which it lets go of meanwhile. */
static void helper_look_up(struct model *model) {
  struct reading *reading = reading_keep(model->wanted_of);
  uint32_t context = model->wanted[--model->wanted_count];
  pthread_mutex_unlock(&model->lock);
  symbols_look_up(reading->symbols, context);
  reading_drop(reading);
  pthread_mutex_lock(&model->lock);
  if (model->wanted_count % 16 == 0)
    model_tell(model);
}

/* Does one thing, with the lock held; false: there is none. */
static bool helper_step(struct model *model, struct reading **newest) {
  if (model->fresh) {
    struct reading *old = *newest;
    *newest = model->fresh;
    model->fresh = NULL;
    model->progress.answering = true;
    pthread_mutex_unlock(&model->lock);
    reading_drop(old);
    pthread_mutex_lock(&model->lock);
  } else if (model->progress.answering && *newest) {
    helper_answer(model, *newest);
  } else if (model->wanted_count) {
    helper_look_up(model);
  } else if (model->trash) {
    struct answer *trash = model->trash;
    model->trash = NULL;
    pthread_mutex_unlock(&model->lock);
    trash_free(trash);
    pthread_mutex_lock(&model->lock);
  } else {
    return false;
  }
  return true;
}

static void *helper_run(void *data) {
  struct model *model = data;
  struct reading *newest = NULL;
  pthread_mutex_lock(&model->lock);
  while (!model->stop) {
    model->busy = true;
    if (helper_step(model, &newest))
      continue;
    model->busy = false;
    pthread_cond_broadcast(&model->still);
    pthread_cond_wait(&model->wake, &model->lock);
  }
  pthread_mutex_unlock(&model->lock);
  reading_drop(newest);
  return NULL;
}

/* ---- The screen's side ------------------------------------------------------------------------*/

static bool model_start(struct model *model) {
  if (pthread_create(&model->loader, NULL, loader_run, model))
    return false;
  if (pthread_create(&model->helper, NULL, helper_run, model) == 0)
    return true;
  pthread_mutex_lock(&model->lock);
  model->stop = true;
  pthread_cond_broadcast(&model->wake);
  pthread_mutex_unlock(&model->lock);
  pthread_join(model->loader, NULL);
  return false;
}

struct model *model_new(const struct model_options *options) {
  struct model *model = calloc(1, sizeof *model);
  if (!model)
    return NULL;
  model->options = *options;
  model->question.to = QUESTION_END;
  model->progress.loading = true;
  model->busy = true;
  pthread_condattr_t monotonic;
  pthread_condattr_init(&monotonic);
  pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
  pthread_mutex_init(&model->lock, NULL);
  pthread_cond_init(&model->wake, &monotonic);
  pthread_cond_init(&model->still, NULL);
  pthread_condattr_destroy(&monotonic);
  model->event = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
  if (model->event >= 0 && model_start(model))
    return model;
  if (model->event >= 0)
    close(model->event);
  free(model);
  return NULL;
}

/* Whether both threads have ended in time. */
static bool model_stop(struct model *model) {
  pthread_mutex_lock(&model->lock);
  model->stop = true;
  pthread_cond_broadcast(&model->wake);
  pthread_mutex_unlock(&model->lock);
  struct timespec until = timespec_of(now_ns() + LEAVE_NS);
  return pthread_clockjoin_np(model->loader, NULL, CLOCK_MONOTONIC, &until) == 0 &&
         pthread_clockjoin_np(model->helper, NULL, CLOCK_MONOTONIC, &until) == 0;
}

void model_free(struct model *model) {
  if (!model || !model_stop(model))
    return;
  trash_free(model->trash);
  answer_free(model->ready);
  answer_free(model->shown);
  reading_drop(model->fresh);
  reading_drop(model->wanted_of);
  free(model->wanted);
  close(model->event);
  pthread_cond_destroy(&model->wake);
  pthread_cond_destroy(&model->still);
  pthread_mutex_destroy(&model->lock);
  free(model);
}

int model_descriptor(const struct model *model) {
  return model->event;
}

bool model_take(struct model *model, bool *fresh) {
  uint64_t count;
  *fresh = false;
  if (read(model->event, &count, sizeof count) < 0 && errno != EAGAIN)
    return false;
  pthread_mutex_lock(&model->lock);
  bool changed = model->changed;
  model->changed = false;
  if (model->ready) {
    *fresh = true;
    if (model->shown) {
      model->shown->next = model->trash;
      model->trash = model->shown;
    }
    model->shown = model->ready;
    model->ready = NULL;
    pthread_cond_broadcast(&model->wake);
  }
  model->shown_progress = model->progress;
  model->shown_failed = model->failed;
  model->shown_error = model->error;
  pthread_mutex_unlock(&model->lock);
  return changed;
}

const struct picture *model_picture(const struct model *model) {
  return model->shown ? &model->shown->picture : NULL;
}

struct model_progress model_progress(const struct model *model) {
  return model->shown_progress;
}

const struct trace_error *model_error(const struct model *model) {
  return model->shown_failed ? &model->shown_error : NULL;
}

void model_ask(struct model *model, const struct question *question) {
  pthread_mutex_lock(&model->lock);
  struct question asked = *question;
  if (!model->moments_known) { /* they are the loader's to make */
    asked.from = model->question.from;
    asked.to = model->question.to;
  }
  model->question = asked;
  model->progress.answering = model->shown_progress.answering = true;
  pthread_cond_broadcast(&model->wake);
  pthread_mutex_unlock(&model->lock);
}

struct question model_question(struct model *model) {
  pthread_mutex_lock(&model->lock);
  struct question question = model->question;
  pthread_mutex_unlock(&model->lock);
  return question;
}

void model_want(struct model *model, const uint32_t *contexts, size_t count) {
  const struct picture *picture = model_picture(model);
  uint32_t *wanted = count ? reallocarray(NULL, count, sizeof *wanted) : NULL;
  if (!picture || !wanted)
    return;
  for (size_t i = 0; i < count; i++)
    wanted[i] = contexts[count - 1 - i]; /* they are taken from the end */
  pthread_mutex_lock(&model->lock);
  uint32_t *old = model->wanted;
  struct reading *old_of = model->wanted_of;
  model->wanted = wanted;
  model->wanted_count = count;
  model->wanted_of = reading_keep(picture->reading);
  pthread_cond_broadcast(&model->wake);
  pthread_mutex_unlock(&model->lock);
  free(old);
  reading_drop(old_of);
}

void model_settle(struct model *model) {
  pthread_mutex_lock(&model->lock);
  while (!model->failed && (model->progress.loading || model->progress.answering || model->fresh ||
                            model->wanted_count || model->busy))
    pthread_cond_wait(&model->still, &model->lock);
  pthread_mutex_unlock(&model->lock);
}
