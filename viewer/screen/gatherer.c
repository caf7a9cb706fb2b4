/* SPDX-License-Identifier: Apache-2.0
 *
 * The thread that reads a family: at first, for another interval or filter, and again whenever one
 * of its processes has recorded more. No analysis is kept, so that memory is bounded by the largest
 * process and not by how many there are; every question reads all traces once more.
 */
#include "screen/model_private.h"

#include "analysis/filter.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LOOK_NS 1000000000ull /* between two looks at a family that runs */
#define FINDING 0.3           /* share of a reading that finding the family takes */

struct sight { /* of a member, as it was read last */
  uint8_t trace_id[16];
  enum trace_state state;
  uint64_t record_count; /* not the last stamp: while it runs, that is when it was looked at */
  size_t marks;
};

struct gatherer {
  struct model *model;
  struct gathering *last;   /* NULL: none yet */
  struct sight *sights;     /* of its members */
  bool moved;               /* its processes are not what they were when it was read */
  struct question question; /* that it answers, or what is being read will */
  uint64_t as_of_ns;

  /* While a family is read. */
  const struct family *family;
  struct sight *fresh;
  double done, share; /* of the whole: before what is under way, and of that */
};

/* Whether two questions are answered by one gathering. */
static bool gatherer_same(const struct question *a, const struct question *b) {
  return a->from == b->from && a->to == b->to && strcmp(a->filter, b->filter) == 0;
}

/* Goes on unless something else is asked meanwhile. */
static bool gatherer_progress(void *data, double share) {
  struct gatherer *gatherer = data;
  struct model *model = gatherer->model;
  double done = gatherer->done + share * gatherer->share;
  pthread_mutex_lock(&model->lock);
  bool other = model->moments_known && !gatherer_same(&model->question, &gatherer->question);
  if ((int)(done * 100) != (int)(model->progress.share * 100))
    model_tell(model);
  model->progress.share = done;
  bool go_on = !model->stop && !other;
  pthread_mutex_unlock(&model->lock);
  return go_on;
}

/* ---- Has it changed? --------------------------------------------------------------------------*/

static struct sight gatherer_sight(const struct family_member *member, const struct trace *trace) {
  struct sight sight = {
      .state = trace->state, .record_count = trace->record_count, .marks = trace->mark_count};
  memcpy(sight.trace_id, member->trace_id, sizeof sight.trace_id);
  return sight;
}

static void gatherer_told(void *data, size_t member, struct trace *trace,
                          const struct trace_error *error) {
  struct gatherer *gatherer = data;
  (void)error;
  if (trace)
    gatherer->fresh[member] = gatherer_sight(&gatherer->family->list[member], trace);
}

static bool gatherer_has_moved(const struct family_member *member, const struct sight *before) {
  struct trace *trace;
  if (before->state == TRACE_ENDED || trace_open(member->path, &trace, NULL) != TRACE_OK)
    return false;
  struct sight now = gatherer_sight(member, trace);
  trace_close(trace);
  return now.state != before->state || now.record_count != before->record_count ||
         now.marks != before->marks;
}

/* Opens what had not ended. One that could not be read has no sight: it is another one. */
static bool gatherer_look(struct gatherer *gatherer) {
  const struct model_options *options = &gatherer->model->options;
  struct family family;
  bool found = family_find(&family, options->family, options->family_count, NULL) == TRACE_OK;
  bool moved = found && family.count != gatherer->last->kindred->family.count;
  for (size_t i = 0; found && !moved && i < family.count; i++)
    moved = memcmp(family.list[i].trace_id, gatherer->last->kindred->family.list[i].trace_id,
                   sizeof family.list[i].trace_id) != 0 ||
            gatherer_has_moved(&family.list[i], &gatherer->sights[i]);
  family_release(&family);
  return moved;
}

/* ---- What is asked ----------------------------------------------------------------------------*/

