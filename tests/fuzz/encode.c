/* SPDX-License-Identifier: Apache-2.0
 *
 * The round trip: records as a thread may have made them go through the recorder's own code (pairs,
 * dictionary, columns), and what the reader decodes of that must balance with what went in: for
 * each address what stands, for each context what was allocated and how often.
 */
#include "clock.h"
#include "columns.h"
#include "dictionary.h"
#include "pairs.h"
#include "target.h"
#include "trace/contexts.h"
#include "trace/events.h"

#include <string.h>

#define ADDRESSES 16
#define CONTEXTS 8
#define RECORDS 2048
#define KINDS 7

enum seep_clock clock_kind = SEEP_CLOCK_TSC; /* stands in for clock.c */

/* What is true of a block, counted from its records, or from what was read. */
struct truth {
  int64_t live[ADDRESSES]; /* allocations less frees */
  uint64_t allocations[CONTEXTS], bytes[CONTEXTS];
  uint64_t sampled, maps, unmaps;
};

static struct workspace workspace;
static struct seep_record records[RECORDS + 1];
static uint32_t record_count;
static bool freed[ADDRESSES]; /* by the last record of the address, and it was no sampled one */

static void put(enum seep_kind kind, unsigned address, uint64_t what, uint64_t stamp) {
  uint64_t where = kind == SEEP_KIND_WIDE ? 0 : (uint64_t)(address + 1) << 12;
  if (kind != SEEP_KIND_MAP && kind != SEEP_KIND_UNMAP)
    freed[address] = kind == SEEP_KIND_FREE;
  records[record_count++] = (struct seep_record){
      .stamp = stamp, .where = where | (uint64_t)kind << SEEP_KIND_SHIFT, .what = what};
}

static void put_alloc(unsigned address, uint32_t context, uint64_t size, uint64_t stamp,
                      enum seep_kind kind) {
  uint32_t narrow = size < SEEP_SIZE_WIDE ? (uint32_t)size : SEEP_SIZE_WIDE;
  put(kind, address, (uint64_t)context << 32 | narrow, stamp);
  if (narrow == SEEP_SIZE_WIDE)
    put(SEEP_KIND_WIDE, address, size, stamp);
}

/* Three bytes make a record: kind and elapsed time, address and context, size. */
static void put_step(const uint8_t *at, uint64_t *stamp) {
  unsigned address = at[1] & 15;
  uint32_t context = at[1] >> 4 & (CONTEXTS - 1);
  uint64_t size = at[2] < 250 ? at[2] : (uint64_t)at[2] << 30;
  *stamp += (uint64_t)(at[0] >> 3) << 9;
  switch (at[0] % KINDS) {
  case 0:
  case 1:
    put_alloc(address, context, size, *stamp, SEEP_KIND_ALLOC);
    break;
  case 2:
    put(SEEP_KIND_FREE, address, 0, *stamp);
    break;
  case 3:
    put(SEEP_KIND_SAMPLED, address, (uint64_t)context << 32 | (at[2] + 1u), *stamp);
    break;
  case 4:
    put_alloc(address, context, size, *stamp, SEEP_KIND_MAP);
    break;
  case 5:
    put_alloc(address, 0, size, *stamp, SEEP_KIND_UNMAP);
    break;
  default:
    if (freed[address]) /* only a free can be taken back */
      put(SEEP_KIND_UNFREE, address, 0, *stamp);
  }
}

static void put_records(const uint8_t *data, size_t bytes) {
  uint64_t stamp = 1 << 20;
  record_count = 0;
  memset(freed, 0, sizeof freed);
  for (; bytes >= 3 && record_count < RECORDS - 1; data += 3, bytes -= 3)
    put_step(data, &stamp);
}

