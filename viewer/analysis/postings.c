/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/postings.h"
#include <stdlib.h>

static struct postings_batch *postings_batch(const struct postings *postings, size_t number) {
  return &postings->batches[number % POSTINGS_BATCHES];
}

/* Takes the next batch; false: there will be none. */
static bool postings_take(struct postings *postings) {
  pthread_mutex_lock(&postings->lock);
  while (postings->taken == postings->given && !postings->over)
    pthread_cond_wait(&postings->turned, &postings->lock);
  const struct postings_batch *batch =
      postings->taken < postings->given ? postings_batch(postings, postings->taken) : NULL;
  pthread_mutex_unlock(&postings->lock);
  if (!batch)
    return false;
  postings->take(postings->data, batch);
  pthread_mutex_lock(&postings->lock);
  postings->taken++;
  pthread_cond_broadcast(&postings->turned);
  pthread_mutex_unlock(&postings->lock);
  return true;
}

static void *postings_run(void *data) {
  while (postings_take(data))
    continue;
  return NULL;
}

bool postings_start(struct postings *postings,
                    void (*take)(void *data, const struct postings_batch *batch), void *data) {
  *postings = (struct postings){.take = take, .data = data};
  pthread_mutex_init(&postings->lock, NULL);
  pthread_cond_init(&postings->turned, NULL);
  postings->batches = calloc(POSTINGS_BATCHES, sizeof *postings->batches);
  postings->filling = postings->batches;
  if (!postings->batches)
    return false;
  postings->threaded = pthread_create(&postings->thread, NULL, postings_run, postings) == 0;
  return true;
}

void postings_stop(struct postings *postings) {
  if (postings->threaded) {
    pthread_mutex_lock(&postings->lock);
    postings->over = true;
    pthread_cond_broadcast(&postings->turned);
    pthread_mutex_unlock(&postings->lock);
    pthread_join(postings->thread, NULL);
  }
  pthread_mutex_destroy(&postings->lock);
  pthread_cond_destroy(&postings->turned);
  free(postings->batches);
  *postings = (struct postings){0};
}

/* Waits until at most so many batches that were given have not been taken. */
static void postings_wait(struct postings *postings, size_t most) {
  while (postings->given - postings->taken > most)
    pthread_cond_wait(&postings->turned, &postings->lock);
}

void postings_give(struct postings *postings) {
  pthread_mutex_lock(&postings->lock);
  postings->given++;
  pthread_cond_broadcast(&postings->turned);
  if (postings->threaded)
    postings_wait(postings, POSTINGS_BATCHES - 1);
  pthread_mutex_unlock(&postings->lock);
  if (!postings->threaded)
    postings_take(postings);
  postings->filling = postings_batch(postings, postings->given);
  postings->filling->count = postings->filling->sum_count = 0;
}

void postings_settle(struct postings *postings) {
  if (postings->filling->count)
    postings_give(postings);
  pthread_mutex_lock(&postings->lock);
  postings_wait(postings, 0);
  pthread_mutex_unlock(&postings->lock);
}

void postings_add_sums(struct postings *postings, uint32_t place, const struct trace_sums *sums) {
  if (postings->filling->sum_count == POSTINGS_SUMS)
    postings_give(postings);
  struct posting *posting = postings_next(postings);
  struct postings_batch *batch = postings->filling;
  *posting = (struct posting){
      .kind = POSTING_SUMS, .place = place, .birth = batch->sum_count, .thread = sums->thread};
  batch->sums[batch->sum_count++] = *sums;
}
