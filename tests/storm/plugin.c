/* SPDX-License-Identifier: Apache-2.0
 *
 * plugin_a.so and plugin_b.so: they are as large as each other, so that one is loaded where the
 * other was; PLUGIN_SITE is the name of the function that allocates.
 */
#include <stdlib.h>

void *plugin_allocate(size_t size);

static __attribute__((noinline)) void *PLUGIN_SITE(size_t size) {
  free(malloc(size + 1));
  void *block = malloc(size);
  __asm__ volatile("" : "+r"(block));
  return block;
}

void *plugin_allocate(size_t size) {
  void *block = PLUGIN_SITE(size);
  free(malloc(size + 2));
  return block;
}
