/* SPDX-License-Identifier: Apache-2.0
 *
 * What a program knows about its own calls, to be held against what was recorded. One thread.
 */
#ifndef EXPECTED_H
#define EXPECTED_H

#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static struct { size_t allocations, frees, allocated_bytes, freed_bytes; } expected;

static inline void expect_allocation(size_t bytes) {
  expected.allocations++;
  expected.allocated_bytes += bytes;
}

static inline void expect_free(size_t bytes) {
  expected.frees++;
  expected.freed_bytes += bytes;
}

/* Prints the totals as a JSON object with the names that reports have. Allocates nothing. */
static inline int expected_print(void) {
  char line[256];
  snprintf(line, sizeof line,
           "{\"allocations\":%zu,\"frees\":%zu,\"allocated_bytes\":%zu,"
           "\"outstanding_blocks\":%zu,\"outstanding_bytes\":%zu}\n",
           expected.allocations, expected.frees, expected.allocated_bytes,
           expected.allocations - expected.frees, expected.allocated_bytes - expected.freed_bytes);
  return write(STDOUT_FILENO, line, strlen(line)) == (ssize_t)strlen(line) ? 0 : 1;
}

#endif
