/* SPDX-License-Identifier: Apache-2.0
 *
 * seep_mark from inside the target. (From outside: seep/stage.h.)
 */
#include "clock.h"
#include "cuts.h"
#include "lifecycle.h"
#include "output.h"
#include "resident.h"

#include <seep/seep.h>
#include <string.h>

#define LABEL_LIMIT 255

static bool write_mark(uint64_t stamp, const char *label, uint64_t units) {
  struct output_frame frame;
  struct output_fields fields;
  output_fields_begin(&fields, &frame, SEEP_FRAME_MARK);
  frame.header.first_stamp = frame.header.last_stamp = stamp;
  output_field_u64(&fields, SEEP_TAG_MARK_KIND, SEEP_MARK_LABEL);
  output_field_u64(&fields, SEEP_TAG_STAMP, stamp);
  output_field_u64(&fields, SEEP_TAG_REALTIME_NS, clock_ns(CLOCK_REALTIME));
  output_field_bytes(&fields, SEEP_TAG_LABEL, label, strnlen(label, LABEL_LIMIT));
  if (units)
    output_field_u64(&fields, SEEP_TAG_UNITS, units);
  return output_fields_write(&fields);
}

__attribute__((visibility("default"))) int seep_put_mark(const char *label, uint64_t units) {
  if (!label || !lifecycle_recording())
    return -1;
  bool written = write_mark(cuts_make(), label, units);
  resident_at_moment();
  return written ? 0 : -1;
}
