/* SPDX-License-Identifier: Apache-2.0
 *
 * Reading a trace: TRACE together with TRACE.stage, whether its target runs, died or ended. The
 * three give the same events. Nothing here prints; every function that can fail returns a status
 * and fills an error. Traces are untrusted: every length is checked before use, and memory is
 * bounded by what the file holds, not by what it claims.
 *
 * Threads: a struct trace may be used by one thread at a time.
 */
#ifndef SEEP_TRACE_H
#define SEEP_TRACE_H

#include <seep/format.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One list makes the statuses and their texts. */
#define TRACE_STATUSES(X)                                                                          \
  X(TRACE_OK, "done")                                                                              \
  X(TRACE_NOT_FOUND, "cannot be opened")                                                           \
  X(TRACE_NOT_A_TRACE, "is no seep trace")                                                         \
  X(TRACE_VERSION, "was written in a format this seep does not know")                              \
  X(TRACE_READ, "cannot be read")                                                                  \
  X(TRACE_WRITE, "cannot be written")                                                              \
  X(TRACE_MEMORY, "needs more memory than there is")                                               \
  X(TRACE_STOPPED, "was stopped by the caller")

enum trace_status {
#define X(name, text) name,
  TRACE_STATUSES(X)
#undef X
};

/* The status's text, a constant. */
const char *trace_status_text(enum trace_status status);

struct trace_error {
  enum trace_status status;
  uint64_t offset;  /* in the file, where that says something; else 0 */
  int system_errno; /* or 0 */
  char detail[160]; /* what to do, or what exactly; may be empty */
};

struct trace_process {
  char *program, *executable, *kernel, *recorder, *unwinder, *options; /* never NULL */
  char **command; /* arguments, NULL at the end */
  uint64_t pid, parent_pid;
  uint64_t pid_start; /* as /proc/PID/stat has it; survives an exec */
  uint64_t start_realtime_ns;
  enum seep_clock clock;
  double ticks_per_second; /* best estimate from all clock pairs seen */
  uint64_t start_stamp;
  uint64_t cpus, memory_bytes, memory_limit_bytes /* 0: none */, page_bytes;
  uint8_t trace_id[16], parent_trace_id[16];
  uint64_t fork_stamp;  /* 0: not forked from a recorded process */
  uint64_t attached_ns; /* so long it had run when recording began; 0: recorded from its start */
};

struct trace_module {
  uint64_t bias, start, stop, unload_stamp; /* unload_stamp 0: not seen unloaded */
  char *path;
  uint8_t *build_id;
  size_t build_id_bytes;
  bool is_recorder; /* libseep.so: no context has a frame of it */
};

/* Threads and modules are in the order of the recorder's numbers. A thread that only events name
 * has tid 0 and no name. */
struct trace_thread {
  uint64_t tid, start_stamp, end_stamp; /* end_stamp 0: alive as far as known */
  char *name;
};

struct trace_mark {
  enum seep_mark_kind kind;
  uint64_t stamp, realtime_ns, units; /* units 0: none given */
  char *label;
};

/* A node of the calling-context tree. Nodes are canonical: one id for one path. */
struct trace_context {
  uint64_t offset; /* see CONTEXTS in format.h */
  uint32_t parent; /* canonical id; 0: outermost */
  uint32_t module; /* index into modules; 0: none */
  uint32_t flags;  /* enum seep_context_flag */
};

struct trace_sample { /* of memory, from frame headers */
  uint64_t stamp, rss_kib;
};

/* What resident memory consisted of, by one reading of it that began at stamp. */
struct trace_resident {
  uint64_t stamp, end_stamp;
  uint64_t bytes;                      /* the sum of the parts */
  uint64_t parts[SEEP_RESIDENT_PARTS]; /* bytes each */
  uint64_t swapped_bytes, mapping_count;
};

/* Where malloc's heaps lay, of all readings together: the blocks of glibc's malloc that are
 * elsewhere have mappings of their own. */
struct trace_heaps {
  uint64_t start, stop; /* [heap] */
  uint32_t *windows;    /* of 2^SEEP_RESIDENT_WINDOW_BITS bytes, ascending */
  size_t window_count;
};

/* trace_replay may add to the damages (and to counters.lost_events): it is the first to look into
 * event frames. The array may move then. */
struct trace_damage {
  uint64_t offset, bytes; /* what was skipped; 0 bytes: not a place in the file */
  const char *reason;     /* a constant */
};

struct trace_counters { /* totals over the recording, from the stage or the last STATE/END frame */
  uint64_t lost_events, unrecorded_events, truncated_stacks, paused_events;
  uint64_t captures, verified, verify_skipped, disagreements;
  uint64_t context_count, recorder_bytes, holdup_ticks, drains, peak_threads, unrecorded_children;
  /* Of a trace whose size is limited; 0: it is not. Of followed_share blocks one was followed at
   * last. What was not followed is counted here alone, and stands for nothing that is told. */
  uint64_t size_limit, followed_share;
  uint64_t unfollowed_blocks, unfollowed_bytes, unfollowed_frees;
  uint64_t unwritten_records; /* the trace was full: nothing is told from then on */
  uint64_t unrecorded_child_allocations, unrecorded_child_bytes; /* of those children, about */
  uint64_t file_bytes, stage_bytes;
};

struct trace_disagreement {
  uint64_t stamp;
  uint64_t *ours, *theirs; /* addresses, innermost first */
  size_t our_count, their_count;
};

enum trace_state {
  TRACE_RUNNING,  /* the target still maps the stage */
  TRACE_ENDED,    /* it ended in order: END was read */
  TRACE_DIED,     /* it ended without END: killed, or crashed; the stage has been read */
  TRACE_NO_STAGE, /* without END and without a stage: the last blocks are missing */
};

