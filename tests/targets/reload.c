/* SPDX-License-Identifier: Apache-2.0
 *
 * reload ROUNDS FILE...: opens each library in turn, has it allocate a block of 64 bytes that
 * stays, and closes it again; ROUNDS times. Then one block of its own.
 */
#include <dlfcn.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

static void *reload_kept;

__attribute__((noinline)) static void reload_own(void) {
  reload_kept = malloc(65);
}

static int reload_turn(const char *path) {
  void *library = dlopen(path, RTLD_NOW);
  void *(*allocate)(size_t) = library ? (void *(*)(size_t))dlsym(library, "plugin_allocate") : NULL;
  if (!allocate) {
    fprintf(stderr, "%s: %s\n", path, dlerror());
    return 1;
  }
  reload_kept = allocate(64);
  return dlclose(library);
}

int main(int argc, char **argv) {
  long rounds = argc > 1 ? strtol(argv[1], NULL, 10) : 0;
  for (long round = 0; round < rounds; round++)
    for (int i = 2; i < argc; i++)
      if (reload_turn(argv[i]))
        return 1;
  reload_own();
  return 0;
}
