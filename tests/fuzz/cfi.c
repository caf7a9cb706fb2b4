/* SPDX-License-Identifier: Apache-2.0
 *
 * Call frame information as a hostile object may map it: four bytes say where in the rest its
 * .eh_frame_hdr stands, four which address from there is asked for. The rest is a segment, with
 * nothing readable behind it.
 */
#include "cfi.h"
#include "target.h"

#include <string.h>

#define REACH 4096

static void ask(const struct cfi_object *object, uintptr_t address) {
  uint32_t rule = cfi_object_rule(object, address);
  must(cfi_object_rule(object, address) == rule); /* a function of the address alone */
  must(rule_kind(rule) <= RULE_COMPLEX && rule < 1u << RULE_BITS);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes) {
  uint32_t header;
  int32_t distance;
  if (bytes < sizeof header + sizeof distance)
    return 0;
  memcpy(&header, data, sizeof header);
  memcpy(&distance, data + sizeof header, sizeof distance);
  data += sizeof header + sizeof distance;
  bytes -= sizeof header + sizeof distance;
  uint8_t *segment = malloc(bytes + !bytes);
  must(segment);
  memcpy(segment, data, bytes);
  struct cfi_object object = {.start = (uintptr_t)segment,
                              .stop = (uintptr_t)segment + bytes,
                              .header = segment + header % (bytes + 1),
                              .count = 1,
                              .segments = {{segment, segment + bytes}}};
  for (int32_t step = 0; step < REACH; step += REACH / 8)
    ask(&object, (uintptr_t)object.header + (uintptr_t)(intptr_t)distance + (uintptr_t)step);
  free(segment);
  return 0;
}
