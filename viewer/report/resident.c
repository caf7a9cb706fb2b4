/* SPDX-License-Identifier: Apache-2.0 */
#include "report/resident.h"
#include "report/escape.h"
#include "report/format.h"
#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#define LEAST_SHARE 0.01 /* of all items: less is not worth a word of its own */
#define LATE_SHARE 0.01  /* of the interval: a reading further from its moment is said to be so */
#define PHRASES 10

struct line {
  char *out;
  size_t used;
};

static __attribute__((format(printf, 2, 3))) void line_add(struct line *line, const char *format,
                                                           ...) {
  va_list arguments;
  size_t room = RESIDENT_SENTENCE_BYTES - line->used;
  va_start(arguments, format);
  int bytes = vsnprintf(line->out + line->used, room, format, arguments);
  va_end(arguments);
  if (bytes > 0)
    line->used += (size_t)bytes < room ? (size_t)bytes : room - 1;
}

/* ---- Items in words ---------------------------------------------------------------------------*/

struct phrase {
  const char *text;
  int64_t bytes;
};

const char *resident_item_text(enum resident_item item) {
  static const char *const texts[RESIDENT_ITEMS] = {
      [RESIDENT_BLOCKS] = "recorded blocks",
      [RESIDENT_HEADERS] = "the allocator's headers",
      [RESIDENT_FREE] = "the allocator's free memory",
      [RESIDENT_UNTOUCHED] = "blocks not touched yet",
      [RESIDENT_MAPPED] = "other anonymous memory",
      [RESIDENT_STACKS] = "stacks",
      [RESIDENT_PROGRAM] = "program and libraries",
      [RESIDENT_FILES] = "mapped files",
      [RESIDENT_SHARED] = "shared memory",
      [RESIDENT_RECORDER] = "the recorder",
      [RESIDENT_OTHER] = "the rest",
  };
  return texts[item];
}

/* Whether blocks stand that were not recorded: they look like memory that the allocator keeps. */
static bool resident_misses_blocks(const struct trace *trace) {
  const struct trace_counters *counters = &trace->counters;
  return trace->process.attached_ns || trace->process.fork_stamp || counters->lost_events ||
         counters->unrecorded_events || counters->paused_events || counters->unwritten_records;
}

static const char *phrase_allocator(const struct trace *trace) {
  return resident_misses_blocks(trace)
             ? "the allocator's headers, free memory and blocks that were not recorded"
             : "the allocator's headers and free memory";
}

static const char *phrase_untouched(int64_t bytes, bool swaps) {
  if (bytes > 0)
    return "of blocks from before, touched since";
  return swaps ? "of them not touched yet, or swapped out" : "of them not touched yet";
}

static const char *phrase_mapped(bool foreign) {
  return foreign ? "another malloc's own and other anonymous memory" : "other anonymous memory";
}

static const char *phrase_blocks(const struct trace *trace) {
  return trace->counters.followed_share > 1 ? "recorded blocks (an estimate)" : "recorded blocks";
}

/* The state's items as phrases; the last is the rest. */
static void phrases_of(struct phrase phrases[PHRASES], const struct trace *trace,
                       const struct resident_state *state) {
  const int64_t *items = state->items;
  const struct phrase all[PHRASES] = {
      {phrase_blocks(trace), items[RESIDENT_BLOCKS]},
      {phrase_untouched(items[RESIDENT_UNTOUCHED], state->swapped_bytes),
       items[RESIDENT_UNTOUCHED]},
      {phrase_allocator(trace),
       (int64_t)((uint64_t)items[RESIDENT_HEADERS] + (uint64_t)items[RESIDENT_FREE])},
      {phrase_mapped(state->foreign), items[RESIDENT_MAPPED]},
      {resident_item_text(RESIDENT_STACKS), items[RESIDENT_STACKS]},
      {resident_item_text(RESIDENT_PROGRAM), items[RESIDENT_PROGRAM]},
      {resident_item_text(RESIDENT_FILES), items[RESIDENT_FILES]},
      {resident_item_text(RESIDENT_SHARED), items[RESIDENT_SHARED]},
      {resident_item_text(RESIDENT_RECORDER), items[RESIDENT_RECORDER]},
      {resident_item_text(RESIDENT_OTHER), items[RESIDENT_OTHER]},
  };
  for (int i = 0; i < PHRASES; i++)
    phrases[i] = all[i];
}

