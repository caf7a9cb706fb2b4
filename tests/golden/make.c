/* SPDX-License-Identifier: Apache-2.0
 *
 * Makes the golden traces in the directory given: one small file a case, named after what it shows.
 */
#include "builder.h"

#include <stdio.h>
#include <string.h>

static const char *directory;
static char path[4096];

static struct builder *make(const char *name) {
  snprintf(path, sizeof path, "%s/%s.seep", directory, name);
  return builder_new(path);
}

static void put_definitions(struct builder *b) {
  builder_process(b, NULL);
  builder_module(b, 1, "/usr/bin/demo", 0x10000, "\x12\x34\xab", 3);
  builder_module(b, 2, "/lib/libdemo.so.1", 0x7f0000000000, NULL, 0);
  builder_context(b, 1, 0, 1, 0x1000, 0);
  builder_context(b, 2, 1, 1, 0x1234, 0);
  builder_context(b, 3, 2, 2, 0x555, SEEP_CONTEXT_GUESS);
  builder_thread(b, 1, 4711, "main", 1000, 0);
}

/* What most cases begin with: the definitions and one block, its mark and its state. */
static struct builder *make_plain(const char *name) {
  struct builder *b = make(name);
  put_definitions(b);
  builder_alloc(b, 1, 2000, 0x7000, 64, 2);
  builder_alloc(b, 1, 2100, 0x8000, 100, 3);
  builder_peak(b, 1, 64);
  builder_free(b, 1, 2500, 0x7000);
  builder_sum(b, 1,
              &(struct builder_sum){.context = 3,
                                    .pairs = 10,
                                    .bytes = 640,
                                    .temporary = 7,
                                    .lifetime_bucket = 12,
                                    .size_bucket = 7});
  builder_sum(b, 1,
              &(struct builder_sum){.context = 2,
                                    .pairs = 3,
                                    .bytes = 200,
                                    .temporary = 3,
                                    .lifetime_bucket = 21,
                                    .size_bucket = 6,
                                    .in_next = 1});
  builder_rss(b, 5000);
  builder_drain(b, 1);
  builder_rss(b, 0);
  builder_mark(b, SEEP_MARK_LABEL, "warm", 1000, 3000);
  return b;
}

static void put_second_block(struct builder *b) {
  builder_alloc(b, 1, 4000, 0x9000, 32, 1);
  builder_free(b, 1, 4100, 0x8000);
  builder_drain(b, 1);
}

static void finish(struct builder *b) {
  builder_end(b, 50001000,
              &(struct builder_state){
                  .monotonic_ns = 25001000, .captures = 14, .drains = 2, .context_count = 3});
  builder_close(b);
}

/* ---- Sound traces -----------------------------------------------------------------------------*/

static void make_ended(void) {
  struct builder *b = make_plain("ended");
  put_second_block(b);
  finish(b);
}

static void make_compressed(void) {
  struct builder *b = make("compressed");
  builder_compress(b, true);
  put_definitions(b);
  for (uint64_t i = 0; i < 500; i++)
    builder_alloc(b, 1, 2000 + i * 10, 0x10000 + i * 48, 40, 1 + i % 3);
  for (uint64_t i = 0; i < 500; i += 2)
    builder_free(b, 1, 9000 + i, 0x10000 + i * 48);
  builder_drain(b, 1);
  finish(b);
}

static void make_no_end(void) {
  builder_close(make_plain("no-end-no-stage"));
}

static void make_threads(void) {
  struct builder *b = make("threads-interleaved");
  put_definitions(b);
  builder_thread(b, 2, 4712, "worker \xc3\xa9\x1b[2J", 1500, 8000);
  for (uint64_t i = 0; i < 6; i++) {
    builder_alloc(b, 1, 2000 + i * 100, 0x10000 + i * 64, 16, 1);
    builder_alloc(b, 2, 2050 + i * 100, 0x20000 + i * 64, 16, 2);
    builder_free(b, 2, 2060 + i * 100, 0x10000 + i * 64);
    if (i % 2)
      builder_drain(b, 2);
  }
  builder_drain(b, 1);
  builder_alloc(b, 0, 3333, 0x30008, 8, 0); /* of no thread, without a stack */
  builder_drain(b, 0);
  finish(b);
}

