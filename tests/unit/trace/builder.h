/* SPDX-License-Identifier: Apache-2.0
 *
 * Makes traces and stages for tests, frame by frame, as a recorder would write them; also such as
 * no recorder would. Errors end the test program: a test that cannot make its input has nothing to
 * say.
 *
 *     struct builder *b = builder_new("/tmp/x.seep");
 *     builder_process(b, &(struct builder_process){.program = "demo"});
 *     builder_module(b, 1, "/usr/bin/demo", 0x400000, "\x12\x34", 2);
 *     builder_context(b, 1, 0, 1, 0x1000, 0);            // id 1, outermost, demo+0x1000
 *     builder_context(b, 2, 1, 1, 0x1234, 0);            // id 2, called from 1
 *     builder_thread(b, 1, 4711, "main", 1000, 0);
 *     builder_alloc(b, 1, 2000, 0x7000, 64, 2);          // thread 1, stamp, address, size, context
 *     builder_free(b, 1, 2500, 0x7000);
 *     builder_sum(b, 1, &(struct builder_sum){.context = 2, .pairs = 10, .bytes = 640});
 *     builder_drain(b, 1);                               // the thread's events as an EVENTS frame
 *     builder_mark(b, SEEP_MARK_LABEL, "warm", 0, 3000);
 *     builder_end(b, 9000, &(struct builder_state){.captures = 11});
 *     builder_close(b);                               // closes the file
 *
 * Stamps are ticks; the default process starts at stamp 1000 with 1,000,000,000 ticks a second, at
 * UTC 2026-01-02T03:04:05Z (1767323045000000000 ns), CLOCK_MONOTONIC equal to the stamp.
 * Definitions are written at once, except contexts: they are collected, and written before the next
 * frame that may use them (or by builder_contexts).
 */
#ifndef SEEP_TRACE_BUILDER_H
#define SEEP_TRACE_BUILDER_H

#include <seep/format.h>
#include <seep/resident.h>
#include <seep/stage.h>
#include <stdbool.h>
#include <stddef.h>

#define BUILDER_START_STAMP 1000u
#define BUILDER_TICKS_PER_SECOND 1000000000u
#define BUILDER_START_REALTIME_NS 1767323045000000000u

struct builder;

/* Makes (or empties) the file at path. */
struct builder *builder_new(const char *path);
/* Writes what was collected (contexts; not events: see builder_drain), closes, frees. */
void builder_close(struct builder *builder);
/* Bytes in the file so far: where the next frame will begin. */
uint64_t builder_offset(struct builder *builder);
/* Payloads are compressed with zstd from now on (the default is that they are not). */
void builder_compress(struct builder *builder, bool compress);
/* rss_kib of the frames written from now on (default 0: not sampled). */
void builder_rss(struct builder *builder, uint32_t rss_kib);

/* ---- Definitions ------------------------------------------------------------------------------*/

struct builder_process {  /* what is 0 or NULL gets a default */
  const char *program;    /* "demo" */
  const char *executable; /* "/usr/bin/demo" */
  const char *command;    /* arguments, each followed by a NUL; "demo\0--port\0" */
  size_t command_bytes;   /* of command */
  uint64_t pid;           /* 4711 */
  uint64_t parent_pid;    /* 1 */
  uint64_t fork_stamp;    /* absent, and with it the next */
  uint8_t parent_trace_id[16];
  uint64_t clock;              /* SEEP_CLOCK_TSC */
  uint64_t ticks;              /* per second; BUILDER_TICKS_PER_SECOND */
  uint64_t stamp;              /* BUILDER_START_STAMP */
  uint64_t monotonic_ns;       /* BUILDER_START_STAMP */
  uint64_t realtime_ns;        /* BUILDER_START_REALTIME_NS */
  uint64_t memory_limit_bytes; /* absent */
  uint64_t attached_ns;        /* absent */
  uint64_t format;             /* SEEP_FORMAT_VERSION */
  uint8_t trace_id[16];        /* bytes 1, 2, ... 16 */
};
void builder_process(struct builder *builder, const struct builder_process *process);
/* The module maps [0x400000 + bias, + 0x100000). */
void builder_module(struct builder *builder, uint64_t id, const char *path, uint64_t bias,
                    const void *build_id, size_t build_id_bytes);
void builder_module_unloaded(struct builder *builder, uint64_t id, uint64_t stamp);
/* Says that the module is the recorder. */
void builder_module_recorder(struct builder *builder, uint64_t id);
/* A node: offset in module (0: an address), flags of enum seep_context_flag. */
void builder_context(struct builder *builder, uint32_t id, uint32_t parent, uint32_t module,
                     uint64_t offset, uint32_t flags);
/* Writes the contexts collected so far, if any. */
void builder_contexts(struct builder *builder);
void builder_thread(struct builder *builder, uint32_t serial, uint64_t tid, const char *name,
                    uint64_t start_stamp, uint64_t end_stamp);
void builder_mark(struct builder *builder, enum seep_mark_kind kind, const char *label,
                  uint64_t units, uint64_t stamp);
void builder_loss(struct builder *builder, enum seep_loss reason, uint64_t count, uint64_t stamp);

