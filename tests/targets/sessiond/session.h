/* SPDX-License-Identifier: Apache-2.0
 *
 * One user's session: a name, attributes, a buffer for drafts and a subscription to the feed. A
 * session is used under the lock of its table's shard (table.h).
 */
#ifndef SESSIOND_SESSION_H
#define SESSIOND_SESSION_H

#include <stdbool.h>
#include <stdint.h>

struct attribute {
  struct attribute *next;
  char *key, *value;
};

struct session {
  struct session *next; /* in its shard's bucket */
  uint64_t token;
  uint64_t used_ms; /* CLOCK_MONOTONIC of the last request */
  char *user;
  char *draft; /* SESSION_DRAFT_BYTES */
  struct attribute *attributes;
  struct subscription *subscription;
};

#define SESSION_DRAFT_BYTES 4096

/* --fixed: an expired session takes its subscription along. Set before any session is made. */
extern bool session_fixed;

/* A new session that has joined the feed; NULL: no memory. */
struct session *session_create(const char *user);
/* The user said goodbye. */
void session_logout(struct session *session);
/* The user has not been heard of for too long. */
void session_expire(struct session *session);

/* Sets key to a copy of value; false: no memory. */
bool session_set(struct session *session, const char *key, const char *value);
/* The value, valid until it is set again; NULL: not set. */
const char *session_get(const struct session *session, const char *key);

#endif
