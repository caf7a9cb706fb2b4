/* SPDX-License-Identifier: Apache-2.0
 *
 * One client: bytes come in, complete lines are answered, what the client is slow to take waits.
 * A connection belongs to one worker.
 */
#ifndef SESSIOND_CONNECTION_H
#define SESSIOND_CONNECTION_H

#include "text.h"

#define CONNECTION_LINE_BYTES 2048 /* a longer line ends the connection */

struct connection {
  struct connection *next, *previous; /* in its worker's list */
  int fd;
  size_t used; /* bytes of line */
  size_t sent; /* bytes of reply */
  struct text reply;
  char line[CONNECTION_LINE_BYTES];
};

/* Takes fd over; NULL: no memory, fd stays the caller's. */
struct connection *connection_new(int fd);
void connection_free(struct connection *connection);
void connection_link(struct connection **list, struct connection *connection);
void connection_unlink(struct connection **list, struct connection *connection);

/* Reads what there is and answers it; writes what waits. false: the connection is at its end. */
bool connection_read(struct connection *connection);
bool connection_write(struct connection *connection);
/* Whether a reply waits for the client: then no more is read. */
bool connection_blocked(const struct connection *connection);

#endif
