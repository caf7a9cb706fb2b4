/* SPDX-License-Identifier: Apache-2.0 */
#include "attach/stub.h"

#include <cpuid.h>
#include <stddef.h>
#include <string.h>

extern const uint8_t stub_code[], stub_code_end[];

/* In rbx: the data. r12: errno as it was, r13: where it is, r14: the entry. */
__asm__(".pushsection .rodata\n"
        ".balign 16\n"
        "stub_code:\n"
        "  cld\n"
        "  lea stub_code + 2048(%rip), %rbx\n"
        "  mov 0(%rbx), %rdi\n"
        "  mov $-1, %eax\n"
        "  mov $-1, %edx\n"
        "  xsave64 (%rdi)\n"
        "  call *8(%rbx)\n"
        "  mov %rax, %r13\n"
        "  mov (%rax), %r12d\n"
        "  mov 48(%rbx), %r14\n"
        "  mov 32(%rbx), %rdi\n"
        "  test %rdi, %rdi\n"
        "  jz 2f\n"
        "  mov 40(%rbx), %esi\n"
        "  call *16(%rbx)\n"
        "  mov %rax, %r15\n"
        "  mov 56(%rbx), %rdi\n"
        "  cmp $-1, %rdi\n"
        "  je 1f\n"
        "  mov $3, %eax\n" /* close */
        "  syscall\n"
        "1:\n"
        "  test %r15, %r15\n"
        "  jz 3f\n"
        "  add (%r15), %r14\n" /* what dlopen gives begins with the load address */
        "2:\n"
        "  mov 64(%rbx), %rdi\n"
        "  call *%r14\n"
        "  jmp 6f\n"
        "3:\n"
        "  call *24(%rbx)\n"
        "  mov %rax, %rsi\n"
        "  mov 72(%rbx), %rdi\n"
        "  add $16, %rdi\n"
        "  mov $511, %ecx\n"
        "  test %rsi, %rsi\n"
        "  jz 5f\n"
        "4:\n"
        "  lodsb\n"
        "  stosb\n"
        "  test %al, %al\n"
        "  jz 5f\n"
        "  loop 4b\n"
        "5:\n"
        "  mov $-1, %rax\n"
        "6:\n"
        "  mov 72(%rbx), %rsi\n"
        "  mov %rax, 8(%rsi)\n"
        "  mov %r12d, (%r13)\n"
        "  mov 0(%rbx), %rdi\n"
        "  mov $-1, %eax\n"
        "  mov $-1, %edx\n"
        "  xrstor64 (%rdi)\n"
        "  movq $1, (%rsi)\n"
        "  pushq 88(%rbx)\n"
        "  popfq\n"
        /* From here on the flags are the thread's, and so is the stack, which is not touched: a
         * signal handler may run behind the system call. */
        "  mov 96(%rbx), %rsp\n"
        "  mov $14, %eax\n" /* rt_sigprocmask, SIG_SETMASK */
        "  mov $2, %edi\n"
        "  lea 80(%rbx), %rsi\n"
        "  mov $0, %edx\n"
        "  mov $8, %r10d\n"
        "  syscall\n"
        "  mov 104(%rbx), %r15\n"
        "  mov 112(%rbx), %r14\n"
        "  mov 120(%rbx), %r13\n"
        "  mov 128(%rbx), %r12\n"
        "  mov 136(%rbx), %rbp\n"
        "  mov 152(%rbx), %r11\n"
        "  mov 160(%rbx), %r10\n"
        "  mov 168(%rbx), %r9\n"
        "  mov 176(%rbx), %r8\n"
        "  mov 184(%rbx), %rax\n"
        "  mov 192(%rbx), %rcx\n"
        "  mov 200(%rbx), %rdx\n"
        "  mov 208(%rbx), %rsi\n"
        "  mov 216(%rbx), %rdi\n"
        "  mov 144(%rbx), %rbx\n"
        "  jmp *stub_code + 2048 + 224(%rip)\n"
        "stub_code_end:\n"
        ".popsection\n");

_Static_assert(offsetof(struct stub_data, entry) == 48, "as in the code");
_Static_assert(offsetof(struct stub_data, mask) == 80, "as in the code");
_Static_assert(offsetof(struct stub_data, stack) == 96, "as in the code");
_Static_assert(offsetof(struct stub_data, rbx) == 144, "as in the code");
_Static_assert(offsetof(struct stub_data, pc) == 224, "as in the code");
_Static_assert(offsetof(struct stub_report, error) == 16, "as in the code");

void stub_page(uint8_t page[STUB_PAGE], const struct stub_data *data) {
  memset(page, 0xcc, STUB_PAGE); /* int3 */
  memcpy(page, stub_code, (size_t)(stub_code_end - stub_code));
  memcpy(page + STUB_DATA, data, sizeof *data);
}

_Bool stub_vectors_fit(void) {
  unsigned a, bytes, most, d;
  if (!__get_cpuid_count(0xd, 0, &a, &bytes, &most, &d))
    return 0;
  return bytes && bytes <= sizeof((struct stub_memory *)0)->vectors;
}
