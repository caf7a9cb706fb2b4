/* SPDX-License-Identifier: Apache-2.0 */
#include "output.h"
#include "clock.h"
#include "file.h"
#include "message.h"
#include "proc.h"
#include "settings.h"
#include "signals.h"
#include "stage.h"
#include "sys.h"

#include <errno.h>
#include <fcntl.h>
#include <seep/checksum.h>
#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

static struct file output_file = {.descriptor = -1};
static struct seep_crc32 crc;
static _Atomic uint64_t unsaid_loss; /* records lost since the last LOSS frame */
static _Atomic int loss_errno;
static _Atomic uint64_t own_bytes, foreign_bytes; /* of the file: ours, and marks from outside */

bool output_create(const char *path, int *error) {
  size_t length = strlen(path);
  if (length >= sizeof output_file.path) {
    *error = ENAMETOOLONG;
    return false;
  }
  memcpy(output_file.path, path, length + 1);
  seep_crc32_init(&crc);
  long result = file_create(&output_file, O_APPEND);
  *error = sys_failed(result) ? (int)-result : 0;
  return !*error;
}

void output_discard(void) {
  sys_call3(SYS_unlink, output_file.path, 0, 0);
  output_forget();
}

void output_forget(void) {
  file_close(&output_file);
  output_file.path[0] = 0;
  atomic_store(&unsaid_loss, 0);
  atomic_store(&own_bytes, 0);
  atomic_store(&foreign_bytes, 0);
}

const char *output_path(void) {
  return output_file.path;
}

void output_begin(struct seep_frame *header, enum seep_frame_type type) {
  memset(header, 0, sizeof *header);
  header->magic = SEEP_FRAME_MAGIC;
  header->type = (uint16_t)type;
  header->first_stamp = header->last_stamp = clock_stamp();
}

static void count_loss(uint64_t records, int error) {
  stage_add(&stage->lost_events, records);
  stage_set(&stage->last_errno, (uint64_t)error);
  atomic_fetch_add(&unsaid_loss, records ? records : 1);
  atomic_store(&loss_errno, error);
  message_once(MESSAGE_WRITE, output_file.path, error);
}

/* ---- the limit of the trace's size
 * ----------------------------------------------------------------------------------------------*/

static uint64_t limit_bytes(void) {
  return settings.max_size > OUTPUT_LEAST_LIMIT ? settings.max_size : OUTPUT_LEAST_LIMIT;
}

/* How far a frame of the type may fill the file. */
static uint64_t limit_of(uint16_t type) {
  uint64_t limit = limit_bytes();
  switch (type) {
  case SEEP_FRAME_EVENTS:
  case SEEP_FRAME_THINNED:
  case SEEP_FRAME_RECORDS:
    return limit - limit / 16;
  case SEEP_FRAME_END:
  case SEEP_FRAME_LOSS:
    return limit - limit / 64;
  default:
    return limit - limit / 32;
  }
}

static uint64_t used_bytes(void) {
  return atomic_load(&own_bytes) + atomic_load(&foreign_bytes);
}

struct output_room output_room(void) {
  if (!settings.max_size)
    return (struct output_room){UINT64_MAX, UINT64_MAX};
  uint64_t whole = limit_of(SEEP_FRAME_EVENTS), used = used_bytes();
  return (struct output_room){used < whole ? whole - used : 0, whole};
}

/* Takes room for a frame, before it is written, so that threads do not take the same. */
static bool take_room(uint16_t type, size_t bytes) {
  uint64_t own = atomic_fetch_add(&own_bytes, bytes);
  if (!settings.max_size || own + atomic_load(&foreign_bytes) + bytes <= limit_of(type))
    return true;
  atomic_fetch_sub(&own_bytes, bytes);
  return false;
}

/* What the file has and we did not write, marks have brought. While another thread's frame is taken
 * into account and not yet written, it looks less than it is: it never becomes less. */
static void note_foreign(void) {
  uint64_t whole = __atomic_load_n(&output_file.bytes, __ATOMIC_RELAXED);
  uint64_t own = atomic_load(&own_bytes), known = atomic_load(&foreign_bytes);
  while (whole > own + known && !atomic_compare_exchange_weak(&foreign_bytes, &known, whole - own))
    ;
}

/* 0, or an errno. */
static int write_whole(const void *data, size_t bytes) {
  uint64_t before = signals_block(); /* SIGXFSZ, see file_write */
  long done = file_write(&output_file, data, bytes);
  signals_restore(before);
  if (done == (long)bytes)
    return 0;
  /* A short write leaves a torn frame; readers skip it. Its rest could not follow for certain,
   * since other threads append too. */
  return sys_failed(done) ? (int)-done : ENOSPC;
}

