/* SPDX-License-Identifier: Apache-2.0
 *
 * What seep attach and seep detach ask of a libseep.so that they have opened in a running process:
 * a call of SEEP_ATTACH_ENTRY, made on one of its threads, with an order that stands in memory
 * which was mapped for it. The last part of the name is the protocol's number: a library of another
 * protocol has no such entry.
 */
#ifndef SEEP_ATTACH_H
#define SEEP_ATTACH_H

#include <stdint.h>

#define SEEP_ATTACH_ENTRY "seep_attach_1"
#define SEEP_ATTACH_SETTINGS 8192u /* bytes, the last two of them 0 */

enum seep_attach_action {
  SEEP_ATTACH_BEGIN = 1, /* start to record, and patch the process's calls */
  SEEP_ATTACH_END = 2,   /* put the calls back, and complete the trace */
};

/* The result of the call. */
enum seep_attach_result {
  SEEP_ATTACH_DONE = 0,
  SEEP_ATTACH_RECORDING = 1, /* begin: it is recorded already */
  SEEP_ATTACH_IDLE = 2,      /* end: it is not recorded */
  SEEP_ATTACH_PRELOADED = 3, /* recorded from its start: there is nothing to be taken back */
  SEEP_ATTACH_TRACE = 4,     /* begin: the trace cannot be made; error says why */
  SEEP_ATTACH_NO_CALLS = 5,  /* begin: no call of an allocating function was found to be patched */
  SEEP_ATTACH_PARTLY = 6,    /* end: done, but some blocks are left to be read from the stage */
  SEEP_ATTACH_UNKNOWN = 7,   /* no such action */
  SEEP_ATTACH_LATER = 8,     /* a thread is still in the recorder's code: to be asked again */
};

struct seep_attach_order {
  uint32_t action; /* enum seep_attach_action */
  uint32_t error;  /* out: an errno, or 0 */
  uint64_t calls;  /* out: calls that are patched, or were put back */
  /* Mappings that hold this order and the code that makes the call: the next order unmaps them. */
  uint64_t scratch[2], scratch_bytes[2];
  char settings[SEEP_ATTACH_SETTINGS]; /* NAME=VALUE as in the environment, each with its NUL */
};

#endif