/* An end of the interval as the question says it: by the name of its mark if it has one. */
static struct gathering_moment gatherer_moment(const struct gatherer *gatherer, uint64_t stamp) {
  const struct milestones *milestones = &gatherer->last->milestones;
  struct gathering_moment moment = {.known = stamp && stamp != QUESTION_END};
  moment.stamp = moment.known ? stamp : 0;
  size_t at = milestones_at(milestones, stamp);
  if (moment.known && milestones->count && milestones->list[at].stamp == stamp)
    moment.text = milestones_name(milestones, at);
  return moment;
}

/* The first interval is the options', later ones are the question's. */
static struct gathering_request gatherer_request(struct gatherer *gatherer) {
  const struct model_options *options = &gatherer->model->options;
  struct gathering_request request = {.rules = options->rules_path,
                                      .progress = gatherer_progress,
                                      .told = gatherer_told,
                                      .data = gatherer};
  request.from.text = options->from;
  request.to.text = options->to && strcmp(options->to, "end") != 0 ? options->to : NULL;
  if (gatherer->last) {
    request.from = gatherer_moment(gatherer, gatherer->question.from);
    request.to = gatherer_moment(gatherer, gatherer->question.to);
  }
  return request;
}

/* ---- Reading ----------------------------------------------------------------------------------*/

static enum trace_status gatherer_find(struct gatherer *gatherer, struct kindred **kindred,
                                       struct kindred_error *error) {
  const struct model_options *options = &gatherer->model->options;
  const struct inheritance_watch watch = {gatherer_progress, gatherer};
  gatherer->done = 0;
  gatherer->share = FINDING;
  enum trace_status status =
      kindred_find(options->family, options->family_count, &watch, kindred, error);
  gatherer->done = FINDING;
  gatherer->share = 1 - FINDING;
  return status;
}

static enum trace_status gatherer_gather(struct gatherer *gatherer, struct kindred *kindred,
                                         struct gathering **gathering,
                                         struct kindred_error *error) {
  struct gathering_request request = gatherer_request(gatherer);
  struct analysis_filter *filter = NULL;
  char message[160];
  if (gatherer->question.filter[0])
    filter = analysis_filter_new(gatherer->question.filter, message, sizeof message);
  request.filter = filter;
  gatherer->family = &kindred->family;
  gatherer->fresh = calloc(kindred->family.count + 1, sizeof *gatherer->fresh);
  enum trace_status status = gatherer->fresh ? gathering_make(kindred, &request, gathering, error)
                                             : (error->trace.status = TRACE_MEMORY);
  analysis_filter_free(filter);
  return status;
}

/* Reads the family for the question; one that has ended is not looked for anew while it is as it
 * was. What was read before stays unless it comes out well. */
static enum trace_status gatherer_read(struct gatherer *gatherer, struct kindred_error *error) {
  struct timespec now;
  struct kindred *kindred;
  struct gathering *gathering;
  enum trace_status status = TRACE_OK;
  bool anew = !gatherer->last || gatherer->last->running || gatherer->moved;
  clock_gettime(CLOCK_REALTIME, &now);
  gatherer->done = 0;
  gatherer->share = 1;
  if (anew)
    status = gatherer_find(gatherer, &kindred, error);
  else
    kindred = kindred_keep(gatherer->last->kindred);
  if (status == TRACE_OK)
    status = gatherer_gather(gatherer, kindred, &gathering, error);
  kindred_drop(kindred);
  if (status != TRACE_OK) {
    free(gatherer->fresh);
    gatherer->fresh = NULL;
    return status;
  }
  merge_sort(&gathering->merge, ANALYSIS_SORT_OUTSTANDING);
  gathering_drop(gatherer->last);
  free(gatherer->sights);
  gatherer->last = gathering;
  gatherer->sights = gatherer->fresh;
  gatherer->fresh = NULL;
  gatherer->moved = false;
  gatherer->as_of_ns = (uint64_t)now.tv_sec * 1000000000ull + (uint64_t)now.tv_nsec;
  return status;
}

/* ---- Handing over -----------------------------------------------------------------------------*/

static uint64_t gatherer_stamp(const struct gathering_moment *moment, uint64_t otherwise) {
  return moment->stamp ? moment->stamp : otherwise;
}

