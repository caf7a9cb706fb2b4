/* SPDX-License-Identifier: Apache-2.0
 *
 * What the question's interval changed: of one trace, what stood at its end beside what stood at
 * its begin; of two traces, what the same interval left standing in each. Worked out by the thread
 * that answers questions.
 */
#ifndef SEEP_DIFFERENCE_H
#define SEEP_DIFFERENCE_H

#include "compare/compare.h"
#include "screen/reading.h"

struct difference_side {
  struct inventory inventory;
  char title[240]; /* "old.seep: warm to after"; harmless */
};

struct difference {
  bool two; /* traces */
  struct difference_side old, new;
  struct reading *other; /* the older trace's; NULL: one trace */
  enum compare_normal normal;
  struct comparison comparison;
};

/* reading is the newer trace's; other the older one's, which is kept as long as the difference, or
 * NULL. What cannot be normalised as question asks is not. NULL: no memory. Slow. */
struct difference *difference_new(struct reading *reading, struct reading *other,
                                  const struct question *question);
void difference_free(struct difference *difference);

/* The next way of normalising that both sides have a divisor for. */
enum compare_normal difference_next_normal(const struct difference *difference);

#endif
