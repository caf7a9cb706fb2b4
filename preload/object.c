/* SPDX-License-Identifier: Apache-2.0 */
#include "object.h"
#include "loader.h"

#include <string.h>

#define PAGE_BYTES 4096u

extern const ElfW(Ehdr) __ehdr_start __attribute__((visibility("hidden")));
extern ElfW(Dyn) _DYNAMIC[] __attribute__((visibility("hidden")));

/* ---- Headers ------------------------------------------------------------------------------ */

static void take_segment(struct object *object, const ElfW(Phdr) * segment) {
  uintptr_t start = object->base + segment->p_vaddr, stop = start + segment->p_memsz;
  if (segment->p_type == PT_LOAD) {
    object->start = start < object->start ? start : object->start;
    object->stop = stop > object->stop ? stop : object->stop;
  } else if (segment->p_type == PT_GNU_RELRO) {
    object->relro_start = start & ~(uintptr_t)(PAGE_BYTES - 1);
    object->relro_stop = stop & ~(uintptr_t)(PAGE_BYTES - 1);
  } else if (segment->p_type == PT_DYNAMIC) {
    object->dynamic = (const ElfW(Dyn) *)start;
  }
}

static void take_relocations(struct object *object, const ElfW(Dyn) * entry, uintptr_t address) {
  int part = entry->d_tag == DT_JMPREL || entry->d_tag == DT_PLTRELSZ;
  if (entry->d_tag == DT_RELA || entry->d_tag == DT_JMPREL)
    object->relocations[part] = (const ElfW(Rela) *)address;
  else if (entry->d_tag == DT_RELASZ || entry->d_tag == DT_PLTRELSZ)
    object->relocation_count[part] = entry->d_un.d_val / sizeof(ElfW(Rela));
}

/* The loader adds the base to addresses in most objects' dynamic sections, but not in all. */
static void take_entry(struct object *object, const ElfW(Dyn) * entry) {
  ElfW(Addr) value = entry->d_un.d_ptr;
  uintptr_t address = value < object->base ? object->base + value : value;
  switch (entry->d_tag) {
  case DT_SYMTAB:
    object->symbols = (const ElfW(Sym) *)address;
    break;
  case DT_STRTAB:
    object->names = (const char *)address;
    break;
  case DT_GNU_HASH:
    object->gnu_hash = (const uint32_t *)address;
    break;
  case DT_HASH:
    object->hash = (const uint32_t *)address;
    break;
  default:
    take_relocations(object, entry, address);
  }
}

static bool take_dynamic(struct object *object) {
  for (const ElfW(Dyn) *entry = object->dynamic; entry && entry->d_tag != DT_NULL; entry++)
    take_entry(object, entry);
  return object->symbols && object->names;
}

bool object_describe(struct object *object, const struct dl_phdr_info *info) {
  *object = (struct object){.base = info->dlpi_addr, .start = UINTPTR_MAX};
  for (int i = 0; i < info->dlpi_phnum; i++)
    take_segment(object, &info->dlpi_phdr[i]);
  return take_dynamic(object);
}

bool object_describe_own(struct object *object) {
  *object = (struct object){.base = (uintptr_t)&__ehdr_start, .dynamic = _DYNAMIC};
  return take_dynamic(object);
}

bool object_is_own(const struct object *object) {
  return object->dynamic == _DYNAMIC;
}

/* ---- Symbols ------------------------------------------------------------------------------ */

static bool is_function(const ElfW(Sym) * symbol) {
  return symbol->st_shndx != SHN_UNDEF && ELF64_ST_TYPE(symbol->st_info) == STT_FUNC;
}

struct gnu_table {
  uint32_t bucket_count, first; /* symbols from first on are in it */
  const uint32_t *buckets, *chain;
};

static struct gnu_table gnu_table_of(const struct object *object) {
  const uint32_t *head = object->gnu_hash; /* buckets, first symbol, words of the filter, shift */
  const uint32_t *buckets = head + 4 + head[2] * (sizeof(ElfW(Addr)) / sizeof *head);
  return (struct gnu_table){head[0], head[1], buckets, buckets + head[0]};
}

static uint32_t gnu_hash_of(const char *name) {
  uint32_t hash = 5381;
  for (; *name; name++)
    hash = hash * 33 + (uint8_t)*name;
  return hash;
}

static uint32_t gnu_end(const struct gnu_table *table) {
  uint32_t last = 0;
  for (uint32_t i = 0; i < table->bucket_count; i++)
    last = table->buckets[i] > last ? table->buckets[i] : last;
  if (last < table->first)
    return table->first;
  while (!(table->chain[last - table->first] & 1))
    last++;
  return last + 1;
}

void object_each_function(const struct object *object,
                          void (*visit)(const char *name, uintptr_t address, void *data),
                          void *data) {
  struct gnu_table table = {0};
  if (object->gnu_hash)
    table = gnu_table_of(object);
  uint32_t end = object->gnu_hash ? gnu_end(&table) : object->hash ? object->hash[1] : 0;
  for (uint32_t i = table.first; i < end; i++)
    if (is_function(&object->symbols[i]))
      visit(object->names + object->symbols[i].st_name, object->base + object->symbols[i].st_value,
            data);
}

static bool is_named(const struct object *object, uint32_t number, const char *name) {
  const ElfW(Sym) *symbol = &object->symbols[number];
  return is_function(symbol) && !strcmp(object->names + symbol->st_name, name);
}

static uint32_t gnu_find(const struct object *object, const char *name) {
  struct gnu_table table = gnu_table_of(object);
  uint32_t hash = gnu_hash_of(name);
  uint32_t at = table.bucket_count ? table.buckets[hash % table.bucket_count] : 0;
  for (; at >= table.first && at; at++) {
    uint32_t other = table.chain[at - table.first];
    if ((other | 1) == (hash | 1) && is_named(object, at, name))
      return at;
    if (other & 1)
      break;
  }
  return 0;
}

static uint32_t plain_find(const struct object *object, const char *name) {
  for (uint32_t i = 1; i < object->hash[1]; i++)
    if (is_named(object, i, name))
      return i;
  return 0;
}

uintptr_t object_function(const struct object *object, const char *name) {
  uint32_t number = 0;
  if (object->gnu_hash)
    number = gnu_find(object, name);
  else if (object->hash)
    number = plain_find(object, name);
  return number ? object->base + object->symbols[number].st_value : 0;
}

struct search {
  const char *name;
  uintptr_t found;
};

static int search_object(struct dl_phdr_info *info, size_t size, void *data) {
  struct search *search = data;
  struct object object;
  (void)size;
  if (object_describe(&object, info) && !object_is_own(&object) && !loader_has(object.start))
    search->found = object_function(&object, search->name);
  return search->found != 0;
}

uintptr_t object_find(const char *name) {
  struct search search = {name, 0};
  dl_iterate_phdr(search_object, &search);
  return search.found;
}
