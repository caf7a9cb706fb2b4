/* SPDX-License-Identifier: Apache-2.0
 *
 * A script of frames (script.h) as a trace: behind the checksums, every decoder of the reader.
 */
#include "promises.h"
#include "scratch.h"
#include "script.h"
#include "target.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes) {
  size_t trace_bytes;
  uint8_t *trace = script_trace(data, bytes, &trace_bytes);
  promises_hold(scratch_write("t.seep", trace, trace_bytes));
  free(trace);
  return 0;
}
