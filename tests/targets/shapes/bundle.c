/* SPDX-License-Identifier: Apache-2.0
 *
 * A leak of groups: of the sessions, one in four expires and is forgotten with all that it owns:
 * the session, three strings and a buffer.
 */
#include "shape.h"

#include <stdlib.h>
#include <string.h>

#define EXPIRES_EVERY 4
#define BUFFER_BYTES 2048

struct session {
  char *user, *theme, *address;
  void *buffer;
};

static SHAPE_SITE struct session *session_new(void) {
  return shape_filled(malloc(sizeof(struct session)), sizeof(struct session));
}

static SHAPE_SITE void session_name(struct session *session) {
  session->user = strdup("a user with a name");
  session->theme = strdup("dark");
  session->address = strdup("127.0.0.1:40000");
}

static SHAPE_SITE void session_buffer(struct session *session) {
  session->buffer = shape_filled(malloc(BUFFER_BYTES), BUFFER_BYTES);
}

static void session_free(struct session *session) {
  free(session->user);
  free(session->theme);
  free(session->address);
  free(session->buffer);
  free(session);
}

static void bundle_unit(uint64_t number) {
  struct session *session = session_new();
  session_name(session);
  session_buffer(session);
  if (number % EXPIRES_EVERY)
    session_free(session);
}

int main(int count, char **arguments) {
  static const struct shape shape = {.name = "bundle",
                                     .unit = bundle_unit,
                                     .sites = {{"session_new", "leak", 1.0 / EXPIRES_EVERY},
                                               {"session_name", "leak", 3.0 / EXPIRES_EVERY},
                                               {"session_buffer", "leak", 1.0 / EXPIRES_EVERY}}};
  return shape_run(&shape, count, arguments);
}