struct builder_state {   /* written where not 0 */
  uint64_t monotonic_ns; /* of the pair; 0: equal to the stamp */
  uint64_t rss_kib, lost_events, unrecorded_events, truncated_stacks, paused_events;
  uint64_t captures, verified, verify_skipped, disagreements;
  uint64_t context_count, recorder_bytes, holdup_ticks, drains, peak_threads, unrecorded_children;
  uint64_t size_limit, followed_share, unfollowed_blocks, unfollowed_bytes, unfollowed_frees;
  uint64_t unwritten_records;
};
void builder_state(struct builder *builder, uint64_t stamp, const struct builder_state *state);
void builder_end(struct builder *builder, uint64_t stamp, const struct builder_state *state);

/* A reading of resident memory, which took 10 ticks. */
void builder_resident(struct builder *builder, uint64_t stamp, const struct seep_resident *found);

/* ---- Events -----------------------------------------------------------------------------------
 * Events are collected per thread, in the order of the calls, until a drain writes them. They are
 * survivors: pairs to be cancelled are said with builder_sum. Sequence numbers count by themselves:
 * one for each event, two for one with a wide size, two for each pair of a sum. */
struct builder_event {
  uint64_t stamp, address, size; /* size: of a sampled free its weight */
  uint32_t context;
  uint8_t kind;   /* enum seep_kind, without WIDE */
  uint16_t flags; /* enum seep_event_flag */
};
void builder_event(struct builder *builder, uint32_t thread, const struct builder_event *event);
void builder_alloc(struct builder *builder, uint32_t thread, uint64_t stamp, uint64_t address,
                   uint64_t size, uint32_t context);
void builder_free(struct builder *builder, uint32_t thread, uint64_t stamp, uint64_t address);
void builder_sampled_free(struct builder *builder, uint32_t thread, uint64_t stamp,
                          uint64_t address, uint32_t weight, uint32_t context);

struct builder_sum { /* a row of the sums */
  uint32_t context;
  uint64_t pairs, bytes, temporary;
  unsigned lifetime_bucket, size_bucket;
  uint64_t in_next; /* so many of the pairs stand in the next bucket of both */
};
void builder_sum(struct builder *builder, uint32_t thread, const struct builder_sum *sum);
/* The block was at its highest now, behind the thread's events so far, with so many bytes of pairs.
 */
void builder_peak(struct builder *builder, uint32_t thread, uint64_t peak_bytes);
/* The block's last allocation was in a pair: else it is that of its survivors. */
void builder_last_in_pair(struct builder *builder, uint32_t thread);
/* The block covers so many records besides: wide sizes of pairs, frees that were taken back. */
void builder_cover(struct builder *builder, uint32_t thread, uint32_t records);
/* Stamps are stored in units of 2^stamp_shift ticks (default 0). */
void builder_stamp_shift(struct builder *builder, uint8_t stamp_shift);
/* From now on events are drained as THINNED: a block stands for 2^share_shift (0: as EVENTS). */
void builder_share_shift(struct builder *builder, uint8_t share_shift);
/* Numbers that the thread's next block leaves out, as if they had been lost. */
void builder_skip(struct builder *builder, uint32_t thread, uint64_t records);

/* Writes the thread's events and sums as an EVENTS frame; nothing where there are none. */
void builder_drain(struct builder *builder, uint32_t thread);
/* Writes the thread's events as a RECORDS frame. */
void builder_drain_records(struct builder *builder, uint32_t thread);

/* ---- Anything else ----------------------------------------------------------------------------
 * A frame with this payload. head gives type, stamps, thread, counts; magic, lengths and checksums
 * are filled in. */
void builder_frame(struct builder *builder, const struct seep_frame *head, const void *payload,
                   size_t bytes);
/* Bytes that are no frame. */
void builder_raw(struct builder *builder, const void *bytes, size_t count);
/* Appends an integer, a varint, a zigzag varint, a field to a payload in the making; at is moved.
 */
void builder_put_u64(uint8_t **at, uint64_t value);
void builder_put_varint(uint8_t **at, uint64_t value);
void builder_put_zigzag(uint8_t **at, int64_t value);
void builder_put_field(uint8_t **at, uint16_t tag, const void *value, size_t bytes);
void builder_put_number(uint8_t **at, uint16_t tag, uint64_t value);

/* To damage a closed file: one byte xor 0xff; cut to size. */
void builder_flip(const char *path, uint64_t offset);
void builder_truncate(const char *path, uint64_t size);

/* ---- Stages -----------------------------------------------------------------------------------
 * Writes TRACE.stage: what was collected for the threads and not drained yet stands in its slots
 * (one of 64 KiB for each thread that was used), the contexts collected and not written yet in a
 * segment. The builder may go on; later drains do not change the stage. */
struct builder_stage { /* what is 0 gets the default of builder_process */
  uint32_t pid;
  uint64_t pid_start;
  uint32_t control;
  uint64_t last_stamp, last_monotonic_ns;
  uint64_t lost_events, unrecorded_events, captures;
  bool other_identity; /* a trace_id that is not the trace's */
};
void builder_stage(struct builder *builder, const struct builder_stage *stage);

/* The path of the builder's trace. */
const char *builder_path(const struct builder *builder);

#endif
