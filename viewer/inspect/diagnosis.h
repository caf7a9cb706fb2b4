/* SPDX-License-Identifier: Apache-2.0
 *
 * What is known, before anything is recorded, of what seep will and will not see of a program.
 */
#ifndef SEEP_INSPECT_DIAGNOSIS_H
#define SEEP_INSPECT_DIAGNOSIS_H

#include <stdbool.h>
#include <stddef.h>

/* In rising order: the answer on a program is its heaviest finding. */
enum finding_weight {
  FINDING_FINE,
  FINDING_NOTE,   /* everything is recorded; something about it should be known */
  FINDING_PART,   /* a part of what the program allocates is not seen */
  FINDING_BLOCKS, /* nothing is recorded; the program runs as it would without seep */
  FINDING_HARMS,  /* the library must not be preloaded: the program would run differently */
};

struct finding {
  enum finding_weight weight;
  const char *check;  /* one word, the same in every version */
  char *meaning;      /* what it means, one line without a full stop; names may hold anything */
  const char *advice; /* what to do; "" when there is nothing to do */
};

struct diagnosis { /* all zero: none */
  struct finding *list;
  size_t count;
  bool short_of_memory; /* there were more */
};

/* Adds a finding; meaning is formatted, advice must stay. */
void diagnosis_add(struct diagnosis *diagnosis, enum finding_weight weight, const char *check,
                   const char *advice, const char *meaning, ...)
    __attribute__((format(printf, 5, 6)));

/* "fine", "note", "part", "blocks", "harms". */
const char *diagnosis_weight_text(enum finding_weight weight);

/* The heaviest. */
enum finding_weight diagnosis_weight(const struct diagnosis *diagnosis);

void diagnosis_free(struct diagnosis *diagnosis);

#endif
