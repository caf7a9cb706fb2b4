/* SPDX-License-Identifier: Apache-2.0 */
#include "patch.h"
#include "modules.h"
#include "sys.h"

#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>

#define STEPS_MAX 8           /* jumps that calls are led over */
#define STEP_BYTES 4096       /* a page each */
#define STEP_NEAREST 0x10000l /* below the module, and twice as far each time */
#define REACH 0x7f000000l     /* of a call, and some room */

struct patch {
  const uint8_t *old;
  uintptr_t entry;
  long memory; /* descriptor of /proc/self/mem */
  uintptr_t steps[STEPS_MAX];
  int step_count;
  int error; /* the last */
};

const uint8_t *patch_find(const void *code, size_t bytes, const uint8_t old[PATCH_BYTES]) {
  return memmem(code, bytes, old, PATCH_BYTES);
}

/* ---- Writing ------------------------------------------------------------------------------ */

static long write_memory(struct patch *patch, uintptr_t at, const uint8_t *bytes, size_t count) {
  long written = sys_call4(SYS_pwrite64, patch->memory, bytes, count, at);
  if (sys_failed(written))
    patch->error = (int)-written;
  else if ((size_t)written != count)
    patch->error = EIO;
  return sys_failed(written) ? 0 : written;
}

/* All of it, or nothing: of a page's end and the next one's begin, the second may be refused. */
static bool write_code(struct patch *patch, uintptr_t at, const uint8_t *code,
                       const uint8_t *before, size_t count) {
  long written = write_memory(patch, at, code, count);
  if ((size_t)written == count)
    return true;
  if (written)
    write_memory(patch, at, before, (size_t)written);
  return false;
}

/* ---- Steps: jumps to the entry within a call's reach -------------------------------------- */

static bool is_near(uintptr_t target, uintptr_t at) {
  intptr_t distance = (intptr_t)(target - at);
  return distance > -REACH && distance < REACH;
}

static bool write_step(struct patch *patch, uintptr_t step) {
  static const uint8_t nothing[14];
  uint8_t jump[14] = {0xff, 0x25}; /* jmp *0(%rip), and the address */
  memcpy(jump + 6, &patch->entry, sizeof patch->entry);
  return write_code(patch, step, jump, nothing, sizeof jump);
}

static uintptr_t map_step(uintptr_t wanted) {
  long at = sys_call6(SYS_mmap, (long)wanted, STEP_BYTES, PROT_READ | PROT_EXEC,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
  if (sys_failed(at))
    return 0;
  if ((uintptr_t)at == wanted)
    return wanted;
  sys_call3(SYS_munmap, at, STEP_BYTES, 0); /* an old kernel took it for a hint */
  return 0;
}

/* Below the module: above the program lies its heap, which has to grow. */
static uintptr_t make_step(struct patch *patch, uintptr_t below) {
  if (patch->step_count == STEPS_MAX)
    return 0;
  for (intptr_t distance = STEP_NEAREST; distance < REACH; distance *= 2) {
    uintptr_t wanted = (below & -(uintptr_t)STEP_BYTES) - (uintptr_t)distance;
    uintptr_t step = wanted < below ? map_step(wanted) : 0;
    if (!step)
      continue;
    if (write_step(patch, step))
      return patch->steps[patch->step_count++] = step;
    sys_call3(SYS_munmap, step, STEP_BYTES, 0);
    return 0;
  }
  patch->error = ENOMEM;
  return 0;
}

/* What code at an address can call to come to the entry; 0: nothing. */
static uintptr_t target_near(struct patch *patch, uintptr_t at, uintptr_t module) {
  if (is_near(patch->entry, at))
    return patch->entry;
  for (int i = 0; i < patch->step_count; i++)
    if (is_near(patch->steps[i], at))
      return patch->steps[i];
  return make_step(patch, module);
}

/* ---- Modules ------------------------------------------------------------------------------ */

static bool patch_place(struct patch *patch, uintptr_t at, uintptr_t module) {
  uint8_t code[PATCH_BYTES] = {
      0x48, 0x83, 0xc4, 0x80,            /* add $-128, %rsp: what is below may be in use */
      0xe8, 0,    0,    0,    0,         /* call */
      0x48, 0x83, 0xec, 0x80,            /* sub $-128, %rsp */
      0x66, 0x0f, 0x1f, 0x44, 0x00, 0x00 /* nop */
  };
  uintptr_t target = target_near(patch, at, module);
  int32_t distance = (int32_t)(target - (at + 9));
  memcpy(code + 5, &distance, sizeof distance);
  return target && write_code(patch, at, code, patch->old, PATCH_BYTES);
}

static void patch_segment(struct patch *patch, const uint8_t *code, size_t bytes,
                          uintptr_t module) {
  const uint8_t *end = code + bytes, *at = code;
  while ((at = patch_find(at, (size_t)(end - at), patch->old))) {
    patch_place(patch, (uintptr_t)at, module);
    at += PATCH_BYTES;
  }
}

static bool is_others(const struct dl_phdr_info *info) {
  for (int i = 0; i < info->dlpi_phnum; i++)
    if (info->dlpi_phdr[i].p_type == PT_LOAD) {
      uintptr_t start = info->dlpi_addr + info->dlpi_phdr[i].p_vaddr;
      return start != getauxval(AT_SYSINFO_EHDR) && !modules_is_recorder(start);
    }
  return false;
}

static int patch_module(struct dl_phdr_info *info, size_t size, void *data) {
  (void)size;
  uintptr_t first = 0;
  for (int i = 0; i < info->dlpi_phnum && is_others(info); i++) {
    const ElfW(Phdr) *header = &info->dlpi_phdr[i];
    uintptr_t start = info->dlpi_addr + header->p_vaddr;
    if (header->p_type != PT_LOAD)
      continue;
    first = first ? first : start;
    if (header->p_flags & PF_X && header->p_flags & PF_R)
      patch_segment(data, (const uint8_t *)start, header->p_filesz, first);
  }
  return 0;
}

bool patch_modules(const uint8_t old[PATCH_BYTES], void (*entry)(void), int *error) {
  struct patch patch = {.old = old, .entry = (uintptr_t)entry};
  patch.memory = sys_call4(SYS_openat, AT_FDCWD, "/proc/self/mem", O_RDWR | O_CLOEXEC, 0);
  *error = 0;
  if (sys_failed(patch.memory)) {
    *error = (int)-patch.memory;
    return false;
  }
  dl_iterate_phdr(patch_module, &patch);
  sys_call3(SYS_close, patch.memory, 0, 0);
  *error = patch.error;
  return !patch.error;
}