/* What is too small for a word of its own goes to the last, the rest. */
static void phrases_gather(struct phrase *phrases, int count) {
  struct phrase *rest = &phrases[count - 1];
  double all = 0;
  for (int i = 0; i < count; i++)
    all += fabs((double)phrases[i].bytes);
  for (int i = 0; i < count; i++) {
    int64_t bytes = phrases[i].bytes;
    if (fabs((double)bytes) >= all * LEAST_SHARE || &phrases[i] == rest)
      continue;
    rest->bytes = (int64_t)((uint64_t)rest->bytes + (uint64_t)bytes);
    phrases[i].bytes = 0;
  }
  if (fabs((double)rest->bytes) < all * LEAST_SHARE)
    rest->bytes = 0;
}

/* ", 9.00 MiB the allocator's headers and free memory": all but the first, which stands written. */
static void phrases_write(struct line *line, const struct phrase *phrases, int count,
                          bool with_signs) {
  char size[FORMAT_BYTES];
  for (int i = 1; i < count; i++)
    if (phrases[i].bytes)
      line_add(line, ", %s %s",
               with_signs ? format_growth(size, phrases[i].bytes)
                          : format_size(size, (uint64_t)phrases[i].bytes),
               phrases[i].text);
}

static bool phrases_are_parts(const struct phrase *phrases, int count) {
  for (int i = 0; i < count; i++)
    if (phrases[i].bytes < 0)
      return false;
  return true;
}

/* ": 395 MiB (96 %) are recorded blocks, …" where all of them are parts of the whole, else with
 * signs. */
static void resident_write_items(struct line *line, const struct trace *trace,
                                 const struct resident_state *state, const char *are) {
  struct phrase phrases[PHRASES];
  char size[FORMAT_BYTES];
  phrases_of(phrases, trace, state);
  int64_t blocks = phrases[0].bytes, whole = (int64_t)state->bytes;
  phrases_gather(phrases, PHRASES);
  bool parts = whole > 0 && blocks >= 0 && phrases_are_parts(phrases, PHRASES);
  if (parts)
    line_add(line, ": %s (%.0f %%) %s%s", format_size(size, (uint64_t)blocks),
             fmin((double)blocks / (double)whole, 1) * 100, are, phrases[0].text);
  else
    line_add(line, ": %s %s", format_growth(size, blocks), phrases[0].text);
  phrases_write(line, phrases, PHRASES, !parts);
}

/* ---- The growth -------------------------------------------------------------------------------*/

static const char *resident_verb(int64_t growth) {
  return growth > 0 ? "grew " : growth < 0 ? "shrank " : "did not change";
}

static void resident_write_growth(struct line *line, int64_t growth) {
  char size[FORMAT_BYTES] = "";
  if (growth)
    format_size(size, growth < 0 ? 0 - (uint64_t)growth : (uint64_t)growth);
  line_add(line, "resident memory %s%s", resident_verb(growth), size);
}

/* The resident set by the headers of frames: the last one before stamp, else the first; NULL: none.
 */
static const struct trace_sample *resident_sampled(const struct trace *trace, uint64_t stamp) {
  const struct trace_sample *found = NULL;
  for (size_t i = 0; i < trace->sample_count; i++)
    if (trace->samples[i].rss_kib && (!found || trace->samples[i].stamp <= stamp))
      found = &trace->samples[i];
  return found;
}

static void resident_write_unknown(struct line *line, const struct trace *trace,
                                   const struct analysis_moment *from,
                                   const struct analysis_moment *to) {
  char time[FORMAT_BYTES];
  const struct trace_sample *before = resident_sampled(trace, from->stamp),
                            *after = resident_sampled(trace, to->stamp);
  bool grew = before != after; /* one by itself says nothing of growth */
  if (grew)
    resident_write_growth(line, (int64_t)((after->rss_kib - before->rss_kib) * 1024));
  line_add(line, grew ? "; what it consists of is not known: "
                      : "how resident memory grew is not known: ");
  if (!trace->resident_count)
    line_add(line,
             "this trace has no reading of it (an older recorder, /proc was not there, or reading "
             "it would have held the program up; seep mark reads it from outside)");
  else if (trace->resident_count == 1)
    line_add(line, "it was read only once, at +%s (seep mark reads it)",
             format_duration(time, trace_seconds(trace, trace->residents[0].stamp)));
  else
    line_add(line, "there are no two readings of it so close to this interval");
}

/* " (read 1.2 s after warm)", where that is worth a word. */
static void resident_write_late(struct line *line, const struct trace *trace, uint64_t stamp,
                                const struct analysis_moment *moment, double seconds,
                                const char *before) {
  char label[200], late[FORMAT_BYTES];
  double off = (double)(int64_t)(stamp - moment->stamp) / trace->process.ticks_per_second;
  if (fabs(off) <= seconds * LATE_SHARE)
    return;
  line_add(line, "%s%s %s %s", before, format_duration(late, fabs(off)),
           off > 0 ? "after" : "before", escape_text(label, sizeof label, 40, moment->label));
}