/* Temporary allocations of raw blocks, with drained ones between. */
static void make_temporaries(void) {
  struct builder *b = make("temporaries");
  put_definitions(b);
  builder_alloc(b, 1, 2000, 0x7000, 64, 2);
  builder_alloc(b, 1, 2010, 0x8000, 64, 3);
  builder_free(b, 1, 2020, 0x8000); /* one */
  builder_free(b, 1, 2030, 0x7000);
  builder_alloc(b, 1, 2040, 0x7000, 64, 2);
  builder_drain_records(b, 1);
  builder_free(b, 1, 2050, 0x7000); /* one: of the block before */
  builder_alloc(b, 1, 2060, 0x8000, 64, 1);
  builder_drain_records(b, 1);
  builder_free(b, 1, 2070, 0x8000); /* the recorder has counted it */
  builder_sum(b, 1, &(struct builder_sum){.context = 1, .temporary = 1});
  builder_drain(b, 1);
  builder_free(b, 1, 2080, 0x8000); /* another's */
  builder_alloc(b, 1, 2090, 0x9000, 64, 3);
  builder_drain(b, 1);
  builder_free(b, 1, 2100, 0x9000); /* one: of a drained block */
  builder_drain_records(b, 1);
  builder_alloc(b, 1, 2110, 0xa000, 64, 3);
  builder_drain_records(b, 1);
  builder_skip(b, 1, 5);
  builder_free(b, 1, 2200, 0xa000); /* nobody knows what came between */
  builder_drain_records(b, 1);
  finish(b);
}

static void make_recorder(void) {
  struct builder *b = make("recorder-left-out");
  put_definitions(b);
  builder_module_recorder(b, 2);
  builder_context(b, 4, 3, 1, 0x100, 0);                      /* in the middle */
  builder_context(b, 5, 2, 1, 0x100, 0);                      /* the same path, then */
  builder_context(b, 6, 0, 2, 0x200, 0);                      /* nothing else */
  builder_context(b, 7, 0, 2, 0x300, SEEP_CONTEXT_TRUNCATED); /* its caller is cut */
  builder_context(b, 8, 7, 1, 0x400, 0);
  for (uint32_t context = 3; context <= 8; context++)
    builder_alloc(b, 1, 2000 + context, 0x7000 + context * 64, 8, context);
  builder_drain(b, 1);
  finish(b);
}

/* In columns and as records; one of a context that frees alone made. */
static void make_sampled_frees(void) {
  struct builder *b = make("sampled-frees");
  put_definitions(b);
  builder_context(b, 4, 1, 1, 0x5000, SEEP_CONTEXT_FREES);
  for (uint64_t i = 0; i < 4; i++)
    builder_alloc(b, 1, 2000 + i, 0x7000 + i * 64, 64, 2);
  builder_sampled_free(b, 1, 2100, 0x7000, 7, 4);
  builder_free(b, 1, 2110, 0x7040);
  builder_drain(b, 1);
  builder_event(b, 1,
                &(struct builder_event){.kind = SEEP_KIND_SAMPLED,
                                        .flags = SEEP_EVENT_REALLOC,
                                        .stamp = 2200,
                                        .address = 0x7080,
                                        .size = 1024,
                                        .context = 3});
  builder_sampled_free(b, 1, 2210, 0x70c0, 1, 4);
  builder_drain_records(b, 1);
  finish(b);
}

/* A trace that filled: all blocks are followed, then one in four, and in the end none. */
static void make_thinned(void) {
  struct builder *b = make_plain("thinned");
  builder_share_shift(b, 2);
  for (uint64_t i = 0; i < 3; i++)
    builder_alloc(b, 1, 4000 + i, 0x9000 + i * 64, 48, 2);
  builder_free(b, 1, 4100, 0x9000);
  builder_free(b, 1, 4110, 0x8000); /* told of in full */
  builder_free(b, 1, 4120, 0xa000); /* of a block that is not followed */
  builder_sampled_free(b, 1, 4130, 0x9040, 7, 3);
  builder_sum(b, 1,
              &(struct builder_sum){.context = 3,
                                    .pairs = 4,
                                    .bytes = 200,
                                    .temporary = 4,
                                    .lifetime_bucket = 4,
                                    .size_bucket = 6});
  builder_cover(b, 1, 9);
  builder_drain(b, 1);
  builder_skip(b, 1, 1000);
  builder_alloc(b, 1, 9000, 0xb000, 16, 1);
  builder_drain_records(b, 1);
  builder_end(b, 50001000,
              &(struct builder_state){.monotonic_ns = 25001000,
                                      .captures = 1020,
                                      .drains = 4,
                                      .context_count = 3,
                                      .size_limit = 1 << 20,
                                      .followed_share = 4,
                                      .unfollowed_blocks = 507,
                                      .unfollowed_bytes = 20000,
                                      .unfollowed_frees = 502,
                                      .unwritten_records = 1000});
  builder_close(b);
}

