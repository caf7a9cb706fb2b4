/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/digits.h"
#include <inttypes.h>
#include <stdio.h>

const char *digits_grouped(char *out, uint64_t number) {
  char digits[24];
  int length = snprintf(digits, sizeof digits, "%" PRIu64, number);
  char *to = out;
  for (int i = 0; i < length; i++) {
    if (i && (length - i) % 3 == 0)
      *to++ = ',';
    *to++ = digits[i];
  }
  *to = '\0';
  return out;
}
