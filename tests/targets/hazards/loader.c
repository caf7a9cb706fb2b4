/* SPDX-License-Identifier: Apache-2.0
 *
 * A library that comes and goes while other threads allocate, some of them inside the library.
 */
#include "hazards.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#define LOADS 300
#define LOADER_THREADS 2

static atomic_bool loader_done;

static void *loader_churn(void *data) {
  while (!atomic_load(&loader_done))
    hazard_churn(100);
  return data;
}

/* argument is the path of plugin.so. Its blocks outlive it. */
static int loader_cycle(const char *argument) {
  void *library = dlopen(argument, RTLD_NOW | RTLD_LOCAL);
  if (!library)
    return hazard_fail(dlerror());
  void *(*allocate)(size_t) = (void *(*)(size_t))dlsym(library, "plugin_allocate");
  void *block = allocate ? allocate(333) : NULL;
  dlclose(library);
  free(block);
  return block ? 0 : hazard_fail("plugin_allocate");
}

/* argument is the path of latecomer.so. Its block stays. */
int loader_latecomer(const char *argument) {
  void *library = dlopen(argument, RTLD_NOW | RTLD_LOCAL);
  if (!library)
    return hazard_fail(dlerror());
  char *(*allocate)(void) = (char *(*)(void))dlsym(library, "latecomer_allocate");
  return allocate && allocate() ? 0 : hazard_fail("latecomer_allocate");
}

int loader_plugin(const char *argument) {
  pthread_t threads[LOADER_THREADS];
  int failed = 0;
  for (int thread = 0; thread < LOADER_THREADS; thread++)
    if (pthread_create(&threads[thread], NULL, loader_churn, NULL))
      return hazard_fail("pthread_create");
  for (int nth = 0; nth < LOADS && !failed; nth++)
    failed = loader_cycle(argument);
  atomic_store(&loader_done, true);
  for (int thread = 0; thread < LOADER_THREADS; thread++)
    pthread_join(threads[thread], NULL);
  return failed;
}