/* What is known of a trace after trace_open; index 0 of modules, threads and contexts is "none".
 * Owned by the trace. Texts are as the target wrote them: escape before showing. */
struct trace {
  struct trace_process process;
  struct trace_module *modules;
  size_t module_count;
  struct trace_thread *threads;
  size_t thread_count;
  struct trace_mark *marks; /* by stamp; pauses and resumes among them */
  size_t mark_count;
  struct trace_context *contexts;
  size_t context_count;
  struct trace_sample *samples;
  size_t sample_count;
  struct trace_resident *residents; /* by stamp */
  size_t resident_count;
  struct trace_heaps heaps;
  struct trace_damage *damages;
  size_t damage_count;
  struct trace_disagreement *disagreements;
  size_t disagreement_count;
  struct trace_counters counters;
  enum trace_state state;
  /* Of anything recorded, marks excepted. A running trace is read as of when it was opened: that is
   * its last_stamp, and later events are not told. */
  uint64_t first_stamp, last_stamp;
  uint64_t record_count;       /* raw records: events and the wide sizes between them */
  struct trace_reader *reader; /* private */
};

/* Opens the trace at path and its stage. *out is NULL unless TRACE_OK; error may be NULL.
 * Definition frames are decoded, of event frames only the headers are read. A damaged frame is no
 * error: see damages. Free with trace_close. */
enum trace_status trace_open(const char *path, struct trace **out, struct trace_error *error);
void trace_close(struct trace *trace);

/* Kind of an event that is none of the target's: at this moment of a drained block, size bytes of
 * its cancelled pairs stood beside what is live, and the block was at its highest. Its address and
 * context are 0, its stamp is that of the event before it in the block, or the block's first. */
#define TRACE_TRANSIENT 15

/* One event, in the order of stamps over all threads; context is canonical. */
struct trace_event {
  uint64_t stamp, address, size; /* size 0 for a free */
  uint32_t context, thread;      /* context 0 for a free that is not sampled */
  uint32_t weight; /* of a sampled free (told as FREE): frees that it stands for; of an allocation:
                      blocks that it stands for, where not all are followed; else 0 */
  uint8_t kind; /* ALLOC, FREE, MAP, UNMAP, TRACE_TRANSIENT; UNFREE and WIDE are resolved before */
  uint16_t flags; /* enum seep_event_flag */
};

#define TRACE_SIZES 65     /* buckets, by significant bits */
#define TRACE_LIFETIMES 23 /* buckets, by octal digits of the ticks */
/* Pairs that a block cancelled, of one context, and its temporary allocations: those that it freed
 * before the thread's next allocation, be they among the pairs, its events or those of a block
 * before. */
struct trace_sums {
  uint32_t context, thread;
  uint64_t first_stamp, last_stamp; /* of the block */
  uint64_t pairs, bytes, temporary;
  uint64_t lifetimes[TRACE_LIFETIMES];
  uint64_t sizes[TRACE_SIZES];
};

struct trace_block { /* told before a block's events and sums are */
  uint64_t first_stamp, last_stamp, rss_kib;
  uint32_t thread;
  uint64_t pair_count, pair_bytes;
};

/* Callbacks may be NULL. sums are told when the block's first event would be; progress gets the
 * share done, 0 to 1, some hundred times, and stops the replay by returning false. */
struct trace_visitor {
  void (*block)(void *data, const struct trace_block *block);
  void (*events)(void *data, const struct trace_event *events, size_t count);
  void (*sums)(void *data, const struct trace_sums *sums);
  bool (*progress)(void *data, double share);
};

/* Replays all events once, merged by stamp; memory: one block per thread. May be called again. A
 * block of records (a stage's, or folded in) tells all its events: its pair_count is 0, and its
 * sums have no pairs, only the temporary allocations, which are counted in reading. */
enum trace_status trace_replay(struct trace *trace, const struct trace_visitor *visitor, void *data,
                               struct trace_error *error);

/* Seconds from the trace's start to stamp; UTC nanoseconds of stamp. */
double trace_seconds(const struct trace *trace, uint64_t stamp);
uint64_t trace_realtime_ns(const struct trace *trace, uint64_t stamp);

/* The path's frames from context outwards are contexts[id], contexts[contexts[id].parent], ... */

/* Whether the trace at path has grown or changed state since it was opened (cheap: for a viewer
 * that looks once a second). */
bool trace_changed(const struct trace *trace);

/* How a running target is at this moment: cheap enough for once a second, however long the trace.
 */
struct trace_pulse {
  bool running;
  uint64_t seconds_ns; /* since the target's start, by the monotonic clock; 0: not known */
  uint64_t drained_ns; /* since records were last moved from the stage to the trace's file */
  uint64_t waiting;    /* records that stand in the stage alone */
  struct trace_counters counters;
};

/* false: the trace has no stage (any more), or none that can be read. */
bool trace_pulse(const struct trace *trace, struct trace_pulse *pulse);

/* Appends a mark (see stage.h for how it is put into a running target). path names a trace; units
 * 0: none. */
enum trace_status trace_mark(const char *path, enum seep_mark_kind kind, const char *label,
                             uint64_t units, struct trace_error *error);

/* Folds the stage of a target that is gone into the trace and removes the stage; nothing is done
 * for a running target or without a stage. Afterwards the trace reads the same. */
enum trace_status trace_fold(const char *path, struct trace_error *error);

/* Finds the trace that the running process pid writes (from the stage it maps); path_bytes ≥ 1. */
enum trace_status trace_of_pid(uint64_t pid, char *path, size_t path_bytes,
                               struct trace_error *error);

#endif
