/* SPDX-License-Identifier: Apache-2.0
 *
 * A suppression file, and a name that its patterns are sought in.
 */
#include "compare/suppressions.h"
#include "lines.h"
#include "scratch.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes) {
  const uint8_t *file;
  size_t file_bytes;
  struct suppressions *suppressions;
  struct trace_error error;
  char *name = lines_text(data, bytes, &file, &file_bytes);
  const char *path = scratch_write("suppressions", file, file_bytes);
  if (suppressions_read(path, &suppressions, &error) == TRACE_OK) {
    for (size_t i = 0; i < suppressions->count; i++)
      must(!suppressions_match(suppressions->list[i].pattern, ""));
    for (size_t i = 0; i < suppressions->count; i++)
      (void)suppressions_match(suppressions->list[i].pattern, name);
    suppressions_free(suppressions);
  }
  free(name);
  return 0;
}
