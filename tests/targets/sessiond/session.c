/* SPDX-License-Identifier: Apache-2.0 */
#include "session.h"

#include "feed.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool session_fixed;

static void session_free(struct session *session) {
  while (session->attributes) {
    struct attribute *attribute = session->attributes;
    session->attributes = attribute->next;
    free(attribute->key);
    free(attribute->value);
    free(attribute);
  }
  free(session->draft);
  free(session->user);
  free(session);
}

static uint64_t session_new_token(void) {
  static atomic_uint_fast64_t last;
  return atomic_fetch_add(&last, 1) + 1;
}

static void session_subscribe(struct session *session, struct subscription *subscription) {
  subscription->token = session->token;
  subscription->since = time(NULL);
  snprintf(subscription->topic, sizeof subscription->topic, "news");
  snprintf(subscription->subscriber, sizeof subscription->subscriber, "%s", session->user);
  session->subscription = subscription;
  feed_join(subscription);
}

struct session *session_create(const char *user) {
  struct session *session = calloc(1, sizeof *session);
  if (!session)
    return NULL;
  session->token = session_new_token();
  session->user = strdup(user);
  session->draft = malloc(SESSION_DRAFT_BYTES);
  struct subscription *subscription = calloc(1, sizeof *subscription);
  if (!session->user || !session->draft || !subscription) {
    free(subscription);
    session_free(session);
    return NULL;
  }
  session_subscribe(session, subscription);
  return session;
}

void session_logout(struct session *session) {
  feed_leave(session->subscription);
  free(session->subscription);
  session_free(session);
}

/* The bug that this server is for: whoever wrote this took session_free for the whole clean-up,
 * as it is for everything but the subscription. */
void session_expire(struct session *session) {
  feed_leave(session->subscription);
  if (session_fixed)
    free(session->subscription);
  session_free(session);
}

static struct attribute *session_find(const struct session *session, const char *key) {
  for (struct attribute *each = session->attributes; each; each = each->next)
    if (!strcmp(each->key, key))
      return each;
  return NULL;
}

static struct attribute *session_add(struct session *session, const char *key) {
  struct attribute *attribute = calloc(1, sizeof *attribute);
  char *copy = strdup(key);
  if (!attribute || !copy) {
    free(attribute);
    free(copy);
    return NULL;
  }
  attribute->key = copy;
  attribute->next = session->attributes;
  session->attributes = attribute;
  return attribute;
}

bool session_set(struct session *session, const char *key, const char *value) {
  struct attribute *attribute = session_find(session, key);
  if (!attribute)
    attribute = session_add(session, key);
  char *copy = strdup(value);
  if (!attribute || !copy) {
    free(copy);
    return false;
  }
  free(attribute->value);
  attribute->value = copy;
  return true;
}

const char *session_get(const struct session *session, const char *key) {
  const struct attribute *attribute = session_find(session, key);
  return attribute ? attribute->value : NULL;
}
