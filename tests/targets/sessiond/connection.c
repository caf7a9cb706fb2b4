/* SPDX-License-Identifier: Apache-2.0 */
#include "connection.h"

#include "request.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct connection *connection_new(int fd) {
  struct connection *connection = calloc(1, sizeof *connection);
  if (connection)
    connection->fd = fd;
  return connection;
}

void connection_free(struct connection *connection) {
  close(connection->fd);
  text_free(&connection->reply);
  free(connection);
}

void connection_link(struct connection **list, struct connection *connection) {
  connection->next = *list;
  if (*list)
    (*list)->previous = connection;
  *list = connection;
}

void connection_unlink(struct connection **list, struct connection *connection) {
  if (connection->previous)
    connection->previous->next = connection->next;
  else
    *list = connection->next;
  if (connection->next)
    connection->next->previous = connection->previous;
}

bool connection_blocked(const struct connection *connection) {
  return connection->sent < connection->reply.length;
}

bool connection_write(struct connection *connection) {
  struct text *reply = &connection->reply;
  while (connection_blocked(connection)) {
    ssize_t sent = send(connection->fd, reply->bytes + connection->sent,
                        reply->length - connection->sent, MSG_NOSIGNAL);
    if (sent < 0)
      return errno == EAGAIN || errno == EINTR;
    connection->sent += (size_t)sent;
  }
  connection->sent = 0;
  text_free(reply);
  return true;
}

/* Answers the complete lines and moves the rest to the front. */
static void connection_answer(struct connection *connection) {
  char *line = connection->line, *stop = line + connection->used, *end;
  while ((end = memchr(line, '\n', (size_t)(stop - line)))) {
    request_answer(line, (size_t)(end - line), &connection->reply);
    line = end + 1;
  }
  connection->used = (size_t)(stop - line);
  memmove(connection->line, line, connection->used);
}

bool connection_read(struct connection *connection) {
  size_t room = sizeof connection->line - connection->used;
  ssize_t got = recv(connection->fd, connection->line + connection->used, room, 0);
  if (got < 0)
    return errno == EAGAIN || errno == EINTR;
  connection->used += (size_t)got;
  connection_answer(connection);
  bool full = connection->used == sizeof connection->line;
  return got && !full && !connection->reply.failed && connection_write(connection);
}
