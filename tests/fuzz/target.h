/* SPDX-License-Identifier: Apache-2.0
 *
 * What every target has: the function that libFuzzer, AFL++'s driver and replay.c call with one
 * input. An input that shows a fault ends the program.
 */
#ifndef SEEP_FUZZ_TARGET_H
#define SEEP_FUZZ_TARGET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

/* The input is the caller's and may not be changed. 0 always. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

static inline void must(bool holds) {
  if (!holds)
    abort();
}

#endif
