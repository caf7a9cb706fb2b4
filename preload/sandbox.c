/* SPDX-License-Identifier: Apache-2.0
 *
 * prctl and syscall: by these a program puts a seccomp filter upon itself, and what that may punish
 * is to be known before it holds (filter.h). All else goes on to the real functions, by a jump
 * where the compiler can: programs call syscall for what they do most often. The headers that
 * declare the two cannot be included here: they have them variadic.
 */
#include "clock.h"
#include "filter.h"
#include "lifecycle.h"
#include "message.h"
#include "real.h"
#include "thread.h"

#include <errno.h>
#include <linux/prctl.h>
#include <linux/seccomp.h>

#define HOOK __attribute__((visibility("default")))
#define COLD __attribute__((cold, noinline))

int prctl(int option, unsigned long a, unsigned long b, unsigned long c, unsigned long d);

/* Called by syscall below, whose real function is kept here once it has been called. */
void *sandbox_real __attribute__((visibility("hidden")));
void *sandbox_look_up(void) __attribute__((visibility("hidden")));
long sandbox_filtered(long number, long a, long b, long c, long d, long e)
    __attribute__((visibility("hidden")));

struct before {
  struct filter_state state;
  struct thread *thread; /* NULL: it is not silent */
};

/* From here on there may be no way to say it, or to make room. */
static void part_with_trace(void) {
  struct thread *thread = thread_enter();
  if (!thread)
    return;
  thread_make_room(thread);
  message_once(MESSAGE_FILTER, "", 0);
  thread_leave(thread);
}

/* The kernel takes the time stamp counter away from the thread, too: reading it would end it. It is
 * one that starts no others. */
static struct thread *part_with_thread(void) {
  struct thread *thread = thread_enter();
  if (!thread)
    return NULL;
  message_once(MESSAGE_STRICT, "", 0);
  thread_leave(thread);
  return thread_silence();
}

static struct before expect(bool strict, const void *program) {
  int saved = errno;
  struct before before = {filter_now(), NULL};
  if (strict) {
    before.thread = part_with_thread();
  } else {
    struct filter_state next = filter_with(program);
    if (filter_lets_drain(&before.state) && !filter_lets_drain(&next))
      part_with_trace();
    if (!filter_lets_call(&next, SYS_clock_gettime))
      clock_stop();
    filter_set(&next);
  }
  errno = saved;
  return before;
}

static void take_back(const struct before *before) {
  filter_set(&before->state);
  if (before->thread)
    thread_speak(before->thread);
}

static COLD int filtered_prctl(unsigned long mode, unsigned long program, unsigned long c,
                               unsigned long d) {
  struct before before = expect(mode == SECCOMP_MODE_STRICT, (const void *)program);
  int result = real.prctl(PR_SET_SECCOMP, mode, program, c, d);
  if (result < 0)
    take_back(&before);
  return result;
}

/* Threads that come after this one could not read it either, and nobody says which they are. */
static COLD void part_with_clock(void) {
  int saved = errno;
  if (clock_kind == SEEP_CLOCK_TSC && lifecycle_state() == LIFECYCLE_RECORDING) {
    message_once(MESSAGE_NO_CLOCK, "", 0);
    lifecycle_stop();
  }
  errno = saved;
}

HOOK int prctl(int option, unsigned long a, unsigned long b, unsigned long c, unsigned long d) {
  if (__builtin_expect(!real.prctl, 0))
    real.prctl = (int (*)(int, unsigned long, unsigned long, unsigned long,
                          unsigned long))real_look_up_late("prctl");
  if (option == PR_SET_SECCOMP && (a == SECCOMP_MODE_STRICT || a == SECCOMP_MODE_FILTER))
    return filtered_prctl(a, b, c, d);
  if (option == PR_SET_TSC && a == PR_TSC_SIGSEGV)
    part_with_clock();
  return real.prctl(option, a, b, c, d);
}

void *sandbox_look_up(void) {
  if (!real.syscall)
    real.syscall = (long (*)(long, long, long, long, long, long, long))real_look_up_late("syscall");
  return sandbox_real = (void *)real.syscall;
}

/* Of the system calls seccomp and prctl. */
long sandbox_filtered(long number, long a, long b, long c, long d, long e) {
  if (number == SYS_prctl)
    return prctl((int)a, (unsigned long)b, (unsigned long)c, (unsigned long)d, (unsigned long)e);
  long (*next)(long, long, long, long) = (long (*)(long, long, long, long))sandbox_look_up();
  if (a != SECCOMP_SET_MODE_STRICT && a != SECCOMP_SET_MODE_FILTER)
    return next(number, a, b, c);
  struct before before = expect(a == SECCOMP_SET_MODE_STRICT, (const void *)c);
  long result = next(number, a, b, c);
  if (result < 0)
    take_back(&before);
  return result;
}

/* No compiled function: the seventh argument, if there is one, and else something of the caller's
 * own, must not even be written back. */
__asm__(".text\n"
        ".p2align 4\n"
        ".globl syscall\n"
        ".type syscall, @function\n"
        "syscall:\n"
        "  .cfi_startproc\n"
        "  endbr64\n"
        "  cmpq $317, %rdi\n" /* seccomp */
        "  je sandbox_filtered\n"
        "  cmpq $157, %rdi\n" /* prctl */
        "  je sandbox_filtered\n"
        "  movq sandbox_real(%rip), %rax\n"
        "  testq %rax, %rax\n"
        "  je 1f\n"
        "  jmp *%rax\n"
        "1:\n"
        "  pushq %rdi\n"
        "  pushq %rsi\n"
        "  pushq %rdx\n"
        "  pushq %rcx\n"
        "  pushq %r8\n"
        "  pushq %r9\n"
        "  subq $8, %rsp\n"
        "  .cfi_adjust_cfa_offset 56\n"
        "  call sandbox_look_up\n"
        "  addq $8, %rsp\n"
        "  popq %r9\n"
        "  popq %r8\n"
        "  popq %rcx\n"
        "  popq %rdx\n"
        "  popq %rsi\n"
        "  popq %rdi\n"
        "  .cfi_adjust_cfa_offset -56\n"
        "  jmp *%rax\n"
        "  .cfi_endproc\n"
        ".size syscall, .-syscall\n");
_Static_assert(SYS_seccomp == 317 && SYS_prctl == 157, "numbers in syscall");
