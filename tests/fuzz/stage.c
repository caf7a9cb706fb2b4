/* SPDX-License-Identifier: Apache-2.0
 *
 * A stage beside a sound trace, in parts: two bytes say how long each is, and whether its magic is
 * made right and its length in the file a grain or four; the first part is the header.
 */
#include "promises.h"
#include "scratch.h"
#include "script.h"
#include "target.h"

#include <seep/stage.h>
#include <string.h>

#define PARTS_MOST 16
#define GRAINS_MOST 4

/* PROCESS (format 2, an identity of zeroes), a thread and two contexts, in script.h's terms. */
static const uint8_t trace_script[] = {
    1, 0, 0, 0, 0,  0, 1, 0, 0, 0, 40, 0,                         /* PROCESS */
    1, 0, 0, 0, 8,  0, 0, 0, 2, 0, 0,  0, 0, 0, 0, 0,             /* FORMAT 2 */
    2, 0, 0, 0, 16, 0, 0, 0, 0, 0, 0,  0, 0, 0, 0, 0, 0, 0, 0, 0, /* TRACE_ID */
    0, 0, 0, 0,                                                   /* its end */
    3, 0, 0, 0, 0,  0, 1, 0, 0, 0, 8,  0,                         /* CONTEXTS */
    1, 2, 0, 9, 0,  1, 7, 0,                                      /* 1 and 2 below it */
};

static void put_header(uint8_t *grain, const uint8_t *data, size_t bytes) {
  struct seep_stage head = {.magic = SEEP_STAGE_MAGIC, .version = SEEP_FORMAT_VERSION};
  memcpy(grain, &head, sizeof head);
  size_t fixed = offsetof(struct seep_stage, pid_start);
  size_t room = sizeof head - fixed;
  memcpy(grain + fixed, data, bytes < room ? bytes : room);
}

/* flags: which magic, and how many grains it says it has; bit 7: all of it as it is. */
static size_t put_part(uint8_t *at, const uint8_t *data, size_t bytes, uint8_t flags) {
  size_t grains = (flags >> 1) % GRAINS_MOST + 1;
  uint64_t magic = flags & 1 ? SEEP_SLOT_MAGIC : SEEP_SEGMENT_MAGIC;
  uint32_t length = (uint32_t)(grains * SEEP_STAGE_GRAIN);
  size_t room = grains * SEEP_STAGE_GRAIN;
  memcpy(at, data, bytes < room ? bytes : room);
  if (!(flags & 0x80)) {
    memcpy(at, &magic, sizeof magic);
    memcpy(at + sizeof magic, &length, sizeof length);
  }
  return grains;
}

static size_t put_parts(uint8_t *stage, const uint8_t *data, size_t bytes) {
  size_t grains = 0;
  for (size_t i = 0; i < PARTS_MOST && bytes >= 2; i++) {
    size_t length = data[0] | (size_t)(data[1] & 3) << 8;
    uint8_t flags = data[1] >> 2;
    data += 2;
    bytes -= 2;
    length = length < bytes ? length : bytes;
    if (i == 0) {
      put_header(stage, data, length);
      grains = 1;
    } else {
      grains += put_part(stage + grains * SEEP_STAGE_GRAIN, data, length,
                         (uint8_t)(flags & 0x20 ? flags | 0x80 : flags));
    }
    data += length;
    bytes -= length;
  }
  return grains;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes) {
  size_t trace_bytes;
  uint8_t *stage = calloc(PARTS_MOST * GRAINS_MOST, SEEP_STAGE_GRAIN);
  uint8_t *trace = script_trace(trace_script, sizeof trace_script, &trace_bytes);
  must(stage);
  size_t grains = put_parts(stage, data, bytes);
  scratch_write("t.seep.stage", stage, grains * SEEP_STAGE_GRAIN);
  promises_hold(scratch_write("t.seep", trace, trace_bytes));
  free(trace);
  free(stage);
  return 0;
}
