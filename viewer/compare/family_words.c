/* SPDX-License-Identifier: Apache-2.0 */
#include "compare/family_words.h"
#include "report/escape.h"
#include "report/format.h"

#include <inttypes.h>
#include <stdio.h>

const char *family_state(const struct merge_member *member) {
  static const char *const texts[] = {[TRACE_RUNNING] = "running",
                                      [TRACE_ENDED] = "ended",
                                      [TRACE_DIED] = "died",
                                      [TRACE_NO_STAGE] = "no stage"};
  return member->taken ? texts[member->state] : "unread";
}

const char *family_sentence(char *out, const struct merge *merge, const struct merge_site *site) {
  char name[IDENTITY_BYTES], evidence[400], size[FORMAT_BYTES];
  const struct family_member *worst = &merge->family->list[site->judged];
  int used =
      snprintf(out, FAMILY_SENTENCE_BYTES,
               "%s leaks in %zu of the %zu processes that use it, most in pid %" PRIu64 ": %s",
               identity_text(name, &site->identity), site->leaking, site->processes, worst->pid,
               escape_text(evidence, sizeof evidence, 0, site->verdict.evidence));
  if (site->bytes_per_hour >= 1 && site->bytes_per_hour < 1e18)
    used += snprintf(out + used, FAMILY_SENTENCE_BYTES - (size_t)used,
                     "; at this load %s an hour in all",
                     format_size(size, (uint64_t)site->bytes_per_hour));
  snprintf(out + used, FAMILY_SENTENCE_BYTES - (size_t)used, " (confidence %.2f)",
           site->verdict.confidence);
  return out;
}

/* ---- What is missing --------------------------------------------------------------------------*/

struct family_missing {
  uint64_t orphans, unknown, lost, unrecorded, died;
};

static struct family_missing family_missing_of(const struct merge *merge) {
  struct family_missing missing = {0};
  for (size_t i = 0; i < merge->family->count; i++) {
    const struct merge_member *member = &merge->members[i];
    const struct family_member *who = &merge->family->list[i];
    missing.orphans += who->parent_missing;
    missing.unknown +=
        who->fork_stamp && !who->parent_missing && member->taken && !member->inherited_known;
    missing.lost += member->counters.lost_events;
    missing.unrecorded += member->counters.unrecorded_events;
    missing.died += member->taken && member->state != TRACE_RUNNING && member->state != TRACE_ENDED;
  }
  return missing;
}

bool family_warning(char out[WARNING_BYTES], size_t index, const struct merge *merge) {
  const struct family_missing missing = family_missing_of(merge);
  const struct {
    uint64_t count;
    const char *text;
  } warnings[] = {{merge->family->count - merge->taken, "processes' traces could not be read"},
                  {missing.orphans,
                   "processes were forked from one whose trace is not here: what they "
                   "inherited is not known"},
                  {missing.unknown,
                   "processes' inheritance is not known: their clock is another, or a parent's "
                   "trace cannot be read"},
                  {missing.died, "processes did not end in order (killed, or crashed)"},
                  {missing.lost, "events were lost: they could not be written to a trace"},
                  {missing.unrecorded, "events were seen but not recorded"}};
  char number[FORMAT_BYTES];
  for (size_t i = 0, seen = 0; i < sizeof warnings / sizeof *warnings; i++)
    if (warnings[i].count && seen++ == index) {
      snprintf(out, WARNING_BYTES, "%s %s", format_count(number, warnings[i].count),
               warnings[i].text);
      return true;
    }
  return false;
}
