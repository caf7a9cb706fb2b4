/* SPDX-License-Identifier: Apache-2.0
 *
 * Any bytes as a trace, and any bytes as its stage: opening and replaying must neither crash nor
 * give what the interface rules out. Checksums would keep a fuzzer from everything behind them, so
 * those of frames that look like ones are made right first, in half of the cases.
 */
#include "promises.h"
#include "scratch.h"
#include "target.h"

#include <seep/checksum.h>
#include <seep/format.h>
#include <string.h>

static void mend_checksums(uint8_t *data, size_t bytes) {
  static struct seep_crc32 crc;
  struct seep_frame head;
  const uint32_t magic = SEEP_FRAME_MAGIC;
  uint8_t *at = data, *end = data + bytes;
  if (!crc.table[0][1])
    seep_crc32_init(&crc);
  while ((at = memmem(at, (size_t)(end - at), &magic, sizeof magic)) &&
         (size_t)(end - at) >= sizeof head) {
    memcpy(&head, at, sizeof head);
    size_t left = (size_t)(end - at) - sizeof head;
    if (head.stored_bytes <= left)
      head.payload_crc = seep_crc32(&crc, at + sizeof head, head.stored_bytes);
    head.header_crc = seep_crc32(&crc, &head, offsetof(struct seep_frame, header_crc));
    memcpy(at, &head, sizeof head);
    at += sizeof head;
  }
}

/* The first byte says how many sixteenths of the rest are the stage's. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes) {
  if (!bytes)
    return 0;
  size_t stage_bytes = bytes / 16 * (data[0] & 15), trace_bytes = bytes - 1 - stage_bytes;
  uint8_t *copy = malloc(bytes);
  must(copy);
  memcpy(copy, data + 1, bytes - 1);
  if (data[0] & 16)
    mend_checksums(copy, trace_bytes);
  const char *path = scratch_write("t.seep", copy, trace_bytes);
  if (stage_bytes)
    scratch_write("t.seep.stage", copy + trace_bytes, stage_bytes);
  else
    scratch_remove("t.seep.stage");
  free(copy);
  promises_hold(path);
  return 0;
}
