/* SPDX-License-Identifier: Apache-2.0
 *
 * The payloads of frames that consist of fields, alone: a byte says of which type, and a frame of
 * another type may follow: two bytes of length are before each.
 */
#include "target.h"
#include "trace/process.h"
#include "trace/reader.h"

#include <string.h>

static void take(struct definitions *definitions, uint16_t type, const uint8_t *payload,
                 size_t bytes) {
  struct frame frame = {.head = {.type = type,
                                 .plain_bytes = (uint32_t)bytes,
                                 .stored_bytes = (uint32_t)bytes,
                                 .first_stamp = 1000,
                                 .thread = 1}};
  uint8_t *copy = malloc(bytes + !bytes); /* its end is the memory's end */
  must(copy);
  memcpy(copy, payload, bytes);
  if (definitions_wants(type))
    (void)definitions_take(definitions, &frame, copy);
  free(copy);
}

/* trace_close frees what a reader has; this trace has none but definitions. */
static void forget(struct definitions *definitions, struct trace *trace) {
  trace->reader = calloc(1, sizeof *trace->reader);
  must(trace->reader);
  trace->reader->definitions = *definitions;
  trace->reader->frames.file.fd = trace->reader->stage.file.fd = -1;
  trace_close(trace);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes) {
  const uint8_t *end = data + bytes;
  struct trace *trace = calloc(1, sizeof *trace);
  struct definitions definitions;
  size_t orphans;
  must(trace && definitions_start(&definitions, trace));
  while (end - data > 3) {
    size_t length = (size_t)(data[1] | data[2] << 8), left = (size_t)(end - data) - 3;
    length = length < left ? length : left;
    take(&definitions, data[0], data + 3, length);
    data += 3 + length;
  }
  must(definitions_finish(&definitions, &orphans));
  must(process_fill(&trace->process));
  forget(&definitions, trace);
  return 0;
}
