/* SPDX-License-Identifier: Apache-2.0
 *
 * In the place of those parts of the recorder that need the real allocator, libunwind, or code of
 * others to patch.
 */
#include "shelf.h"

#include "../../preload/fallback.h"
#include "../../preload/object.h"
#include "../../preload/requests.h"
#include "../../preload/selftest.h"

#include <string.h>

const char race_no_recorder; /* where modules.c thinks to be */

void requests_start(void) {
}

bool requests_are_missed(const void *code, size_t bytes) {
  (void)code;
  (void)bytes;
  return false;
}

enum message selftest(struct thread *thread, const char **path) {
  (void)thread;
  (void)path;
  return MESSAGE_COUNT;
}

/* ---- libunwind: is not there, and when asked to check a stack it sees only the first frame, so
 * that there is something to report. */

size_t fallback_bytes(void) {
  return 64;
}

bool fallback_start(fallback_bind *bind) {
  (void)bind;
  return false;
}

bool fallback_is_open(void) {
  return false;
}

void fallback_flush(void) {
}

enum fallback_result fallback_step(struct fallback *memory, uintptr_t caller,
                                   struct step_frame *frame) {
  (void)memory;
  (void)caller;
  (void)frame;
  return FALLBACK_NOTHING;
}

uint32_t fallback_walk(struct fallback *memory, uintptr_t pc, uintptr_t sp, uintptr_t *pcs,
                       uint32_t most) {
  (void)memory;
  (void)sp;
  (void)most;
  pcs[0] = pc;
  return 1;
}

uint32_t fallback_backtrace(struct fallback *memory, uintptr_t pc, uintptr_t sp, uintptr_t *pcs,
                            uint32_t most, bool *complete) {
  (void)memory;
  (void)pc;
  (void)sp;
  (void)pcs;
  (void)most;
  *complete = false;
  return 0;
}

/* ---- Only the service library's words are patched; the functions are the shelf's. The rest of
 * object.c is the recorder's own, under another name. */

bool recorder_object_describe(struct object *object, const struct dl_phdr_info *info);

bool object_describe(struct object *object, const struct dl_phdr_info *info) {
  bool is_kernels = !info->dlpi_name;
  return (is_kernels || strstr(info->dlpi_name, "race_service")) &&
         recorder_object_describe(object, info);
}

bool object_describe_own(struct object *object) {
  memset(object, 0, sizeof *object);
  return true;
}

bool object_is_own(const struct object *object) {
  (void)object;
  return false;
}

void *malloc(size_t size); /* the hooks, see CMakeLists.txt */
void free(void *block);

static const struct {
  const char *name;
  uintptr_t hook, real;
} functions[] = {{"shelf_take", (uintptr_t)malloc, (uintptr_t)shelf_take},
                 {"shelf_give", (uintptr_t)free, (uintptr_t)shelf_give}};

void object_each_function(const struct object *object,
                          void (*visit)(const char *name, uintptr_t address, void *data),
                          void *data) {
  (void)object;
  for (int i = 0; i < 2; i++)
    visit(functions[i].name, functions[i].hook, data);
}

uintptr_t object_find(const char *name) {
  for (int i = 0; i < 2; i++)
    if (!strcmp(name, functions[i].name))
      return functions[i].real;
  return 0;
}
