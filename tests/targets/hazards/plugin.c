/* SPDX-License-Identifier: Apache-2.0
 *
 * plugin.so, which the hazard "plugins" loads and unloads.
 */
#include <stdlib.h>

void *plugin_allocate(size_t bytes);

static __attribute__((noinline)) void *plugin_inner(size_t bytes) {
  free(malloc(bytes + 1));
  return malloc(bytes);
}

void *plugin_allocate(size_t bytes) {
  void *block = plugin_inner(bytes);
  free(malloc(bytes + 2));
  return block;
}
