/* SPDX-License-Identifier: Apache-2.0
 *
 * The feed: what one session posts is counted as unread for every subscriber. A subscription is
 * made and freed by whoever subscribes; the feed only links it. All functions may be called by any
 * thread.
 */
#ifndef SESSIOND_FEED_H
#define SESSIOND_FEED_H

#include <stdint.h>
#include <time.h>

struct subscription {
  struct subscription *next, *previous;
  uint64_t token; /* of the session that subscribed */
  uint64_t unread;
  uint64_t delivered;
  time_t since;
  char topic[72];
  char subscriber[32];
};

/* Links a subscription whose fields are set; it must stay until feed_leave. */
void feed_join(struct subscription *subscription);
/* Unlinks it; it is the caller's again. */
void feed_leave(struct subscription *subscription);
/* Tells all subscribers; returns how many there are. */
uint64_t feed_post(void);
/* Returns the unread posts and counts them as delivered. */
uint64_t feed_read(struct subscription *subscription);

#endif