static void resident_write_lateness(struct line *line, const struct trace *trace,
                                    const struct resident_change *change,
                                    const struct analysis_moment *from,
                                    const struct analysis_moment *to) {
  double seconds = (double)(int64_t)(to->stamp - from->stamp) / trace->process.ticks_per_second;
  size_t used = line->used;
  resident_write_late(line, trace, change->from.stamp, from, seconds, " (read ");
  resident_write_late(line, trace, change->to.stamp, to, seconds,
                      line->used == used ? " (read " : ", ");
  if (line->used != used)
    line_add(line, ")");
}

/* The change as a state: what grew. */
static struct resident_state resident_grown(const struct resident_change *change) {
  struct resident_state grown = change->to;
  grown.bytes -= change->from.bytes;
  for (int item = 0; item < RESIDENT_ITEMS; item++)
    grown.items[item] = resident_growth(change, (enum resident_item)item);
  return grown;
}

const char *resident_growth_sentence(char *out, const struct trace *trace,
                                     const struct analysis *analysis, size_t from, size_t to) {
  struct line line = {.out = out};
  struct resident_change change;
  const struct analysis_moment *moments;
  analysis_moments(analysis, &moments);
  if (!resident_between(analysis, from, to, &change)) {
    resident_write_unknown(&line, trace, &moments[from], &moments[to]);
    return out;
  }
  struct resident_state grown = resident_grown(&change);
  resident_write_growth(&line, (int64_t)grown.bytes);
  resident_write_items(&line, trace, &grown, "are ");
  resident_write_lateness(&line, trace, &change, &moments[from], &moments[to]);
  return out;
}

bool resident_state_sentence(char *out, const struct trace *trace, const struct analysis *analysis,
                             size_t from, size_t to) {
  struct line line = {.out = out};
  struct resident_change change;
  const struct analysis_moment *moments;
  char label[200], size[FORMAT_BYTES];
  analysis_moments(analysis, &moments);
  if (!resident_between(analysis, from, to, &change))
    return false;
  line_add(&line, "at %s it was %s", escape_text(label, sizeof label, 40, moments[to].label),
           format_size(size, change.to.bytes));
  resident_write_items(&line, trace, &change.to, "");
  return true;
}

/* ---- A reading by itself ----------------------------------------------------------------------*/

const char *resident_reading_sentence(char *out, const struct trace *trace,
                                      const struct trace_resident *reading) {
  const uint64_t *parts = reading->parts;
  struct phrase phrases[SEEP_RESIDENT_PARTS] = {
      {"malloc's heaps", (int64_t)parts[SEEP_RESIDENT_HEAP]},
      {resident_item_text(RESIDENT_MAPPED), (int64_t)parts[SEEP_RESIDENT_ANONYMOUS]},
      {resident_item_text(RESIDENT_STACKS), (int64_t)parts[SEEP_RESIDENT_STACKS]},
      {resident_item_text(RESIDENT_PROGRAM), (int64_t)parts[SEEP_RESIDENT_PROGRAM]},
      {resident_item_text(RESIDENT_FILES), (int64_t)parts[SEEP_RESIDENT_FILES]},
      {resident_item_text(RESIDENT_SHARED), (int64_t)parts[SEEP_RESIDENT_SHARED]},
      {resident_item_text(RESIDENT_RECORDER), (int64_t)parts[SEEP_RESIDENT_RECORDER]},
      {resident_item_text(RESIDENT_OTHER), (int64_t)parts[SEEP_RESIDENT_OTHER]},
  };
  struct line line = {.out = out};
  char size[FORMAT_BYTES], time[FORMAT_BYTES];
  phrases_gather(phrases, SEEP_RESIDENT_PARTS);
  line_add(&line, "%s at +%s: ", format_size(size, reading->bytes),
           format_duration(time, trace_seconds(trace, reading->stamp)));
  line_add(&line, "%s %s", format_size(size, (uint64_t)phrases[0].bytes), phrases[0].text);
  phrases_write(&line, phrases, SEEP_RESIDENT_PARTS, false);
  if (reading->swapped_bytes)
    line_add(&line, ", %s more in swap", format_size(size, reading->swapped_bytes));
  line_add(&line, "; %s mappings", format_count(size, reading->mapping_count));
  return out;
}
