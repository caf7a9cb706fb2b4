/* SPDX-License-Identifier: Apache-2.0 */
#include "shape.h"

#include <getopt.h>
#include <inttypes.h>
#include <seep/seep.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SHAPE_TABLE_ROWS 64
#define SHAPE_SCRATCHES 8

/* What every program has beside its shape: a table from its start, and memory for a moment. */
static const struct shape_site shape_common[] = {{"table_load", "startup", 0},
                                                 {"scratch_use", "churn", 0}};

static void *table[SHAPE_TABLE_ROWS];

uint64_t shape_random(uint64_t *state, uint64_t limit) {
  *state = *state * 6364136223846793005ull + 1442695040888963407ull;
  return (*state >> 33) % limit;
}

void *shape_filled(void *block, size_t bytes) {
  if (!block) {
    fputs("out of memory\n", stderr);
    exit(1);
  }
  return memset(block, 'x', bytes);
}

static SHAPE_SITE void table_load(void) {
  for (size_t row = 0; row < SHAPE_TABLE_ROWS; row++)
    table[row] = shape_filled(malloc(512), 512);
}

static void table_free(void) {
  for (size_t row = 0; row < SHAPE_TABLE_ROWS; row++)
    free(table[row]);
}

static SHAPE_SITE void scratch_use(void) {
  void *scratches[SHAPE_SCRATCHES];
  for (size_t i = 0; i < SHAPE_SCRATCHES; i++)
    scratches[i] = shape_filled(malloc(32 + 64 * i), 32);
  for (size_t i = 0; i < SHAPE_SCRATCHES; i++)
    free(scratches[i]);
}

static void verdicts_print(const char *words) {
  putchar('"');
  for (; *words; words++)
    fputs(*words == ' ' ? "\",\"" : (char[]){*words, '\0'}, stdout);
  putchar('"');
}

static void site_print(const struct shape_site *site) {
  printf("{\"function\":\"%s\",\"verdicts\":[", site->function);
  verdicts_print(site->verdicts);
  printf("],\"blocks_per_unit\":%g}", site->blocks_per_unit);
}

static void truth_print(const struct shape *shape, uint64_t units, uint64_t marks) {
  printf("{\"shape\":\"%s\",\"units\":%" PRIu64 ",\"marks\":%" PRIu64 ",\"sites\":[", shape->name,
         units, marks);
  for (size_t i = 0; i < SHAPE_SITES && shape->sites[i].function; i++) {
    site_print(&shape->sites[i]);
    putchar(',');
  }
  site_print(&shape_common[0]);
  putchar(',');
  site_print(&shape_common[1]);
  puts("]}");
}

static void units_run(const struct shape *shape, uint64_t units, uint64_t marks) {
  char label[24];
  uint64_t number = 0;
  seep_mark("warm", 0);
  for (uint64_t mark = 1; mark <= marks; mark++) {
    uint64_t first = number;
    for (; number < units * mark / marks; number++) {
      scratch_use();
      shape->unit(number);
    }
    snprintf(label, sizeof label, "m%" PRIu64, mark);
    seep_mark(label, number - first);
  }
}

int shape_run(const struct shape *shape, int count, char **arguments) {
  static const struct option names[] = {
      {"units", required_argument, NULL, 'u'}, {"marks", required_argument, NULL, 'm'}, {0}};
  uint64_t units = 6000, marks = 6;
  int option;
  while ((option = getopt_long(count, arguments, "", names, NULL)) != -1) {
    if (option == '?') {
      fprintf(stderr, "usage: %s [--units N] [--marks N]\n", arguments[0]);
      return 2;
    }
    *(option == 'u' ? &units : &marks) = strtoull(optarg, NULL, 10);
  }
  table_load();
  if (shape->start)
    shape->start(units);
  units_run(shape, units, marks);
  truth_print(shape, units, marks);
  if (shape->stop)
    shape->stop();
  table_free();
  return 0;
}
