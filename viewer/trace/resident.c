/* SPDX-License-Identifier: Apache-2.0 */
#include "trace/resident.h"
#include "trace/array.h"
#include "trace/field.h"

#include <stdlib.h>
#include <string.h>

#define RESIDENT_MOST (1ull << 48) /* no process has more: sums of a few stay in 64 bits */

struct resident_fields {
  struct trace_resident resident;
  uint64_t heap_start, heap_stop;
  uint8_t *windows; /* u32 each */
  size_t window_bytes;
};

#define PLACE(tag, kind, name)                                                                     \
  { SEEP_TAG_##tag, FIELD_##kind, offsetof(struct resident_fields, name) }
#define PART(part)                                                                                 \
  {                                                                                                \
    SEEP_TAG_RESIDENT_##part, FIELD_NUMBER,                                                        \
        offsetof(struct resident_fields, resident.parts[SEEP_RESIDENT_##part])                     \
  }

static const struct field_place resident_places[] = {
    PLACE(RESIDENT_BYTES, NUMBER, resident.bytes),
    PLACE(SWAPPED_BYTES, NUMBER, resident.swapped_bytes),
    PLACE(MAPPING_COUNT, NUMBER, resident.mapping_count),
    PLACE(HEAP_START, NUMBER, heap_start),
    PLACE(HEAP_STOP, NUMBER, heap_stop),
    PLACE(HEAP_WINDOWS, BYTES, windows),
    PART(HEAP),
    PART(ANONYMOUS),
    PART(STACKS),
    PART(PROGRAM),
    PART(FILES),
    PART(SHARED),
    PART(RECORDER),
    PART(OTHER),
};
_Static_assert(offsetof(struct resident_fields, window_bytes) ==
                   offsetof(struct resident_fields, windows) + sizeof(uint8_t *),
               "FIELD_BYTES puts the length behind the pointer");

static uint64_t resident_bounded(uint64_t bytes) {
  return bytes < RESIDENT_MOST ? bytes : RESIDENT_MOST;
}

/* The parts add up to the whole: a kind that is not known here is OTHER. */
static void resident_balance(struct trace_resident *resident) {
  uint64_t known = 0;
  for (int part = 0; part < SEEP_RESIDENT_PARTS; part++)
    known += resident->parts[part] = resident_bounded(resident->parts[part]);
  resident->bytes = resident_bounded(resident->bytes);
  resident->swapped_bytes = resident_bounded(resident->swapped_bytes);
  if (resident->bytes > known)
    resident->parts[SEEP_RESIDENT_OTHER] += resident->bytes - known;
  else
    resident->bytes = known;
}

/* [heap] begins where it begins, and grows. */
static void resident_add_heap(struct trace_heaps *heaps, const struct resident_fields *fields) {
  if (fields->heap_stop <= fields->heap_start)
    return;
  if (!heaps->stop || fields->heap_start < heaps->start)
    heaps->start = fields->heap_start;
  if (fields->heap_stop > heaps->stop)
    heaps->stop = fields->heap_stop;
}

static bool resident_add_windows(struct trace_heaps *heaps, const struct resident_fields *fields) {
  for (size_t at = 0; at + sizeof(uint32_t) <= fields->window_bytes; at += sizeof(uint32_t)) {
    if (!array_room(&heaps->windows, heaps->window_count, sizeof *heaps->windows))
      return false;
    memcpy(&heaps->windows[heaps->window_count++], fields->windows + at, sizeof(uint32_t));
  }
  return true;
}

enum definitions_result resident_take(struct trace *trace, const struct frame *frame,
                                      const uint8_t *payload) {
  struct resident_fields fields = {.resident.stamp = frame->head.first_stamp,
                                   .resident.end_stamp = frame->head.last_stamp};
  enum field_result decoded =
      field_decode(payload, frame->head.plain_bytes, resident_places,
                   sizeof resident_places / sizeof *resident_places, &fields);
  bool kept = decoded == FIELD_OK &&
              array_room(&trace->residents, trace->resident_count, sizeof *trace->residents) &&
              resident_add_windows(&trace->heaps, &fields);
  free(fields.windows);
  if (!kept)
    return decoded == FIELD_MALFORMED ? DEFINITIONS_MALFORMED : DEFINITIONS_MEMORY;
  resident_add_heap(&trace->heaps, &fields);
  resident_balance(&fields.resident);
  trace->residents[trace->resident_count++] = fields.resident;
  return DEFINITIONS_OK;
}

static int resident_compare(const void *left, const void *right) {
  const struct trace_resident *a = left, *b = right;
  if (a->stamp != b->stamp)
    return a->stamp < b->stamp ? -1 : 1;
  return a->bytes < b->bytes ? -1 : a->bytes > b->bytes;
}

static int resident_compare_windows(const void *left, const void *right) {
  const uint32_t *a = left, *b = right;
  return *a < *b ? -1 : *a > *b;
}

void resident_finish(struct trace *trace) {
  struct trace_heaps *heaps = &trace->heaps;
  size_t kept = 0;
  if (trace->resident_count)
    qsort(trace->residents, trace->resident_count, sizeof *trace->residents, resident_compare);
  if (heaps->window_count)
    qsort(heaps->windows, heaps->window_count, sizeof *heaps->windows, resident_compare_windows);
  for (size_t i = 0; i < heaps->window_count; i++)
    if (!kept || heaps->windows[kept - 1] != heaps->windows[i])
      heaps->windows[kept++] = heaps->windows[i];
  heaps->window_count = kept;
}
