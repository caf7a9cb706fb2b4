/* SPDX-License-Identifier: Apache-2.0
 *
 * Connections: worker threads, each with an epoll and connections of its own. The first one
 * accepts, and gives them out in turn.
 */
#ifndef SESSIOND_SERVER_H
#define SESSIOND_SERVER_H

#include <stdbool.h>
#include <stddef.h>

/* Listens on 127.0.0.1:port (0: any) and starts the workers. Returns the port, or -1 with errno. */
int server_start(int port, size_t threads);
/* Closes all connections and waits for the workers. */
void server_stop(void);
/* Connections that are open now. */
size_t server_connections(void);

#endif
