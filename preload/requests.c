/* SPDX-License-Identifier: Apache-2.0 */
#include "requests.h"
#include "message.h"
#include "patch.h"
#include "pools.h"
#include "process.h"
#include "settings.h"

#include <cpuid.h>

/* rol $3, $13, $61, $51, %rdi; xchg %rbx, %rbx: all in all nothing. */
static const uint8_t request_code[PATCH_BYTES] = {0x48, 0xc1, 0xc7, 0x03, 0x48, 0xc1, 0xc7,
                                                  0x0d, 0x48, 0xc1, 0xc7, 0x3d, 0x48, 0xc1,
                                                  0xc7, 0x33, 0x48, 0x87, 0xdb};

enum request { /* Valgrind's numbers */
               REQUEST_RUNNING_ON_VALGRIND = 0x1001,
               REQUEST_MALLOCLIKE = 0x1301,
               REQUEST_FREELIKE = 0x1302,
               REQUEST_CREATE = 0x1303,
               REQUEST_DESTROY = 0x1304,
               REQUEST_ALLOC = 0x1305,
               REQUEST_FREE = 0x1306,
               REQUEST_TRIM = 0x1307,
               REQUEST_MOVE = 0x1308,
               REQUEST_CHANGE = 0x1309,
               REQUEST_RESIZE = 0x130b,
};

static bool started; /* all that was there at the start is taken */

/* ---- What is called from the patched places ------------------------------------------------ */

/* Vector registers are alive across a request: all that our code may use is saved in the way that
 * the dynamic loader saves it. What of it, and how many bytes: */
uint64_t requests_state, requests_state_bytes __attribute__((visibility("hidden")));
void requests_entry(void) __attribute__((visibility("hidden")));
void requests_take(const uintptr_t *request, uintptr_t pc, uintptr_t sp, uintptr_t rbp)
    __attribute__((visibility("hidden")));

/* The caller's stack pointer is behind its red zone, which the patch has stepped over. rax: the
 * request, its number first; rdx: the result, which stays. Anything but the flags stays. */
__asm__(".text\n"
        ".p2align 4\n"
        ".hidden requests_entry\n"
        ".globl requests_entry\n"
        ".type requests_entry, @function\n"
        "requests_entry:\n"
        "  .cfi_startproc\n"
        "  .cfi_def_cfa %rsp, 136\n"
        "  .cfi_offset %rip, -136\n"
        "  endbr64\n"
        "  pushq %rcx\n"
        "  .cfi_adjust_cfa_offset 8\n"
        "  movq (%rax), %rcx\n"
        "  subq $0x1301, %rcx\n"
        "  cmpq $0xa, %rcx\n"
        "  popq %rcx\n"
        "  .cfi_adjust_cfa_offset -8\n"
        "  jbe 1f\n"
        "  ret\n"
        "1:\n"
        "  pushq %rbp\n"
        "  .cfi_adjust_cfa_offset 8\n"
        "  .cfi_offset %rbp, -144\n"
        "  movq %rsp, %rbp\n"
        "  .cfi_def_cfa_register %rbp\n"
        "  pushq %rax\n"
        "  pushq %rcx\n"
        "  pushq %rdx\n"
        "  pushq %rsi\n"
        "  pushq %rdi\n"
        "  pushq %r8\n"
        "  pushq %r9\n"
        "  pushq %r10\n"
        "  pushq %r11\n"
        "  movq %rax, %rdi\n"
        "  movq 8(%rbp), %rsi\n"
        "  leaq 144(%rbp), %r8\n"
        "  movq (%rbp), %rcx\n"
        "  subq requests_state_bytes(%rip), %rsp\n"
        "  andq $-64, %rsp\n"
        "  xorl %edx, %edx\n" /* the head of the area, which xsave leaves in part as it is */
        "  movq %rdx, 512(%rsp)\n"
        "  movq %rdx, 520(%rsp)\n"
        "  movq %rdx, 528(%rsp)\n"
        "  movq %rdx, 536(%rsp)\n"
        "  movq %rdx, 544(%rsp)\n"
        "  movq %rdx, 552(%rsp)\n"
        "  movq %rdx, 560(%rsp)\n"
        "  movq %rdx, 568(%rsp)\n"
        "  movl requests_state(%rip), %eax\n"
        "  xsave64 (%rsp)\n"
        "  movq %r8, %rdx\n"
        "  call requests_take\n"
        "  movl requests_state(%rip), %eax\n"
        "  xorl %edx, %edx\n"
        "  xrstor64 (%rsp)\n"
        "  leaq -72(%rbp), %rsp\n"
        "  popq %r11\n"
        "  popq %r10\n"
        "  popq %r9\n"
        "  popq %r8\n"
        "  popq %rdi\n"
        "  popq %rsi\n"
        "  popq %rdx\n"
        "  popq %rcx\n"
        "  popq %rax\n"
        "  popq %rbp\n"
        "  .cfi_def_cfa %rsp, 136\n"
        "  ret\n"
        "  .cfi_endproc\n"
        ".size requests_entry, . - requests_entry\n");

