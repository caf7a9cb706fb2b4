/* SPDX-License-Identifier: Apache-2.0
 *
 * A stack, frame by frame: code addresses from the innermost outwards, each with the frames that
 * were inlined there.
 */
#ifndef SEEP_REPORT_FRAMES_H
#define SEEP_REPORT_FRAMES_H

#include "symbols/symbols.h"
#include "trace/trace.h"

struct frame {                 /* texts as the trace and the binaries have them: not escaped */
  const char *function, *file; /* NULL: not known */
  const char *module;          /* file name without directory; never NULL */
  uint32_t module_index, line; /* 0: none, not known */
  uint64_t offset;             /* of the code address in the module */
  uint32_t context;
  bool inlined; /* into the next frame */
  bool guess;   /* its caller was found without unwind data */
};

struct frames { /* a walk; its fields are private */
  const struct trace *trace;
  struct symbols *symbols;
  const struct symbol *symbol;
  size_t inner, steps;
  uint32_t context;
};

/* Starts at context's own code address. symbols may be NULL. */
struct frames frames_of(const struct trace *trace, struct symbols *symbols, uint32_t context);

/* The next frame outwards; false: there is none left. */
bool frames_next(struct frames *frames, struct frame *frame);

/* The frame in one line, harmless for a terminal: "session_create session.c:142 sessiond",
 * "libfoo.so+0x1234". Files are written without their directory. */
const char *frame_text(char *out, size_t bytes, const struct frame *frame);

/* " (inlined)", " (guess)" or "": what is to be said of a frame besides. */
const char *frame_remark(const struct frame *frame);

/* A module's file name without directory; "[jit]" for module 0. */
const char *frame_module(const struct trace *trace, uint32_t module);

#endif
