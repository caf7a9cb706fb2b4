/* SPDX-License-Identifier: Apache-2.0
 *
 * How one frame leads to the next, in 27 bits: what a row of unwind data says about the canonical
 * frame address (CFA), the return address and rbp, at one code address.
 *
 *     bits 0-2 kind   3 RULE_SALTED   4-7 rbp slot   8-26 offset / 8
 *
 * rbp slot n: the caller's rbp stands at CFA - 8n; 0: rbp is the caller's still.
 */
#ifndef SEEP_RULE_H
#define SEEP_RULE_H

#include <stdbool.h>
#include <stdint.h>

enum rule_kind {
  RULE_RSP = 0,    /* CFA = rsp + offset */
  RULE_RBP = 1,    /* CFA = rbp + offset */
  RULE_DRAP = 2,   /* a realigned frame: CFA = mem[rbp - offset], caller's rbp = mem[rbp] */
  RULE_SIGNAL = 3, /* the kernel's signal frame: pc, sp and rbp stand in the ucontext at rsp */
  RULE_END = 4,    /* the outermost frame */
  RULE_GUESS = 5,  /* no unwind data: the chain of frame pointers; offset 0: code of no module */
  RULE_COMPLEX = 6 /* a step for the fallback */
};

#define RULE_KIND_MASK 7u
#define RULE_SALTED 8u /* the address belonged to another module before: see tenants.h */
#define RULE_SLOT_SHIFT 4
#define RULE_SLOT_MOST 15u
#define RULE_OFFSET_SHIFT 8
#define RULE_OFFSET_STOP (1u << 22) /* offsets are below */
#define RULE_BITS 27

static inline uint32_t rule_make(enum rule_kind kind, uint32_t slot, uint32_t offset) {
  return (uint32_t)kind | slot << RULE_SLOT_SHIFT | offset / 8 << RULE_OFFSET_SHIFT;
}

static inline enum rule_kind rule_kind(uint32_t rule) {
  return (enum rule_kind)(rule & RULE_KIND_MASK);
}

static inline uint32_t rule_slot(uint32_t rule) {
  return rule >> RULE_SLOT_SHIFT & RULE_SLOT_MOST;
}

static inline uint32_t rule_offset(uint32_t rule) {
  return rule >> RULE_OFFSET_SHIFT << 3;
}

/* RSP or RBP: the kinds whose step is two loads. */
static inline bool rule_is_plain(uint32_t rule) {
  return (rule & RULE_KIND_MASK) <= RULE_RBP;
}

#endif
