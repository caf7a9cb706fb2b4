/* SPDX-License-Identifier: Apache-2.0
 *
 * What stands behind struct trace: private to this folder.
 */
#ifndef SEEP_TRACE_READER_H
#define SEEP_TRACE_READER_H

#include "trace/block.h"
#include "trace/definitions.h"
#include "trace/events.h"
#include "trace/snapshot.h"

struct trace_reader {
  char *path, *stage_path;
  struct frame_reader frames;
  struct definitions definitions;
  struct blocks blocks;
  struct snapshot stage; /* file.fd is -1 where there is none */
  uint64_t cut;          /* events from here on are not told: a running trace is read as of then */
  uint64_t budget;       /* bytes of payloads that may yet be in memory at once */
  struct frame_buffer scratch;
};

/* Made by trace_open; NULL: no memory. */
struct trace_reader *reader_new(const char *path);
void reader_free(struct trace_reader *reader);

/* Fills an error; any of it may be 0 or NULL. Returns its status. */
enum trace_status reader_fail(struct trace_error *error, enum trace_status status, uint64_t offset,
                              int system_errno, const char *detail);

/* Notes damage; false: no memory. reason: a constant. */
bool reader_damage(struct trace *trace, uint64_t offset, uint64_t bytes, const char *reason);

#endif
