/* SPDX-License-Identifier: Apache-2.0 */
#include "tenants.h"

#include "arena.h"
#include "modules.h"

#include <stdatomic.h>
#include <stddef.h>

#define TENANTS 4096u

struct tenant {
  uintptr_t start, stop;
  uint32_t module;
};

static struct tenant *tenants; /* only ever appended to */
static _Atomic uint32_t tenant_count;
static _Atomic uint32_t appending;

bool tenants_start(void) {
  tenants = arena_map(TENANTS * sizeof *tenants);
  return tenants != NULL;
}

void tenants_restart(void) {
  atomic_store_explicit(&appending, 0, memory_order_relaxed);
}

/* The tenant whose range overlaps, from `from` on; NULL: none. */
static const struct tenant *find_overlap(uintptr_t start, uintptr_t stop, uint32_t from) {
  uint32_t count = atomic_load_explicit(&tenant_count, memory_order_acquire);
  for (uint32_t i = from; i < count; i++)
    if (tenants[i].start < stop && start < tenants[i].stop)
      return &tenants[i];
  return NULL;
}

/* Under appending. */
static bool append(struct tenant tenant, uint32_t seen) {
  const struct tenant *other = find_overlap(tenant.start, tenant.stop, seen);
  if (other)
    return other->module != tenant.module;
  uint32_t count = atomic_load_explicit(&tenant_count, memory_order_relaxed);
  if (count == TENANTS)
    return true;
  tenants[count] = tenant;
  atomic_store_explicit(&tenant_count, count + 1, memory_order_release);
  return false;
}

bool tenants_is_later(uintptr_t start, uintptr_t stop, uintptr_t address) {
  uintptr_t bias;
  uint32_t module = modules_find(address, &bias);
  if (!tenants || module == 0 || module == MODULES_BUSY)
    return true;
  uint32_t seen = atomic_load_explicit(&tenant_count, memory_order_acquire);
  const struct tenant *first = find_overlap(start, stop, 0);
  if (first)
    return first->module != module;
  if (atomic_exchange_explicit(&appending, 1, memory_order_acquire))
    return true;
  bool later = append((struct tenant){start, stop, module}, seen);
  atomic_store_explicit(&appending, 0, memory_order_release);
  return later;
}
