/* SPDX-License-Identifier: Apache-2.0 */
#include "trace/frame.h"

#include <stdlib.h>
#include <string.h>
#include <zstd.h>

#define FRAME_SEARCH_BYTES 65536u

void frame_reader_start(struct frame_reader *reader) {
  memset(reader, 0, sizeof *reader);
  reader->file.fd = -1;
  seep_crc32_init(&reader->crc);
}

void frame_reader_stop(struct frame_reader *reader) {
  file_close(&reader->file);
  free(reader->stored.data);
  ZSTD_freeDCtx(reader->context);
}

/* ---- Payloads ---------------------------------------------------------------------------------*/

static bool frame_buffer_reserve(struct frame_buffer *buffer, size_t bytes) {
  if (bytes <= buffer->room && buffer->data)
    return true;
  free(buffer->data); /* nothing of the old content is wanted: no realloc */
  buffer->room = bytes + bytes / 4 + 64;
  buffer->data = malloc(buffer->room);
  if (!buffer->data)
    buffer->room = 0;
  return buffer->data;
}

static enum frame_result frame_read_stored(struct frame_reader *reader, const struct frame *frame,
                                           struct frame_buffer *into) {
  size_t bytes = frame->head.stored_bytes;
  if (!frame_buffer_reserve(into, bytes))
    return FRAME_MEMORY;
  if (!file_read(&reader->file, frame->offset + sizeof frame->head, into->data, bytes))
    return FRAME_READ;
  bool same = seep_crc32(&reader->crc, into->data, bytes) == frame->head.payload_crc;
  return same ? FRAME_OK : FRAME_CHECKSUM;
}

static enum frame_result frame_decompress(struct frame_reader *reader, const struct frame *frame,
                                          struct frame_buffer *into) {
  const struct frame_buffer *stored = &reader->stored;
  size_t bytes = frame->head.plain_bytes;
  if (!reader->context)
    reader->context = ZSTD_createDCtx();
  if (!reader->context || !frame_buffer_reserve(into, bytes))
    return FRAME_MEMORY;
  size_t got = ZSTD_decompressDCtx(reader->context, into->data, bytes, stored->data,
                                   frame->head.stored_bytes);
  return !ZSTD_isError(got) && got == bytes ? FRAME_OK : FRAME_PAYLOAD;
}

enum frame_result frame_payload(struct frame_reader *reader, const struct frame *frame,
                                struct frame_buffer *into) {
  if (frame->head.flags == 0)
    return frame_read_stored(reader, frame, into);
  if (frame->head.flags != SEEP_FRAME_ZSTD)
    return FRAME_PAYLOAD;
  enum frame_result result = frame_read_stored(reader, frame, &reader->stored);
  return result == FRAME_OK ? frame_decompress(reader, frame, into) : result;
}

/* ---- Headers ----------------------------------------------------------------------------------*/

static bool frame_head_valid(const struct seep_crc32 *crc, const struct seep_frame *head) {
  if (head->magic != SEEP_FRAME_MAGIC || head->stored_bytes > SEEP_PAYLOAD_LIMIT ||
      head->plain_bytes > SEEP_PAYLOAD_LIMIT)
    return false;
  if (!(head->flags & SEEP_FRAME_ZSTD) && head->plain_bytes != head->stored_bytes)
    return false;
  return seep_crc32(crc, head, offsetof(struct seep_frame, header_crc)) == head->header_crc;
}

static bool frame_head_at(const struct frame_walk *walk, uint64_t offset, struct frame *frame) {
  struct seep_frame *head = &frame->head;
  frame->offset = offset;
  return offset <= walk->end && walk->end - offset >= sizeof *head &&
         file_read(&walk->reader->file, offset, head, sizeof *head) &&
         frame_head_valid(&walk->reader->crc, head);
}

static bool frame_is_whole(const struct frame_walk *walk, const struct frame *frame) {
  return frame->head.stored_bytes <= walk->end - frame->offset - sizeof frame->head;
}

/* Payloads looked at on the way are limited, or a file made of nothing but large false headers
 * would take for ever. */
static bool frame_is_sound(struct frame_walk *walk, const struct frame *frame) {
  if (!frame_is_whole(walk, frame) || frame->head.stored_bytes > walk->budget)
    return false;
  walk->budget -= frame->head.stored_bytes;
  return frame_read_stored(walk->reader, frame, &walk->reader->stored) == FRAME_OK;
}

/* ---- The walk ---------------------------------------------------------------------------------*/

void frame_walk_start(struct frame_walk *walk, struct frame_reader *reader) {
  *walk = (struct frame_walk){.reader = reader, .end = reader->file.bytes};
  walk->budget = walk->end * 8 + SEEP_PAYLOAD_LIMIT;
}

void frame_reject(struct frame_walk *walk) {
  walk->rejected = true;
}

static bool frame_found(struct frame_walk *walk, const struct frame *frame) {
  walk->at = frame->offset + sizeof frame->head + frame->head.stored_bytes;
  walk->previous = *frame;
  walk->has_previous = true;
  walk->rejected = false;
  return true;
}

/* The offset of the next magic from `from` on; walk->end where there is none. */
static uint64_t frame_find_magic(const struct frame_walk *walk, uint64_t from) {
  uint8_t window[FRAME_SEARCH_BYTES];
  const uint32_t magic = SEEP_FRAME_MAGIC;
  while (from < walk->end) {
    uint64_t rest = walk->end - from;
    size_t want = rest < sizeof window ? (size_t)rest : sizeof window;
    size_t got = file_read_some(&walk->reader->file, from, window, want);
    const uint8_t *hit = memmem(window, got, &magic, sizeof magic);
    if (hit)
      return from + (uint64_t)(hit - window);
    if (got < sizeof window)
      break;
    from += got - (sizeof magic - 1);
  }
  return walk->end;
}

/* The next frame that is valid throughout, from `from` on. */
static bool frame_search(struct frame_walk *walk, uint64_t from, struct frame *frame) {
  while ((from = frame_find_magic(walk, from)) < walk->end) {
    if (frame_head_at(walk, from, frame) && frame_is_sound(walk, frame))
      return true;
    from++;
  }
  return false;
}

/* Where a gap begins that was met at walk->at. The frame before it may be to blame: one that was
 * written in part, with others behind it, has a length that leads into the middle of those. */
static void frame_gap_start(struct frame_walk *walk, const char *reason, struct frame_gap *gap) {
  gap->offset = walk->at;
  gap->reason = reason;
  if (!walk->has_previous || (!walk->rejected && frame_is_sound(walk, &walk->previous)))
    return;
  gap->offset = walk->previous.offset;
  gap->reason = "payload checksum";
  gap->with_previous = true;
}

bool frame_next(struct frame_walk *walk, struct frame *frame, struct frame_gap *gap) {
  *gap = (struct frame_gap){0};
  if (walk->at >= walk->end && !walk->rejected)
    return false;
  bool head = frame_head_at(walk, walk->at, frame);
  if (head && frame_is_whole(walk, frame) && !walk->rejected)
    return frame_found(walk, frame);
  bool torn = head || walk->end - walk->at < sizeof frame->head;
  frame_gap_start(walk, torn ? "torn frame" : "no frame header", gap);
  bool found = frame_search(walk, gap->offset + 1, frame);
  gap->bytes = (found ? frame->offset : walk->end) - gap->offset;
  if (found)
    return frame_found(walk, frame);
  walk->at = walk->end;
  walk->rejected = false;
  return false;
}
