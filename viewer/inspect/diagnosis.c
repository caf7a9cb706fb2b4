/* SPDX-License-Identifier: Apache-2.0 */
#include "inspect/diagnosis.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

void diagnosis_add(struct diagnosis *diagnosis, enum finding_weight weight, const char *check,
                   const char *advice, const char *meaning, ...) {
  struct finding *list =
      reallocarray(diagnosis->list, diagnosis->count + 1, sizeof *diagnosis->list);
  char *text = NULL;
  va_list arguments;
  va_start(arguments, meaning);
  bool made = vasprintf(&text, meaning, arguments) >= 0;
  va_end(arguments);
  if (list)
    diagnosis->list = list;
  if (list && made) {
    list[diagnosis->count++] = (struct finding){weight, check, text, advice};
    return;
  }
  if (made)
    free(text);
  diagnosis->short_of_memory = true;
}

const char *diagnosis_weight_text(enum finding_weight weight) {
  static const char *const texts[] = {[FINDING_FINE] = "fine",
                                      [FINDING_NOTE] = "note",
                                      [FINDING_PART] = "part",
                                      [FINDING_BLOCKS] = "blocks",
                                      [FINDING_HARMS] = "harms"};
  return texts[weight];
}

enum finding_weight diagnosis_weight(const struct diagnosis *diagnosis) {
  enum finding_weight heaviest = FINDING_FINE;
  for (size_t i = 0; i < diagnosis->count; i++)
    if (diagnosis->list[i].weight > heaviest)
      heaviest = diagnosis->list[i].weight;
  return heaviest;
}

void diagnosis_free(struct diagnosis *diagnosis) {
  for (size_t i = 0; i < diagnosis->count; i++)
    free(diagnosis->list[i].meaning);
  free(diagnosis->list);
  *diagnosis = (struct diagnosis){0};
}
