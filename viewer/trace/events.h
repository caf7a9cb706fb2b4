/* SPDX-License-Identifier: Apache-2.0
 *
 * The payload of an EVENTS frame, read row by row: survivors out of their columns, sums of
 * cancelled pairs. Column lengths are checked when it is opened, numbers as they are read.
 */
#ifndef SEEP_TRACE_EVENTS_H
#define SEEP_TRACE_EVENTS_H

#include "trace/contexts.h"
#include "trace/varint.h"

struct events {
  struct seep_events_head head;
  uint32_t *dictionary; /* canonical contexts; kept from block to block, see events_free */
  size_t dictionary_room;
  size_t unknown; /* contexts in it that nobody defined */
  const uint8_t *kinds;
  struct varint stamps, addresses, places, sizes, sums;
  uint32_t left, sums_left;             /* left: survivors, and the transient where there is one */
  uint32_t row;                         /* number of the survivor read last, from 1; 0: none yet */
  bool transient_due;                   /* the block's peak has yet to be told */
  uint64_t first_stamp, stamp, address; /* stamp and address of the row before, shifted */
  uint64_t place;                       /* in the dictionary, of the row before that has one */
  uint64_t sum_place;                   /* behind that of the sum before */
  bool bad;                             /* a column was not what it should be: no more rows */
};

/* Whether a frame of the type has events in columns. */
static inline bool events_are_in(uint16_t frame_type) {
  return frame_type == SEEP_FRAME_EVENTS || frame_type == SEEP_FRAME_THINNED;
}

#define EVENTS_SHARE_MOST 16 /* share_shift: a block that stands for more is malformed */

enum events_result {
  EVENTS_OK,
  EVENTS_MALFORMED,
  EVENTS_MEMORY,
};

/* payload must stay until the last row was read. */
enum events_result events_open(struct events *events, const struct seep_frame *frame,
                               const uint8_t *payload, const struct contexts *contexts);

/* The next survivor, of every kind but WIDE, or the TRACE_TRANSIENT behind the survivors that came
 * before the block's peak; thread is left alone. false: that was all, or bad. */
bool events_next(struct events *events, struct trace_event *event);

/* The next row of the sums; thread and stamps are left alone. May be called before the survivors
 * have been read. false: that was all, or bad. */
bool events_next_sum(struct events *events, struct trace_sums *sums);

void events_free(struct events *events);

#endif
