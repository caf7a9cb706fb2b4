/* SPDX-License-Identifier: Apache-2.0 */
#include "report/warnings.h"
#include "report/escape.h"
#include "report/format.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

const char *warnings_state(const struct trace *trace) {
  static const char *const texts[] = {[TRACE_RUNNING] = "running",
                                      [TRACE_ENDED] = "ended",
                                      [TRACE_DIED] = "died",
                                      [TRACE_NO_STAGE] = "no stage"};
  return texts[trace->state];
}

bool warnings_complete(const struct trace *trace) {
  return (trace->state == TRACE_ENDED || trace->state == TRACE_DIED) && !trace->damage_count &&
         !trace->counters.lost_events && !trace->counters.unrecorded_events &&
         !trace->counters.unfollowed_blocks && !trace->counters.unwritten_records;
}

static bool warnings_about_state(char *out, const struct trace *trace) {
  if (trace->state == TRACE_DIED)
    snprintf(out, WARNING_BYTES,
             "the target did not end in order (killed, or crashed); its last events were read from "
             "the stage");
  else if (trace->state == TRACE_NO_STAGE)
    snprintf(out, WARNING_BYTES,
             "the trace has no end and no stage beside it: the last events are missing");
  else
    return false;
  return true;
}

static bool warnings_about_begin(char *out, const struct trace *trace) {
  char before[FORMAT_BYTES];
  if (!trace->process.attached_ns)
    return false;
  snprintf(out, WARNING_BYTES,
           "recording began %s after the process started: blocks from before are not seen",
           format_duration(before, (double)trace->process.attached_ns / 1e9));
  return true;
}

static bool warnings_about_damage(char *out, size_t index, const struct trace *trace) {
  char reason[100];
  if (index >= trace->damage_count)
    return false;
  const struct trace_damage *damage = &trace->damages[index];
  snprintf(out, WARNING_BYTES, "damage at offset %" PRIu64 ": %" PRIu64 " bytes skipped (%s)",
           damage->offset, damage->bytes, escape_text(reason, sizeof reason, 60, damage->reason));
  return true;
}

/* Writes "COUNT text" unless the count is 0. */
static bool warnings_count(char *out, uint64_t count, const char *text) {
  char number[FORMAT_BYTES];
  if (!count)
    return false;
  snprintf(out, WARNING_BYTES, "%s %s", format_count(number, count), text);
  return true;
}

static bool warnings_about_counter(char *out, size_t index, const struct trace *trace,
                                   const struct analysis_totals *totals) {
  const struct trace_counters *counters = &trace->counters;
  const struct {
    uint64_t count;
    const char *text;
  } list[] = {
      {counters->lost_events, "events were lost: they could not be written to the trace"},
      {counters->unrecorded_events, "events were seen but not recorded"},
      {counters->truncated_stacks, "stacks were cut short: their outer frames are missing"},
      {counters->paused_events, "allocations were passed over while recording was paused"},
      {counters->disagreements, "stacks were unwound differently by libunwind (see seep info)"},
      {totals ? totals->replaced : 0, "blocks were given again without a recorded free"},
      {totals && counters->followed_share <= 1 ? totals->unmatched_frees : 0,
       "frees were of blocks whose allocation was not recorded"},
  };
  for (size_t i = 0; i < sizeof list / sizeof *list; i++)
    if (list[i].count && index-- == 0)
      return warnings_count(out, list[i].count, list[i].text);
  return false;
}

/* What a limit of the trace's size has left out. */
static bool warnings_about_limit(char *out, const struct trace *trace) {
  const struct trace_counters *counters = &trace->counters;
  char limit[FORMAT_BYTES], share[FORMAT_BYTES], blocks[FORMAT_BYTES], size[FORMAT_BYTES];
  format_size(limit, counters->size_limit);
  format_count(blocks, counters->unfollowed_blocks);
  format_size(size, counters->unfollowed_bytes);
  if (counters->unwritten_records)
    snprintf(out, WARNING_BYTES,
             "the trace is full (--max-size, %s): what came later is only counted, %s allocations "
             "of %s in all; what stands is as of then",
             limit, blocks, size);
  else if (counters->followed_share > 1)
    snprintf(out, WARNING_BYTES,
             "the trace nears its limit (%s): of new blocks 1 in %s is followed and stands for the "
             "others, their figures are estimates; %s allocations of %s are only counted",
             limit, format_count(share, counters->followed_share), blocks, size);
  else
    return false;
  return true;
}

const char *warnings_children_hint(const struct trace *trace) {
  const char *options = trace->process.options;
  return options && strstr(options, "children=1") ? "why not they said on stderr"
                                                  : "--children records them";
}

/* Those that ran unrecorded, and what that may have cost. */
static bool warnings_about_children(char *out, const struct trace *trace) {
  const struct trace_counters *counters = &trace->counters;
  char children[FORMAT_BYTES], allocations[FORMAT_BYTES], size[FORMAT_BYTES], made[96] = "";
  if (!counters->unrecorded_children)
    return false;
  if (counters->unrecorded_child_allocations)
    snprintf(made, sizeof made, "; they made about %s allocations, %s together",
             format_count(allocations, counters->unrecorded_child_allocations),
             format_size(size, counters->unrecorded_child_bytes));
  snprintf(out, WARNING_BYTES, "%s forked children were not recorded%s (%s)",
           format_count(children, counters->unrecorded_children), made,
           warnings_children_hint(trace));
  return true;
}

bool warnings_text(char *out, size_t index, const struct trace *trace,
                   const struct analysis_totals *totals) {
  static bool (*const firsts[])(char *out, const struct trace *trace) = {
      warnings_about_begin, warnings_about_state, warnings_about_limit, warnings_about_children};
  char first[WARNING_BYTES];
  for (size_t i = 0; i < sizeof firsts / sizeof *firsts; i++)
    if (firsts[i](first, trace) && index-- == 0) {
      snprintf(out, WARNING_BYTES, "%s", first);
      return true;
    }
  if (warnings_about_damage(out, index, trace))
    return true;
  return warnings_about_counter(out, index - trace->damage_count, trace, totals);
}
