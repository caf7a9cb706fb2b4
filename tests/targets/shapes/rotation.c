/* SPDX-License-Identifier: Apache-2.0
 *
 * A log in memory that is rotated: lines are kept until there are enough of them, then all are
 * written out and freed. A saw: between two marks it often only grows.
 */
#include "shape.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LINES_MOST 8192

static char *lines[LINES_MOST];
static uint64_t line_count, lines_kept;

static void rotation_start(uint64_t units) {
  lines_kept = units * 3 / 8 < LINES_MOST ? units * 3 / 8 : LINES_MOST;
}

static void log_rotate(void) {
  while (line_count)
    free(lines[--line_count]);
}

static SHAPE_SITE void log_line(uint64_t number) {
  char text[96];
  snprintf(text, sizeof text, "unit %llu was done by user-%llu", (unsigned long long)number,
           (unsigned long long)number % 97);
  if (line_count == lines_kept)
    log_rotate();
  if (!(lines[line_count++] = strdup(text)))
    exit(1);
}

int main(int count, char **arguments) {
  static const struct shape shape = {.name = "rotation",
                                     .start = rotation_start,
                                     .unit = log_line,
                                     .sites = {{"log_line", "plateau churn unknown", 0}}};
  return shape_run(&shape, count, arguments);
}
