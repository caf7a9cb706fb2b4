/* SPDX-License-Identifier: Apache-2.0
 *
 * What a thread keeps of its last stack: the frames, outermost first, and the witnesses, the words
 * that were read from the stack to find them. If the state (pc, sp and, where it matters, rbp) of a
 * frame is met again, and all witnesses from there on outwards hold the same values, the rest of
 * the stack is the same: a rule is a function of pc, and the next state one of rule, state and
 * witnesses. Witnesses are read in the order in which a walk from scratch would read them, each
 * only when those before agreed, so none is read that a walk would not have read.
 *
 * rbp matters ("is live") in a frame if its rule uses it, or leaves it alone for an outer frame
 * where it is live. Where it is not, the rbp that is kept may be an old one.
 */
#ifndef SEEP_FRAMES_H
#define SEEP_FRAMES_H

#include "capture.h"
#include "fallback.h"
#include "step.h"
#include <seep/format.h>

struct frame {
  uintptr_t pc, sp, rbp;     /* pc with STEP_EXACT */
  uint64_t hash, hash_other; /* of the path from the outermost frame to here */
  uint32_t rule;
  uint32_t id;            /* context id; 0: not known yet */
  uint32_t witnesses_end; /* its witnesses: from the outer frame's witnesses_end to here */
  bool live;              /* rbp matters here */
  uint8_t flags;          /* enum seep_context_flag */
  uint64_t zero;          /* up to a cache line */
};
_Static_assert(sizeof(struct frame) == 64, "a cache line each");

struct frames_witness {
  const uintptr_t *address;
  uintptr_t value;
};
#define FRAMES_WITNESSES 3 /* of one frame, at most */

/* A frame of a walk under way, innermost first. */
struct frames_fresh {
  uintptr_t pc, sp, rbp;
  uint32_t rule;
};

struct capture {
  uint32_t count; /* frames[0] stands for what calls the outermost frame */
  uint32_t fresh_count;
  uint32_t capacity; /* of frames and fresh; witnesses: FRAMES_WITNESSES times */
  uint32_t epoch, generation;
  uint32_t until_check; /* captures until SEEP_VERIFY looks at one; 0: never */
  struct frame *frames;
  struct frames_witness *witnesses;
  struct frames_fresh *fresh;
  uintptr_t stack_end;
  void *grown; /* mapping of the three arrays once they outgrew the state; NULL before */
  struct fallback *fallback;
};

size_t frames_state_bytes(void);
/* Makes zeroed memory a state without frames. */
void frames_init(struct capture *state);
/* Gives back what the state mapped for itself. */
void frames_release(struct capture *state);
/* Four times the capacity, with all content; pointers into the arrays change. false: no memory, or
 * deeper than any stack is taken to be. */
bool frames_grow(struct capture *state);
/* Forgets the cached frames. */
static inline void frames_forget(struct capture *state) {
  state->count = 1;
}

/* Puts the outermost fresh frame behind frames[0]. cut: it has callers that could not be had. */
void frames_push_outermost(struct capture *state, const struct frames_fresh *fresh, bool cut);
/* Puts any fresh frame behind the last one. */
void frames_push_any(struct capture *state, const struct frames_fresh *fresh);

/* The witness that always disagrees, of frames whose step is done again each time. */
extern const uintptr_t frames_never;

/* ---- Path hashes: two lanes, over what a frame is called --------------------------------- */

#define FRAMES_NAME_GUESS (1ull << 62)
#define FRAMES_NAME_HOMELESS (1ull << 61) /* code of no module */
#define FRAMES_NAME_TRUNCATED (1ull << 60)
#define FRAMES_NAME_SALT (1ull << 59) /* no frame, but a module's id */

static inline __attribute__((always_inline)) void frames_mix(uint64_t *hash, uint64_t *other,
                                                             uint64_t name) {
  uint64_t a = (*hash ^ name) * 0xff51afd7ed558ccdull;
  uint64_t b = (*other + name) * 0x9e3779b97f4a7c15ull;
  *hash = a ^ a >> 29;
  *other = b ^ b >> 31;
}

/* A frame like frames[0], to begin a path with. */
#define FRAMES_HASH_START 0x243f6a8885a308d3ull

/* Mixes a frame in by pc, rule and flags; salts it where its rule says so. */
void frames_mix_any(uint64_t *hash, uint64_t *other, const struct frame *frame);

/* What the next frame inwards needs of the one last put; in registers. */
struct frames_outer {
  uintptr_t pc, sp, rbp;
  uint64_t hash, hash_other;
  uint32_t witnesses_end;
  bool live;
};

static inline __attribute__((always_inline)) struct frames_outer
frames_outer_of(const struct frame *frame) {
  return (struct frames_outer){frame->pc,   frame->sp,         frame->rbp,
                               frame->hash, frame->hash_other, frame->witnesses_end,
                               frame->live};
}

/* Puts a fresh frame with a plain rule, neither salted nor the outermost, and its witnesses. outer
 * becomes this frame. */
static inline __attribute__((always_inline)) void frames_put_plain(struct frame *frame,
                                                                   struct frames_witness *witnesses,
                                                                   const struct frames_fresh *fresh,
                                                                   struct frames_outer *outer) {
  uint32_t rule = fresh->rule, slot = rule_slot(rule);
  const uintptr_t *cfa = (const uintptr_t *)outer->sp;
  if (__builtin_expect(outer->live && slot != 0, 0))
    witnesses[outer->witnesses_end++] = (struct frames_witness){cfa - slot, outer->rbp};
  witnesses[outer->witnesses_end++] = (struct frames_witness){cfa - 1, outer->pc};
  outer->live = ((slot == 0) & outer->live) | (rule_kind(rule) == RULE_RBP);
  outer->pc = frame->pc = fresh->pc;
  outer->sp = frame->sp = fresh->sp;
  outer->rbp = frame->rbp = fresh->rbp;
  frames_mix(&outer->hash, &outer->hash_other, outer->pc);
  frame->hash = outer->hash;
  frame->hash_other = outer->hash_other;
  frame->rule = rule;
  frame->id = 0;
  frame->witnesses_end = outer->witnesses_end;
  frame->live = outer->live;
  frame->flags = outer->pc >> 63; /* SEEP_CONTEXT_EXACT */
}

static inline bool frames_is_plain(const struct frames_fresh *fresh) {
  return (fresh->rule & (RULE_KIND_MASK | RULE_SALTED)) <= RULE_RBP;
}

#endif
