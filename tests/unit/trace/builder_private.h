/* SPDX-License-Identifier: Apache-2.0
 *
 * What the builder's files share.
 */
#ifndef SEEP_TRACE_BUILDER_PRIVATE_H
#define SEEP_TRACE_BUILDER_PRIVATE_H

#include "builder.h"
#include <seep/checksum.h>

#define BUILDER_SCRATCH (1u << 20) /* bytes of the largest payload made here */

struct builder_node {
  uint32_t id, parent, module, flags;
  uint64_t offset;
};

struct builder_thread { /* collected for the next drain */
  bool used;
  uint64_t sequence, skip; /* records written before; to leave out */
  struct builder_event *events;
  size_t event_count;
  struct builder_sum *sums;
  size_t sum_count;
  uint32_t peak_position; /* see struct seep_events_head */
  uint64_t peak_bytes;
  uint32_t covered;
  bool last_in_pair;
};

struct builder {
  char *path;
  int fd;
  struct seep_crc32 crc;
  bool compress;
  uint32_t rss_kib;
  uint8_t stamp_shift, share_shift;
  uint8_t trace_id[16];
  struct builder_node *nodes; /* those from `written` on are not in the file */
  size_t node_count, nodes_written;
  struct builder_thread *threads; /* by serial */
  size_t thread_count;
};

/* Room for count items and one more, which is zeroed; ends the program where there is no memory.
 * What grows does so one by one from NULL and 0. */
void *builder_grow(void *items, size_t count, size_t item_bytes);
/* Ends the program when a system call failed. */
void builder_require(bool done, const char *what);
struct builder_thread *builder_thread_of(struct builder *builder, uint32_t serial);
/* Records that the thread's collected events make: wide ones two. */
uint32_t builder_record_count(const struct builder_thread *thread);
/* The collected events as records; the array is the caller's to free. */
struct seep_record *builder_records(const struct builder_thread *thread);

#endif
