/* SPDX-License-Identifier: Apache-2.0
 *
 * The stage: a file (TRACE.stage) that a running target maps MAP_SHARED. It holds what is not yet
 * in the trace, and it outlives the target: after SIGKILL the kernel still has every committed
 * record. A running target is watched and steered through it: there is no socket and no signal.
 *
 * The file is a run of grains of SEEP_STAGE_GRAIN bytes. The first holds the header. A slot or a
 * context segment starts on a grain with its own magic and says how many bytes it has; a grain
 * without magic is not (or not yet) used: skip it. Parts never move and never change their size.
 *
 * Writers: the target, except where "outside" is said. Everything is read with plain aligned loads;
 * on x86-64 stores are seen in the order in which they were made. Treat the content as untrusted.
 */
#ifndef SEEP_STAGE_H
#define SEEP_STAGE_H

#include <seep/format.h>
#include <stdint.h>

#define SEEP_STAGE_GRAIN 16384u
#define SEEP_STAGE_MAGIC 0x3147535045455351ull   /* header */
#define SEEP_SLOT_MAGIC 0x31544f4c53504553ull    /* slot */
#define SEEP_SEGMENT_MAGIC 0x31545845434f4e31ull /* context segment */
#define SEEP_STAGE_MARKS 64u

enum seep_control {
  SEEP_CONTROL_RECORD = 0,
  SEEP_CONTROL_PAUSE = 1,  /* allocations are not recorded, frees are */
  SEEP_CONTROL_CLOSED = 2, /* the target ended in order, or gave up: nothing more will come */
};

struct seep_stage {
  uint64_t magic;
  uint32_t version; /* SEEP_FORMAT_VERSION */
  uint32_t pid;
  uint8_t trace_id[16];
  uint64_t pid_start; /* starttime of /proc/PID/stat */
  uint64_t zero[3];

  /* Steering. Outside may write control, mark_pending, marks and mark_count.
   * To put a mark: mark_pending = stamp now; take the mark's stamp; marks[mark_count % 64] = it;
   * mark_count += 1; mark_pending = 0; append the MARK frame to the trace. The recorder keeps all
   * pairs that a listed mark lies between, or that end after mark_pending (ignored when it is older
   * than a second). */
  uint32_t control; /* enum seep_control */
  uint32_t mark_count;
  uint64_t mark_pending;
  uint64_t zero2[6];
  uint64_t marks[SEEP_STAGE_MARKS];

  /* Calibration: two pairs (stamp, CLOCK_MONOTONIC ns), at the start and at the last drain
   * (last_stamp 0: just being written). */
  uint64_t first_stamp, first_monotonic_ns;
  uint64_t last_stamp, last_monotonic_ns;

  /* Totals since the start; the slots hold what their threads have not added yet. */
  uint64_t lost_events;
  uint64_t unrecorded_events;
  uint64_t truncated_stacks;
  uint64_t paused_events;
  uint64_t captures;
  uint64_t verified, verify_skipped, disagreements;
  uint64_t recorder_bytes; /* in memory at the last STATE: private memory and the stage */
  uint64_t recorder_bytes_peak;
  uint64_t holdup_ticks; /* longest */
  uint64_t drains;
  uint64_t context_count; /* ids given out: 1 .. context_count */
  uint64_t threads, peak_threads;
  uint64_t unrecorded_children;
  uint64_t stage_bytes; /* of the file in use */
  uint64_t last_errno;  /* of the last write that failed */

  /* Where the trace's size is limited, see the tags of the same names; share 0: it is not. */
  uint64_t size_limit, followed_share;
  uint64_t unfollowed_blocks, unfollowed_bytes, unfollowed_frees, unwritten_records;

  uint64_t unrecorded_child_allocations, unrecorded_child_bytes; /* as far as they told */
};
_Static_assert(sizeof(struct seep_stage) <= SEEP_STAGE_GRAIN, "stage header");

/* A thread's place for raw records. Record number s (counted per thread serial from 0) stands at
 * records[s - drained] for drained <= s < committed. A reader copies a slot, then reads thread and
 * drained again: changed means that a drain came between; try again. Records numbered below what
 * the thread's frames in the trace already cover (first_sequence + record_count) are duplicates. */
struct seep_slot {
  uint64_t magic;
  uint32_t bytes;  /* whole slot, a multiple of the grain */
  uint32_t thread; /* serial of the thread; SEEP_SLOT_FREE: nobody's */
  uint64_t committed;
  uint64_t drained;
  uint32_t tid;
  uint32_t lock; /* held by whoever drains */
  char name[16]; /* of the thread; NUL-terminated, as of its first event or last drain */
  uint64_t start_stamp;
  uint64_t unrecorded_events, truncated_stacks, paused_events, captures;
  uint64_t thread_pointer; /* of the thread: it lies in the topmost page of its stack. 0: the main
                              thread's, or not known */
  uint64_t zero[3];
  struct seep_record records[];
};
#define SEEP_SLOT_FREE 0xffffffffu
_Static_assert(sizeof(struct seep_slot) == 128, "slot header");

/* Nodes of the calling-context tree, by id: nodes[id - first_id]. A node is complete when its
 * address word is not 0. */
struct seep_node {
  uint64_t place; /* bits 0-47 offset (see CONTEXTS in format.h), bit 63 set, 48-51 flags */
  uint32_t parent;
  uint32_t module;
};
_Static_assert(sizeof(struct seep_node) == 16, "context node");
#define SEEP_NODE_COMPLETE (1ull << 63)
#define SEEP_NODE_FLAG_SHIFT 48

struct seep_segment {
  uint64_t magic;
  uint32_t bytes; /* whole segment, a multiple of the grain */
  uint32_t first_id;
  uint32_t capacity; /* nodes */
  uint32_t zero;
  uint64_t zero2;
  struct seep_node nodes[];
};
_Static_assert(sizeof(struct seep_segment) == 32, "segment header");

#endif
