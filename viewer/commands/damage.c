/* SPDX-License-Identifier: Apache-2.0 */
#include "commands/damage.h"

#include "commands/message.h"
#include "trace/trace.h"

#include <inttypes.h>

#define DAMAGE_LINES 5

void damage_warn(const char *path, const struct trace *trace) {
  for (size_t i = 0; i < trace->damage_count && i < DAMAGE_LINES; i++) {
    const struct trace_damage *damage = &trace->damages[i];
    message_note("%s: %" PRIu64 " bytes skipped at offset %" PRIu64 ": %s", path, damage->bytes,
                 damage->offset, damage->reason);
  }
  if (trace->damage_count > DAMAGE_LINES)
    message_note("%s: %zu more places skipped", path, trace->damage_count - DAMAGE_LINES);
  if (trace->state == TRACE_NO_STAGE)
    message_note("%s: neither an end nor %s" SEEP_STAGE_SUFFIX ": the last events are missing",
                 path, path);
}
