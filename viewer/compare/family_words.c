/* SPDX-License-Identifier: Apache-2.0 */
#include "compare/family_words.h"
#include "analysis/rate.h"
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
  const struct identity *identity = &site->identity;
  char name[IDENTITY_BYTES], evidence[400], pace[SENTENCE_PACE_BYTES], rate[160] = "";
  if (!sentence_call(name, sizeof name, identity->function, identity->file, identity->line))
    identity_text(name, identity);
  if (site->seconds >= RATE_SPAN_SECONDS && site->bytes_per_hour >= 1 &&
      site->bytes_per_hour < 1e18)
    snprintf(rate, sizeof rate, ", %s", sentence_pace(pace, site->bytes_per_hour, site->seconds));
  snprintf(out, FAMILY_SENTENCE_BYTES,
           "%s leaks in %zu of %zu processes that use it%s; most in pid %" PRIu64
           ": %s (confidence %.2f)",
           name, site->leaking, site->processes, rate, merge->family->list[site->judged].pid,
           escape_text(evidence, sizeof evidence, 0, site->verdict.evidence),
           site->verdict.confidence);
  return out;
}

/* ---- What is missing --------------------------------------------------------------------------*/

struct family_missing {
  uint64_t damaged, orphans, unknown, lost, unrecorded, died;
};

static struct family_missing family_missing_of(const struct merge *merge) {
  struct family_missing missing = {0};
  for (size_t i = 0; i < merge->family->count; i++) {
    const struct merge_member *member = &merge->members[i];
    const struct family_member *who = &merge->family->list[i];
    missing.damaged += member->damaged;
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
    const char *one, *many;
  } warnings[] = {
      {merge->family->count - merge->taken, "process's trace could not be read",
       "processes' traces could not be read"},
      {missing.damaged, "process's trace is damaged: parts of it were passed over",
       "processes' traces are damaged: parts of them were passed over"},
      {missing.orphans,
       "process was forked from one whose trace is not here: what it inherited is not known",
       "processes were forked from one whose trace is not here: what they inherited is not known"},
      {missing.unknown,
       "process's inheritance is not known: its clock is another, or a parent's trace cannot be "
       "read",
       "processes' inheritance is not known: their clock is another, or a parent's trace cannot be "
       "read"},
      {missing.died, "process did not end in order (killed, or crashed)",
       "processes did not end in order (killed, or crashed)"},
      {missing.lost, "event was lost: it could not be written to a trace",
       "events were lost: they could not be written to a trace"},
      {missing.unrecorded, "event was seen but not recorded", "events were seen but not recorded"}};
  char number[FORMAT_BYTES];
  for (size_t i = 0, seen = 0; i < sizeof warnings / sizeof *warnings; i++)
    if (warnings[i].count && seen++ == index) {
      snprintf(out, WARNING_BYTES, "%s %s", format_count(number, warnings[i].count),
               warnings[i].count == 1 ? warnings[i].one : warnings[i].many);
      return true;
    }
  return false;
}
