/* SPDX-License-Identifier: Apache-2.0 */
#include "loader.h"

#include <elf.h>
#include <link.h>
#include <string.h>
#include <sys/auxv.h>

uintptr_t loader_start, loader_bytes;

void loader_find(void) {
  const ElfW(Ehdr) *elf = (const void *)getauxval(AT_BASE);
  if (!elf || memcmp(elf->e_ident, ELFMAG, SELFMAG))
    return; /* the program was started by naming the loader: it is the executable then */
  const ElfW(Phdr) *header = (const void *)((uintptr_t)elf + elf->e_phoff);
  uintptr_t stop = (uintptr_t)elf;
  for (int i = 0; i < elf->e_phnum; i++)
    if (header[i].p_type == PT_LOAD)
      stop = (uintptr_t)elf + header[i].p_vaddr + header[i].p_memsz;
  loader_start = (uintptr_t)elf;
  loader_bytes = stop - loader_start;
}
