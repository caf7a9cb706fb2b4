/* SPDX-License-Identifier: Apache-2.0 */
#include "ways.h"

#include <stdlib.h>
#include <string.h>

struct site {
  uint64_t offset;
  uint32_t number;
};

enum part { PART_OTHER, PART_PROGRAM, PART_PLUGIN };

struct ways {
  const struct trace *trace;
  struct site sites[RACE_SITES]; /* by offset */
  uint32_t *known;               /* of each context; 0: not yet */
  enum part *parts;              /* of each module */
};

static int compare_sites(const void *a, const void *b) {
  const struct site *first = a, *second = b;
  return first->offset < second->offset ? -1 : first->offset > second->offset;
}

static enum part part_of(const struct trace *trace, const char *path) {
  if (!strcmp(path, trace->process.executable))
    return PART_PROGRAM;
  return strstr(path, "race_plugin") ? PART_PLUGIN : PART_OTHER;
}

struct ways *ways_make(const struct trace *trace, const struct race_truth *truth) {
  struct ways *ways = calloc(1, sizeof *ways);
  uint32_t *known = calloc(trace->context_count + 1, sizeof *known);
  enum part *parts = calloc(trace->module_count + 1, sizeof *parts);
  if (!ways || !known || !parts) {
    free(ways);
    free(known);
    free(parts);
    return NULL;
  }
  *ways = (struct ways){.trace = trace, .known = known, .parts = parts};
  for (size_t i = 1; i < trace->module_count; i++)
    parts[i] = part_of(trace, trace->modules[i].path);
  for (uint32_t i = 0; i < RACE_SITES; i++)
    ways->sites[i] = (struct site){truth->site[i], i};
  qsort(ways->sites, RACE_SITES, sizeof *ways->sites, compare_sites);
  return ways;
}

void ways_free(struct ways *ways) {
  if (!ways)
    return;
  free(ways->known);
  free(ways->parts);
  free(ways);
}

/* Innermost first, and so the way's second site before its first. */
static uint32_t find(const struct ways *ways, uint32_t context) {
  uint32_t way = 0, count = 0;
  bool plugin = false;
  for (; context; context = ways->trace->contexts[context].parent) {
    const struct trace_context *node = &ways->trace->contexts[context];
    const struct site *site = bsearch(&(struct site){.offset = node->offset}, ways->sites,
                                      RACE_SITES, sizeof *ways->sites, compare_sites);
    plugin |= ways->parts[node->module] == PART_PLUGIN;
    if (!site || ways->parts[node->module] != PART_PROGRAM)
      continue;
    way = way << RACE_SITE_BITS | site->number;
    count++;
  }
  if (count < 1 || count > 2)
    return WAYS_NONE;
  return way | (count == 2 ? RACE_TWO_SITES : 0) | (plugin ? RACE_PLUGIN : 0);
}

uint32_t ways_of(struct ways *ways, uint32_t context) {
  uint32_t *known = &ways->known[context];
  if (!*known)
    *known = find(ways, context) + 1;
  return *known - 1;
}
