/* SPDX-License-Identifier: Apache-2.0 */
#include "report/resident.h"

/* A member for each item: together they are "bytes". */
static void resident_json_items(struct json *json, const int64_t items[RESIDENT_ITEMS]) {
  static const char *const keys[RESIDENT_ITEMS] = {
      [RESIDENT_BLOCKS] = "blocks_bytes",    [RESIDENT_HEADERS] = "headers_bytes",
      [RESIDENT_FREE] = "free_bytes",        [RESIDENT_UNTOUCHED] = "untouched_bytes",
      [RESIDENT_MAPPED] = "anonymous_bytes", [RESIDENT_STACKS] = "stacks_bytes",
      [RESIDENT_PROGRAM] = "program_bytes",  [RESIDENT_FILES] = "files_bytes",
      [RESIDENT_SHARED] = "shared_bytes",    [RESIDENT_RECORDER] = "recorder_bytes",
      [RESIDENT_OTHER] = "other_bytes",
  };
  for (int item = 0; item < RESIDENT_ITEMS; item++)
    json_signed(json, keys[item], items[item]);
}

static void resident_json_state(struct json *json, const char *key, const struct trace *trace,
                                const struct resident_state *state) {
  json_object(json, key);
  json_real(json, "time_s", trace_seconds(trace, state->stamp));
  json_number(json, "bytes", state->bytes);
  resident_json_items(json, state->items);
  json_number(json, "swapped_bytes", state->swapped_bytes);
  json_object_end(json);
}

void resident_json(struct json *json, const struct trace *trace, const struct analysis *analysis,
                   size_t from, size_t to) {
  char sentence[RESIDENT_SENTENCE_BYTES];
  struct resident_change change;
  int64_t growth[RESIDENT_ITEMS];
  json_object(json, "resident");
  json_text(json, "sentence", resident_growth_sentence(sentence, trace, analysis, from, to));
  if (resident_between(analysis, from, to, &change)) {
    for (int item = 0; item < RESIDENT_ITEMS; item++)
      growth[item] = resident_growth(&change, (enum resident_item)item);
    json_object(json, "growth");
    json_signed(json, "bytes", (int64_t)(change.to.bytes - change.from.bytes));
    resident_json_items(json, growth);
    json_object_end(json);
    resident_json_state(json, "from", trace, &change.from);
    resident_json_state(json, "to", trace, &change.to);
    json_bool(json, "other_malloc", change.to.foreign);
  }
  json_object_end(json);
}

static void resident_json_reading(struct json *json, const struct trace *trace,
                                  const struct trace_resident *reading) {
  static const char *const keys[SEEP_RESIDENT_PARTS] = {
      [SEEP_RESIDENT_HEAP] = "heap_bytes",         [SEEP_RESIDENT_ANONYMOUS] = "anonymous_bytes",
      [SEEP_RESIDENT_STACKS] = "stacks_bytes",     [SEEP_RESIDENT_PROGRAM] = "program_bytes",
      [SEEP_RESIDENT_FILES] = "files_bytes",       [SEEP_RESIDENT_SHARED] = "shared_bytes",
      [SEEP_RESIDENT_RECORDER] = "recorder_bytes", [SEEP_RESIDENT_OTHER] = "other_bytes",
  };
  json_object(json, NULL);
  json_real(json, "time_s", trace_seconds(trace, reading->stamp));
  json_real(json, "took_s",
            trace_seconds(trace, reading->end_stamp) - trace_seconds(trace, reading->stamp));
  json_number(json, "bytes", reading->bytes);
  for (int part = 0; part < SEEP_RESIDENT_PARTS; part++)
    json_number(json, keys[part], reading->parts[part]);
  json_number(json, "swapped_bytes", reading->swapped_bytes);
  json_number(json, "mappings", reading->mapping_count);
  json_object_end(json);
}

void resident_json_readings(struct json *json, const struct trace *trace) {
  json_array(json, "resident");
  for (size_t i = 0; i < trace->resident_count; i++)
    resident_json_reading(json, trace, &trace->residents[i]);
  json_array_end(json);
}