static void count_event(struct truth *truth, unsigned kind, uint64_t address, uint64_t size,
                        uint32_t context) {
  must(address >> 12 >= 1 && address >> 12 <= ADDRESSES && context < CONTEXTS);
  if (kind == SEEP_KIND_ALLOC) {
    truth->live[(address >> 12) - 1]++;
    truth->allocations[context]++;
    truth->bytes[context] += size;
  } else if (kind == SEEP_KIND_FREE || kind == SEEP_KIND_SAMPLED) {
    truth->live[(address >> 12) - 1]--;
    truth->sampled += kind == SEEP_KIND_SAMPLED;
  } else if (kind == SEEP_KIND_UNFREE) {
    truth->live[(address >> 12) - 1]++;
  } else if (kind == SEEP_KIND_MAP) {
    truth->maps += size;
  } else if (kind == SEEP_KIND_UNMAP) {
    truth->unmaps += size;
  }
}

static void count_records(struct truth *truth) {
  for (uint32_t i = 0; i < record_count; i++)
    if (pairs_kind(&records[i]) != SEEP_KIND_WIDE)
      count_event(truth, pairs_kind(&records[i]), pairs_address(&records[i]),
                  pairs_size(&records[i]), pairs_context(&records[i]));
}

/* Ids as the recorder gives them out: a path each, in a module that is not told. */
static void make_contexts(struct contexts *contexts) {
  struct trace_context *nodes;
  size_t count, orphans;
  for (uint32_t id = 1; id < CONTEXTS; id++)
    must(contexts_add(contexts, &(struct context_row){.id = id, .offset = id}));
  must(contexts_finish(contexts, &nodes, &count, &orphans) && count == CONTEXTS && !orphans);
  for (uint32_t id = 1; id < CONTEXTS; id++)
    must(contexts_row(contexts, id)->canonical == nodes[id].offset);
  free(nodes);
}

/* What a survivor's row says is what its record said; its stamp may be coarse. */
static void check_survivor(const struct events *events, const struct trace_event *event) {
  const struct seep_record *record = &records[workspace.survivors[events->row - 1]];
  must(event->stamp == record->stamp || events->head.stamp_shift);
  must(event->stamp <= record->stamp && event->address == pairs_address(record));
}

static void count_decoded(struct truth *truth, struct events *events) {
  struct trace_event event;
  struct trace_sums sums;
  while (events_next_sum(events, &sums)) {
    truth->allocations[sums.context] += sums.pairs;
    truth->bytes[sums.context] += sums.bytes;
  }
  while (events_next(events, &event)) {
    if (event.kind == TRACE_TRANSIENT)
      continue;
    check_survivor(events, &event);
    count_event(truth, event.weight ? (unsigned)SEEP_KIND_SAMPLED : event.kind, event.address,
                event.size, event.context);
  }
  must(!events->bad);
}

static void decode(struct truth *truth, size_t bytes) {
  struct contexts contexts = {0};
  struct events events = {0};
  struct seep_frame frame = {.type = SEEP_FRAME_EVENTS,
                             .plain_bytes = (uint32_t)bytes,
                             .first_stamp = records[0].stamp,
                             .record_count = record_count,
                             .survivor_count = workspace.survivor_count};
  make_contexts(&contexts);
  must(events_open(&events, &frame, workspace.plain, &contexts) == EVENTS_OK && !events.unknown);
  count_decoded(truth, &events);
  events_free(&events);
  contexts_free(&contexts);
}

/* The first byte: whether pairs are kept, whether stamps may be coarse. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes) {
  struct truth before, after;
  struct pairs_tail tail = {0};
  if (bytes < 4)
    return 0;
  put_records(data + 1, bytes - 1);
  if (!record_count)
    return 0;
  memset(&before, 0, sizeof before);
  memset(&after, 0, sizeof after);
  workspace.records = records;
  workspace.record_count = record_count;
  pairs_find(&workspace, &tail, data[0] & 1);
  dictionary_sort(&workspace);
  size_t encoded = columns_encode(&workspace, data[0] & 2);
  must(encoded);
  count_records(&before);
  decode(&after, encoded);
  must(memcmp(&before, &after, sizeof before) == 0);
  return 0;
}
