/* SPDX-License-Identifier: Apache-2.0
 *
 * What is inspected: a program before it runs, or a running process, with the files of code that it
 * consists of.
 */
#ifndef SEEP_INSPECT_TARGET_H
#define SEEP_INSPECT_TARGET_H

#include "inspect/image.h"

#include <limits.h>
#include <stdint.h>

#define INSPECT_ROOT_BYTES 64

struct inspect_target {
  uint64_t pid;                  /* 0: not started; it will have this process's limits */
  char root[INSPECT_ROOT_BYTES]; /* where its paths begin, "" here */
  char path[PATH_MAX];           /* of its executable; of a script: its interpreter's */
  struct image *images;          /* the executable, then the libraries that were found */
  size_t count;
};

/* path: the executable file, absolute. Libraries are looked up as the dynamic loader does, as far
 * as files tell: what the program opens later is not known. false: the file is no ELF file (or
 * there is no memory); the target is empty then. */
bool inspect_target_program(struct inspect_target *target, const char *path);

/* The files that the process has mapped. false: there is no such process, or no right to look. */
bool inspect_target_process(struct inspect_target *target, uint64_t pid);

void inspect_target_free(struct inspect_target *target);

/* Whether a library whose name begins so, such as "libasan.so", belongs to it. */
bool inspect_target_has(const struct inspect_target *target, const char *name);

#endif
