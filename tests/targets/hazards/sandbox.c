/* SPDX-License-Identifier: Apache-2.0
 *
 * Programs in a sandbox of their own. They need some system calls, allow these, and end for any
 * other. Before they go in and behind that, SANDBOX_KEPT blocks are kept in sandbox_keep.
 */
#include "hazards.h"

#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#define ROUNDS 30000
#define SANDBOX_KEPT 1000
#define SANDBOX_FEW 50
#define SANDBOX_BYTES 888
#define CALLS_MOST 128

/* What malloc and free, threads, output and the end take, in glibc. */
static const uint16_t sandbox_own[] = {
    SYS_brk,        SYS_mmap,     SYS_munmap,       SYS_mremap,          SYS_mprotect,
    SYS_madvise,    SYS_futex,    SYS_exit,         SYS_exit_group,      SYS_rt_sigprocmask,
    SYS_clone,      SYS_clone3,   SYS_rt_sigreturn, SYS_set_robust_list, SYS_rseq,
    SYS_newfstatat, SYS_getrandom};
/* To write files that are open, and to look at them. */
static const uint16_t sandbox_files[] = {SYS_write, SYS_fstat};
/* What a program does that opens files, as policies of services group it. */
static const uint16_t sandbox_service[] = {SYS_open,
                                           SYS_openat,
                                           SYS_close,
                                           SYS_read,
                                           SYS_pread64,
                                           SYS_pwrite64,
                                           SYS_fallocate,
                                           SYS_fcntl,
                                           SYS_unlink,
                                           SYS_renameat,
                                           SYS_renameat2,
                                           SYS_readlink,
                                           SYS_getcwd,
                                           SYS_getpid,
                                           SYS_gettid,
                                           SYS_getppid,
                                           SYS_prlimit64,
                                           SYS_prctl,
                                           SYS_sysinfo,
                                           SYS_uname,
                                           SYS_arch_prctl,
                                           SYS_access,
                                           SYS_execve,
                                           SYS_set_tid_address,
                                           SYS_rt_sigtimedwait,
                                           SYS_sched_getaffinity,
                                           SYS_clock_gettime,
                                           SYS_process_vm_readv};

struct sandbox {
  struct sock_filter code[2 * CALLS_MOST];
  unsigned short length;
};

static void sandbox_add(struct sandbox *box, uint16_t code, uint8_t yes, uint8_t no, uint32_t k) {
  box->code[box->length++] = (struct sock_filter){code, yes, no, k};
}

static void sandbox_begin(struct sandbox *box) {
  box->length = 0;
  sandbox_add(box, BPF_LD | BPF_W | BPF_ABS, 0, 0, offsetof(struct seccomp_data, nr));
}

static void sandbox_allow(struct sandbox *box, const uint16_t *calls, size_t count) {
  for (size_t each = 0; each < count; each++) {
    sandbox_add(box, BPF_JMP | BPF_JEQ | BPF_K, 0, 1, calls[each]);
    sandbox_add(box, BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ALLOW);
  }
}
#define ALLOW(box, calls) sandbox_allow(box, calls, sizeof calls / sizeof *calls)

/* As a program that looks at arguments: memory is never to be executable. */
static void sandbox_allow_plain_mmap(struct sandbox *box) {
  sandbox_add(box, BPF_JMP | BPF_JEQ | BPF_K, 0, 4, SYS_mmap);
  sandbox_add(box, BPF_LD | BPF_W | BPF_ABS, 0, 0, offsetof(struct seccomp_data, args[2]));
  sandbox_add(box, BPF_JMP | BPF_JSET | BPF_K, 0, 1, 4 /* PROT_EXEC */);
  sandbox_add(box, BPF_RET | BPF_K, 0, 0, SECCOMP_RET_KILL_PROCESS);
  sandbox_add(box, BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ALLOW);
}

static bool sandbox_install(struct sandbox *box, uint32_t otherwise) {
  sandbox_add(box, BPF_RET | BPF_K, 0, 0, otherwise);
  struct sock_fprog program = {box->length, box->code};
  return !prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) &&
         !prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
}

static void sandbox_keep(int blocks) {
  for (int nth = 0; nth < blocks; nth++)
    if (!malloc(SANDBOX_BYTES))
      abort();
}

static void sandbox_work(void) {
  sandbox_keep(SANDBOX_KEPT);
  hazard_churn(ROUNDS);
}

/* Nothing but the heap is left. Without a churn what it does fits into a thread's block. */
static int sandbox_bare(bool churns) {
  struct sandbox box;
  sandbox_work();
  sandbox_begin(&box);
  ALLOW(&box, sandbox_own);
  if (!sandbox_install(&box, SECCOMP_RET_KILL_PROCESS))
    return hazard_fail("seccomp");
  sandbox_keep(SANDBOX_KEPT);
  if (churns)
    hazard_churn(ROUNDS);
  return 0;
}

