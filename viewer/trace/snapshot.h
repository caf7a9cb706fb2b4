/* SPDX-License-Identifier: Apache-2.0
 *
 * A copy of a stage at one moment, taken while its target may be running (see include/seep/stage.h
 * for why that is possible), and whether the target runs.
 */
#ifndef SEEP_TRACE_SNAPSHOT_H
#define SEEP_TRACE_SNAPSHOT_H

#include "trace/contexts.h"
#include "trace/file.h"
#include <seep/stage.h>

struct snapshot_slot {
  uint64_t offset; /* in the stage's file */
  struct seep_record *records;
  size_t count;
  struct seep_slot head; /* without its records; last, as it ends in an open array */
};

struct snapshot {
  struct file file; /* stays open: to look again */
  struct seep_stage head;
  struct snapshot_slot *slots; /* those that have an owner */
  size_t slot_count;
  size_t damaged; /* parts that make no sense */
  bool running;
};

enum snapshot_result {
  SNAPSHOT_OK,
  SNAPSHOT_NONE, /* there is no stage, or none that can be read; errno says why */
  SNAPSHOT_MEMORY,
};

/* Opens the stage at path and reads its header. */
enum snapshot_result snapshot_open(struct snapshot *snapshot, const char *path);
/* Copies its slots, and its context nodes into contexts. */
enum snapshot_result snapshot_take(struct snapshot *snapshot, struct contexts *contexts);
/* Copies the heads of its slots alone: no records, and slots' count is what they hold. */
enum snapshot_result snapshot_look(struct snapshot *snapshot);
/* Whether anything was recorded since the copy was taken. */
bool snapshot_changed(const struct snapshot *snapshot);
/* Totals: the header's, and what the slots have not added to them yet. */
void snapshot_count(const struct snapshot *snapshot, struct trace_counters *counters);
void snapshot_close(struct snapshot *snapshot);

#endif
