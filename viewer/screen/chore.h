/* SPDX-License-Identifier: Apache-2.0
 *
 * What a person has done that takes time and shows nothing but that it is done: a trace exported, a
 * mark put into the running target, its recording paused. Run by the thread that answers
 * questions.
 */
#ifndef SEEP_CHORE_H
#define SEEP_CHORE_H

#include "export/formats.h"
#include "screen/reading.h"

#define CHORE_TEXT 256
#define CHORE_MESSAGE 512

enum chore_kind { CHORE_NONE, CHORE_EXPORT, CHORE_MARK };

struct chore {
  enum chore_kind kind;
  const struct export_format *format; /* EXPORT: of the question's interval and filter */
  enum seep_mark_kind mark;           /* MARK: a label, a pause, a resume */
  uint64_t units;
  char text[CHORE_TEXT]; /* the file's name; the mark's label */
};

/* Does it; path is the trace's, reading its newest. message: one line that says what came of it. */
void chore_run(const struct chore *chore, const char *path, const char *rules_path,
               const struct reading *reading, const struct question *question,
               char message[CHORE_MESSAGE]);

/* A mark for every running process of the family of paths. */
void chore_run_family(const struct chore *chore, const char *const *paths, size_t count,
                      char message[CHORE_MESSAGE]);

#endif
