/* SPDX-License-Identifier: Apache-2.0
 *
 * Waits in read(2) with known values in all registers that a system call leaves alone, among them
 * those of the vector units, and with a signal mask and an errno of its own; then says "same", or
 * what is not.
 */
#include <errno.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#define STATE_RED_ZONE 15 /* words below the stack pointer */

struct state {
  uint8_t vectors[16][32];
  uint64_t general[7]; /* rbx, r8, r9, r10, r12, r13, r14 */
  uint64_t red_zone[STATE_RED_ZONE];
  uint32_t mxcsr;
};

/* Named in the assembly below. */
__attribute__((used)) static struct state before, after;
__attribute__((used)) static char byte;

static void state_fill(struct state *state) {
  uint8_t *bytes = (uint8_t *)state;
  for (size_t i = 0; i < sizeof *state; i++)
    bytes[i] = (uint8_t)(i * 7 + 1);
  state->mxcsr = 0x1f80 | 0x6000; /* rounds towards zero */
}

/* One byte is read from stdin; nothing of this function is in registers meanwhile but what is
 * compared. */
__attribute__((noinline)) static void state_wait(void) {
  __asm__ volatile("ldmxcsr before + 688(%%rip)\n"
                   ".set at, 0\n"
                   ".irp number, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15\n"
                   "vmovdqu before + at(%%rip), %%ymm\\number\n"
                   ".set at, at + 32\n"
                   ".endr\n"
                   "mov before + 512(%%rip), %%rbx\n"
                   "mov before + 520(%%rip), %%r8\n"
                   "mov before + 528(%%rip), %%r9\n"
                   "mov before + 536(%%rip), %%r10\n"
                   "mov before + 544(%%rip), %%r12\n"
                   "mov before + 552(%%rip), %%r13\n"
                   "mov before + 560(%%rip), %%r14\n"
                   ".set at, 0\n"
                   ".rept 15\n"
                   "mov before + 568 + at(%%rip), %%rax\n"
                   "mov %%rax, -128 + at(%%rsp)\n"
                   ".set at, at + 8\n"
                   ".endr\n"
                   "xor %%eax, %%eax\n" /* read */
                   "xor %%edi, %%edi\n"
                   "lea byte(%%rip), %%rsi\n"
                   "mov $1, %%edx\n"
                   "syscall\n"
                   ".set at, 0\n"
                   ".irp number, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15\n"
                   "vmovdqu %%ymm\\number, after + at(%%rip)\n"
                   ".set at, at + 32\n"
                   ".endr\n"
                   "mov %%rbx, after + 512(%%rip)\n"
                   "mov %%r8, after + 520(%%rip)\n"
                   "mov %%r9, after + 528(%%rip)\n"
                   "mov %%r10, after + 536(%%rip)\n"
                   "mov %%r12, after + 544(%%rip)\n"
                   "mov %%r13, after + 552(%%rip)\n"
                   "mov %%r14, after + 560(%%rip)\n"
                   ".set at, 0\n"
                   ".rept 15\n"
                   "mov -128 + at(%%rsp), %%rax\n"
                   "mov %%rax, after + 568 + at(%%rip)\n"
                   ".set at, at + 8\n"
                   ".endr\n"
                   "stmxcsr after + 688(%%rip)\n"
                   :
                   :
                   : "rax", "rbx", "rcx", "rdx", "rsi", "rdi", "r8", "r9", "r10", "r11", "r12",
                     "r13", "r14", "memory", "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6",
                     "xmm7", "xmm8", "xmm9", "xmm10", "xmm11", "xmm12", "xmm13", "xmm14", "xmm15");
}

_Static_assert(offsetof(struct state, general) == 512, "as in the code");
_Static_assert(offsetof(struct state, red_zone) == 568, "as in the code");
_Static_assert(offsetof(struct state, mxcsr) == 688, "as in the code");

int main(void) {
  sigset_t mask, now;
  sigemptyset(&mask);
  sigaddset(&mask, SIGUSR2);
  sigaddset(&mask, SIGRTMIN + 3);
  sigprocmask(SIG_SETMASK, &mask, NULL);
  state_fill(&before);
  after = before; /* the padding */
  memset(&after, 0, offsetof(struct state, mxcsr));
  dprintf(STDOUT_FILENO, "ready\n");
  errno = 77;
  state_wait();
  int error = errno;
  sigprocmask(SIG_SETMASK, NULL, &now);
  if (error != 77)
    dprintf(STDOUT_FILENO, "errno %d\n", error);
  else if (memcmp(&now, &mask, sizeof mask) != 0)
    dprintf(STDOUT_FILENO, "signal mask\n");
  else if (memcmp(&before, &after, sizeof before) != 0)
    dprintf(STDOUT_FILENO, "registers or red zone\n");
  else
    dprintf(STDOUT_FILENO, "same\n");
  return 0;
}
