/* SPDX-License-Identifier: Apache-2.0 */
#include "script.h"

#include "target.h"

#include <seep/checksum.h>
#include <seep/format.h>
#include <stdio.h>
#include <string.h>
#include <zstd.h>

#define SCRIPT_THREADS 256
#define SCRIPT_REPEATS 64
#define SCRIPT_TICKS 256
#define SCRIPT_FRAMES 4096

struct script {
  const uint8_t *at, *end;
  FILE *out;
  uint64_t stamp, sequences[SCRIPT_THREADS];
  uint8_t *payload;
  size_t bytes;
};

static uint16_t script_u16(const uint8_t *at) {
  return (uint16_t)(at[0] | at[1] << 8);
}

static void script_take_payload(struct script *script, uint8_t how, size_t bytes) {
  size_t repeats = how & SCRIPT_REPEAT ? SCRIPT_REPEATS : 1;
  if (bytes > (size_t)(script->end - script->at))
    bytes = (size_t)(script->end - script->at);
  script->bytes = bytes * repeats;
  script->payload = malloc(script->bytes + 1);
  must(script->payload);
  for (size_t i = 0; i < repeats && bytes; i++)
    memcpy(script->payload + i * bytes, script->at, bytes);
  script->at += bytes;
}

/* What a column has too much is taken away, what is left at the end goes to the last. */
static void script_fit_columns(struct script *script) {
  struct seep_events_head head;
  if (script->bytes < sizeof head)
    return;
  memcpy(&head, script->payload, sizeof head);
  size_t left = script->bytes - sizeof head;
  if (head.survivor_count > left)
    head.survivor_count = (uint32_t)left;
  head.column_bytes[SEEP_COLUMN_KINDS] = head.survivor_count;
  left -= head.survivor_count;
  for (int i = 0; i < SEEP_COLUMN_COUNT; i++) {
    if (i == SEEP_COLUMN_KINDS)
      continue;
    if (head.column_bytes[i] > left || i == SEEP_COLUMN_COUNT - 1)
      head.column_bytes[i] = (uint32_t)left;
    left -= head.column_bytes[i];
  }
  memcpy(script->payload, &head, sizeof head);
}

static void script_count(struct script *script, struct seep_frame *head, int step, uint16_t more) {
  uint64_t *sequence = &script->sequences[head->thread];
  if (head->type == SEEP_FRAME_EVENTS && script->bytes >= sizeof head->survivor_count) {
    memcpy(&head->survivor_count, script->payload, sizeof head->survivor_count);
    head->record_count = head->survivor_count + more;
  } else if (head->type == SEEP_FRAME_RECORDS) {
    head->record_count = (uint32_t)(script->bytes / sizeof(struct seep_record)) + more;
  } else if (head->type != SEEP_FRAME_THREAD) {
    head->thread = 0;
    return;
  }
  head->first_sequence = *sequence + (uint64_t)(int64_t)step;
  *sequence = head->first_sequence + head->record_count;
}

static void script_compress(struct script *script, struct seep_frame *head) {
  size_t room = ZSTD_compressBound(script->bytes);
  uint8_t *stored = malloc(room);
  must(stored);
  size_t bytes = ZSTD_compress(stored, room, script->payload, script->bytes, 1);
  must(!ZSTD_isError(bytes));
  free(script->payload);
  script->payload = stored;
  head->stored_bytes = (uint32_t)bytes;
  head->flags = SEEP_FRAME_ZSTD;
}

static void script_write(struct script *script, struct seep_frame *head) {
  static struct seep_crc32 crc;
  if (!crc.table[0][1])
    seep_crc32_init(&crc);
  head->payload_crc = seep_crc32(&crc, script->payload, head->stored_bytes);
  head->header_crc = seep_crc32(&crc, head, offsetof(struct seep_frame, header_crc));
  must(fwrite(head, 1, sizeof *head, script->out) == sizeof *head);
  must(fwrite(script->payload, 1, head->stored_bytes, script->out) == head->stored_bytes);
  free(script->payload);
}

static void script_frame(struct script *script) {
  const uint8_t *at = script->at;
  struct seep_frame head = {.magic = SEEP_FRAME_MAGIC, .type = at[0], .thread = at[2]};
  script->at += SCRIPT_HEAD_BYTES;
  script_take_payload(script, at[1], script_u16(at + 10));
  if (at[1] & SCRIPT_FIT && head.type == SEEP_FRAME_EVENTS)
    script_fit_columns(script);
  script_count(script, &head, (int8_t)at[3], script_u16(at + 4));
  script->stamp += (uint64_t)script_u16(at + 6) * SCRIPT_TICKS;
  head.first_stamp = script->stamp;
  head.last_stamp = script->stamp + (uint64_t)script_u16(at + 8) * SCRIPT_TICKS;
  head.plain_bytes = head.stored_bytes = (uint32_t)script->bytes;
  if (at[1] & SCRIPT_COMPRESS)
    script_compress(script, &head);
  script_write(script, &head);
}

uint8_t *script_trace(const uint8_t *bytes, size_t count, size_t *trace_bytes) {
  struct script script = {.at = bytes, .end = bytes + count};
  char *trace = NULL;
  script.out = open_memstream(&trace, trace_bytes);
  must(script.out);
  for (int i = 0; i < SCRIPT_FRAMES && script.end - script.at >= SCRIPT_HEAD_BYTES; i++)
    script_frame(&script);
  must(fclose(script.out) == 0);
  return (uint8_t *)trace;
}
