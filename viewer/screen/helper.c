/* SPDX-License-Identifier: Apache-2.0
 *
 * The thread that answers questions, looks symbols up and frees what is shown no more.
 */
#include "screen/model_private.h"

#include <stdlib.h>
#include <string.h>

#define RELATIVES_NS 5000000000ull /* between two looks for other processes */

/* Everything that a question asks for. false: no memory. */
static bool helper_work_out(struct picture *picture, struct reading *reading, struct reading *old,
                            bool two) {
  struct analysis_report *report = reading_ask(reading, &picture->question);
  if (!report)
    return false;
  picture->reading = reading_keep(reading);
  picture->report = report;
  picture->findings = findings_new(reading, &picture->question, report);
  if (picture->question.compared && (old || !two))
    picture->difference = difference_new(reading, old, &picture->question);
  return true;
}

/* With the lock held, which it lets go of meanwhile. */
static void helper_answer(struct model *model, struct reading *reading) {
  struct answer *answer = calloc(1, sizeof *answer);
  struct reading *old = reading_keep(model->old);
  struct question question = model->question;
  model->progress.answering = false;
  pthread_mutex_unlock(&model->lock);
  if (answer)
    answer->picture.question = question;
  bool done =
      answer && helper_work_out(&answer->picture, reading, old, model->options.old_path != NULL);
  reading_drop(old);
  pthread_mutex_lock(&model->lock);
  if (!done) {
    free(answer);
    return;
  }
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

/* Works a profile out, with the lock held, which it lets go of meanwhile. */
static void helper_inspect(struct model *model) {
  struct inspection inspection = model->inspection;
  model->inspection = (struct inspection){.number = 0};
  pthread_mutex_unlock(&model->lock);
  struct profile *profile =
      reading_inspect(inspection.reading, &inspection.question, &inspection.site);
  reading_drop(inspection.reading);
  pthread_mutex_lock(&model->lock);
  profile_free(model->profile);
  model->profile = profile;
  model->profile_number = inspection.number;
  model_tell(model);
}

/* Does a chore, with the lock held, which it lets go of meanwhile. */
static void helper_do_chore(struct model *model, const struct reading *newest) {
  struct chore chore = model->chore;
  struct question question = model->question;
  char message[CHORE_MESSAGE];
  pthread_mutex_unlock(&model->lock);
  if (model_is_family(model))
    chore_run_family(&chore, model->options.family, model->options.family_count, message);
  else
    chore_run(&chore, model->options.path, model->options.rules_path, newest, &question, message);
  pthread_mutex_lock(&model->lock);
  memcpy(model->done, message, sizeof model->done);
  model->chore.kind = CHORE_NONE;
  model_tell(model);
}

/* Looks for the processes that were recorded together with this one, with the lock held, which it
 * lets go of meanwhile. */
static void helper_look_for_relatives(struct model *model) {
  struct relatives relatives;
  pthread_mutex_unlock(&model->lock);
  bool found = relatives_find(&relatives, model->options.path);
  pthread_mutex_lock(&model->lock);
  model->relatives_next = model_now_ns() + RELATIVES_NS;
  if (!found || memcmp(&relatives, &model->relatives, sizeof relatives) == 0)
    return;
  model->relatives = relatives;
  model_tell(model);
}

/* Looks at one module's files, with the lock held, which it lets go of meanwhile. */
static void helper_look_at_module(struct model *model) {
  struct reading *reading = reading_keep(model->modules_of);
  uint32_t module = model->modules_next++;
  bool last = module + 1 >= reading->trace->module_count;
  if (last) {
    reading_drop(model->modules_of);
    model->modules_of = NULL;
  }
  pthread_mutex_unlock(&model->lock);
  bool tried = symbols_module_state(reading->symbols, module) != SYMBOLS_NOT_TRIED;
  symbols_try_module(reading->symbols, module);
  reading_drop(reading);
  pthread_mutex_lock(&model->lock);
  if (last || !tried)
    model_tell(model);
}

/* Does one thing, with the lock held; false: there is none. */
static bool helper_step(struct model *model, struct reading **newest) {
  if (model->fresh) {
    struct reading *old = *newest;
    *newest = model->fresh;
    model->fresh = NULL;
    model->progress.answering = true;
    model->relatives_due = !model->options.within && model_now_ns() >= model->relatives_next;
    pthread_mutex_unlock(&model->lock);
    reading_drop(old);
    pthread_mutex_lock(&model->lock);
  } else if (model->progress.answering && *newest) {
    helper_answer(model, *newest);
  } else if (model->inspection.number) {
    helper_inspect(model);
  } else if (model->chore.kind && (*newest || model_is_family(model))) {
    helper_do_chore(model, *newest);
  } else if (model->wanted_count) {
    helper_look_up(model);
  } else if (model->relatives_due) {
    model->relatives_due = false;
    helper_look_for_relatives(model);
  } else if (model->modules_of) {
    helper_look_at_module(model);
  } else if (model->trash) {
    struct answer *trash = model->trash;
    model->trash = NULL;
    pthread_mutex_unlock(&model->lock);
    model_free_trash(trash);
    pthread_mutex_lock(&model->lock);
  } else {
    return false;
  }
  return true;
}

void *helper_run(void *data) {
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
  model_leave(model);
  return NULL;
}