static void make_wide(void) {
  struct builder *b = make("wide-size");
  put_definitions(b);
  builder_alloc(b, 1, 2000, 0x7000, 5ull << 32, 1);
  builder_alloc(b, 1, 2001, 0x8000, 0xffffffff, 1);
  builder_drain_records(b, 1);
  builder_alloc(b, 1, 2002, 0x9000, 1ull << 47, 1);
  builder_drain(b, 1);
  finish(b);
}

static void make_unfree(void) {
  static const struct builder_event taken = {
      .kind = SEEP_KIND_FREE, .flags = SEEP_EVENT_REALLOC, .stamp = 2200, .address = 0x7000};
  struct builder_event back = taken;
  struct builder *b = make("unfree");
  back.kind = SEEP_KIND_UNFREE;
  back.stamp = 2210;
  put_definitions(b);
  builder_alloc(b, 1, 2000, 0x7000, 64, 1);
  builder_event(b, 1, &taken); /* in one block */
  builder_event(b, 1, &back);
  builder_drain(b, 1);
  builder_event(b, 1, &taken); /* over the border of two blocks */
  builder_drain_records(b, 1);
  builder_event(b, 1, &back);
  builder_drain_records(b, 1);
  finish(b);
}

static void make_mappings(void) {
  struct builder_event map = {
      .kind = SEEP_KIND_MAP, .stamp = 2000, .address = 0x700000, .size = 65536, .context = 2};
  struct builder *b = make("mappings");
  put_definitions(b);
  builder_event(b, 1, &map);
  map.kind = SEEP_KIND_UNMAP;
  map.stamp = 2500;
  map.size = 4096;
  builder_event(b, 1, &map);
  builder_drain(b, 1);
  finish(b);
}

static void make_contexts(void) {
  struct builder *b = make("contexts-doubled-and-orphaned");
  put_definitions(b);
  builder_context(b, 9, 8, 1, 0x3000, 0); /* before its parent, which is 2's double */
  builder_context(b, 8, 1, 1, 0x1234, 0);
  builder_context(b, 11, 99, 1, 0x4000, 0); /* parent unknown */
  builder_context(b, 12, 0, 0, 0x7fff12345678, SEEP_CONTEXT_EXACT);
  builder_alloc(b, 1, 2000, 0x7000, 1, 9);
  builder_alloc(b, 1, 2001, 0x7010, 2, 8);
  builder_alloc(b, 1, 2002, 0x7020, 3, 2);
  builder_alloc(b, 1, 2003, 0x7030, 4, 11);
  builder_alloc(b, 1, 2004, 0x7040, 5, 12);
  builder_drain(b, 1);
  finish(b);
}

static void make_coarse(void) {
  struct builder *b = make("coarse-stamps");
  put_definitions(b);
  builder_stamp_shift(b, 8);
  for (uint64_t i = 0; i < 8; i++)
    builder_alloc(b, 1, 2005 + i * 100, 0x7000 + i * 16, 8, 1);
  builder_drain(b, 1);
  finish(b);
}

static void make_backwards(void) {
  struct builder *b = make("stamps-going-back");
  put_definitions(b);
  builder_alloc(b, 1, 5000, 0x7000, 8, 1);
  builder_alloc(b, 1, 4000, 0x7010, 8, 1);
  builder_drain_records(b, 1);
  finish(b);
}

static void make_gap(void) {
  struct builder *b = make_plain("lost-block");
  builder_skip(b, 1, 500);
  builder_loss(b, SEEP_LOSS_WRITE, 500, 3500);
  builder_loss(b, SEEP_LOSS_BUSY, 3, 3500);
  put_second_block(b);
  finish(b);
}

static void make_unloaded(void) {
  struct builder *b = make_plain("module-unloaded");
  builder_module_unloaded(b, 2, 3100);
  finish(b);
}

static void make_pause(void) {
  struct builder *b = make_plain("pause-and-resume");
  builder_mark(b, SEEP_MARK_RESUME, "", 0, 3300);
  builder_mark(b, SEEP_MARK_PAUSE, "", 0, 3200);
  finish(b);
}

