/* SPDX-License-Identifier: Apache-2.0
 *
 * All sessions by token, in shards that are locked one by one. Any thread may call.
 */
#ifndef SESSIOND_TABLE_H
#define SESSIOND_TABLE_H

#include "session.h"

struct table_counts {
  uint64_t sessions; /* now */
  uint64_t created, logged_out, expired;
};

/* Logs user in and returns the token; 0: no memory. */
uint64_t table_login(const char *user);
/* The session with its shard locked, its idle time set to 0: table_release it soon. NULL: gone. */
struct session *table_use(uint64_t token);
void table_release(struct session *session);
/* false: there is no such session. */
bool table_logout(uint64_t token);
/* Ends the sessions that were idle for longer than idle_ms. */
void table_expire(uint64_t idle_ms);
/* Logs everybody out: the server ends. */
void table_clear(void);
struct table_counts table_count(void);

#endif
