/* SPDX-License-Identifier: Apache-2.0 */
#include "export/path.h"
#include "analysis/array.h"
#include "report/escape.h"
#include <inttypes.h>
#include <string.h>

struct path path_begin(const struct export_request *request) {
  return (struct path){.request = request};
}

static bool path_add(struct path *path, const struct frame *frame) {
  if (!array_reserve(&path->frames, &path->capacity, path->count + 1, sizeof *frame))
    return false;
  path->frames[path->count++] = *frame;
  return true;
}

static bool path_read(struct path *path, uint32_t context) {
  struct frames walk = frames_of(path->request->trace, path->request->symbols, context);
  path->count = 0;
  for (struct frame frame; frames_next(&walk, &frame);)
    if (!path_add(path, &frame))
      return false;
  return path->count || path_add(path, &(struct frame){.function = "(no stack)", .module = ""});
}

bool path_next(struct path *path) {
  const struct analysis_report *report = path->request->report;
  while (path->site < report->site_count && path->next >= report->sites[path->site].stack_count) {
    path->site++;
    path->next = 0;
  }
  if (path->failed || path->site >= report->site_count)
    return false;
  path->stack = &report->sites[path->site].stacks[path->next++];
  path->failed = !path_read(path, path->stack->context);
  return !path->failed;
}

void path_release(struct path *path) {
  free(path->frames);
}

char *path_text(const char *text) {
  if (!text)
    text = "?";
  size_t bytes = strlen(text) * 3 + 16; /* a byte becomes U+FFFD at worst: three */
  char *out = malloc(bytes);
  if (out)
    escape_text(out, bytes, 0, text);
  return out;
}

char *path_label(const struct frame *frame) {
  char *label = NULL, *module;
  if (frame->function && *frame->function)
    return path_text(frame->function);
  module = path_text(frame->module);
  if (module && asprintf(&label, "%s+0x%" PRIx64, module, frame->offset) < 0)
    label = NULL;
  free(module);
  return label;
}
