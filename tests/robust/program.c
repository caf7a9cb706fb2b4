/* SPDX-License-Identifier: Apache-2.0
 *
 * Something for compilers, linkers, debuggers to work on.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char *copy(const char *text, int times) {
  char *all = calloc((size_t)times, strlen(text) + 1);
  for (int i = 0; all && i < times; i++)
    strcat(all, text);
  return all;
}

int main(void) {
  char *text = copy("seep ", 50);
  printf("%zu\n", text ? strlen(text) : 0);
  free(text);
  return 0;
}
