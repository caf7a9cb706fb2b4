/* SPDX-License-Identifier: Apache-2.0
 *
 * What a process has mapped, and functions of the libraries among that. Functions are read from the
 * process's own memory: the file may have been replaced since it was loaded.
 */
#ifndef SEEP_ATTACH_MAPS_H
#define SEEP_ATTACH_MAPS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct maps_entry {
  uint64_t start, stop, offset;
  bool executable;
  char *path; /* "" for anonymous memory */
};

struct maps {
  pid_t pid;
  struct maps_entry *list;
  size_t count;
};

/* false: there is no such process, no right to look, or no memory. */
bool maps_read(struct maps *maps, pid_t pid);
void maps_free(struct maps *maps);

/* Where the library is mapped whose file name begins so ("libc.so"); 0: nowhere. */
uint64_t maps_library(const struct maps *maps, const char *name);
/* The entry that holds address, or NULL. */
const struct maps_entry *maps_at(const struct maps *maps, uint64_t address);

/* The address of a function that the library mapped at base defines for others; 0: it does not. */
uint64_t maps_function(const struct maps *maps, uint64_t base, const char *name);

/* Reads the process's memory. false: it is not all there, or no right. */
bool maps_copy(pid_t pid, uint64_t from, void *to, size_t bytes);

#endif
