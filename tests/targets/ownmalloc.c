/* SPDX-License-Identifier: Apache-2.0
 *
 * A program with an allocator of its own inside (bump.c): nothing that is preloaded sees its calls.
 */
#include <stdio.h>
#include <stdlib.h>

int main(void) {
  for (int nth = 0; nth < 1000; nth++)
    free(malloc(100));
  puts("done");
  return malloc(1000) ? 0 : 1;
}
