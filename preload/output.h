/* SPDX-License-Identifier: Apache-2.0
 *
 * The trace file of this process: frames go out here, each by one write on an O_APPEND descriptor,
 * so that threads need no lock between them. What cannot be written is counted, said once on
 * stderr, and said in the trace by a LOSS frame as soon as that can be written again.
 */
#ifndef SEEP_OUTPUT_H
#define SEEP_OUTPUT_H

#include <seep/format.h>
#include <stdbool.h>
#include <stddef.h>

/* Where a frame is put together: its header, and room for the payload behind it. */
#define OUTPUT_SMALL_PAYLOAD 8192
struct output_frame {
  struct seep_frame header;
  uint8_t payload[OUTPUT_SMALL_PAYLOAD];
};

/* What may still be written where the trace's size is limited: events stop first, so that state and
 * definitions have room, and those before the end, so that its frame and marks have. */
#define OUTPUT_LEAST_LIMIT (1u << 20)
/* Bytes that are left for events, and how many there were; UINT64_MAX: there is no limit. */
struct output_room {
  uint64_t left, whole;
};
struct output_room output_room(void);

/* Makes the trace file at path. false: *error is a positive errno. */
bool output_create(const char *path, int *error);
/* Takes the file away again, before anything was written. */
void output_discard(void);
/* In a forked child: closes the parent's file. */
void output_forget(void);
const char *output_path(void);

/* Starts a header: type, stamps of now, everything else 0. */
void output_begin(struct seep_frame *header, enum seep_frame_type type);
/* Completes lengths and checksums of a header with its payload right behind it, and writes both.
 * plain_bytes: 0 if the payload is not compressed. false: it is not in the file, and the header's
 * record_count is counted as lost (or, where the limit of the trace's size is reached, as
 * unwritten). */
bool output_write(struct seep_frame *header, size_t stored_bytes, size_t plain_bytes);
/* The same of records that can stay in the stage: where they cannot be written *kept becomes true,
 * and none is counted as lost. */
bool output_write_or_keep(struct seep_frame *header, size_t stored_bytes, size_t plain_bytes,
                          bool *kept);

/* ---- Fields of a small frame: appended at *at, which they move; what does not fit is cut. */
struct output_fields {
  struct output_frame *frame;
  size_t used;
};
void output_fields_begin(struct output_fields *fields, struct output_frame *frame,
                         enum seep_frame_type type);
void output_field_u64(struct output_fields *fields, enum seep_tag tag, uint64_t value);
void output_field_bytes(struct output_fields *fields, enum seep_tag tag, const void *bytes,
                        size_t count);
void output_field_text(struct output_fields *fields, enum seep_tag tag, const char *text);
bool output_fields_write(struct output_fields *fields);

/* Resident set of the process in KiB; 0: not to be had. Read at most ten times a second. */
uint32_t output_rss_kib(void);
/* The same, however soon; 0: not known. */
uint32_t output_rss_kib_now(void);

#endif
