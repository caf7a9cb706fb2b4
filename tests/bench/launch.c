/* SPDX-License-Identifier: Apache-2.0
 *
 *     launch RESULT [NAME=VALUE]... COMMAND [ARGUMENT]...
 *
 * Runs the command with these variables, and writes to RESULT what it and all its descendants took,
 * also of those that it left behind:
 *
 *     pid status wall_us cpu_us peak_kib
 *
 * RESULT.pid holds the command's number as soon as it runs. The program is linked statically: it is
 * small, so that the peak (which a process inherits from what it was before exec) is the command's,
 * and a preloaded library does not get into it.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static long long now_us(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1000000ll + now.tv_nsec / 1000;
}

static long long cpu_us(const struct rusage *used) {
  return (used->ru_utime.tv_sec + used->ru_stime.tv_sec) * 1000000ll + used->ru_utime.tv_usec +
         used->ru_stime.tv_usec;
}

static void run(char **arguments) {
  for (; *arguments && strchr(*arguments, '='); arguments++)
    putenv(*arguments);
  if (*arguments)
    execvp(*arguments, arguments);
  perror(*arguments ? *arguments : "no command");
  _exit(127);
}

/* Under another name first, so that whoever sees the file sees all of it. */
static void write_whole(const char *path, const char *text) {
  char beside[4096];
  snprintf(beside, sizeof beside, "%s.new", path);
  FILE *file = fopen(beside, "w");
  if (!file || fputs(text, file) < 0 || fclose(file) || rename(beside, path)) {
    perror(path);
    exit(126);
  }
}

static void write_pid(const char *result, pid_t pid) {
  char path[4096], text[32];
  snprintf(path, sizeof path, "%s.pid", result);
  snprintf(text, sizeof text, "%d\n", (int)pid);
  write_whole(path, text);
}

/* The command's status; returns when all descendants have ended. */
static int wait_for_all(pid_t pid) {
  int status = 0, of_any;
  for (pid_t ended; (ended = wait(&of_any)) > 0;)
    if (ended == pid)
      status = WIFEXITED(of_any) ? WEXITSTATUS(of_any) : 128 + WTERMSIG(of_any);
  return status;
}

int main(int count, char **arguments) {
  if (count < 3)
    return 2;
  prctl(PR_SET_CHILD_SUBREAPER, 1);
  long long began = now_us();
  pid_t pid = fork();
  if (pid < 0)
    return 126;
  if (pid == 0)
    run(arguments + 2);
  write_pid(arguments[1], pid);
  int status = wait_for_all(pid);
  struct rusage used;
  getrusage(RUSAGE_CHILDREN, &used);
  char text[128];
  snprintf(text, sizeof text, "%d %d %lld %lld %ld\n", (int)pid, status, now_us() - began,
           cpu_us(&used), used.ru_maxrss);
  write_whole(arguments[1], text);
  return status;
}
