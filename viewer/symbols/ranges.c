/* SPDX-License-Identifier: Apache-2.0 */
#include "symbols/ranges.h"

#include <stdlib.h>

bool ranges_add(struct ranges *ranges, uint64_t start, uint64_t stop, uint32_t item) {
  if (start >= stop)
    return true;
  if (ranges->count == ranges->capacity) {
    size_t capacity = ranges->capacity ? ranges->capacity * 2 : 64;
    struct range *rows = reallocarray(ranges->rows, capacity, sizeof *rows);
    if (!rows)
      return false;
    ranges->rows = rows;
    ranges->capacity = capacity;
  }
  ranges->rows[ranges->count++] = (struct range){start, stop, 0, item};
  return true;
}

static int ranges_order(uint64_t a, uint64_t b) {
  return (a > b) - (a < b);
}

/* So that a search from the back meets the wanted one first. */
static int ranges_compare(const void *left, const void *right) {
  const struct range *a = left, *b = right;
  int order = ranges_order(a->start, b->start);
  if (!order)
    order = ranges_order(b->stop, a->stop);
  return order ? order : ranges_order(b->item, a->item);
}

void ranges_finish(struct ranges *ranges) {
  if (ranges->count)
    qsort(ranges->rows, ranges->count, sizeof *ranges->rows, ranges_compare);
  uint64_t reach = 0;
  for (size_t i = 0; i < ranges->count; i++) {
    if (ranges->rows[i].stop > reach)
      reach = ranges->rows[i].stop;
    ranges->rows[i].reach = reach;
  }
}

/* The number of ranges that start at or before address. */
static size_t ranges_before(const struct ranges *ranges, uint64_t address) {
  size_t low = 0, high = ranges->count;
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    if (ranges->rows[middle].start <= address)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

const struct range *ranges_find(const struct ranges *ranges, uint64_t address) {
  for (size_t i = ranges_before(ranges, address); i > 0; i--) {
    const struct range *row = &ranges->rows[i - 1];
    if (row->reach <= address)
      return NULL;
    if (row->stop > address)
      return row;
  }
  return NULL;
}

void ranges_release(struct ranges *ranges) {
  free(ranges->rows);
  *ranges = (struct ranges){0};
}
