/* SPDX-License-Identifier: Apache-2.0 */
#include "trace/trail.h"
#include "trace/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

/* The lock is on the trace; the target's own is on the stage. */
static bool trail_lock(int fd) {
  struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = 0, .l_len = 1};
  int result;
  do
    result = fcntl(fd, F_OFD_SETLKW, &lock);
  while (result != 0 && errno == EINTR);
  return result == 0;
}

bool trail_open(struct trail *trail, const char *path) {
  trail->fd = open(path, O_WRONLY | O_APPEND | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  if (trail->fd < 0)
    return false;
  seep_crc32_init(&trail->crc);
  if (trail_lock(trail->fd))
    return true;
  int saved = errno;
  close(trail->fd);
  errno = saved;
  return false;
}

void trail_close(struct trail *trail) {
  close(trail->fd); /* and the lock goes */
}

/* What is left after a short write is of no use: the frame is torn then in any case. */
static bool trail_write(int fd, const struct seep_frame *head, const void *payload, size_t bytes) {
  struct iovec parts[] = {{(void *)head, sizeof *head}, {(void *)payload, bytes}};
  ssize_t put;
  do
    put = writev(fd, parts, 2);
  while (put < 0 && errno == EINTR);
  if (put >= 0 && (size_t)put < sizeof *head + bytes)
    errno = ENOSPC;
  return put == (ssize_t)(sizeof *head + bytes);
}

bool trail_append(struct trail *trail, const struct seep_frame *like, const void *payload,
                  size_t bytes) {
  struct seep_frame head = *like;
  if (bytes > SEEP_PAYLOAD_LIMIT) {
    errno = EFBIG;
    return false;
  }
  head.magic = SEEP_FRAME_MAGIC;
  head.stored_bytes = head.plain_bytes = (uint32_t)bytes;
  head.payload_crc = seep_crc32(&trail->crc, payload, bytes);
  head.header_crc = seep_crc32(&trail->crc, &head, offsetof(struct seep_frame, header_crc));
  return trail_write(trail->fd, &head, payload, bytes);
}

/* ---- Payloads ---------------------------------------------------------------------------------*/

static void trail_put(struct trail_payload *payload, const void *data, size_t bytes) {
  if (payload->bytes + bytes > payload->room) {
    size_t room = (payload->bytes + bytes) * 2 + 256;
    uint8_t *grown = realloc(payload->data, room);
    payload->failed |= !grown;
    if (!grown)
      return;
    payload->data = grown;
    payload->room = room;
  }
  memcpy(payload->data + payload->bytes, data, bytes);
  payload->bytes += bytes;
}

void trail_put_field(struct trail_payload *payload, uint16_t tag, const void *value, size_t bytes) {
  struct seep_field field = {.tag = tag, .bytes = (uint32_t)bytes};
  trail_put(payload, &field, sizeof field);
  trail_put(payload, value, bytes);
}

void trail_put_number(struct trail_payload *payload, uint16_t tag, uint64_t value) {
  trail_put_field(payload, tag, &value, sizeof value);
}

void trail_put_varint(struct trail_payload *payload, uint64_t value) {
  uint8_t bytes[10];
  size_t count = 0;
  for (; value >= 0x80; value >>= 7)
    bytes[count++] = (uint8_t)(value | 0x80);
  bytes[count++] = (uint8_t)value;
  trail_put(payload, bytes, count);
}

bool trail_append_payload(struct trail *trail, const struct seep_frame *like,
                          struct trail_payload *payload) {
  bool done = !payload->failed && trail_append(trail, like, payload->data, payload->bytes);
  if (payload->failed)
    errno = ENOMEM;
  payload->bytes = 0;
  return done;
}

void trail_free_payload(struct trail_payload *payload) {
  free(payload->data);
  *payload = (struct trail_payload){0};
}
