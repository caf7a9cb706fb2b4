/* SPDX-License-Identifier: Apache-2.0
 *
 * A target that does what it is told on stdin, one order a line, and answers "ok" when it is done:
 *
 *   alloc N SIZE   takes N blocks of SIZE bytes
 *   free N         gives back the N oldest blocks
 *   thread N SIZE  takes N blocks of SIZE bytes in a thread of its own
 *   fork N SIZE    the same in a forked child, and waits for its end
 *   daemon N SIZE  goes into the background, and there takes N blocks of SIZE bytes
 *   catch          from now on says "got NUMBER" for each signal that would end it
 *   chdir PATH     changes its directory
 *   raise NUMBER   sends itself a signal
 *   exit NUMBER    ends with this status
 *
 * At the end of stdin it ends with status 0. Beside its orders it allocates nothing: no stdio.
 */
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define PUPPET_BLOCKS 100000

static void *puppet_blocks[PUPPET_BLOCKS];
static size_t puppet_first, puppet_last;

static void puppet_say(const char *text) {
  if (write(STDOUT_FILENO, text, strlen(text)) < 0)
    _exit(99);
}

__attribute__((noinline)) static void *puppet_take(size_t size) {
  void *block = malloc(size);
  if (block)
    memset(block, 1, size);
  return block;
}

static void puppet_alloc(long count, long size) {
  for (long i = 0; i < count && puppet_last < PUPPET_BLOCKS; i++)
    puppet_blocks[puppet_last++] = puppet_take((size_t)size);
}

static void puppet_free(long count) {
  for (long i = 0; i < count && puppet_first < puppet_last; i++)
    free(puppet_blocks[puppet_first++]);
}

struct puppet_task {
  long count, size;
};

static void *puppet_thread_main(void *data) {
  struct puppet_task *task = data;
  puppet_alloc(task->count, task->size);
  return NULL;
}

static void puppet_thread(long count, long size) {
  struct puppet_task task = {count, size};
  pthread_t thread;
  if (pthread_create(&thread, NULL, puppet_thread_main, &task) == 0)
    pthread_join(thread, NULL);
}

static void puppet_fork(long count, long size) {
  pid_t child = fork();
  if (child == 0) {
    puppet_alloc(count, size);
    exit(0);
  }
  while (child > 0 && waitpid(child, NULL, 0) < 0)
    ;
}

/* Until its parent has gone a child is no daemon yet, and what it takes before is only counted. */
static void puppet_daemon(long count, long size) {
  pid_t parent = getpid();
  if (daemon(1, 1) != 0)
    return;
  while (getppid() == parent)
    usleep(1000);
  puppet_alloc(count, size);
}

static void puppet_caught(int signal) {
  char text[] = "got 00\n";
  text[4] = (char)('0' + signal / 10);
  text[5] = (char)('0' + signal % 10);
  puppet_say(text);
}

static void puppet_catch(void) {
  static const int caught[] = {SIGHUP, SIGINT, SIGQUIT, SIGUSR1, SIGUSR2, SIGTERM, SIGALRM};
  struct sigaction action = {.sa_handler = puppet_caught, .sa_flags = SA_RESTART};
  for (size_t i = 0; i < sizeof caught / sizeof *caught; i++)
    sigaction(caught[i], &action, NULL);
}

static bool puppet_obey(char *line) {
  char *order = strtok(line, " "), *text = strtok(NULL, " "), *more = strtok(NULL, " ");
  long number = text ? atol(text) : 0, size = more ? atol(more) : 0;
  if (!order)
    return false;
  if (!strcmp(order, "alloc"))
    puppet_alloc(number, size);
  else if (!strcmp(order, "free"))
    puppet_free(number);
  else if (!strcmp(order, "thread"))
    puppet_thread(number, size);
  else if (!strcmp(order, "fork"))
    puppet_fork(number, size);
  else if (!strcmp(order, "daemon"))
    puppet_daemon(number, size);
  else if (!strcmp(order, "catch"))
    puppet_catch();
  else if (!strcmp(order, "raise"))
    raise((int)number);
  else if (!strcmp(order, "exit"))
    exit((int)number);
  else
    return !strcmp(order, "chdir") && text && chdir(text) == 0;
  return true;
}

/* One letter at a time: what comes later stays in the pipe. */
static bool puppet_read(char *line, size_t bytes) {
  size_t used = 0;
  char letter;
  while (read(STDIN_FILENO, &letter, 1) == 1) {
    if (letter == '\n' || used + 1 == bytes) {
      line[used] = '\0';
      return true;
    }
    line[used++] = letter;
  }
  return false;
}

int main(void) {
  char line[512];
  while (puppet_read(line, sizeof line))
    puppet_say(puppet_obey(line) ? "ok\n" : "what?\n");
  return 0;
}
