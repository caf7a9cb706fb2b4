/* SPDX-License-Identifier: Apache-2.0
 *
 * Where the dynamic loader stands. A hook that it calls is the sign that modules come or go: dlopen
 * and dlclose allocate and free, and so do the loads inside libc that nobody can interpose.
 */
#ifndef SEEP_LOADER_H
#define SEEP_LOADER_H

#include <stdbool.h>
#include <stdint.h>

extern uintptr_t loader_start __attribute__((visibility("hidden")));
extern uintptr_t loader_bytes __attribute__((visibility("hidden"))); /* 0 until loader_find */

/* Once, before any thread records. */
void loader_find(void);

static inline bool loader_has(uintptr_t pc) {
  return __builtin_expect(pc - loader_start < loader_bytes, 0);
}

#endif
