/* SPDX-License-Identifier: Apache-2.0 */
#include "attach/remote.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#define REMOTE_SYSCALL_BYTES 2 /* of the instruction */
/* What a system call that was interrupted has in rax until the kernel decides what becomes of it;
 * never seen by a program. */
#define REMOTE_ERESTARTSYS 512
#define REMOTE_ERESTARTNOINTR 513
#define REMOTE_ERESTARTNOHAND 514
#define REMOTE_ERESTART_RESTARTBLOCK 516

/* ---- Stops ---- */

/* Waits for the next stop. false: the thread is gone. */
static bool remote_wait(const struct remote *remote, int *status) {
  pid_t got;
  do
    got = waitpid(remote->tid, status, __WALL);
  while (got < 0 && errno == EINTR);
  return got == remote->tid && WIFSTOPPED(*status);
}

static bool remote_resume(const struct remote *remote, enum __ptrace_request how, int signal) {
  return ptrace(how, remote->tid, NULL, (void *)(long)signal) == 0;
}

/* Signals that come in between are the target's: they go where they were going to. */
static bool remote_wait_event(const struct remote *remote) {
  int status;
  while (remote_wait(remote, &status)) {
    if (status >> 16 == PTRACE_EVENT_STOP)
      return true;
    if (!remote_resume(remote, PTRACE_CONT, WSTOPSIG(status)))
      return false;
  }
  return false;
}

static bool remote_get_registers(const struct remote *remote, struct user_regs_struct *registers) {
  struct iovec part = {registers, sizeof *registers};
  return ptrace(PTRACE_GETREGSET, remote->tid, (void *)NT_PRSTATUS, &part) == 0 &&
         part.iov_len == sizeof *registers;
}

static bool remote_set_registers(const struct remote *remote,
                                 const struct user_regs_struct *registers) {
  struct iovec part = {(void *)registers, sizeof *registers};
  return ptrace(PTRACE_SETREGSET, remote->tid, (void *)NT_PRSTATUS, &part) == 0;
}

/* Calls that give up when the thread is stopped, although no signal came: signal(7) has a list.
 * None of them has done anything then. */
static bool remote_gives_up(long number) {
  static const long calls[] = {
      SYS_epoll_wait,      SYS_epoll_pwait,  SYS_semop,         SYS_semtimedop,
      SYS_rt_sigtimedwait, SYS_io_getevents, SYS_io_pgetevents, SYS_recvfrom,
      SYS_recvmsg,         SYS_accept,       SYS_accept4,       SYS_read,
#ifdef SYS_epoll_pwait2
      SYS_epoll_pwait2,
#endif
  };
  for (size_t i = 0; i < sizeof calls / sizeof *calls; i++)
    if (calls[i] == number)
      return true;
  return false;
}

bool remote_hold(struct remote *remote, pid_t pid, pid_t tid, int *error) {
  *remote = (struct remote){.pid = pid, .tid = tid};
  errno = 0;
  bool held = ptrace(PTRACE_SEIZE, tid, NULL, (void *)PTRACE_O_TRACESYSGOOD) == 0 &&
              ptrace(PTRACE_INTERRUPT, tid, NULL, NULL) == 0 && remote_wait_event(remote) &&
              remote_get_registers(remote, &remote->registers);
  *error = held ? 0 : errno ? errno : ESRCH;
  if (!held)
    return false;
  long number;
  if (remote_in_call(remote, &number) && (long)remote->registers.rax == -EINTR &&
      remote_gives_up(number))
    remote->registers.rax = (unsigned long long)-REMOTE_ERESTARTNOHAND;
  return true;
}

/* ---- System calls ---- */

bool remote_get_mask(const struct remote *remote, uint64_t *mask) {
  return ptrace(PTRACE_GETSIGMASK, remote->tid, (void *)sizeof *mask, mask) == 0;
}

static bool remote_set_mask(const struct remote *remote, uint64_t mask) {
  return ptrace(PTRACE_SETSIGMASK, remote->tid, (void *)sizeof mask, &mask) == 0;
}

