/* SPDX-License-Identifier: Apache-2.0
 *
 * Code that is made while the program runs, and of which no unwind table tells.
 */
#include "hazards.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define TIMES 40

typedef void jit_code(void (*keep)(size_t), size_t bytes);

static const unsigned char jit_bytes[] = {
    0x55,             /* push %rbp */
    0x48, 0x89, 0xe5, /* mov %rsp, %rbp */
    0x48, 0x89, 0xf8, /* mov %rdi, %rax */
    0x48, 0x89, 0xf7, /* mov %rsi, %rdi */
    0xff, 0xd0,       /* call *%rax */
    0x5d,             /* pop %rbp */
    0xc3,             /* ret */
};

static __attribute__((noinline)) void jit_keep(size_t bytes) {
  if (!malloc(bytes))
    abort();
}

/* Not the last call: this frame is to be in the stacks. */
static __attribute__((noinline)) int jit_run(jit_code *code) {
  for (int nth = 0; nth < TIMES; nth++)
    code(jit_keep, 777);
  return 0;
}

int jit_made(const char *argument) {
  (void)argument;
  void *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (page == MAP_FAILED)
    return hazard_fail("mmap");
  memcpy(page, jit_bytes, sizeof jit_bytes);
  if (mprotect(page, 4096, PROT_READ | PROT_EXEC))
    return hazard_fail("mprotect");
  return jit_run((jit_code *)page);
}
