/* SPDX-License-Identifier: Apache-2.0
 *
 * A module with a client request and an allocation. Compiled in several ways: as it is, and, with
 * ASKING_EARLY, with a thread that runs before the program does.
 */
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

int plugin_request(void);
int plugin_request(void) {
  static void *kept;
  uint64_t result = 7, asked[6] = {0x1301, 0x1000, 32};
  kept = malloc(100);
  __asm__ volatile("rolq $3, %%rdi\n rolq $13, %%rdi\n rolq $61, %%rdi\n rolq $51, %%rdi\n"
                   "xchgq %%rbx, %%rbx"
                   : "+d"(result)
                   : "a"(asked)
                   : "cc", "memory");
  return kept ? (int)result : 0;
}

#ifdef ASKING_EARLY
static void *wait_for_ever(void *unused) {
  for (;;)
    pause();
  return unused;
}

__attribute__((constructor)) static void begin_early(void) {
  pthread_t thread;
  pthread_create(&thread, NULL, wait_for_ever, NULL);
}
#endif