bool remote_in_call(const struct remote *remote, long *number) {
  *number = (long)remote->registers.orig_rax;
  return *number >= 0;
}

struct user_regs_struct remote_resuming(const struct remote *remote) {
  struct user_regs_struct registers = remote->registers;
  long number, result = (long)registers.rax;
  if (!remote_in_call(remote, &number))
    return registers;
  if (result == -REMOTE_ERESTART_RESTARTBLOCK)
    registers.rax = SYS_restart_syscall;
  else if (result == -REMOTE_ERESTARTSYS || result == -REMOTE_ERESTARTNOINTR ||
           result == -REMOTE_ERESTARTNOHAND)
    registers.rax = (unsigned long long)number;
  else
    return registers;
  registers.rip -= REMOTE_SYSCALL_BYTES;
  return registers;
}

/* The stops at a call's begin and end, which no signal's are mistaken for. */
static bool remote_wait_call(const struct remote *remote) {
  int status;
  return remote_resume(remote, PTRACE_SYSCALL, 0) && remote_wait(remote, &status) &&
         WSTOPSIG(status) == (SIGTRAP | 0x80);
}

static struct user_regs_struct remote_calling(const struct remote *remote, uint64_t at, long number,
                                              const uint64_t arguments[6]) {
  struct user_regs_struct registers = remote->registers;
  registers.rip = at;
  registers.orig_rax = (unsigned long long)-1; /* nothing is to be made again */
  registers.rax = (unsigned long long)number;
  registers.rdi = arguments[0];
  registers.rsi = arguments[1];
  registers.rdx = arguments[2];
  registers.r10 = arguments[3];
  registers.r8 = arguments[4];
  registers.r9 = arguments[5];
  return registers;
}

/* The kernel does not look any more at what was interrupted: it is made again by hand. */
static bool remote_put_back(const struct remote *remote) {
  struct user_regs_struct registers = remote_resuming(remote);
  registers.orig_rax = (unsigned long long)-1;
  return remote_set_registers(remote, &registers);
}

/* Between the first and the last line the thread depends on us: should we be killed there, it goes
 * on with registers that are not its own. */
bool remote_call(struct remote *remote, uint64_t at, long number, const uint64_t arguments[6],
                 int64_t *result) {
  struct user_regs_struct registers = remote_calling(remote, at, number, arguments);
  uint64_t mask;
  remote->called = true;
  bool made = remote_get_mask(remote, &mask) && remote_set_mask(remote, ~0ull) &&
              remote_set_registers(remote, &registers) && remote_wait_call(remote) &&
              remote_wait_call(remote) && remote_get_registers(remote, &registers);
  *result = (int64_t)registers.rax;
  return remote_put_back(remote) && remote_set_mask(remote, mask) && made;
}

void remote_release(struct remote *remote) {
  if (remote->called)
    remote_put_back(remote);
  else
    remote_set_registers(remote, &remote->registers);
  ptrace(PTRACE_DETACH, remote->tid, NULL, NULL);
}

/* ---- Memory, and running ---- */

bool remote_write(const struct remote *remote, uint64_t to, const void *from, size_t bytes) {
  char name[64];
  snprintf(name, sizeof name, "/proc/%d/mem", (int)remote->pid);
  int file = open(name, O_RDWR | O_CLOEXEC);
  if (file < 0)
    return false;
  bool written = pwrite(file, from, bytes, (off_t)to) == (ssize_t)bytes;
  close(file);
  return written;
}

bool remote_start(struct remote *remote, uint64_t pc, uint64_t stack) {
  struct user_regs_struct registers = remote->registers;
  registers.rip = pc;
  registers.rsp = stack;
  registers.orig_rax = (unsigned long long)-1;
  return remote_set_mask(remote, ~0ull) && remote_set_registers(remote, &registers) &&
         ptrace(PTRACE_DETACH, remote->tid, NULL, NULL) == 0;
}
