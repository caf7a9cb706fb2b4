/* SPDX-License-Identifier: Apache-2.0
 *
 * Whole numbers as people read them.
 */
#ifndef SEEP_ANALYSIS_DIGITS_H
#define SEEP_ANALYSIS_DIGITS_H

#include <stdint.h>

#define DIGITS_BYTES 28 /* enough for any */

/* "1,234,567", whatever the locale. Writes into out[DIGITS_BYTES] and returns it. */
const char *digits_grouped(char *out, uint64_t number);

#endif
