/* SPDX-License-Identifier: Apache-2.0
 *
 * sessiond: a small session server, to try seep on. Users log in, work, and log out or simply stay
 * away until their session expires. It keeps a start-up table (catalog.c), a cache that fills and
 * stays (cache.c) and makes a lot of short-lived memory (request.c); and it leaks one block of
 * every session that expires (session.c), unless it is started with --fixed.
 */
#include "cache.h"
#include "catalog.h"
#include "server.h"
#include "table.h"

#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define SESSIOND_SWEEPS 4 /* in one expiry time */

struct options {
  int port;
  unsigned long expiry_ms, threads;
};

static void options_usage(FILE *out) {
  fputs("usage: sessiond [--port N (0: any)] [--expiry MS] [--threads N] [--fixed]\n"
        "Serves on 127.0.0.1 until SIGTERM; the port is printed as the first line.\n",
        out);
}

static void options_read(struct options *options, int count, char **arguments) {
  static const struct option names[] = {
      {"port", required_argument, NULL, 'p'},    {"expiry", required_argument, NULL, 'e'},
      {"threads", required_argument, NULL, 't'}, {"fixed", no_argument, NULL, 'f'},
      {"help", no_argument, NULL, 'h'},          {0}};
  int option;
  while ((option = getopt_long(count, arguments, "", names, NULL)) != -1) {
    if (option == 'p')
      options->port = atoi(optarg);
    else if (option == 'e')
      options->expiry_ms = strtoul(optarg, NULL, 10);
    else if (option == 't')
      options->threads = strtoul(optarg, NULL, 10);
    else if (option == 'f')
      session_fixed = true;
    else {
      options_usage(option == 'h' ? stdout : stderr);
      exit(option == 'h' ? 0 : 2);
    }
  }
  if (optind < count || !options->expiry_ms || !options->threads || options->threads > 256) {
    options_usage(stderr);
    exit(2);
  }
}

/* The signals that end the server, blocked in all threads: the main thread waits for them. */
static sigset_t sessiond_block_signals(void) {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  sigprocmask(SIG_BLOCK, &signals, NULL);
  return signals;
}

/* Ends expired sessions now and then, until a signal comes. */
static void sessiond_sweep(const sigset_t *signals, unsigned long expiry_ms) {
  unsigned long pause_ms = expiry_ms / SESSIOND_SWEEPS + 1;
  struct timespec pause = {(time_t)(pause_ms / 1000), (long)(pause_ms % 1000) * 1000000};
  while (sigtimedwait(signals, NULL, &pause) < 0)
    table_expire(expiry_ms);
}

int main(int count, char **arguments) {
  struct options options = {.port = 0, .expiry_ms = 1000, .threads = 4};
  options_read(&options, count, arguments);
  sigset_t signals = sessiond_block_signals();
  if (!catalog_load()) {
    fputs("sessiond: no memory for the catalog\n", stderr);
    return 1;
  }
  int port = server_start(options.port, options.threads);
  if (port < 0) {
    perror("sessiond: cannot serve");
    return 1;
  }
  printf("%d\n", port);
  fflush(stdout);
  sessiond_sweep(&signals, options.expiry_ms);
  server_stop();
  table_clear();
  cache_free();
  catalog_free();
  return 0;
}
