/* SPDX-License-Identifier: Apache-2.0
 *
 * early.so: preloaded behind the recorder, so its constructor runs before the recorder's. It keeps
 * three blocks of 1111 bytes and frees two of them at the very end.
 */
#include <stdlib.h>

static void *early_blocks[3];

__attribute__((constructor)) static void early_start(void) {
  for (int block = 0; block < 3; block++)
    early_blocks[block] = malloc(1111);
  free(malloc(50));
}

__attribute__((destructor)) static void early_stop(void) {
  free(early_blocks[0]);
  free(early_blocks[1]);
}
