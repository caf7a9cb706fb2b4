/* SPDX-License-Identifier: Apache-2.0
 *
 * workers COUNT: a prefork server in little. The master allocates a table and forks COUNT workers.
 * A line "N" on stdin makes each worker do N requests, of which each leaks one block of 40 bytes
 * and frees another; the first worker does three times as many. "end" makes the workers free the
 * table and end. The answer to a line is "ok", on stdout.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#define TABLE 50
#define TABLE_BYTES 500
#define LEAK_BYTES 40
#define LIMIT 16

static void *workers_table[TABLE];
static int workers_ask[LIMIT], workers_answer[LIMIT];

static void workers_fill(void) {
  for (size_t i = 0; i < TABLE; i++)
    workers_table[i] = malloc(TABLE_BYTES);
}

static void workers_clear(void) {
  for (size_t i = 0; i < TABLE; i++)
    free(workers_table[i]);
}

static void *volatile workers_last;

static void workers_leak(void) {
  workers_last = malloc(LEAK_BYTES);
}

static void workers_request(void) {
  void *volatile scratch = malloc(2 * LEAK_BYTES);
  workers_leak();
  free(scratch);
}

static void workers_serve(int number, int ask, int answer) {
  int requests;
  while (read(ask, &requests, sizeof requests) == sizeof requests && requests >= 0) {
    for (int i = 0; i < requests * (number ? 1 : 3); i++)
      workers_request();
    if (write(answer, &requests, sizeof requests) < 0)
      exit(1);
  }
  workers_clear();
  exit(0);
}

static int workers_start(int number) {
  int ask[2], answer[2];
  if (pipe(ask) || pipe(answer))
    return 1;
  pid_t pid = fork();
  if (!pid)
    workers_serve(number, ask[0], answer[1]);
  workers_ask[number] = ask[1];
  workers_answer[number] = answer[0];
  return pid < 0;
}

static int workers_tell(int count, int requests) {
  int echo;
  for (int i = 0; i < count; i++)
    if (write(workers_ask[i], &requests, sizeof requests) != sizeof requests)
      return 1;
  for (int i = 0; i < count && requests >= 0; i++)
    if (read(workers_answer[i], &echo, sizeof echo) != sizeof echo)
      return 1;
  return puts("ok") < 0 || fflush(stdout);
}

int main(int argc, char **argv) {
  int count = argc > 1 ? atoi(argv[1]) : 2, failed = count < 1 || count > LIMIT;
  char line[64];
  workers_fill();
  for (int i = 0; i < count && !failed; i++)
    failed = workers_start(i);
  while (!failed && fgets(line, sizeof line, stdin) && line[0] != 'e')
    failed = workers_tell(count, atoi(line));
  if (!failed)
    failed = workers_tell(count, -1);
  while (wait(NULL) > 0)
    continue;
  return failed;
}