/* With the lock held. What was asked meanwhile stays asked. */
static void gatherer_publish(struct gatherer *gatherer, struct answer *answer) {
  struct model *model = gatherer->model;
  if (!model->moments_known) {
    model->question.from = gatherer->question.from = gatherer_stamp(&gatherer->last->from, 0);
    model->question.to = gatherer->question.to = gatherer_stamp(&gatherer->last->to, QUESTION_END);
    model->moments_known = true;
  }
  if (gatherer_same(&model->question, &gatherer->question)) {
    gatherer->question = model->question;
    model->progress.answering = false;
  }
  answer->picture.question = gatherer->question;
  answer->picture.family = gathering_keep(gatherer->last);
  answer->picture.as_of_ns = gatherer->as_of_ns;
  if (model->ready) {
    model->ready->next = model->trash;
    model->trash = model->ready;
  }
  model->ready = answer;
}

/* With the lock held. */
static void gatherer_complain(struct model *model, const struct kindred_error *error, bool first) {
  if (first) {
    model->failed = true;
    model->error = error->trace;
    snprintf(model->error_path, sizeof model->error_path, "%s", error->path);
  } else if (error->trace.status != TRACE_STOPPED) {
    snprintf(model->done, sizeof model->done, "not read anew: %.300s %s", error->path,
             trace_status_text(error->trace.status));
  }
}

/* The lock is held before and afterwards, not meanwhile. read: whether the traces have to be. */
static void gatherer_answer(struct gatherer *gatherer, bool read) {
  struct model *model = gatherer->model;
  struct kindred_error error = {.trace = {0}};
  struct question before = gatherer->question;
  enum trace_status status = TRACE_OK;
  bool first = !gatherer->last;
  gatherer->question = model->question;
  model->progress.loading = read;
  model->progress.share = 0;
  model->progress.answering = false;
  pthread_mutex_unlock(&model->lock);
  struct answer *answer = calloc(1, sizeof *answer);
  if (!answer)
    status = error.trace.status = TRACE_MEMORY;
  else if (read)
    status = gatherer_read(gatherer, &error);
  pthread_mutex_lock(&model->lock);
  if (status == TRACE_OK) {
    gatherer_publish(gatherer, answer);
  } else {
    free(answer);
    gatherer->question = before;
    gatherer_complain(model, &error, first);
  }
  model->progress.loading = false;
  model_tell(model);
  pthread_cond_broadcast(&model->wake);
  pthread_cond_broadcast(&model->still);
}

/* Waits until something is asked or, where the family is followed, for a while; with the lock held.
 * false: nothing was asked. */
static bool gatherer_rest(struct model *model, uint64_t ns) {
  struct timespec until = model_timespec(model_now_ns() + ns);
  int result = 0;
  while (!model->stop && !model->progress.answering && result != ETIMEDOUT)
    result = model->options.follow && !model->held
                 ? pthread_cond_timedwait(&model->wake, &model->lock, &until)
                 : pthread_cond_wait(&model->wake, &model->lock);
  return model->progress.answering;
}

static bool gatherer_look_unlocked(struct gatherer *gatherer) {
  pthread_mutex_unlock(&gatherer->model->lock);
  gatherer->moved = gatherer_look(gatherer);
  pthread_mutex_lock(&gatherer->model->lock);
  return gatherer->moved;
}

void *gatherer_run(void *data) {
  struct model *model = data;
  struct gatherer gatherer = {.model = model};
  uint64_t took = 0;
  pthread_mutex_lock(&model->lock);
  gatherer_answer(&gatherer, true);
  while (!model->stop && !model->failed) {
    /* As long as a reading took, so that a large family does not keep a processor busy for good. */
    bool asked = gatherer_rest(model, took > LOOK_NS ? took : LOOK_NS);
    uint64_t begin = model_now_ns();
    if (model->stop)
      break;
    if (asked)
      gatherer_answer(&gatherer, !gatherer_same(&model->question, &gatherer.question));
    else if (gatherer_look_unlocked(&gatherer))
      gatherer_answer(&gatherer, true);
    took = model_now_ns() - begin;
  }
  pthread_mutex_unlock(&model->lock);
  gathering_drop(gatherer.last);
  free(gatherer.sights);
  model_leave(model);
  return NULL;
}