static void make_attached(void) {
  struct builder *b = make("attached");
  builder_process(b, &(struct builder_process){.attached_ns = 3600000000000});
  builder_module(b, 1, "/usr/bin/demo", 0x10000, "\x12\x34\xab", 3);
  builder_context(b, 1, 0, 1, 0x1000, 0);
  builder_thread(b, 1, 4711, "main", 1000, 0);
  builder_free(b, 1, 2000, 0x7000); /* of a block from before */
  builder_alloc(b, 1, 2100, 0x7000, 64, 1);
  builder_drain(b, 1);
  finish(b);
}

static void make_stage(void) {
  struct builder *b = make_plain("died-with-stage");
  builder_context(b, 4, 3, 2, 0x666, 0);
  builder_alloc(b, 1, 4000, 0x9000, 32, 4);
  builder_alloc(b, 1, 4001, 0xa000, 6ull << 32, 4);
  builder_alloc(b, 2, 4050, 0xb000, 33, 1);
  builder_stage(b, &(struct builder_stage){.captures = 20, .unrecorded_events = 2});
  builder_drain(b, 2); /* meanwhile: in both */
  builder_close(b);
}

/* Three readings: one of them knows a kind of memory that is not known here, one says of all less
 * than of the parts. */
static void make_resident(void) {
  static const struct seep_resident first = {
      .parts = {10 << 20, 2 << 20, 1 << 16, 3 << 20, 0, 4096, 1 << 20, 8192},
      .mapping_count = 40,
      .heap_start = 0x5000000,
      .heap_stop = 0x5a00000,
      .window_count = 3,
      .windows = {7, 3, 5},
  };
  uint8_t payload[256], *at = payload;
  struct seep_resident last = first;
  struct builder *b = make("resident");
  put_definitions(b);
  last.parts[SEEP_RESIDENT_HEAP] = 20 << 20;
  last.swapped_bytes = 5 << 20;
  last.heap_start = 0x5100000;
  last.heap_stop = 0x6400000;
  last.windows[1] = 9;
  builder_rss(b, 30000);
  builder_resident(b, 9000, &last);
  builder_rss(b, 0);
  builder_resident(b, 1100, &first);
  builder_put_number(&at, SEEP_TAG_RESIDENT_BYTES, 1 << 20);
  builder_put_number(&at, SEEP_TAG_RESIDENT_FILES, 1 << 12);
  builder_put_number(&at, 7777, 1 << 19);
  builder_frame(
      b, &(struct seep_frame){.type = SEEP_FRAME_RESIDENT, .first_stamp = 5000, .last_stamp = 5000},
      payload, (size_t)(at - payload));
  at = payload;
  builder_put_number(&at, SEEP_TAG_RESIDENT_BYTES, 1);
  builder_put_number(&at, SEEP_TAG_RESIDENT_HEAP, UINT64_MAX);
  builder_put_field(&at, SEEP_TAG_HEAP_WINDOWS, "no multiple of four", 18);
  builder_frame(
      b, &(struct seep_frame){.type = SEEP_FRAME_RESIDENT, .first_stamp = 5001, .last_stamp = 5002},
      payload, (size_t)(at - payload));
  finish(b);
}

/* ---- Damaged traces ---------------------------------------------------------------------------*/

static void make_torn(void) {
  struct builder *b = make_plain("torn-last-frame");
  put_second_block(b);
  uint64_t end = builder_offset(b);
  builder_close(b);
  builder_truncate(path, end - 5);
}

static void make_torn_header(void) {
  struct builder *b = make_plain("truncated-header");
  uint64_t end = builder_offset(b);
  put_second_block(b);
  builder_close(b);
  builder_truncate(path, end + 33);
}

/* One byte of the frame that the second block makes is wrong. */
static void make_flipped(const char *name, uint64_t byte) {
  struct builder *b = make_plain(name);
  uint64_t at = builder_offset(b);
  put_second_block(b);
  builder_alloc(b, 1, 5000, 0xa000, 48, 2);
  builder_drain(b, 1);
  finish(b);
  builder_flip(path, at + byte);
}

static void make_garbage(void) {
  struct builder *b = make_plain("garbage-between-frames");
  builder_raw(b, "SEEPSEEP is not enough to make a frame", 38);
  put_second_block(b);
  finish(b);
}

