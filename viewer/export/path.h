/* SPDX-License-Identifier: Apache-2.0
 *
 * The stacks of a report one after another, each as an array of frames.
 */
#ifndef SEEP_EXPORT_PATH_H
#define SEEP_EXPORT_PATH_H

#include "export/export.h"
#include "report/frames.h"

struct path {
  const struct export_request *request;
  const struct analysis_stack *stack; /* the one under way */
  struct frame *frames;               /* innermost first; at least one */
  size_t count;
  bool failed; /* there was no memory; paths ended early */

  size_t site, next, capacity; /* private */
};

/* Before the first stack. Release with path_release. */
struct path path_begin(const struct export_request *request);

/* Goes to the next stack; false: there is none left, or failed. A stack without frames gets one
 * that says so. */
bool path_next(struct path *path);

void path_release(struct path *path);

/* The frame's name, harmless for a terminal and whole: its function, or "libfoo.so+0x1234". The
 * text is the caller's; NULL: no memory. */
char *path_label(const struct frame *frame);

/* text made harmless, whole; NULL is "?". The text is the caller's; NULL: no memory. */
char *path_text(const char *text);

#endif
