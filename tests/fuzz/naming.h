/* SPDX-License-Identifier: Apache-2.0
 *
 * Stands in for viewer/symbols: every code address gets its name out of a list of texts, so that an
 * input names functions and files without any binary.
 */
#ifndef SEEP_FUZZ_NAMING_H
#define SEEP_FUZZ_NAMING_H

#include "symbols/symbols.h"

#define NAMING_MOST 8

/* The texts from now on, at most NAMING_MOST and at least one; not copied. */
void naming_use(char *const *texts, size_t count);

#endif