/* Written in part, then others behind it: its length leads into the middle of those. */
static void make_torn_middle(void) {
  struct builder *b = make_plain("torn-frame-in-middle");
  uint64_t start = builder_offset(b), cut;
  for (uint64_t i = 0; i < 40; i++)
    builder_alloc(b, 1, 3500 + i, 0x20000 + i * 32, 24, 2);
  builder_drain(b, 1);
  cut = start + 100;
  builder_truncate(path, cut);
  put_second_block(b);
  builder_mark(b, SEEP_MARK_LABEL, "after", 0, 6000);
  finish(b);
}

static void make_bad_process(void) {
  struct builder *b = make_plain("bad-process-frame");
  finish(b);
  builder_flip(path, 70);
}

static void make_unknown(void) {
  struct builder *b = make_plain("unknown-frame-type");
  builder_frame(b, &(struct seep_frame){.type = 999}, "something new", 13);
  put_second_block(b);
  finish(b);
}

static void make_unknown_tag(void) {
  struct builder *b = make_plain("unknown-tag-and-malformed-field");
  uint8_t payload[64], *at = payload;
  builder_put_field(&at, 7777, "new", 3);
  builder_put_number(&at, SEEP_TAG_STAMP, 3600);
  builder_put_number(&at, SEEP_TAG_MONOTONIC_NS, 3600);
  builder_frame(b, &(struct seep_frame){.type = SEEP_FRAME_STATE}, payload, (size_t)(at - payload));
  payload[4] = 200; /* the first field runs over the end */
  builder_frame(b, &(struct seep_frame){.type = SEEP_FRAME_MARK}, payload, (size_t)(at - payload));
  finish(b);
}

static void make_not_zstd(void) {
  struct builder *b = make_plain("payload-not-zstd");
  builder_frame(b,
                &(struct seep_frame){.type = SEEP_FRAME_EVENTS,
                                     .flags = SEEP_FRAME_ZSTD,
                                     .thread = 1,
                                     .first_stamp = 3500,
                                     .last_stamp = 3500,
                                     .first_sequence = 29,
                                     .record_count = 4,
                                     .survivor_count = 4},
                "this is no zstd frame", 21);
  finish(b);
}

static void make_short_columns(void) {
  struct builder *b = make_plain("malformed-events");
  struct seep_events_head head = {.survivor_count = 3, .column_bytes = {[SEEP_COLUMN_KINDS] = 2}};
  uint8_t payload[sizeof head + 2] = {0};
  memcpy(payload, &head, sizeof head);
  builder_frame(b,
                &(struct seep_frame){.type = SEEP_FRAME_EVENTS,
                                     .thread = 1,
                                     .first_stamp = 3500,
                                     .last_stamp = 3500,
                                     .first_sequence = 29,
                                     .record_count = 3,
                                     .survivor_count = 3},
                payload, sizeof payload);
  finish(b);
}

static void make_other_version(void) {
  struct builder *b = make("other-version");
  builder_process(b, &(struct builder_process){.format = SEEP_FORMAT_VERSION + 1});
  builder_close(b);
}

static void make_no_trace(void) {
  struct builder *b = make("no-trace");
  builder_raw(b, "#!/bin/sh\nexit 0\n", 17);
  builder_close(b);
}

static void make_empty(void) {
  builder_close(make("empty"));
}

int main(int argc, char **argv) {
  static void (*const makers[])(void) = {
      make_ended,       make_compressed,  make_no_end,        make_threads,       make_wide,
      make_unfree,      make_mappings,    make_contexts,      make_coarse,        make_backwards,
      make_gap,         make_unloaded,    make_pause,         make_stage,         make_torn,
      make_torn_header, make_garbage,     make_torn_middle,   make_bad_process,   make_unknown,
      make_unknown_tag, make_not_zstd,    make_short_columns, make_other_version, make_no_trace,
      make_empty,       make_temporaries, make_recorder,      make_sampled_frees, make_thinned,
      make_attached,    make_resident,
  };
  if (argc != 2) {
    fprintf(stderr, "usage: make DIRECTORY\n");
    return 2;
  }
  directory = argv[1];
  for (size_t i = 0; i < sizeof makers / sizeof *makers; i++)
    makers[i]();
  make_flipped("bad-magic-in-middle", 0);
  make_flipped("bad-header-crc", 20);
  make_flipped("bad-payload-crc", 64 + 80);
  return 0;
}
