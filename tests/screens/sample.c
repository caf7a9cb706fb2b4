/* SPDX-License-Identifier: Apache-2.0 */
#include "sample.h"

#include <elf.h>
#include <link.h>
#include <string.h>

static __attribute__((noinline)) uint64_t return_address(void) {
  return (uint64_t)(uintptr_t)__builtin_return_address(0);
}

uint64_t sample_session_create(void) {
  /* what a session keeps */
  uint64_t address = return_address();
  return address;
}

uint64_t sample_cache_fill(void) {
  /* what the cache keeps */
  uint64_t address = return_address();
  return address;
}

uint64_t sample_serve(void) {
  uint64_t address = return_address();
  return address;
}

uint64_t sample_main(void) {
  uint64_t address = return_address();
  return address;
}

/* The first object that is told is the program itself. */
static int find_notes(struct dl_phdr_info *info, size_t bytes, void *data) {
  struct sample_module *module = data;
  (void)bytes;
  module->bias = info->dlpi_addr;
  for (int i = 0; i < info->dlpi_phnum; i++) {
    if (info->dlpi_phdr[i].p_type != PT_NOTE)
      continue;
    const char *at = (const char *)(info->dlpi_addr + info->dlpi_phdr[i].p_vaddr);
    const char *stop = at + info->dlpi_phdr[i].p_memsz;
    while (at + sizeof(ElfW(Nhdr)) <= stop) {
      const ElfW(Nhdr) *note = (const void *)at;
      const char *name = at + sizeof *note, *value = name + ((note->n_namesz + 3) & ~3u);
      if (note->n_type == NT_GNU_BUILD_ID && strcmp(name, "GNU") == 0) {
        module->build_id = value;
        module->build_id_bytes = note->n_descsz;
      }
      at = value + ((note->n_descsz + 3) & ~3u);
    }
  }
  return 1;
}

struct sample_module sample_module(void) {
  struct sample_module module = {0};
  dl_iterate_phdr(find_notes, &module);
  return module;
}
