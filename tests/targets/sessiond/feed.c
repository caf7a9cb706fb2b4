/* SPDX-License-Identifier: Apache-2.0 */
#include "feed.h"

#include <pthread.h>

static pthread_mutex_t feed_lock = PTHREAD_MUTEX_INITIALIZER;
static struct subscription feed = {.next = &feed, .previous = &feed}; /* a ring with a head */

void feed_join(struct subscription *subscription) {
  pthread_mutex_lock(&feed_lock);
  subscription->next = &feed;
  subscription->previous = feed.previous;
  feed.previous->next = subscription;
  feed.previous = subscription;
  pthread_mutex_unlock(&feed_lock);
}

void feed_leave(struct subscription *subscription) {
  pthread_mutex_lock(&feed_lock);
  subscription->previous->next = subscription->next;
  subscription->next->previous = subscription->previous;
  pthread_mutex_unlock(&feed_lock);
}

uint64_t feed_post(void) {
  uint64_t subscribers = 0;
  pthread_mutex_lock(&feed_lock);
  for (struct subscription *each = feed.next; each != &feed; each = each->next, subscribers++)
    each->unread++;
  pthread_mutex_unlock(&feed_lock);
  return subscribers;
}

uint64_t feed_read(struct subscription *subscription) {
  pthread_mutex_lock(&feed_lock);
  uint64_t unread = subscription->unread;
  subscription->unread = 0;
  subscription->delivered += unread;
  pthread_mutex_unlock(&feed_lock);
  return unread;
}
