/* SPDX-License-Identifier: Apache-2.0 */
#include "fakes.h"

#include "modules.h"
#include "stage.h"

#include <dlfcn.h>
#include <link.h>
#include <pthread.h>
#include <sys/mman.h>

#define MODULES 4096

struct module {
  uintptr_t start, bias;
  const void *map;
  bool loaded;
};

static struct module modules[MODULES];
static uint32_t module_count, epoch;
static unsigned long long changes;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int failing;

void fakes_fail_stage(int fail) {
  failing = fail;
}

void *stage_part(size_t bytes) {
  if (failing)
    return NULL;
  void *part = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  return part == MAP_FAILED ? NULL : part;
}

static uint32_t find_or_add(const struct dl_find_object *object) {
  for (uint32_t i = 0; i < module_count; i++)
    if (modules[i].loaded && modules[i].start == (uintptr_t)object->dlfo_map_start)
      return i + 1;
  if (module_count == MODULES)
    return 0;
  modules[module_count] = (struct module){.start = (uintptr_t)object->dlfo_map_start,
                                          .bias = object->dlfo_link_map->l_addr,
                                          .map = object->dlfo_link_map,
                                          .loaded = true};
  return ++module_count;
}

uint32_t modules_find(uintptr_t pc, uintptr_t *bias) {
  struct dl_find_object object;
  *bias = 0;
  if (_dl_find_object((void *)pc, &object) != 0)
    return 0;
  pthread_mutex_lock(&lock);
  uint32_t id = find_or_add(&object);
  pthread_mutex_unlock(&lock);
  *bias = object.dlfo_link_map->l_addr;
  return id;
}

uint32_t modules_epoch(void) {
  return epoch;
}

static int read_changes(struct dl_phdr_info *info, size_t size, void *data) {
  (void)size;
  *(unsigned long long *)data = info->dlpi_adds + info->dlpi_subs;
  return 1;
}

bool modules_refresh(void) {
  unsigned long long now = 0;
  dl_iterate_phdr(read_changes, &now);
  if (now == changes)
    return false;
  changes = now;
  for (uint32_t i = 0; i < module_count; i++) {
    struct dl_find_object object;
    modules[i].loaded = modules[i].loaded &&
                        _dl_find_object((void *)modules[i].start, &object) == 0 &&
                        object.dlfo_link_map == modules[i].map;
  }
  epoch++;
  return true;
}

uintptr_t fakes_bias(uint32_t module) {
  return module ? modules[module - 1].bias : 0;
}
