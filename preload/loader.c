/* SPDX-License-Identifier: Apache-2.0 */
#include "loader.h"

#include <dlfcn.h>
#include <link.h>
#include <stddef.h>

uintptr_t loader_start, loader_bytes;

/* ld.so is where __tls_get_addr is defined. (AT_BASE would not do: it says nothing when a program
 * is started by naming the loader.) */
void loader_find(void) {
  Dl_info info;
  struct link_map *map = NULL;
  void *symbol = dlsym(RTLD_DEFAULT, "__tls_get_addr");
  if (!symbol || !dladdr1(symbol, &info, (void **)&map, RTLD_DL_LINKMAP))
    return;
  const ElfW(Ehdr) *elf = info.dli_fbase;
  const ElfW(Phdr) *header = (const void *)((uintptr_t)elf + elf->e_phoff);
  uintptr_t stop = (uintptr_t)elf;
  for (int i = 0; i < elf->e_phnum; i++)
    if (header[i].p_type == PT_LOAD)
      stop = (uintptr_t)elf + header[i].p_vaddr + header[i].p_memsz;
  loader_start = (uintptr_t)elf;
  loader_bytes = stop - loader_start;
}
