/* SPDX-License-Identifier: Apache-2.0 */
#include "table.h"

#include <pthread.h>
#include <time.h>

#define TABLE_SHARDS 16
#define TABLE_BUCKETS 64

struct shard {
  pthread_mutex_t lock;
  struct session *buckets[TABLE_BUCKETS];
  struct table_counts counts;
};

static struct shard table[TABLE_SHARDS] = {
    [0 ... TABLE_SHARDS - 1] = {.lock = PTHREAD_MUTEX_INITIALIZER}};

static uint64_t table_now_ms(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

static struct shard *table_shard(uint64_t token) {
  return &table[token % TABLE_SHARDS];
}

/* The link that points to the session, or to NULL at the end of its bucket. */
static struct session **table_link(struct shard *shard, uint64_t token) {
  struct session **link = &shard->buckets[token / TABLE_SHARDS % TABLE_BUCKETS];
  while (*link && (*link)->token != token)
    link = &(*link)->next;
  return link;
}

static struct session *table_unlink(struct shard *shard, struct session **link) {
  struct session *session = *link;
  *link = session->next;
  shard->counts.sessions--;
  return session;
}

uint64_t table_login(const char *user) {
  struct session *session = session_create(user);
  if (!session)
    return 0;
  uint64_t token = session->token;
  struct shard *shard = table_shard(token);
  session->used_ms = table_now_ms();
  pthread_mutex_lock(&shard->lock);
  *table_link(shard, token) = session;
  shard->counts.sessions++;
  shard->counts.created++;
  pthread_mutex_unlock(&shard->lock);
  return token;
}

struct session *table_use(uint64_t token) {
  struct shard *shard = table_shard(token);
  pthread_mutex_lock(&shard->lock);
  struct session *session = *table_link(shard, token);
  if (session)
    session->used_ms = table_now_ms();
  else
    pthread_mutex_unlock(&shard->lock);
  return session;
}

void table_release(struct session *session) {
  pthread_mutex_unlock(&table_shard(session->token)->lock);
}

bool table_logout(uint64_t token) {
  struct shard *shard = table_shard(token);
  pthread_mutex_lock(&shard->lock);
  struct session **link = table_link(shard, token);
  struct session *session = *link ? table_unlink(shard, link) : NULL;
  if (session) {
    session_logout(session);
    shard->counts.logged_out++;
  }
  pthread_mutex_unlock(&shard->lock);
  return session;
}

static void table_expire_bucket(struct shard *shard, struct session **link, uint64_t before_ms) {
  while (*link) {
    if ((*link)->used_ms >= before_ms) {
      link = &(*link)->next;
      continue;
    }
    session_expire(table_unlink(shard, link));
    shard->counts.expired++;
  }
}

void table_expire(uint64_t idle_ms) {
  uint64_t now_ms = table_now_ms();
  uint64_t before_ms = now_ms > idle_ms ? now_ms - idle_ms : 0;
  for (struct shard *shard = table; shard < table + TABLE_SHARDS; shard++) {
    pthread_mutex_lock(&shard->lock);
    for (size_t bucket = 0; bucket < TABLE_BUCKETS; bucket++)
      table_expire_bucket(shard, &shard->buckets[bucket], before_ms);
    pthread_mutex_unlock(&shard->lock);
  }
}

void table_clear(void) {
  for (struct shard *shard = table; shard < table + TABLE_SHARDS; shard++) {
    pthread_mutex_lock(&shard->lock);
    for (size_t bucket = 0; bucket < TABLE_BUCKETS; bucket++)
      while (shard->buckets[bucket])
        session_logout(table_unlink(shard, &shard->buckets[bucket]));
    pthread_mutex_unlock(&shard->lock);
  }
}

struct table_counts table_count(void) {
  struct table_counts sum = {0};
  for (struct shard *shard = table; shard < table + TABLE_SHARDS; shard++) {
    pthread_mutex_lock(&shard->lock);
    sum.sessions += shard->counts.sessions;
    sum.created += shard->counts.created;
    sum.logged_out += shard->counts.logged_out;
    sum.expired += shard->counts.expired;
    pthread_mutex_unlock(&shard->lock);
  }
  return sum;
}
