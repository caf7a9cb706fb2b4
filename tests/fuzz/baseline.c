/* SPDX-License-Identifier: Apache-2.0
 *
 * A baseline file. What is read makes sense, or is refused.
 */
#include "compare/baseline.h"
#include "scratch.h"
#include "target.h"

#include <math.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes) {
  struct baseline *baseline;
  struct trace_error error;
  if (baseline_read(scratch_write("baseline", data, bytes), &baseline, &error) != TRACE_OK)
    return 0;
  for (size_t i = 0; i < baseline->count; i++) {
    const struct baseline_entry *entry = &baseline->list[i];
    must(isfinite(entry->bytes) && entry->bytes >= 0);
    must(isfinite(entry->blocks) && entry->blocks >= 0);
    must(identity_compare(&entry->identity, &entry->identity) == 0);
  }
  baseline_free(baseline);
  return 0;
}