static void seal(struct seep_frame *header, size_t stored_bytes, size_t plain_bytes) {
  header->flags = plain_bytes ? SEEP_FRAME_ZSTD : 0;
  header->stored_bytes = (uint32_t)stored_bytes;
  header->plain_bytes = (uint32_t)(plain_bytes ? plain_bytes : stored_bytes);
  header->payload_crc = seep_crc32(&crc, header + 1, stored_bytes);
  header->header_crc = seep_crc32(&crc, header, offsetof(struct seep_frame, header_crc));
}

static void say_loss(void) {
  uint64_t records = atomic_exchange(&unsaid_loss, 0);
  if (!records)
    return;
  struct {
    struct seep_frame header;
    struct {
      struct seep_field field;
      uint64_t value;
    } fields[3];
  } frame;
  output_begin(&frame.header, SEEP_FRAME_LOSS);
  const uint64_t values[3][2] = {{SEEP_TAG_LOSS_REASON, SEEP_LOSS_WRITE},
                                 {SEEP_TAG_LOSS_COUNT, records},
                                 {SEEP_TAG_ERRNO, (uint64_t)atomic_load(&loss_errno)}};
  for (int i = 0; i < 3; i++) {
    frame.fields[i].field = (struct seep_field){.tag = (uint16_t)values[i][0], .bytes = 8};
    frame.fields[i].value = values[i][1];
  }
  seal(&frame.header, sizeof frame.fields, 0);
  uint64_t before = signals_block();
  if (!take_room(SEEP_FRAME_LOSS, sizeof frame) ||
      file_write(&output_file, &frame, sizeof frame) != (long)sizeof frame)
    atomic_fetch_add(&unsaid_loss, records);
  signals_restore(before);
}

static bool write_frame(struct seep_frame *header, size_t stored_bytes, size_t plain_bytes,
                        int *error) {
  size_t bytes = sizeof *header + stored_bytes;
  if (!take_room(header->type, bytes)) {
    stage_add(&stage->unwritten_records, header->record_count);
    return false;
  }
  seal(header, stored_bytes, plain_bytes);
  *error = write_whole(header, bytes);
  if (settings.max_size)
    note_foreign();
  if (*error) {
    atomic_fetch_sub(&own_bytes, bytes); /* what a torn one left is counted as foreign */
    return false;
  }
  if (atomic_load_explicit(&unsaid_loss, memory_order_relaxed))
    say_loss();
  return true;
}

bool output_write(struct seep_frame *header, size_t stored_bytes, size_t plain_bytes) {
  int error = 0;
  bool written = write_frame(header, stored_bytes, plain_bytes, &error);
  if (error)
    count_loss(header->record_count, error);
  return written;
}

bool output_write_or_keep(struct seep_frame *header, size_t stored_bytes, size_t plain_bytes,
                          bool *kept) {
  int error = 0;
  bool written = write_frame(header, stored_bytes, plain_bytes, &error);
  *kept |= error;
  return written;
}

void output_fields_begin(struct output_fields *fields, struct output_frame *frame,
                         enum seep_frame_type type) {
  fields->frame = frame;
  fields->used = 0;
  output_begin(&frame->header, type);
}

void output_field_bytes(struct output_fields *fields, enum seep_tag tag, const void *bytes,
                        size_t count) {
  size_t room = sizeof fields->frame->payload - fields->used;
  if (room < sizeof(struct seep_field))
    return;
  room -= sizeof(struct seep_field);
  if (count > room)
    count = room;
  struct seep_field field = {.tag = (uint16_t)tag, .bytes = (uint32_t)count};
  memcpy(fields->frame->payload + fields->used, &field, sizeof field);
  memcpy(fields->frame->payload + fields->used + sizeof field, bytes, count);
  fields->used += sizeof field + count;
}

void output_field_u64(struct output_fields *fields, enum seep_tag tag, uint64_t value) {
  output_field_bytes(fields, tag, &value, sizeof value);
}

void output_field_text(struct output_fields *fields, enum seep_tag tag, const char *text) {
  output_field_bytes(fields, tag, text, strlen(text));
}

bool output_fields_write(struct output_fields *fields) {
  return output_write(&fields->frame->header, fields->used, 0);
}

uint32_t output_rss_kib_now(void) {
  char text[128];
  long length = proc_read(PROC_STATM, 0, text, sizeof text - 1), at = 0;
  if (sys_failed(length))
    return 0;
  uint64_t pages = 0;
  while (at < length && text[at] != ' ') /* the first number is the address space */
    at++;
  for (at++; at < length && text[at] >= '0' && text[at] <= '9'; at++)
    pages = pages * 10 + (uint64_t)(text[at] - '0');
  if (length && !pages)
    proc_close(PROC_STATM);
  return (uint32_t)(pages * 4);
}

uint32_t output_rss_kib(void) {
  static _Atomic uint64_t next_ns;
  uint64_t now = clock_ns(CLOCK_MONOTONIC_COARSE);
  uint64_t next = atomic_load_explicit(&next_ns, memory_order_relaxed);
  if (now < next || !atomic_compare_exchange_strong(&next_ns, &next, now + 100000000u))
    return 0;
  return output_rss_kib_now();
}
