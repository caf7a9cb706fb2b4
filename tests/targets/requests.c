/* SPDX-License-Identifier: Apache-2.0
 *
 * Client requests where it hurts most if something goes wrong: with every register and the red
 * zone in use, and from many threads at once. Exits with 0 if all is as it was. With an argument,
 * the path of a module, that module's request as well.
 */
#include <dlfcn.h>
#include <pthread.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#define THREADS 4
#define ROUNDS 3000
#define MALLOCLIKE 0x1301
#define FREELIKE 0x1302
#define UNKNOWN 0x1777 /* must be left alone */

struct registers {
  uint64_t vectors[16][2];
  uint64_t general[14]; /* rax: the request; rdx: the result; rbx rcx rsi rdi r8 … r15 */
  uint64_t red_zone[16];
};

/* Loads all but rsp and rbp, fills the red zone, requests, and stores all again. */
void request_with(struct registers *registers);
__asm__(".text\n"
        "request_with:\n"
        "  .cfi_startproc\n"
        "  pushq %rbx\n .cfi_adjust_cfa_offset 8\n"
        "  pushq %rbp\n .cfi_adjust_cfa_offset 8\n .cfi_offset %rbp, -24\n"
        "  pushq %r12\n .cfi_adjust_cfa_offset 8\n"
        "  pushq %r13\n .cfi_adjust_cfa_offset 8\n"
        "  pushq %r14\n .cfi_adjust_cfa_offset 8\n"
        "  pushq %r15\n .cfi_adjust_cfa_offset 8\n"
        "  movq %rdi, %rbp\n"
        "  .irp n, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15\n"
        "  movups 16*\\n(%rbp), %xmm\\n\n"
        "  movq 368+8*\\n(%rbp), %rax\n"
        "  movq %rax, -128+8*\\n(%rsp)\n"
        "  .endr\n"
        "  movq 256(%rbp), %rax\n movq 264(%rbp), %rdx\n movq 272(%rbp), %rbx\n"
        "  movq 280(%rbp), %rcx\n movq 288(%rbp), %rsi\n movq 296(%rbp), %rdi\n"
        "  movq 304(%rbp), %r8\n movq 312(%rbp), %r9\n movq 320(%rbp), %r10\n"
        "  movq 328(%rbp), %r11\n movq 336(%rbp), %r12\n movq 344(%rbp), %r13\n"
        "  movq 352(%rbp), %r14\n movq 360(%rbp), %r15\n"
        "  rolq $3, %rdi\n rolq $13, %rdi\n rolq $61, %rdi\n rolq $51, %rdi\n"
        "  xchgq %rbx, %rbx\n"
        "  movq %rax, 256(%rbp)\n movq %rdx, 264(%rbp)\n movq %rbx, 272(%rbp)\n"
        "  movq %rcx, 280(%rbp)\n movq %rsi, 288(%rbp)\n movq %rdi, 296(%rbp)\n"
        "  movq %r8, 304(%rbp)\n movq %r9, 312(%rbp)\n movq %r10, 320(%rbp)\n"
        "  movq %r11, 328(%rbp)\n movq %r12, 336(%rbp)\n movq %r13, 344(%rbp)\n"
        "  movq %r14, 352(%rbp)\n movq %r15, 360(%rbp)\n"
        "  .irp n, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15\n"
        "  movups %xmm\\n, 16*\\n(%rbp)\n"
        "  movq -128+8*\\n(%rsp), %rax\n"
        "  movq %rax, 368+8*\\n(%rbp)\n"
        "  .endr\n"
        "  popq %r15\n .cfi_adjust_cfa_offset -8\n"
        "  popq %r14\n .cfi_adjust_cfa_offset -8\n"
        "  popq %r13\n .cfi_adjust_cfa_offset -8\n"
        "  popq %r12\n .cfi_adjust_cfa_offset -8\n"
        "  popq %rbp\n .cfi_adjust_cfa_offset -8\n"
        "  popq %rbx\n .cfi_adjust_cfa_offset -8\n"
        "  ret\n"
        "  .cfi_endproc\n");

_Static_assert(offsetof(struct registers, general) == 256 &&
                   offsetof(struct registers, red_zone) == 368,
               "as the code above has them");

/* false: something that was not to be touched was touched. */
static int request(uint64_t number, uint64_t address, uint64_t size, uint64_t seed) {
  const uint64_t asked[6] = {number, address, size};
  struct registers before, after;
  uint64_t *words = (uint64_t *)&before;
  for (size_t i = 0; i < sizeof before / sizeof *words; i++)
    words[i] = seed = seed * 6364136223846793005ull + 1442695040888963407ull;
  before.general[0] = (uintptr_t)asked;
  after = before;
  request_with(&after);
  return !memcmp(&before, &after, sizeof before);
}

/* Of every ten blocks one stays. */
static void *run_requests(void *argument) {
  uint64_t thread = (uintptr_t)argument;
  for (uint64_t round = 0; round < ROUNDS; round++) {
    uint64_t address = thread << 32 | (round + 1) * 64;
    if (!request(MALLOCLIKE, address, 48, round) || !request(UNKNOWN, address, 48, round) ||
        (round % 10 && !request(FREELIKE, address, 0, round)))
      return NULL;
  }
  return argument;
}

static int ask_module(const char *path) {
  void *module = dlopen(path, RTLD_NOW);
  int (*ask)(void) = module ? (int (*)(void))dlsym(module, "plugin_request") : NULL;
  return ask && ask() == 7;
}

int main(int count, char **arguments) {
  pthread_t threads[THREADS];
  int good = 1;
  for (uintptr_t i = 0; i < THREADS; i++)
    pthread_create(&threads[i], NULL, run_requests, (void *)(i + 1));
  for (int i = 0; i < THREADS; i++) {
    void *result;
    pthread_join(threads[i], &result);
    good &= result != NULL;
  }
  if (count > 1)
    good &= ask_module(arguments[1]);
  puts(good ? "as it was" : "something was touched");
  return !good;
}
