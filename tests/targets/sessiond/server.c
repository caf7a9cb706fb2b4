/* SPDX-License-Identifier: Apache-2.0 */
#include "server.h"

#include "connection.h"

#include <arpa/inet.h>
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#define SERVER_BACKLOG 1024
#define SERVER_EVENTS 64

struct worker {
  pthread_t thread;
  int epoll;
  pthread_mutex_t lock; /* of the list: the first worker accepts for all */
  struct connection *connections;
};

static int server_listener = -1, server_stopper = -1;
static struct worker *server_workers;
static size_t server_worker_count;
static size_t server_turn; /* of workers; only the first worker touches it */
static atomic_size_t server_connection_count;

size_t server_connections(void) {
  return atomic_load(&server_connection_count);
}

/* epoll_event.data.ptr is the connection, or the address of one of the two descriptors above. */
static bool worker_watch(struct worker *worker, int fd, uint32_t events, void *data) {
  struct epoll_event event = {.events = events, .data.ptr = data};
  return !epoll_ctl(worker->epoll, EPOLL_CTL_ADD, fd, &event);
}

static void worker_close(struct worker *worker, struct connection *connection) {
  pthread_mutex_lock(&worker->lock);
  connection_unlink(&worker->connections, connection);
  pthread_mutex_unlock(&worker->lock);
  connection_free(connection);
  atomic_fetch_sub(&server_connection_count, 1);
}

/* From here on the connection is the worker's. */
static void worker_take(struct worker *worker, struct connection *connection) {
  pthread_mutex_lock(&worker->lock);
  connection_link(&worker->connections, connection);
  pthread_mutex_unlock(&worker->lock);
  atomic_fetch_add(&server_connection_count, 1);
  if (!worker_watch(worker, connection->fd, EPOLLIN, connection))
    worker_close(worker, connection);
}

/* The workers take turns. */
static void server_accept(void) {
  int fd = accept4(server_listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
  if (fd < 0)
    return;
  struct connection *connection = connection_new(fd);
  if (connection)
    worker_take(&server_workers[server_turn++ % server_worker_count], connection);
  else
    close(fd);
}

static void worker_serve(struct worker *worker, struct connection *connection, uint32_t events) {
  bool open = events & EPOLLOUT ? connection_write(connection) : connection_read(connection);
  struct epoll_event next = {.events = connection_blocked(connection) ? EPOLLOUT : EPOLLIN,
                             .data.ptr = connection};
  if (!open || epoll_ctl(worker->epoll, EPOLL_CTL_MOD, connection->fd, &next))
    worker_close(worker, connection);
}

/* Returns false when the server stops. */
static bool worker_handle(struct worker *worker, const struct epoll_event *event) {
  if (event->data.ptr == &server_stopper)
    return false;
  if (event->data.ptr == &server_listener)
    server_accept();
  else
    worker_serve(worker, event->data.ptr, event->events);
  return true;
}

static void *worker_run(void *data) {
  struct worker *worker = data;
  struct epoll_event events[SERVER_EVENTS];
  bool running = true;
  while (running) {
    int count = epoll_wait(worker->epoll, events, SERVER_EVENTS, -1);
    for (int event = 0; event < count && running; event++)
      running = worker_handle(worker, &events[event]);
  }
  return NULL;
}

static bool worker_start(struct worker *worker) {
  pthread_mutex_init(&worker->lock, NULL);
  worker->epoll = epoll_create1(EPOLL_CLOEXEC);
  if (worker->epoll < 0)
    return false;
  if (worker_watch(worker, server_stopper, EPOLLIN, &server_stopper) &&
      !pthread_create(&worker->thread, NULL, worker_run, worker))
    return true;
  close(worker->epoll);
  return false;
}

/* After its thread has ended. */
static void worker_free(struct worker *worker) {
  while (worker->connections)
    worker_close(worker, worker->connections);
  pthread_mutex_destroy(&worker->lock);
  close(worker->epoll);
}

/* Returns the port that was bound, or -1. */
static int server_listen(int port) {
  struct sockaddr_in address = {.sin_family = AF_INET,
                                .sin_port = htons((uint16_t)port),
                                .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t length = sizeof address;
  int yes = 1;
  server_listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (server_listener < 0 ||
      setsockopt(server_listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes) ||
      bind(server_listener, (struct sockaddr *)&address, sizeof address) ||
      listen(server_listener, SERVER_BACKLOG) ||
      getsockname(server_listener, (struct sockaddr *)&address, &length))
    return -1;
  return ntohs(address.sin_port);
}

int server_start(int port, size_t threads) {
  int bound = server_listen(port);
  server_stopper = eventfd(0, EFD_CLOEXEC);
  server_workers = calloc(threads, sizeof *server_workers);
  bool started = bound >= 0 && server_stopper >= 0 && server_workers;
  while (started && server_worker_count < threads) {
    started = worker_start(&server_workers[server_worker_count]);
    server_worker_count += started;
  }
  if (started && worker_watch(server_workers, server_listener, EPOLLIN, &server_listener))
    return bound;
  int reason = errno;
  server_stop();
  errno = reason;
  return -1;
}

void server_stop(void) {
  eventfd_write(server_stopper, 1);
  for (size_t worker = 0; worker < server_worker_count; worker++)
    pthread_join(server_workers[worker].thread, NULL);
  for (size_t worker = 0; worker < server_worker_count; worker++)
    worker_free(&server_workers[worker]);
  free(server_workers);
  server_workers = NULL;
  server_worker_count = 0;
  close(server_listener);
  close(server_stopper);
}