int sandbox_heap(const char *argument) {
  (void)argument;
  return sandbox_bare(false);
}

int sandbox_heap_long(const char *argument) {
  (void)argument;
  return sandbox_bare(true);
}

/* Open files can be written: a trace can go on. */
int sandbox_written(const char *argument) {
  (void)argument;
  struct sandbox box;
  sandbox_work();
  sandbox_begin(&box);
  sandbox_allow_plain_mmap(&box);
  ALLOW(&box, sandbox_own);
  ALLOW(&box, sandbox_files);
  if (!sandbox_install(&box, SECCOMP_RET_KILL_PROCESS))
    return hazard_fail("seccomp");
  sandbox_work();
  return 0;
}

static volatile sig_atomic_t sandbox_traps;

static void sandbox_trapped(int number) {
  (void)number;
  sandbox_traps++;
}

/* By the system call, for all threads at once; and whatever is not allowed is counted. */
int sandbox_trap(const char *argument) {
  (void)argument;
  struct sandbox box;
  sandbox_work();
  signal(SIGSYS, sandbox_trapped);
  sandbox_begin(&box);
  ALLOW(&box, sandbox_own);
  ALLOW(&box, sandbox_files);
  sandbox_add(&box, BPF_RET | BPF_K, 0, 0, SECCOMP_RET_TRAP);
  struct sock_fprog program = {box.length, box.code};
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ||
      syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, &program))
    return hazard_fail("seccomp");
  sandbox_work();
  printf("%d traps\n", (int)sandbox_traps);
  return 0;
}

static void *sandbox_jail(void *failed) {
  sandbox_work();
  free(malloc(SANDBOX_FEW * 2 * SANDBOX_BYTES)); /* so that no more memory is needed */
  *(bool *)failed = prctl(PR_SET_SECCOMP, SECCOMP_MODE_STRICT) != 0;
  sandbox_keep(SANDBOX_FEW);
  syscall(SYS_exit, 0); /* exit_group would be too much */
  return NULL;
}

/* A thread that may read and write alone. The others know nothing of it. */
int sandbox_strict(const char *argument) {
  (void)argument;
  pthread_t thread;
  static bool failed;
  if (pthread_create(&thread, NULL, sandbox_jail, &failed))
    return hazard_fail("pthread_create");
  pthread_join(thread, NULL);
  sandbox_work();
  return failed ? hazard_fail("seccomp") : 0;
}

/* The instruction by which the time is read is forbidden. */
int sandbox_no_clock(const char *argument) {
  (void)argument;
  sandbox_work();
  if (prctl(PR_SET_TSC, PR_TSC_SIGSEGV, 0, 0, 0))
    return hazard_fail("prctl");
  sandbox_work();
  return 0;
}

/* What a filter without a program, a bad one, and one without the right to it bring: nothing. */
int sandbox_refused(const char *argument) {
  (void)argument;
  struct sock_filter nothing = {BPF_RET | BPF_K, 0, 0, SECCOMP_RET_KILL_PROCESS};
  struct sock_fprog empty = {0, &nothing}, lost = {1, (struct sock_filter *)8};
  const struct sock_fprog *programs[] = {NULL, (const struct sock_fprog *)8, &empty, &lost};
  sandbox_work();
  for (size_t each = 0; each < sizeof programs / sizeof *programs; each++) {
    long result = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, programs[each]);
    printf("%ld %s\n", result, strerror(errno));
    printf("%d %s\n", prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, programs[each]), strerror(errno));
  }
  printf("%ld %s\n", syscall(SYS_seccomp, 77, 0, NULL), strerror(errno));
  sandbox_work();
  return 0;
}

/* Becomes itself again, under a filter as a service manager puts upon a service. */
int sandbox_inherited(const char *argument) {
  char name[] = "hazards", hazard[] = "sandbox-inherited", again[] = "again";
  char *const arguments[] = {name, hazard, again, NULL};
  if (!strcmp(argument, again)) {
    sandbox_work();
    sleep(1); /* longer than the time between two looks at the recorder's own memory */
    sandbox_work();
    return 0;
  }
  static const uint16_t sandbox_sleep[] = {SYS_clock_nanosleep};
  struct sandbox box;
  sandbox_begin(&box);
  ALLOW(&box, sandbox_own);
  ALLOW(&box, sandbox_files);
  ALLOW(&box, sandbox_service);
  ALLOW(&box, sandbox_sleep);
  if (!sandbox_install(&box, SECCOMP_RET_KILL_PROCESS))
    return hazard_fail("seccomp");
  execv("/proc/self/exe", arguments);
  return hazard_fail("exec");
}