void requests_take(const uintptr_t *request, uintptr_t pc, uintptr_t sp, uintptr_t rbp) {
  const struct capture_place place = {pc, sp, rbp};
  const uintptr_t *with = request + 1;
  switch (*request) {
  case REQUEST_MALLOCLIKE:
    pools_alloc(&place, POOLS_LOOSE, with[0], with[1]);
    break;
  case REQUEST_RESIZE:
    pools_change(&place, POOLS_LOOSE, with[0], with[0], with[2]);
    break;
  case REQUEST_FREELIKE:
    pools_free(&place, POOLS_LOOSE, with[0]);
    break;
  case REQUEST_CREATE:
    pools_create(with[0], (uint32_t)with[3]);
    break;
  case REQUEST_DESTROY:
    pools_destroy(&place, with[0]);
    break;
  case REQUEST_ALLOC:
    pools_alloc(&place, with[0], with[1], with[2]);
    break;
  case REQUEST_FREE:
    pools_free(&place, with[0], with[1]);
    break;
  case REQUEST_TRIM:
    pools_trim(&place, with[0], with[1], with[2]);
    break;
  case REQUEST_MOVE:
    pools_move(with[0], with[1]);
    break;
  case REQUEST_CHANGE:
    pools_change(&place, with[0], with[1], with[2], with[3]);
    break;
  }
}

/* ---- Start --------------------------------------------------------------------------------- */

static bool runs_on_valgrind(void) {
  volatile uintptr_t request[6] = {REQUEST_RUNNING_ON_VALGRIND};
  uintptr_t result = 0;
  __asm__ volatile("rolq $3, %%rdi; rolq $13, %%rdi; rolq $61, %%rdi; rolq $51, %%rdi;"
                   "xchgq %%rbx, %%rbx"
                   : "+d"(result)
                   : "a"(request)
                   : "cc", "memory");
  return result;
}

/* x87, SSE, AVX, AVX-512: what compiled code of ours or of libc may touch. */
#define STATE_WANTED 0xe7u
#define STATE_LEGACY_BYTES 576u /* of the first two, with the head */

/* false: the processor, or the kernel, does not know xsave. */
static bool find_state(void) {
  uint32_t a, b, c, d, high;
  if (!__get_cpuid(1, &a, &b, &c, &d) || !(c & bit_OSXSAVE))
    return false;
  __asm__ volatile("xgetbv" : "=a"(a), "=d"(high) : "c"(0));
  requests_state = a & STATE_WANTED;
  requests_state_bytes = STATE_LEGACY_BYTES;
  for (uint32_t part = 2; part < 8; part++) {
    uint32_t size, offset;
    if (!(requests_state >> part & 1) || !__get_cpuid_count(13, part, &size, &offset, &c, &d))
      continue;
    if (offset + size > requests_state_bytes)
      requests_state_bytes = offset + size;
  }
  return true;
}

void requests_start(void) {
  int error = 0;
  if (!settings.client_requests || started || runs_on_valgrind())
    return;
  started =
      find_state() && process_threads() == 1 && patch_modules(request_code, requests_entry, &error);
  if (!started)
    message_once(MESSAGE_REQUESTS, settings_executable(), error);
}

bool requests_are_missed(const void *code, size_t bytes) {
  return started && patch_find(code, bytes, request_code);
}
