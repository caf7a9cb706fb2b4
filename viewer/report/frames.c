/* SPDX-License-Identifier: Apache-2.0 */
#include "report/frames.h"
#include "report/escape.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define NAME_LIMIT 160 /* characters of a function or file in a line */

static const char *frame_base(const char *path) {
  const char *slash = strrchr(path, '/');
  return slash ? slash + 1 : path;
}

const char *frame_module(const struct trace *trace, uint32_t module) {
  if (module == 0 || module >= trace->module_count || !trace->modules[module].path)
    return "[jit]";
  return frame_base(trace->modules[module].path);
}

struct frames frames_of(const struct trace *trace, struct symbols *symbols, uint32_t context) {
  return (struct frames){
      .trace = trace, .symbols = symbols, .context = context, .steps = trace->context_count};
}

/* The code address done, to its caller's. A trace whose parents go in a circle ends after as many
 * steps as it has contexts. */
static void frames_step(struct frames *frames) {
  frames->context = frames->trace->contexts[frames->context].parent;
  frames->symbol = NULL;
  frames->inner = 0;
}

static void frames_name(struct frames *frames, struct frame *frame) {
  if (!frames->symbol)
    frames->symbol = symbols_look_up(frames->symbols, frames->context);
  const struct symbol_frame *inner = &frames->symbol->frames[frames->inner++];
  frame->function = inner->function;
  frame->file = inner->file;
  frame->line = inner->line;
  frame->inlined = frames->inner < frames->symbol->frame_count;
}

bool frames_next(struct frames *frames, struct frame *frame) {
  const struct trace *trace = frames->trace;
  if (!frames->context || frames->context >= trace->context_count)
    return false;
  const struct trace_context *node = &trace->contexts[frames->context];
  *frame = (struct frame){.module_index = node->module,
                          .module = frame_module(trace, node->module),
                          .offset = node->offset,
                          .context = frames->context};
  if (frames->symbols)
    frames_name(frames, frame);
  frame->guess = !frame->inlined && node->flags & SEEP_CONTEXT_GUESS;
  if (!frame->inlined) {
    frames_step(frames);
    if (!frames->steps--)
      frames->context = 0;
  }
  return true;
}

const char *frame_text(char *out, size_t bytes, const struct frame *frame) {
  char function[NAME_LIMIT * 4], file[NAME_LIMIT * 4], module[NAME_LIMIT * 4];
  escape_text(module, sizeof module, NAME_LIMIT, frame->module);
  escape_text(function, sizeof function, NAME_LIMIT, frame->function);
  escape_text(file, sizeof file, NAME_LIMIT, frame->file ? frame_base(frame->file) : NULL);
  if (!frame->function)
    snprintf(out, bytes, "%s+0x%" PRIx64, module, frame->offset);
  else if (frame->file && frame->line)
    snprintf(out, bytes, "%s %s:%" PRIu32 " %s", function, file, frame->line, module);
  else
    snprintf(out, bytes, "%s %s+0x%" PRIx64, function, module, frame->offset);
  return out;
}

const char *frame_remark(const struct frame *frame) {
  return frame->inlined ? " (inlined)" : frame->guess ? " (guess)" : "";
}
