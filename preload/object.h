/* SPDX-License-Identifier: Apache-2.0
 *
 * A loaded program or library, as its own headers in memory describe it: what it defines, and the
 * words in which the loader has put addresses of functions. Nothing is allocated and no error text
 * of the loader's is touched, as dlsym would do both.
 */
#ifndef SEEP_OBJECT_H
#define SEEP_OBJECT_H

#include <link.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct object {
  uintptr_t base, start, stop;
  uintptr_t relro_start, relro_stop; /* whole pages that the loader has made read-only */
  const ElfW(Dyn) * dynamic;
  const ElfW(Sym) * symbols;
  const char *names;
  const uint32_t *gnu_hash, *hash;   /* one of them, or both */
  const ElfW(Rela) * relocations[2]; /* of data, of calls */
  size_t relocation_count[2];
};

/* To be called by whoever dl_iterate_phdr calls; what is told is good as long as it is loaded.
 * false: it has no symbols. */
bool object_describe(struct object *object, const struct dl_phdr_info *info);
/* libseep.so itself. */
bool object_describe_own(struct object *object);
bool object_is_own(const struct object *object);

/* Calls visit with every function that it defines for others. */
void object_each_function(const struct object *object,
                          void (*visit)(const char *name, uintptr_t address, void *data),
                          void *data);
/* The address of a function that it defines for others; 0: it does not. */
uintptr_t object_function(const struct object *object, const char *name);

/* The function that the process's calls of that name are bound to: the first definition in the
 * order of loading, ours and the loader's own left out. 0: there is none. */
uintptr_t object_find(const char *name);

#endif
