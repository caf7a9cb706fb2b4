/* SPDX-License-Identifier: Apache-2.0
 *
 * The frames stand behind the profiles: they are only known when all stacks have been written.
 */
#include "export/path.h"
#include "export/table.h"
#include "report/json_writer.h"
#include "report/trace_json.h"
#include <stdlib.h>
#include <string.h>

struct speedscope {
  struct json json;
  const struct export_request *request;
  struct table texts;  /* names and files */
  struct table frames; /* struct speedscope_frame */
  uint64_t *numbers;   /* of the stack's frames */
  size_t capacity;
  bool failed;
};

struct speedscope_frame {
  uint32_t name, file, line; /* texts; file 0: not known */
};

static uint64_t speedscope_frame(struct speedscope *speedscope, const struct frame *frame) {
  char *name = path_label(frame);
  struct speedscope_frame key = {.line = frame->line};
  if (frame->file)
    key.file = table_text(&speedscope->texts, frame->file);
  if (name)
    key.name = table_text(&speedscope->texts, name);
  speedscope->failed |= !name;
  free(name);
  return table_number(&speedscope->frames, &key, sizeof key);
}

static void speedscope_sample(struct speedscope *speedscope, const struct path *path) {
  if (speedscope->capacity < path->count) {
    uint64_t *larger = reallocarray(speedscope->numbers, path->count, sizeof *larger);
    speedscope->failed |= !larger;
    if (!larger)
      return;
    speedscope->numbers = larger;
    speedscope->capacity = path->count;
  }
  for (size_t i = 0; i < path->count; i++)
    speedscope->numbers[path->count - 1 - i] = speedscope_frame(speedscope, &path->frames[i]);
  json_numbers(&speedscope->json, NULL, speedscope->numbers, path->count);
}

/* Writes the stacks whose value is not 0. */
static void speedscope_samples(struct speedscope *speedscope, enum export_value value) {
  struct path path = path_begin(speedscope->request);
  json_array(&speedscope->json, "samples");
  while (!speedscope->failed && path_next(&path))
    if (export_value_of(&path.stack->figures, value))
      speedscope_sample(speedscope, &path);
  json_array_end(&speedscope->json);
  speedscope->failed |= path.failed;
  path_release(&path);
}

/* Writes their values, and returns the sum. */
static uint64_t speedscope_weights(struct speedscope *speedscope, enum export_value value) {
  const struct analysis_report *report = speedscope->request->report;
  uint64_t sum = 0;
  json_array(&speedscope->json, "weights");
  for (size_t site = 0; site < report->site_count; site++)
    for (size_t i = 0; i < report->sites[site].stack_count; i++) {
      uint64_t amount = export_value_of(&report->sites[site].stacks[i].figures, value);
      if (amount)
        json_number(&speedscope->json, NULL, amount);
      sum += amount;
    }
  json_array_end(&speedscope->json);
  return sum;
}

static void speedscope_profile(struct speedscope *speedscope, enum export_value value) {
  struct json *json = &speedscope->json;
  bool bytes = !strcmp(export_value_unit(value), "bytes");
  json_object(json, NULL);
  json_text(json, "type", "sampled");
  json_text(json, "name", export_value_text(value));
  json_text(json, "unit", bytes ? "bytes" : "none");
  json_number(json, "startValue", 0);
  speedscope_samples(speedscope, value);
  json_number(json, "endValue", speedscope_weights(speedscope, value));
  json_object_end(json);
}

static void speedscope_shared(struct speedscope *speedscope) {
  struct json *json = &speedscope->json;
  json_object(json, "shared");
  json_array(json, "frames");
  for (uint32_t i = 0; i < speedscope->frames.count; i++) {
    const struct speedscope_frame *frame = table_key(&speedscope->frames, i);
    json_object(json, NULL);
    json_text(json, "name", table_key(&speedscope->texts, frame->name));
    if (frame->file)
      json_text(json, "file", table_key(&speedscope->texts, frame->file));
    if (frame->line)
      json_number(json, "line", frame->line);
    json_object_end(json);
  }
  json_array_end(json);
  json_object_end(json);
}

bool export_speedscope(FILE *out, const struct export_request *request) {
  struct speedscope speedscope = {.json = json_to(out), .request = request};
  struct json *json = &speedscope.json;
  table_text(&speedscope.texts, ""); /* number 0 */
  json_object(json, NULL);
  json_text(json, "$schema", "https://www.speedscope.app/file-format-schema.json");
  json_text(json, "name", request->trace->process.program);
  json_text(json, "exporter", "seep " SEEP_VERSION);
  json_number(json, "activeProfileIndex", 0);
  json_array(json, "profiles");
  for (int value = 0; value < EXPORT_VALUE_COUNT; value++)
    speedscope_profile(&speedscope, value);
  json_array_end(json);
  speedscope_shared(&speedscope);
  json_object_end(json);
  json_end(json);
  bool done = !speedscope.failed && !speedscope.texts.failed && !speedscope.frames.failed;
  table_release(&speedscope.texts);
  table_release(&speedscope.frames);
  free(speedscope.numbers);
  return done && !ferror(out);
}
