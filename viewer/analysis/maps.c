/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/maps.h"
#include "analysis/array.h"
#include <string.h>

void maps_init(struct maps *maps) {
  *maps = (struct maps){0};
}

void maps_release(struct maps *maps) {
  free(maps->ranges);
  *maps = (struct maps){0};
}

/* Index of the first range that stops behind address. */
static size_t maps_find(const struct maps *maps, uint64_t address) {
  size_t low = 0, high = maps->count;
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    if (maps->ranges[middle].stop <= address)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

static void maps_move(struct maps *maps, size_t from, size_t to) {
  memmove(&maps->ranges[to], &maps->ranges[from], (maps->count - from) * sizeof *maps->ranges);
  maps->count += to - from;
}

static uint64_t maps_stop(uint64_t start, uint64_t bytes) {
  return bytes > UINT64_MAX - start ? UINT64_MAX : start + bytes;
}

/* The range at index reaches over both ends of the hole: it becomes two. */
static void maps_split(struct maps *maps, size_t index, uint64_t start, uint64_t stop) {
  maps_move(maps, index, index + 1);
  maps->ranges[index].stop = start;
  maps->ranges[index + 1].start = stop;
  maps->bytes -= stop - start;
}

bool maps_unmap(struct maps *maps, uint64_t start, uint64_t bytes) {
  uint64_t stop = maps_stop(start, bytes);
  if (!array_reserve(&maps->ranges, &maps->capacity, maps->count + 2, sizeof *maps->ranges))
    return false;
  size_t first = maps_find(maps, start), last = first;
  if (start == stop || first == maps->count)
    return true;
  if (maps->ranges[first].start < start && maps->ranges[first].stop > stop) {
    maps_split(maps, first, start, stop);
    return true;
  }
  if (maps->ranges[first].start < start) {
    maps->bytes -= maps->ranges[first].stop - start;
    maps->ranges[first].stop = start;
    last = ++first;
  }
  for (; last < maps->count && maps->ranges[last].stop <= stop; last++)
    maps->bytes -= maps->ranges[last].stop - maps->ranges[last].start;
  if (last < maps->count && maps->ranges[last].start < stop) {
    maps->bytes -= stop - maps->ranges[last].start;
    maps->ranges[last].start = stop;
  }
  maps_move(maps, last, first);
  return true;
}

bool maps_map(struct maps *maps, uint64_t start, uint64_t bytes, uint32_t context) {
  uint64_t stop = maps_stop(start, bytes);
  if (!maps_unmap(maps, start, bytes))
    return false;
  if (start == stop)
    return true;
  if (!array_reserve(&maps->ranges, &maps->capacity, maps->count + 1, sizeof *maps->ranges))
    return false;
  size_t index = maps_find(maps, start);
  maps_move(maps, index, index + 1);
  maps->ranges[index] = (struct map_range){start, stop, context};
  maps->bytes += stop - start;
  return true;
}
