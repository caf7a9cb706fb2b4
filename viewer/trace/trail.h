/* SPDX-License-Identifier: Apache-2.0
 *
 * Writing to a trace from outside: frames are appended behind whatever is there, each with one
 * write, so that they do not mix with those of a running target.
 */
#ifndef SEEP_TRACE_TRAIL_H
#define SEEP_TRACE_TRAIL_H

#include <seep/checksum.h>
#include <seep/format.h>
#include <stdbool.h>
#include <stddef.h>

struct trail {
  int fd;
  struct seep_crc32 crc;
};

/* Opens the trace for appending and waits until no one else who marks or folds has it open. false
 * with errno set. */
bool trail_open(struct trail *trail, const char *path);
void trail_close(struct trail *trail);

/* Appends a frame, uncompressed. like gives type, stamps, thread, counts. false with errno set; the
 * trace may then end in a torn frame, which readers pass over. */
bool trail_append(struct trail *trail, const struct seep_frame *like, const void *payload,
                  size_t bytes);

/* A payload of fields or varints in the making. */
struct trail_payload {
  uint8_t *data;
  size_t bytes, room;
  bool failed; /* no memory: what was put since is missing */
};

void trail_put_field(struct trail_payload *payload, uint16_t tag, const void *value, size_t bytes);
void trail_put_number(struct trail_payload *payload, uint16_t tag, uint64_t value);
void trail_put_varint(struct trail_payload *payload, uint64_t value);
/* Appends a frame with the payload, empties it. */
bool trail_append_payload(struct trail *trail, const struct seep_frame *like,
                          struct trail_payload *payload);
void trail_free_payload(struct trail_payload *payload);

#endif
