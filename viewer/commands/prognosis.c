/* SPDX-License-Identifier: Apache-2.0 */
#include "commands/prognosis.h"

#include "commands/message.h"
#include "report/escape.h"
#include "report/json_writer.h"

#include <inttypes.h>
#include <string.h>

#define PROGNOSIS_LINE 1024

/* What the heaviest finding says of the whole program. */
static const char *const prognosis_answers[][2] = {
    [FINDING_FINE] = {"all", "seep sees all that it allocates"},
    [FINDING_NOTE] = {"all", "seep sees all that it allocates; mind the notes"},
    [FINDING_PART] = {"part", "seep sees a part of what it allocates"},
    [FINDING_BLOCKS] = {"nothing", "seep sees nothing of what it allocates"},
    [FINDING_HARMS] = {"nothing",
                       "seep sees nothing of it: seep run starts it without the recorder"},
};

static void prognosis_print_line(FILE *out, const struct finding *finding) {
  char meaning[PROGNOSIS_LINE];
  escape_text(meaning, sizeof meaning, 0, finding->meaning);
  fprintf(out, "  %-6s  %-10s  %s%s%s\n", diagnosis_weight_text(finding->weight), finding->check,
          meaning, *finding->advice ? ". To do: " : "", finding->advice);
}

void prognosis_print_text(FILE *out, const struct prognosis_subject *subject,
                          const struct diagnosis *diagnosis) {
  char path[PROGNOSIS_LINE];
  fprintf(out, "%s", escape_text(path, sizeof path, 0, subject->path));
  if (subject->pid)
    fprintf(out, " (process %" PRIu64 ")", subject->pid);
  fputc('\n', out);
  for (size_t i = 0; i < diagnosis->count; i++)
    prognosis_print_line(out, &diagnosis->list[i]);
  fprintf(out, "%s.\n", prognosis_answers[diagnosis_weight(diagnosis)][1]);
}

void prognosis_print_json(FILE *out, const struct prognosis_subject *subject,
                          const struct diagnosis *diagnosis) {
  struct json json = json_to(out);
  json_object(&json, NULL);
  json_number(&json, "seep", 1);
  json_text(&json, "subject", subject->name);
  json_text(&json, "executable", subject->path);
  if (subject->pid)
    json_number(&json, "pid", subject->pid);
  json_text(&json, "seen", prognosis_answers[diagnosis_weight(diagnosis)][0]);
  json_array(&json, "findings");
  for (size_t i = 0; i < diagnosis->count; i++) {
    const struct finding *finding = &diagnosis->list[i];
    json_object(&json, NULL);
    json_text(&json, "check", finding->check);
    json_text(&json, "weight", diagnosis_weight_text(finding->weight));
    json_text(&json, "meaning", finding->meaning);
    json_text(&json, "advice", *finding->advice ? finding->advice : NULL);
    json_object_end(&json);
  }
  json_array_end(&json);
  json_object_end(&json);
  json_end(&json);
}

/* That nothing of a process is seen because of its allocator is what the library says itself,
 * however the process came to have it. */
static bool prognosis_are_for_us(const struct finding *finding) {
  return finding->weight >= FINDING_PART &&
         (finding->weight != FINDING_BLOCKS || strcmp(finding->check, "allocator") != 0);
}

void prognosis_say(const char *name, const struct diagnosis *diagnosis) {
  for (size_t i = 0; i < diagnosis->count; i++) {
    const struct finding *finding = &diagnosis->list[i];
    if (prognosis_are_for_us(finding))
      message_note("%s %s%s (%s)", name, finding->meaning,
                   finding->weight >= FINDING_BLOCKS ? ": nothing will be recorded" : "",
                   finding->advice);
  }
}

void prognosis_say_parts(const char *name, const struct diagnosis *diagnosis) {
  for (size_t i = 0; i < diagnosis->count; i++)
    if (diagnosis->list[i].weight == FINDING_PART)
      message_note("%s %s (%s)", name, diagnosis->list[i].meaning, diagnosis->list[i].advice);
}
