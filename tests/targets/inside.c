/* SPDX-License-Identifier: Apache-2.0
 *
 * inside TID ADDRESS: holds a thread of another process where it next comes by an address of code,
 * says "inside" there, and lets it go when a line comes on stdin or that is closed. By a debug
 * register, so that nobody else's code is changed; 77: the machine has none.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ptrace.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#define INSIDE_SECONDS 30 /* for the thread to come by */

static int inside_register(pid_t tid, int number, uintptr_t value) {
  size_t place = offsetof(struct user, u_debugreg) + (size_t)number * sizeof(long);
  return ptrace(PTRACE_POKEUSER, tid, place, value) != 0;
}

static int inside_failed(const char *what) {
  perror(what);
  return 1;
}

static int inside_hold(pid_t tid) {
  char byte;
  int status;
  if (ptrace(PTRACE_CONT, tid, NULL, NULL) != 0)
    return inside_failed("continue");
  if (waitpid(tid, &status, __WALL) != tid || !WIFSTOPPED(status))
    return inside_failed("wait");
  alarm(0);
  dprintf(STDOUT_FILENO, "inside\n");
  if (read(STDIN_FILENO, &byte, 1) < 0)
    return inside_failed("read");
  inside_register(tid, 7, 0);
  return ptrace(PTRACE_DETACH, tid, NULL, NULL) != 0;
}

int main(int argc, char **argv) {
  if (argc != 3)
    return 2;
  pid_t tid = (pid_t)strtol(argv[1], NULL, 10);
  uintptr_t address = strtoul(argv[2], NULL, 0);
  int status;
  if (ptrace(PTRACE_SEIZE, tid, NULL, NULL) != 0 ||
      ptrace(PTRACE_INTERRUPT, tid, NULL, NULL) != 0 || waitpid(tid, &status, __WALL) != tid)
    return inside_failed("seize");
  if (inside_register(tid, 0, address) || inside_register(tid, 7, 1))
    return 77;
  alarm(INSIDE_SECONDS);
  return inside_hold(tid);
}
