/* SPDX-License-Identifier: Apache-2.0
 *
 * sessionload: load for sessiond, the same each time. A warm-up fills the server's cache; then
 * --sessions sessions log in and work over a few connections, --logout percent of them log out and
 * the others stay away; then it waits until the server has ended all of them. With --seep and
 * --trace it puts a mark "warm" after the warm-up and a mark "after" at the end, whose units are
 * the sessions that expired. Exit status: 0, or 1 when the server did not answer as expected or
 * --timeout was over.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define LOAD_WARM_PAGES 512 /* twice what the server's cache holds */
#define LOAD_HOT_PAGES 64   /* that the sessions ask for: they stay in the cache */
#define LOAD_WARM_SESSIONS 32
#define LOAD_REPLY_BYTES 32768
#define LOAD_POLL_US 20000
#define LOAD_SETTLE_US 50000 /* for the server to free what it has just sent */

struct options {
  uint16_t port;
  unsigned long sessions, logout_percent, connections, requests, timeout_s;
  const char *seep, *trace;
};

struct client {
  int fd;
  size_t used;
  char reply[LOAD_REPLY_BYTES];
};

static struct options options = {
    .sessions = 1000, .logout_percent = 25, .connections = 8, .requests = 16, .timeout_s = 60};

__attribute__((noreturn, format(printf, 1, 2))) static void load_fail(const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  fputs("sessionload: ", stderr);
  vfprintf(stderr, format, arguments);
  fputc('\n', stderr);
  va_end(arguments);
  exit(1);
}

