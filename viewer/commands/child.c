/* SPDX-License-Identifier: Apache-2.0 */
#include "commands/child.h"

#include "commands/command.h"
#include "commands/message.h"
#include "commands/program.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* What the wrapper was started with, for the child. */
struct child_signals {
  sigset_t mask;
  struct sigaction child_end;
};

static sigset_t child_handed_on(void) {
  static const int own[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGSYS, SIGABRT};
  sigset_t set;
  sigfillset(&set);
  for (size_t i = 0; i < sizeof own / sizeof *own; i++)
    sigdelset(&set, own[i]);
  return set;
}

/* An inherited "ignore" of SIGCHLD would let the kernel throw the exit status away. */
static void child_take_signals(struct child_signals *before) {
  sigset_t set = child_handed_on();
  struct sigaction standard = {.sa_handler = SIG_DFL};
  sigaction(SIGCHLD, &standard, &before->child_end);
  sigprocmask(SIG_BLOCK, &set, &before->mask);
}

static void child_return_signals(const struct child_signals *before) {
  sigaction(SIGCHLD, &before->child_end, NULL);
  sigprocmask(SIG_SETMASK, &before->mask, NULL);
}

/* ---- Start ---- */

/* Says why name did not start, in a shell's words; the exit code is a shell's as well. */
static int child_complain(const char *name, int reason) {
  struct stat file;
  bool there = strchr(name, '/') && stat(name, &file) == 0;
  if (reason != ENOENT && reason != ENOTDIR) {
    bool directory = there && S_ISDIR(file.st_mode);
    message_error("%s: %s", name, strerror(directory ? EISDIR : reason));
    return COMMAND_NOT_STARTED;
  }
  if (there)
    message_error("%s: its interpreter was not found", name);
  else
    message_error("%s: %s", name, strchr(name, '/') ? strerror(reason) : "command not found");
  return COMMAND_NOT_FOUND;
}

/* In the child: the pipe closes when the program starts; before that it carries the exit code. */
static _Noreturn void child_give_up(int pipe_end, int code) {
  while (write(pipe_end, &code, sizeof code) < 0 && errno == EINTR)
    ;
  _exit(code);
}

static _Noreturn void child_execute(char *const *arguments, int pipe_end,
                                    const struct child_signals *before) {
  child_return_signals(before);
  execvp(arguments[0], arguments);
  message_speaker(NULL);
  child_give_up(pipe_end, child_complain(arguments[0], errno));
}

static int child_read_failure(int pipe_end) {
  int code = COMMAND_DONE;
  ssize_t got;
  while ((got = read(pipe_end, &code, sizeof code)) < 0 && errno == EINTR)
    ;
  close(pipe_end);
  return got == sizeof code ? code : COMMAND_DONE;
}

int child_start(struct child *child, char *const *arguments, bool (*before)(void *data),
                void *data) {
  int ends[2];
  struct child_signals signals;
  if (pipe2(ends, O_CLOEXEC) != 0)
    return message_error("no pipe: %s", strerror(errno));
  child_take_signals(&signals);
  child->pid = fork();
  if (child->pid < 0)
    return message_error("no process can be started: %s", strerror(errno));
  if (child->pid == 0) {
    if (!before(data))
      child_give_up(ends[1], COMMAND_ERROR);
    child_execute(arguments, ends[1], &signals);
  }
  close(ends[1]);
  int code = child_read_failure(ends[0]);
  if (code != COMMAND_DONE)
    waitpid(child->pid, NULL, 0);
  return code;
}

/* ---- Signals and end ---- */

/* What the terminal sends reaches the whole foreground group: the child has it already, unless it
 * left the group. */
static bool child_has_it(pid_t pid, const siginfo_t *signal) {
  return signal->si_code == SI_KERNEL && getpgid(pid) == getpgrp();
}

/* The child was stopped by the terminal: so stops the wrapper, for the shell to notice. A SIGSTOP
 * was meant for the child alone. */
static void child_stopped(int signal) {
  if (signal == SIGTSTP || signal == SIGTTIN || signal == SIGTTOU)
    raise(SIGSTOP);
}

/* As process 1 of a container the wrapper inherits every orphan: they are waited for as well. */
static bool child_has_ended(struct child *child) {
  int status;
  pid_t pid;
  while ((pid = waitpid(-1, &status, WNOHANG | WUNTRACED)) > 0) {
    if (pid != child->pid)
      continue;
    child->wait_status = status;
    if (!WIFSTOPPED(status))
      return true;
    child_stopped(WSTOPSIG(status));
  }
  return false;
}

static void child_hand_on(pid_t pid, const siginfo_t *signal) {
  if (child_has_it(pid, signal))
    return;
  if (signal->si_code == SI_QUEUE)
    sigqueue(pid, signal->si_signo, signal->si_value);
  else
    kill(pid, signal->si_signo);
}

int child_wait(struct child *child) {
  sigset_t set = child_handed_on();
  while (!child_has_ended(child)) {
    siginfo_t signal;
    if (sigwaitinfo(&set, &signal) > 0 && signal.si_signo != SIGCHLD)
      child_hand_on(child->pid, &signal);
  }
  int status = child->wait_status;
  return WIFSIGNALED(status) ? COMMAND_SIGNAL + WTERMSIG(status) : WEXITSTATUS(status);
}
