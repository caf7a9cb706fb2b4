/* SPDX-License-Identifier: Apache-2.0
 *
 * An order on its way: what attach.c and load.c share.
 */
#ifndef SEEP_ATTACH_PRIVATE_H
#define SEEP_ATTACH_PRIVATE_H

#include "attach/attach.h"
#include "attach/remote.h"
#include "attach/stub.h"

#define ATTACH_NO_FILE (~0ull)

struct attach {
  const struct attach_request *request;
  struct attach_outcome *outcome;
  struct stub_data data;
  struct remote remote;
  uint64_t instruction;  /* a system call in the target's code */
  uint64_t page, memory; /* mapped in it: the stub's code, struct stub_memory; 0: not yet */
  bool copied;           /* the library goes there in memory, not by its path */
  char path[STUB_PATH_BYTES];
};

/* Puts code into the process that carries the order out, has the thread that is held run it, and
 * lets go of it. If that is not possible the thread is let go as it was found. */
enum attach_status load_start(struct attach *attach);
/* Takes the memory back that a call which failed has left. */
void load_clean(struct attach *attach);

#endif
