/* SPDX-License-Identifier: Apache-2.0
 *
 * Call frame information: from a code address to its rule, through .eh_frame_hdr and .eh_frame of
 * the object that maps it. The tables are untrusted input: every read is checked against the
 * mapped segment that the table stands in. What is damaged counts as not there (RULE_GUESS), what
 * is sound but says more than a rule can is RULE_COMPLEX.
 *
 * Any thread, no lock, no allocation, less than 1 KiB of stack. The object must stay loaded during
 * the call: so it is for addresses on the caller's own stack.
 */
#ifndef SEEP_CFI_H
#define SEEP_CFI_H

#include "rule.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CFI_SEGMENTS 8

struct cfi_span {
  const uint8_t *start, *stop;
};

/* A loaded object: where it is mapped, its .eh_frame_hdr, and its readable segments, which bound
 * every read. */
struct cfi_object {
  uintptr_t start, stop;
  const uint8_t *header; /* NULL: it has no table */
  unsigned count;
  struct cfi_span segments[CFI_SEGMENTS];
};

/* In the constructor. false: the C library cannot find objects without a lock (glibc < 2.35); then
 * no other function of this file may be called. */
bool cfi_start(void);

/* The object that maps a code address; false: none. */
bool cfi_object_find(uintptr_t address, struct cfi_object *object);
/* The rule of a code address of that object (of a call: the address of its last byte). */
uint32_t cfi_object_rule(const struct cfi_object *object, uintptr_t address);

#endif