static struct client *client_new(void) {
  struct client *client = calloc(1, sizeof *client);
  struct sockaddr_in address = {.sin_family = AF_INET,
                                .sin_port = htons(options.port),
                                .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  if (!client)
    load_fail("no memory");
  client->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (client->fd < 0 || connect(client->fd, (struct sockaddr *)&address, sizeof address))
    load_fail("cannot connect to port %u: %s", options.port, strerror(errno));
  return client;
}

static void client_free(struct client *client) {
  close(client->fd);
  free(client);
}

/* Waits for one line, puts a NUL in the place of its end. */
static void client_receive(struct client *client) {
  client->used = 0;
  while (!client->used || client->reply[client->used - 1] != '\n') {
    ssize_t got =
        recv(client->fd, client->reply + client->used, sizeof client->reply - client->used, 0);
    if (got <= 0)
      load_fail("the server hung up");
    client->used += (size_t)got;
  }
  client->reply[client->used - 1] = '\0';
}

/* Sends a request and returns what stands behind OK in its answer; anything else ends the program.
 */
__attribute__((format(printf, 2, 3))) static const char *client_ask(struct client *client,
                                                                    const char *format, ...) {
  char line[1024];
  va_list arguments;
  va_start(arguments, format);
  int length = vsnprintf(line, sizeof line, format, arguments);
  va_end(arguments);
  if (send(client->fd, line, (size_t)length, MSG_NOSIGNAL) != length)
    load_fail("the server hung up");
  client_receive(client);
  if (strncmp(client->reply, "OK", 2))
    load_fail("%.*s was answered: %s", length - 1, line, client->reply);
  return client->reply[2] ? client->reply + 3 : client->reply + 2;
}

/* One user's work; what the session is asked for depends on its number alone. */
static void session_work(struct client *client, uint64_t token, unsigned long number) {
  client_ask(client, "SET %" PRIu64 " name user-%lu\n", token, number);
  client_ask(client, "SET %" PRIu64 " theme %s\n", token, number % 2 ? "dark" : "light");
  for (unsigned long request = 0; request < options.requests; request++)
    client_ask(client, "PAGE %" PRIu64 " %lu\n", token, (number + request) % LOAD_HOT_PAGES);
  client_ask(client, "POST %" PRIu64 "\n", token);
  client_ask(client, "NEWS %" PRIu64 "\n", token);
  client_ask(client, "GET %" PRIu64 " name\n", token);
}

static void session_run(struct client *client, unsigned long number, bool logout) {
  const char *answer = client_ask(client, "LOGIN user-%lu\n", number);
  uint64_t token = strtoull(answer, NULL, 10);
  session_work(client, token, number);
  if (logout)
    client_ask(client, "LOGOUT %" PRIu64 "\n", token);
}

/* Spreads the log-outs evenly: of the first n sessions, n × percent / 100 log out. */
static bool session_logs_out(unsigned long number) {
  return (number + 1) * options.logout_percent / 100 > number * options.logout_percent / 100;
}

static void *load_thread(void *data) {
  unsigned long first = (unsigned long)(uintptr_t)data;
  struct client *client = client_new();
  for (unsigned long number = first; number < options.sessions; number += options.connections)
    session_run(client, number, session_logs_out(number));
  client_free(client);
  return NULL;
}

static void load_sessions(void) {
  pthread_t *threads = calloc(options.connections, sizeof *threads);
  for (uintptr_t thread = 0; threads && thread < options.connections; thread++)
    if (pthread_create(&threads[thread], NULL, load_thread, (void *)thread))
      load_fail("cannot start thread %" PRIuPTR, thread);
  for (size_t thread = 0; threads && thread < options.connections; thread++)
    pthread_join(threads[thread], NULL);
  free(threads);
}

/* Fills the cache, the pages that the sessions will ask for last; some sessions log out. */
static void load_warm_up(struct client *control) {
  const char *answer = client_ask(control, "LOGIN warm-up\n");
  uint64_t token = strtoull(answer, NULL, 10);
  for (unsigned long page = LOAD_WARM_PAGES; page-- > 0;)
    client_ask(control, "PAGE %" PRIu64 " %lu\n", token, page);
  client_ask(control, "LOGOUT %" PRIu64 "\n", token);
  for (unsigned long session = 0; session < LOAD_WARM_SESSIONS; session++)
    session_run(control, session, true);
}

static uint64_t stats_value(const char *stats, const char *name) {
  const char *found = strstr(stats, name);
  if (!found)
    load_fail("the server's STATS have no %s", name);
  return strtoull(found + strlen(name), NULL, 10);
}

/* Waits until no session is left, and no connection but this one; returns how many expired. */
static uint64_t load_wait(struct client *control) {
  for (;;) {
    const char *stats = client_ask(control, "STATS\n");
    if (!stats_value(stats, "sessions=") && stats_value(stats, "connections=") == 1)
      return stats_value(stats, "expired=");
    usleep(LOAD_POLL_US);
  }
}

/* Runs seep mark [--units N] TRACE LABEL. */
static void load_mark(const char *label, uint64_t units) {
  char number[24];
  snprintf(number, sizeof number, "%" PRIu64, units);
  const char *with_units[] = {options.seep, "mark", "--units", number, options.trace, label, NULL};
  const char *without[] = {options.seep, "mark", options.trace, label, NULL};
  if (!options.seep || !options.trace)
    return;
  usleep(LOAD_SETTLE_US);
  pid_t pid = fork();
  if (!pid) {
    execvp(options.seep, (char **)(units ? with_units : without));
    _exit(127);
  }
  int status = -1;
  if (pid < 0 || waitpid(pid, &status, 0) != pid || status)
    load_fail("%s mark %s %s failed", options.seep, options.trace, label);
}

static unsigned long options_number(const char *text, unsigned long most) {
  char *end;
  unsigned long number = strtoul(text, &end, 10);
  if (*end || number > most)
    load_fail("%s is no number up to %lu", text, most);
  return number;
}

static void options_usage(int status) {
  fputs("usage: sessionload --port N [--sessions N] [--logout PERCENT] [--connections N]\n"
        "                   [--requests N (per session)] [--timeout SECONDS]\n"
        "                   [--seep COMMAND --trace FILE (to put marks)]\n",
        status ? stderr : stdout);
  exit(status);
}

static void options_set(int option, const char *value) {
  switch (option) {
  case 'p':
    options.port = (uint16_t)options_number(value, UINT16_MAX);
    break;
  case 'n':
    options.sessions = options_number(value, 10000000);
    break;
  case 'l':
    options.logout_percent = options_number(value, 100);
    break;
  case 'c':
    options.connections = options_number(value, 256);
    break;
  case 'r':
    options.requests = options_number(value, 100000);
    break;
  case 't':
    options.timeout_s = options_number(value, 86400);
    break;
  case 's':
    options.seep = value;
    break;
  case 'f':
    options.trace = value;
    break;
  default:
    options_usage(option == 'h' ? 0 : 2);
  }
}

static void options_read(int count, char **arguments) {
  static const struct option names[] = {
      {"port", required_argument, NULL, 'p'},     {"sessions", required_argument, NULL, 'n'},
      {"logout", required_argument, NULL, 'l'},   {"connections", required_argument, NULL, 'c'},
      {"requests", required_argument, NULL, 'r'}, {"timeout", required_argument, NULL, 't'},
      {"seep", required_argument, NULL, 's'},     {"trace", required_argument, NULL, 'f'},
      {"help", no_argument, NULL, 'h'},           {0}};
  int option;
  while ((option = getopt_long(count, arguments, "", names, NULL)) != -1)
    options_set(option, optarg);
  if (optind < count || !options.port || !options.connections)
    options_usage(2);
}

int main(int count, char **arguments) {
  options_read(count, arguments);
  alarm((unsigned)options.timeout_s); /* its default action ends us: the load is bounded in time */
  struct client *control = client_new();
  load_warm_up(control);
  uint64_t before = load_wait(control);
  load_mark("warm", 0);
  load_sessions();
  uint64_t expired = load_wait(control) - before;
  load_mark("after", expired);
  printf("sessions %lu logged-out %" PRIu64 " expired %" PRIu64 "\n", options.sessions,
         options.sessions - expired, expired);
  client_free(control);
  return expired == options.sessions - options.sessions * options.logout_percent / 100 ? 0 : 1;
}
