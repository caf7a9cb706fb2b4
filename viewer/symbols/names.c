/* SPDX-License-Identifier: Apache-2.0 */
#include "symbols/names.h"

#include <gelf.h>
#include <stdlib.h>
#include <string.h>

/* Whether every string table of elf ends in a NUL: libdwfl hands out names without looking. */
static bool names_terminated(Elf *elf) {
  Elf_Scn *section = NULL;
  while ((section = elf_nextscn(elf, section))) {
    GElf_Shdr header;
    if (!gelf_getshdr(section, &header))
      return false;
    if (header.sh_type != SHT_STRTAB)
      continue;
    const Elf_Data *data = elf_rawdata(section, NULL);
    if (data && data->d_size && ((const char *)data->d_buf)[data->d_size - 1])
      return false;
  }
  return true;
}

static bool names_executable(Elf *elf, GElf_Word section) {
  GElf_Shdr header;
  return gelf_getshdr(elf_getscn(elf, section), &header) && header.sh_flags & SHF_EXECINSTR;
}

/* Assembly without .type is no function by its type, but stands in an executable section. */
static bool names_function(Elf *elf, const GElf_Sym *symbol, GElf_Word section) {
  if (section == SHN_UNDEF || (section >= SHN_LORESERVE && section != SHN_XINDEX))
    return false;
  switch (GELF_ST_TYPE(symbol->st_info)) {
  case STT_FUNC:
  case STT_GNU_IFUNC:
    return true;
  case STT_NOTYPE:
    return names_executable(elf, section);
  default:
    return false;
  }
}

/* Exported names before weak aliases before local ones; fewer leading underscores first. */
static int names_rank(const GElf_Sym *symbol, const char *text) {
  int rank = 0;
  if (GELF_ST_BIND(symbol->st_info) == STB_WEAK)
    rank = 16;
  else if (GELF_ST_BIND(symbol->st_info) != STB_GLOBAL)
    rank = 32;
  for (int i = 0; i < 8 && text[i] == '_'; i++)
    rank++;
  return symbol->st_size ? rank : rank + 64;
}

static int names_compare(const void *left, const void *right) {
  const struct name *a = left, *b = right;
  if (a->start != b->start)
    return a->start < b->start ? -1 : 1;
  if (a->rank != b->rank)
    return a->rank < b->rank ? -1 : 1;
  return strcmp(a->text, b->text);
}

static void names_collect(struct names *names, Dwfl_Module *module, int count) {
  Elf *checked = NULL;
  bool sound = false;
  for (int i = 1; i < count; i++) {
    GElf_Sym symbol;
    GElf_Addr address;
    GElf_Word section;
    Elf *elf;
    Dwarf_Addr bias;
    const char *text = dwfl_module_getsym_info(module, i, &symbol, &address, &section, &elf, &bias);
    if (!text || !elf)
      continue;
    if (elf != checked) {
      checked = elf;
      sound = names_terminated(elf);
    }
    if (sound && text[0] && names_function(elf, &symbol, section))
      names->rows[names->count++] =
          (struct name){address, symbol.st_size, text, names_rank(&symbol, text)};
  }
}

/* Symbols without a size are passed over: their range is empty. */
static bool names_index(struct names *names) {
  ranges_release(&names->ranges);
  for (size_t i = 0; i < names->count; i++) {
    const struct name *name = &names->rows[i];
    if (!ranges_add(&names->ranges, name->start, name->start + name->size, (uint32_t)i))
      return false;
  }
  ranges_finish(&names->ranges);
  return true;
}

/* Lets a symbol without a size (assembly) reach to the next one, unless it is a label inside a
 * function that has a size. */
static void names_extend(struct names *names) {
  uint64_t next = 0;
  for (size_t i = names->count; i-- > 0;) {
    struct name *name = &names->rows[i];
    if (i + 1 < names->count && names->rows[i + 1].start > name->start)
      next = names->rows[i + 1].start;
    if (!name->size && next && !ranges_find(&names->ranges, name->start))
      name->size = next - name->start;
  }
}

bool names_read(struct names *names, Dwfl_Module *module) {
  int count = dwfl_module_getsymtab(module);
  if (count <= 1)
    return true;
  names->rows = calloc((size_t)count, sizeof *names->rows);
  if (!names->rows)
    return false;
  names_collect(names, module, count);
  if (names->count)
    qsort(names->rows, names->count, sizeof *names->rows, names_compare);
  if (!names_index(names))
    return false;
  names_extend(names);
  return names_index(names);
}

const struct name *names_find(const struct names *names, uint64_t address) {
  const struct range *range = ranges_find(&names->ranges, address);
  return range ? &names->rows[range->item] : NULL;
}

void names_release(struct names *names) {
  ranges_release(&names->ranges);
  free(names->rows);
  *names = (struct names){0};
}
