/* SPDX-License-Identifier: Apache-2.0
 *
 *     growing FILE
 *
 * Grows between two marks, in each way that there is: 32 MiB in blocks, FILE (of 16 MiB) mapped and
 * read, 8 MiB of shared memory, 4 MiB of anonymous memory, 2 MiB on the stack of a thread that goes
 * on. Waits for the end of stdin then.
 */
#include <fcntl.h>
#include <pthread.h>
#include <seep/seep.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define MIB ((size_t)1 << 20)
#define BLOCK 2048

static pthread_barrier_t deep;

__attribute__((noinline)) static void growing_blocks(void) {
  static void *kept[32 * MIB / BLOCK];
  for (size_t i = 0; i < sizeof kept / sizeof *kept; i++)
    if ((kept[i] = malloc(BLOCK)))
      memset(kept[i], 1, BLOCK);
}

static void *growing_stack(void *unused) {
  char on_stack[2 * MIB];
  free(malloc(BLOCK)); /* only threads that allocate are known, and their stacks */
  memset(on_stack, 1, sizeof on_stack);
  pthread_barrier_wait(&deep);
  while (read(STDIN_FILENO, on_stack, sizeof on_stack) > 0)
    ;
  return unused;
}

static char *growing_mapping(size_t size, int how, int file) {
  char *memory = mmap(NULL, size, PROT_READ | (file < 0 ? PROT_WRITE : 0), how, file, 0);
  if (memory == MAP_FAILED)
    exit(1);
  return memory;
}

static void growing_file(const char *path) {
  const volatile char *file = growing_mapping(16 * MIB, MAP_PRIVATE, open(path, O_RDONLY));
  for (size_t at = 0; at < 16 * MIB; at += 4096)
    (void)file[at];
}

int main(int argc, char **argv) {
  pthread_t thread;
  pthread_barrier_init(&deep, NULL, 2);
  free(malloc(BLOCK)); /* so that a trace is there */
  seep_mark("warm", 0);
  growing_blocks();
  growing_file(argv[argc - 1]);
  memset(growing_mapping(8 * MIB, MAP_SHARED | MAP_ANONYMOUS, -1), 1, 8 * MIB);
  memset(growing_mapping(4 * MIB, MAP_PRIVATE | MAP_ANONYMOUS, -1), 1, 4 * MIB);
  if (pthread_create(&thread, NULL, growing_stack, NULL))
    return 1;
  pthread_barrier_wait(&deep);
  seep_mark("after", 0);
  if (write(STDOUT_FILENO, "grown\n", 6) != 6)
    return 1;
  pthread_join(thread, NULL);
  return 0;
}
