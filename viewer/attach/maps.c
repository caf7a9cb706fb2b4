/* SPDX-License-Identifier: Apache-2.0 */
#include "attach/maps.h"

#include <elf.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>

#define MAPS_SEGMENTS_MOST 64
#define MAPS_DYNAMIC_MOST 256
#define MAPS_CHAIN_MOST 100000
#define MAPS_NAME_BYTES 64

/* ---- The list ---- */

static bool maps_parse(char *line, struct maps_entry *entry) {
  char flags[8];
  int path = 0;
  line[strcspn(line, "\n")] = '\0';
  if (sscanf(line, "%" SCNx64 "-%" SCNx64 " %7s %" SCNx64 " %*s %*s %n", &entry->start,
             &entry->stop, flags, &entry->offset, &path) != 4 ||
      !path)
    return false;
  entry->executable = flags[2] == 'x';
  entry->path = strdup(line + path);
  return entry->path;
}

static bool maps_add(struct maps *maps, char *line) {
  struct maps_entry *list = reallocarray(maps->list, maps->count + 1, sizeof *list);
  if (!list)
    return false;
  maps->list = list;
  if (!maps_parse(line, &list[maps->count]))
    return false;
  maps->count++;
  return true;
}

bool maps_read(struct maps *maps, pid_t pid) {
  char name[64], *line = NULL;
  size_t room = 0;
  bool whole = true;
  *maps = (struct maps){.pid = pid};
  snprintf(name, sizeof name, "/proc/%d/maps", (int)pid);
  FILE *file = fopen(name, "re");
  if (!file)
    return false;
  while (whole && getline(&line, &room, file) > 0)
    whole = maps_add(maps, line);
  free(line);
  fclose(file);
  if (!whole || !maps->count)
    maps_free(maps);
  return maps->count > 0;
}

void maps_free(struct maps *maps) {
  for (size_t i = 0; i < maps->count; i++)
    free(maps->list[i].path);
  free(maps->list);
  *maps = (struct maps){0};
}

/* A file in memory alone is "/memfd:NAME (deleted)". */
static const char *maps_file_name(const char *path) {
  const char *slash = strrchr(path, '/');
  const char *name = slash ? slash + 1 : path;
  return strncmp(name, "memfd:", 6) ? name : name + 6;
}

uint64_t maps_library(const struct maps *maps, const char *name) {
  for (size_t i = 0; i < maps->count; i++)
    if (!maps->list[i].offset && *maps->list[i].path &&
        !strncmp(maps_file_name(maps->list[i].path), name, strlen(name)))
      return maps->list[i].start;
  return 0;
}

const struct maps_entry *maps_at(const struct maps *maps, uint64_t address) {
  for (size_t i = 0; i < maps->count; i++)
    if (maps->list[i].start <= address && address < maps->list[i].stop)
      return &maps->list[i];
  return NULL;
}

/* ---- Functions ---- */

bool maps_copy(pid_t pid, uint64_t from, void *to, size_t bytes) {
  struct iovec here = {to, bytes}, there = {(void *)from, bytes};
  return process_vm_readv(pid, &here, 1, &there, 1, 0) == (ssize_t)bytes;
}

struct maps_library {
  pid_t pid;
  uint64_t base, symbols, names, hash;
};

/* The loader adds the base to addresses in most libraries' dynamic sections, but not in all. */
static void maps_take_dynamic(struct maps_library *library, const Elf64_Dyn *entry) {
  uint64_t address = entry->d_un.d_ptr;
  if (address < library->base)
    address += library->base;
  if (entry->d_tag == DT_SYMTAB)
    library->symbols = address;
  else if (entry->d_tag == DT_STRTAB)
    library->names = address;
  else if (entry->d_tag == DT_GNU_HASH)
    library->hash = address;
}

static uint64_t maps_dynamic(const struct maps_library *library) {
  Elf64_Ehdr head;
  Elf64_Phdr segments[MAPS_SEGMENTS_MOST];
  if (!maps_copy(library->pid, library->base, &head, sizeof head) ||
      memcmp(head.e_ident, ELFMAG, SELFMAG) != 0 || head.e_phnum > MAPS_SEGMENTS_MOST ||
      !maps_copy(library->pid, library->base + head.e_phoff, segments,
                 head.e_phnum * sizeof *segments))
    return 0;
  for (size_t i = 0; i < head.e_phnum; i++)
    if (segments[i].p_type == PT_DYNAMIC)
      return library->base + segments[i].p_vaddr;
  return 0;
}

static bool maps_open_library(struct maps_library *library) {
  uint64_t at = maps_dynamic(library);
  Elf64_Dyn entry = {.d_tag = DT_DEBUG};
  for (size_t i = 0; at && i < MAPS_DYNAMIC_MOST && entry.d_tag != DT_NULL; i++) {
    if (!maps_copy(library->pid, at + i * sizeof entry, &entry, sizeof entry))
      return false;
    maps_take_dynamic(library, &entry);
  }
  return library->symbols && library->names && library->hash;
}

static uint32_t maps_hash(const char *name) {
  uint32_t hash = 5381;
  for (; *name; name++)
    hash = hash * 33 + (uint8_t)*name;
  return hash;
}

/* The value of symbol number, if it is that function. */
static uint64_t maps_try(const struct maps_library *library, uint64_t number, const char *name) {
  Elf64_Sym symbol;
  char is[MAPS_NAME_BYTES];
  size_t bytes = strlen(name) + 1;
  if (bytes > sizeof is ||
      !maps_copy(library->pid, library->symbols + number * sizeof symbol, &symbol, sizeof symbol) ||
      symbol.st_shndx == SHN_UNDEF || ELF64_ST_TYPE(symbol.st_info) != STT_FUNC ||
      !maps_copy(library->pid, library->names + symbol.st_name, is, bytes) ||
      memcmp(is, name, bytes) != 0)
    return 0;
  return library->base + symbol.st_value;
}

uint64_t maps_function(const struct maps *maps, uint64_t base, const char *name) {
  struct maps_library library = {.pid = maps->pid, .base = base};
  uint32_t head[4], at = 0, other = 0, hash = maps_hash(name);
  if (!maps_open_library(&library) || !maps_copy(maps->pid, library.hash, head, sizeof head) ||
      !head[0])
    return 0;
  uint64_t buckets = library.hash + sizeof head + head[2] * sizeof(uint64_t);
  uint64_t chain = buckets + head[0] * sizeof at;
  if (!maps_copy(maps->pid, buckets + hash % head[0] * sizeof at, &at, sizeof at) || at < head[1])
    return 0;
  for (uint32_t i = 0; i < MAPS_CHAIN_MOST && !(other & 1); i++, at++) {
    if (!maps_copy(maps->pid, chain + (at - head[1]) * sizeof other, &other, sizeof other))
      return 0;
    uint64_t found = (other | 1) == (hash | 1) ? maps_try(&library, at, name) : 0;
    if (found)
      return found;
  }
  return 0;
}
