/* SPDX-License-Identifier: Apache-2.0 */
#include "screen/model_private.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#define LEAVE_NS 300000000ull /* that quitting waits for a thread */
#define FOR_EVER_NS (86400ull * 365 * 1000000000)

uint64_t model_now_ns(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (uint64_t)now.tv_sec * 1000000000ull + (uint64_t)now.tv_nsec;
}

struct timespec model_timespec(uint64_t ns) {
  return (struct timespec){(time_t)(ns / 1000000000ull), (long)(ns % 1000000000ull)};
}

void model_tell(struct model *model) {
  uint64_t one = 1;
  model->changed = true;
  if (write(model->event, &one, sizeof one) < 0) {
    /* The counter is full: then the screen has been told often enough. */
  }
}

static void answer_free(struct answer *answer) {
  if (!answer)
    return;
  findings_free(answer->picture.findings);
  difference_free(answer->picture.difference);
  analysis_report_free(answer->picture.report);
  reading_drop(answer->picture.reading);
  gathering_drop(answer->picture.family);
  free(answer);
}

void model_free_trash(struct answer *trash) {
  while (trash) {
    struct answer *next = trash->next;
    answer_free(trash);
    trash = next;
  }
}

void model_leave(struct model *model) {
  pthread_mutex_lock(&model->lock);
  model->threads--;
  pthread_cond_broadcast(&model->still);
  pthread_mutex_unlock(&model->lock);
}

static bool model_start(struct model *model) {
  model->threads = 2;
  if (pthread_create(&model->loader, NULL, model->options.family ? gatherer_run : loader_run,
                     model))
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
  if (options->within)
    gathering_keep(options->within);
  model->question.to = QUESTION_END;
  model->question.sort = options->sort;
  model->progress.loading = true;
  model->busy = true;
  pthread_condattr_t monotonic;
  pthread_condattr_init(&monotonic);
  pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
  pthread_mutex_init(&model->lock, NULL);
  pthread_cond_init(&model->wake, &monotonic);
  pthread_cond_init(&model->still, &monotonic);
  pthread_condattr_destroy(&monotonic);
  model->event = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
  if (model->event >= 0 && model_start(model))
    return model;
  if (model->event >= 0)
    close(model->event);
  gathering_drop(model->options.within);
  free(model);
  return NULL;
}

bool model_is_family(const struct model *model) {
  return model->options.family;
}

/* Whether both threads have ended in time. */
static bool model_stop(struct model *model, uint64_t wait_ns) {
  struct timespec until = model_timespec(model_now_ns() + wait_ns);
  pthread_mutex_lock(&model->lock);
  model->stop = true;
  pthread_cond_broadcast(&model->wake);
  while (model->threads && pthread_cond_timedwait(&model->still, &model->lock, &until) != ETIMEDOUT)
    continue;
  bool ended = !model->threads;
  pthread_mutex_unlock(&model->lock);
  if (ended) {
    pthread_join(model->loader, NULL);
    pthread_join(model->helper, NULL);
  }
  return ended;
}

static void model_end(struct model *model, uint64_t wait_ns) {
  if (!model || !model_stop(model, wait_ns))
    return;
  model_free_trash(model->trash);
  answer_free(model->ready);
  answer_free(model->shown);
  reading_drop(model->fresh);
  reading_drop(model->old);
  reading_drop(model->wanted_of);
  reading_drop(model->modules_of);
  reading_drop(model->inspection.reading);
  profile_free(model->profile);
  free(model->wanted);
  ending_release(&model->ending);
  close(model->event);
  pthread_cond_destroy(&model->wake);
  pthread_cond_destroy(&model->still);
  pthread_mutex_destroy(&model->lock);
  gathering_drop(model->options.within);
  free(model);
}

void model_free(struct model *model) {
  model_end(model, LEAVE_NS);
}

static void *model_run_end(void *model) {
  model_end(model, FOR_EVER_NS);
  return NULL;
}

void model_retire(struct model *model) {
  pthread_t thread;
  if (pthread_create(&thread, NULL, model_run_end, model) == 0)
    pthread_detach(thread);
  else
    model_free(model);
}

void model_hold(struct model *model, bool held) {
  pthread_mutex_lock(&model->lock);
  model->held = held;
  pthread_cond_broadcast(&model->wake);
  pthread_mutex_unlock(&model->lock);
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
  if (model->shown) {
    model->shown->picture.pulse = model->pulse;
    model->shown->picture.behind = model->behind;
  }
  model->shown_progress = model->progress;
  model->shown_relatives = model->relatives;
  model->shown_failed = model->failed;
  model->shown_error = model->error;
  model->shown_old_error = model->old_error;
  pthread_mutex_unlock(&model->lock);
  return changed;
}

const struct picture *model_picture(const struct model *model) {
  return model->shown ? &model->shown->picture : NULL;
}

struct model_progress model_progress(const struct model *model) {
  return model->shown_progress;
}

const struct relatives *model_relatives(const struct model *model) {
  return &model->shown_relatives;
}

const struct trace_error *model_error(const struct model *model) {
  return model->shown_failed ? &model->shown_error : NULL;
}

/* Nothing writes the path once there is an error. */
const char *model_error_path(const struct model *model) {
  return model_is_family(model) ? model->error_path : model->options.path;
}

const struct trace_error *model_old_error(const struct model *model) {
  return model->shown_old_error.status != TRACE_OK ? &model->shown_old_error : NULL;
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

void model_want_modules(struct model *model) {
  const struct picture *picture = model_picture(model);
  if (!picture)
    return;
  pthread_mutex_lock(&model->lock);
  struct reading *old = model->modules_of;
  model->modules_of = reading_keep(picture->reading);
  model->modules_next = 1;
  pthread_cond_broadcast(&model->wake);
  pthread_mutex_unlock(&model->lock);
  reading_drop(old);
}

uint64_t model_inspect(struct model *model, const struct analysis_site *site) {
  const struct picture *picture = model_picture(model);
  pthread_mutex_lock(&model->lock);
  struct reading *old = model->inspection.reading;
  model->inspection = (struct inspection){.number = ++model->inspections,
                                          .reading = reading_keep(picture->reading),
                                          .question = picture->question,
                                          .site = *site};
  pthread_cond_broadcast(&model->wake);
  pthread_mutex_unlock(&model->lock);
  reading_drop(old);
  return model->inspections;
}

struct profile *model_inspected(struct model *model, uint64_t number) {
  struct profile *profile = NULL;
  pthread_mutex_lock(&model->lock);
  if (number && model->profile_number == number) {
    profile = model->profile;
    model->profile = NULL;
    model->profile_number = 0;
  }
  pthread_mutex_unlock(&model->lock);
  return profile;
}

bool model_do(struct model *model, const struct chore *chore) {
  pthread_mutex_lock(&model->lock);
  bool idle = !model->chore.kind;
  if (idle)
    model->chore = *chore;
  pthread_cond_broadcast(&model->wake);
  pthread_mutex_unlock(&model->lock);
  return idle;
}

bool model_done(struct model *model, char *message) {
  pthread_mutex_lock(&model->lock);
  memcpy(message, model->done, sizeof model->done);
  model->done[0] = '\0';
  pthread_mutex_unlock(&model->lock);
  return message[0];
}

void model_settle(struct model *model) {
  pthread_mutex_lock(&model->lock);
  while (!model->failed && (model->progress.loading || model->progress.answering || model->fresh ||
                            model->wanted_count || model->modules_of || model->inspection.number ||
                            model->chore.kind || model->busy))
    pthread_cond_wait(&model->still, &model->lock);
  pthread_mutex_unlock(&model->lock);
}
