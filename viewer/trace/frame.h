/* SPDX-License-Identifier: Apache-2.0
 *
 * Frames of a trace file: walking from header to header, getting back into step after damage, and
 * the payloads.
 */
#ifndef SEEP_TRACE_FRAME_H
#define SEEP_TRACE_FRAME_H

#include "trace/file.h"
#include <seep/checksum.h>
#include <seep/format.h>

struct frame {
  struct seep_frame head;
  uint64_t offset; /* of the header in the file */
};

struct frame_buffer {
  uint8_t *data;
  size_t room;
};

/* What reading frames needs; used by one thread. */
struct frame_reader {
  struct file file;
  struct seep_crc32 crc;
  struct frame_buffer stored; /* compressed payloads on their way */
  void *context;              /* zstd's, made on first use */
};

void frame_reader_start(struct frame_reader *reader);
void frame_reader_stop(struct frame_reader *reader);

enum frame_result {
  FRAME_OK,
  FRAME_READ,     /* the file could not be read */
  FRAME_CHECKSUM, /* the payload is not what was written */
  FRAME_PAYLOAD,  /* the payload does not decompress to what the header says */
  FRAME_MEMORY,
};

/* Reads, checks and decompresses a frame's payload: plain_bytes of it, at into->data. The buffer
 * grows as needed and is the caller's to free. */
enum frame_result frame_payload(struct frame_reader *reader, const struct frame *frame,
                                struct frame_buffer *into);

/* A walk over the headers of the file's first `end` bytes. Payloads are not read, unless the walk
 * has lost its way: then only a frame with a sound payload sets it right. */
struct frame_walk {
  struct frame_reader *reader;
  uint64_t end, at, budget;
  struct frame previous; /* found last; its payload may be torn, and its length then misleads */
  bool has_previous, rejected;
};

struct frame_gap { /* bytes that belong to no frame */
  uint64_t offset, bytes;
  const char *reason;
  bool with_previous; /* the frame given out before is part of it */
};

void frame_walk_start(struct frame_walk *walk, struct frame_reader *reader);

/* Says that the payload of the frame found last is damaged: it becomes part of the next gap. */
void frame_reject(struct frame_walk *walk);

/* The next frame; false at the end. gap->bytes is 0 where none lies before it (or before the end).
 */
bool frame_next(struct frame_walk *walk, struct frame *frame, struct frame_gap *gap);

#endif
