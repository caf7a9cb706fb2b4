/* SPDX-License-Identifier: Apache-2.0
 *
 * The code that a thread of the target is made to run: it saves the state of the floating point and
 * vector units and errno, opens the recorder's library where that is not loaded, calls its entry,
 * puts everything back, and goes on where the thread was. It needs nobody outside from its first
 * instruction on: whoever started it may be killed.
 *
 * The stub is one page. At its end stand the numbers that it works with.
 */
#ifndef SEEP_ATTACH_STUB_H
#define SEEP_ATTACH_STUB_H

#include <seep/attach.h>
#include <stdint.h>

#define STUB_PAGE 4096u
#define STUB_DATA 2048u /* struct stub_data stands here in the page */
#define STUB_PATH_BYTES 4096u
#define STUB_ERROR_BYTES 512u

/* Addresses are the target's. The order of the fields is stub.c's. */
struct stub_data {
  uint64_t vectors;        /* of stub_memory.vectors */
  uint64_t errno_location; /* function of libc */
  uint64_t open, error;    /* dlopen and dlerror */
  uint64_t path;           /* of the library; 0: it is loaded */
  uint64_t mode;           /* for dlopen */
  uint64_t entry;          /* of the library; with a path: less where it will be loaded */
  uint64_t file;           /* descriptor to be closed when it is loaded; ~0: none */
  uint64_t order, report;
  uint64_t mask; /* of the thread's signals */
  uint64_t flags, stack, r15, r14, r13, r12, rbp, rbx, r11, r10, r9, r8, rax, rcx, rdx, rsi, rdi;
  uint64_t pc; /* where to go on */
};

struct stub_report {
  uint64_t done;                /* 1: the rest is valid, and the thread goes its way */
  int64_t result;               /* of the entry; STUB_NOT_LOADED */
  char error[STUB_ERROR_BYTES]; /* dlerror's text */
};
#define STUB_NOT_LOADED (-1)

/* A mapping of its own in the target: the stub's memory. The stack grows down to the rest of it. */
struct stub_memory {
  struct stub_report report;
  struct seep_attach_order order;
  char path[STUB_PATH_BYTES];
  _Alignas(64) uint8_t vectors[16384];
  uint8_t stack[256 << 10];
};

/* Writes the page. data is copied into it. */
void stub_page(uint8_t page[STUB_PAGE], const struct stub_data *data);

/* Whether the vector units' state fits into stub_memory.vectors on this machine. */
_Bool stub_vectors_fit(void);

#endif
