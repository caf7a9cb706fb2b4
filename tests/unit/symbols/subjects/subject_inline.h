/* SPDX-License-Identifier: Apache-2.0 */
#include "subject.h"

static inline __attribute__((always_inline)) int subject_leaf(subject_record record, int depth) {
  record(); /* line: leaf */
  return depth * 3;
}

static inline __attribute__((always_inline)) int subject_middle(subject_record record, int depth) {
  int sum = depth;
  for (int i = 0; i < depth; i++)
    sum += subject_leaf(record, i); /* line: middle */
  return sum;
}
