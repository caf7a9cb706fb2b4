/* SPDX-License-Identifier: Apache-2.0 */
#include "export/path.h"
#include <inttypes.h>
#include <stdlib.h>

/* A frame's name without what would end it: ";" is a frame's end, newlines are no part of labels.
 */
static bool folded_frame(FILE *out, const struct frame *frame) {
  char *label = path_label(frame);
  for (const char *at = label; at && *at; at++)
    fputc(*at == ';' ? ':' : *at, out);
  bool done = label;
  free(label);
  return done;
}

static bool folded_stack(FILE *out, const struct path *path, uint64_t value) {
  for (size_t i = path->count; i-- > 0;) {
    if (!folded_frame(out, &path->frames[i]))
      return false;
    fputc(i ? ';' : ' ', out);
  }
  fprintf(out, "%" PRIu64 "\n", value);
  return true;
}

bool export_folded(FILE *out, const struct export_request *request, enum export_value value) {
  struct path path = path_begin(request);
  bool done = true;
  while (done && path_next(&path)) {
    uint64_t amount = export_value_of(&path.stack->figures, value);
    if (amount)
      done = folded_stack(out, &path, amount);
  }
  done = done && !path.failed;
  path_release(&path);
  return done && !ferror(out);
}
