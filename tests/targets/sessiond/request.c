/* SPDX-License-Identifier: Apache-2.0 */
#include "request.h"

#include "cache.h"
#include "catalog.h"
#include "feed.h"
#include "server.h"
#include "table.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define REQUEST_PAGE_ARTICLES 16

/* The words of a line, each a string of its own; words[0] names the request. */
struct request {
  char **words;
  size_t count;
};

static void request_free(struct request *request) {
  for (size_t word = 0; word < request->count; word++)
    free(request->words[word]);
  free(request->words);
}

static bool request_add_word(struct request *request, const char *word, size_t length) {
  char **words = realloc(request->words, (request->count + 1) * sizeof *words);
  if (!words)
    return false;
  request->words = words;
  words[request->count] = strndup(word, length);
  return words[request->count] && ++request->count;
}

static bool request_parse(struct request *request, const char *line, size_t length) {
  const char *end = line + length;
  while (line < end) {
    const char *space = memchr(line, ' ', (size_t)(end - line));
    const char *stop = space ? space : end;
    if (stop > line && !request_add_word(request, line, (size_t)(stop - line)))
      return false;
    line = stop + 1;
  }
  return true;
}

static void request_render_page(size_t page, struct text *text) {
  text_format(text, "page %zu:", page);
  for (size_t nth = 0; nth < REQUEST_PAGE_ARTICLES; nth++) {
    const struct article *article = catalog_article(page * REQUEST_PAGE_ARTICLES + nth);
    text_format(text, " <%s> %s", article->title, article->body);
  }
}

static void request_page(struct session *session, char **words, struct text *reply) {
  (void)session;
  size_t page = strtoull(words[2], NULL, 10);
  text_add(reply, "OK ", 3);
  if (!cache_get(page, reply)) {
    struct text rendered = {0};
    request_render_page(page, &rendered);
    text_add(reply, rendered.bytes, rendered.length);
    cache_put(page, &rendered);
    text_free(&rendered);
  }
  text_add(reply, "\n", 1);
}

static void request_set(struct session *session, char **words, struct text *reply) {
  bool set = session_set(session, words[2], words[3]);
  text_format(reply, set ? "OK\n" : "ERR no memory\n");
}

static void request_get(struct session *session, char **words, struct text *reply) {
  const char *value = session_get(session, words[2]);
  if (value)
    text_format(reply, "OK %s\n", value);
  else
    text_format(reply, "ERR not set\n");
}

static void request_post(struct session *session, char **words, struct text *reply) {
  (void)session, (void)words;
  text_format(reply, "OK %" PRIu64 "\n", feed_post());
}

static void request_news(struct session *session, char **words, struct text *reply) {
  (void)words;
  text_format(reply, "OK %" PRIu64 "\n", feed_read(session->subscription));
}

static void request_login(char **words, struct text *reply) {
  uint64_t token = table_login(words[1]);
  if (token)
    text_format(reply, "OK %" PRIu64 "\n", token);
  else
    text_format(reply, "ERR no memory\n");
}

static void request_logout(char **words, struct text *reply) {
  bool found = table_logout(strtoull(words[1], NULL, 10));
  text_format(reply, found ? "OK\n" : "ERR no session\n");
}

static void request_stats(char **words, struct text *reply) {
  (void)words;
  struct table_counts counts = table_count();
  text_format(reply,
              "OK sessions=%" PRIu64 " created=%" PRIu64 " logged_out=%" PRIu64 " expired=%" PRIu64
              " connections=%zu\n",
              counts.sessions, counts.created, counts.logged_out, counts.expired,
              server_connections());
}

/* What can be asked: with a session (words[1] is its token), or without one. */
static const struct request_kind {
  const char *name;
  size_t words;
  void (*with_session)(struct session *session, char **words, struct text *reply);
  void (*without)(char **words, struct text *reply);
} request_kinds[] = {
    {"LOGIN", 2, NULL, request_login},   {"SET", 4, request_set, NULL},
    {"GET", 3, request_get, NULL},       {"PAGE", 3, request_page, NULL},
    {"POST", 2, request_post, NULL},     {"NEWS", 2, request_news, NULL},
    {"LOGOUT", 2, NULL, request_logout}, {"STATS", 1, NULL, request_stats},
};

static const struct request_kind *request_find(const struct request *request) {
  size_t kinds = sizeof request_kinds / sizeof *request_kinds;
  for (size_t kind = 0; request->count && kind < kinds; kind++)
    if (!strcmp(request_kinds[kind].name, request->words[0]) &&
        request_kinds[kind].words == request->count)
      return &request_kinds[kind];
  return NULL;
}

static void request_run(const struct request_kind *kind, char **words, struct text *reply) {
  if (!kind->with_session) {
    kind->without(words, reply);
    return;
  }
  struct session *session = table_use(strtoull(words[1], NULL, 10));
  if (!session) {
    text_format(reply, "ERR no session\n");
    return;
  }
  kind->with_session(session, words, reply);
  table_release(session);
}

void request_answer(const char *line, size_t length, struct text *reply) {
  struct request request = {0};
  if (!request_parse(&request, line, length)) {
    text_format(reply, "ERR no memory\n");
  } else {
    const struct request_kind *kind = request_find(&request);
    if (kind)
      request_run(kind, request.words, reply);
    else
      text_format(reply, "ERR not understood\n");
  }
  request_free(&request);
}
