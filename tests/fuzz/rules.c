/* SPDX-License-Identifier: Apache-2.0
 *
 * A rule file, and a name that its rules (and the built-in ones) are applied to. Time is part of
 * the promise: a name comes from an untrusted file.
 */
#include "analysis/rules.h"
#include "lines.h"
#include "scratch.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes) {
  const uint8_t *file;
  size_t file_bytes;
  struct rules *rules;
  struct trace_error error;
  char *name = lines_text(data, bytes, &file, &file_bytes);
  if (rules_new(scratch_write("rules", file, file_bytes), &rules, &error) == TRACE_OK) {
    (void)rules_skip_module(rules, name);
    (void)rules_skip_file(rules, name);
    (void)rules_keep_function(rules, name);
    (void)rules_skip_function(rules, name);
    rules_free(rules);
  }
  free(name);
  return 0;
}
