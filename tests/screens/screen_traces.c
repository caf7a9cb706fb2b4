/* SPDX-License-Identifier: Apache-2.0
 *
 * Writes the traces that the screens of this folder show: screen_traces DIRECTORY. With "heaps" as
 * a second argument only the one of that name, of 100,000 sites.
 */
#include "builder.h"
#include "families.h"
#include "sample.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MODULE 1
#define THREAD 1
#define SECOND 1000000000ull

static char directory[4096];

static struct builder *begin(const char *name) {
  char path[5000];
  snprintf(path, sizeof path, "%s/%s.seep", directory, name);
  struct builder *builder = builder_new(path);
  return builder;
}

static struct builder *begin_demo(const char *name) {
  struct builder *builder = begin(name);
  builder_process(builder, &(struct builder_process){.program = "demo"});
  builder_module(builder, MODULE, "/usr/bin/demo", 0x400000, "\x12\x34", 2);
  builder_thread(builder, THREAD, 4711, "main", 1000, 0);
  return builder;
}

/* count blocks of bytes, spread evenly from first to last. Addresses never come twice. */
static void allocate(struct builder *builder, uint64_t first, uint64_t last, unsigned count,
                     uint64_t bytes, uint32_t context) {
  static uint64_t address = 0x10000;
  for (unsigned i = 0; i < count; i++, address += 0x10000)
    builder_alloc(builder, THREAD, first + (last - first) * i / count, address, bytes, context);
}

static void write_empty(void) {
  struct builder *builder = begin_demo("empty");
  builder_end(builder, 5 * SECOND, &(struct builder_state){0});
  builder_close(builder);
}

static void write_one(void) {
  struct builder *builder = begin_demo("one");
  builder_context(builder, 1, 0, MODULE, 0x1000, 0);
  builder_context(builder, 2, 1, MODULE, 0x1234, 0);
  allocate(builder, SECOND, 4 * SECOND, 3, 152, 2);
  builder_drain(builder, THREAD);
  builder_end(builder, 5 * SECOND, &(struct builder_state){.captures = 3});
  builder_close(builder);
}

/* Sites of all sizes, each with its own callers. */
static void write_many(const char *name, unsigned sites) {
  struct builder *builder = begin_demo(name);
  builder_compress(builder, true);
  builder_context(builder, 1, 0, MODULE, 0x1000, 0);
  for (unsigned i = 0; i < sites; i++) {
    builder_context(builder, 2 + i, 1, MODULE, 0x2000 + 16 * i, 0);
    allocate(builder, SECOND + i, SECOND + i + 1, 1, 16 + 8ull * (i * 7919 % 10007), 2 + i);
    if (i % 512 == 511)
      builder_drain(builder, THREAD);
  }
  builder_drain(builder, THREAD);
  builder_end(builder, 5 * SECOND, &(struct builder_state){0});
  builder_close(builder);
}

/* Texts that want to take a terminal over, or to take all of its room. */
static void write_hostile(void) {
  static char long_path[10001];
  memset(long_path, 'x', 10000);
  struct builder *builder = begin("hostile");
  builder_process(builder, &(struct builder_process){.program = "\x1b[31mdemo\x07\xff\xfe"});
  builder_module(builder, 1, "/usr/bin/\x1b]0;title\x07\x1b[2Jbell", 0x400000, "\x12", 1);
  builder_module(builder, 2, long_path, 0x10000000, "\x13", 1);
  builder_module(builder, 3, "/usr/lib/\u6f22\u5b57\u6f22\u5b57.so", 0x20000000, "\x14", 1);
  builder_module(builder, 4, "/usr/lib/cafe\u0301-\u202egpj.so", 0x30000000, "\x15", 1);
  builder_module(builder, 5, "", 0x40000000, "\x16", 1);
  builder_thread(builder, THREAD, 4711, "na\nme\t\x9b", 1000, 0);
  for (uint32_t module = 1; module <= 5; module++) {
    builder_context(builder, module, 0, module, 0x1000, 0);
    allocate(builder, SECOND * module, SECOND * module + 10, 6 - module, 100, module);
  }
  builder_drain(builder, THREAD);
  builder_mark(builder, SEEP_MARK_LABEL, "\x1b[5mblink\u202e", 3, 4 * SECOND);
  builder_end(builder, 9 * SECOND, &(struct builder_state){0});
  builder_close(builder);
}

/* What a sessiond might leave behind: a start-up table, a cache, a leak of 1,000 sessions. */
static struct builder *begin_service(const char *name) {
  struct sample_module module = sample_module();
  char path[4096];
  ssize_t length = readlink("/proc/self/exe", path, sizeof path - 1);
  if (length < 0)
    exit(2);
  path[length] = '\0';
  struct builder *builder = begin(name);
  builder_process(builder, &(struct builder_process){.program = "sessiond"});
  builder_module(builder, MODULE, path, module.bias, module.build_id, module.build_id_bytes);
  builder_thread(builder, THREAD, 4711, "main", 1000, 0);
  builder_context(builder, 1, 0, MODULE, sample_main() - module.bias, 0);
  builder_context(builder, 2, 1, MODULE, sample_serve() - module.bias, 0);
  builder_context(builder, 3, 2, MODULE, sample_session_create() - module.bias, 0);
  builder_context(builder, 4, 2, MODULE, sample_cache_fill() - module.bias, 0);
  builder_context(builder, 5, 1, MODULE, sample_cache_fill() - module.bias, 0);
  allocate(builder, SECOND, 2 * SECOND, 50, 4096, 5);
  allocate(builder, 2 * SECOND, 10 * SECOND, 150, 4096, 4);
  builder_drain(builder, THREAD);
  builder_mark(builder, SEEP_MARK_LABEL, "warm", 0, 12 * SECOND);
  return builder;
}

/* One leak, for long enough that it has a rate per hour. */
static void write_long(void) {
  struct builder *builder = begin_service("long");
  for (uint64_t minute = 1; minute <= 10; minute++) {
    allocate(builder, 60 * SECOND * minute, 60 * SECOND * minute + 50 * SECOND, 100, 152, 3);
    builder_drain(builder, THREAD);
  }
  builder_mark(builder, SEEP_MARK_LABEL, "after", 1000, 662 * SECOND);
  builder_end(builder, 665 * SECOND, &(struct builder_state){.captures = 1200});
  builder_close(builder);
}

static void end_service(struct builder *builder) {
  allocate(builder, 13 * SECOND, 39 * SECOND, 1000, 152, 3);
  builder_drain(builder, THREAD);
  builder_mark(builder, SEEP_MARK_LABEL, "after", 1000, 40 * SECOND);
  builder_end(builder, 45 * SECOND, &(struct builder_state){.captures = 1200});
  builder_close(builder);
}

/* Two leaks, each with its own rhythm. */
static void write_leaks(void) {
  struct builder *builder = begin_service("leaks");
  for (uint64_t second = 13; second < 39; second++) {
    uint64_t at = second * SECOND, middle = at + SECOND / 2;
    allocate(builder, at, middle, 40, 152, 3);
    allocate(builder, middle, at + SECOND, second < 26 ? 2 : 20, 4096, 4);
  }
  builder_drain(builder, THREAD);
  builder_mark(builder, SEEP_MARK_LABEL, "after", 1000, 40 * SECOND);
  builder_end(builder, 45 * SECOND, &(struct builder_state){0});
  builder_close(builder);
}

/* A session with two strings each. */
static void write_bundle(void) {
  struct builder *builder = begin_service("bundle");
  builder_context(builder, 6, 3, MODULE, sample_serve() - sample_module().bias, 0);
  for (uint64_t session = 0; session < 1000; session++) {
    uint64_t at = 13 * SECOND + session * (26 * SECOND / 1000);
    allocate(builder, at, at + 1, 1, 152, 3);
    allocate(builder, at + 1000, at + 2000, 2, 64, 6);
  }
  builder_drain(builder, THREAD);
  builder_mark(builder, SEEP_MARK_LABEL, "after", 1000, 40 * SECOND);
  builder_end(builder, 45 * SECOND, &(struct builder_state){0});
  builder_close(builder);
}

/* One that makes, one that frees what the other made and has ended, one that did nothing. */
static void write_threads(void) {
  const uint32_t taker = 2, idler = 3;
  struct builder *builder = begin_demo("threads");
  builder_thread(builder, taker, 4712, "taker", 2 * SECOND, 4 * SECOND);
  builder_thread(builder, idler, 4713, "idler", 2 * SECOND, 0);
  builder_context(builder, 1, 0, MODULE, 0x1000, 0);
  for (uint64_t i = 0; i < 100; i++)
    builder_alloc(builder, THREAD, SECOND + i, 0x10000 + 0x1000 * i, 152, 1);
  builder_drain(builder, THREAD);
  for (uint64_t i = 0; i < 60; i++)
    builder_free(builder, taker, 3 * SECOND + i, 0x10000 + 0x1000 * i);
  builder_alloc(builder, taker, 3 * SECOND + 100, 0x1000000, 4096, 1);
  builder_drain(builder, taker);
  builder_end(builder, 5 * SECOND, &(struct builder_state){0});
  builder_close(builder);
}

static void write_growing(void) {
  struct builder *builder = begin_service("grows-1");
  allocate(builder, 13 * SECOND, 14 * SECOND, 100, 152, 3);
  builder_drain(builder, THREAD);
  builder_close(builder);
  end_service(begin_service("grows-2"));
}

static void write_damaged(void) {
  char path[5000];
  struct builder *builder = begin_service("damaged");
  uint64_t middle = builder_offset(builder);
  end_service(builder);
  snprintf(path, sizeof path, "%s/damaged.seep", directory);
  builder_flip(path, middle + 100);
  builder = begin_service("truncated");
  allocate(builder, 13 * SECOND, 39 * SECOND, 1000, 152, 3);
  builder_drain(builder, THREAD);
  uint64_t end = builder_offset(builder);
  builder_close(builder);
  snprintf(path, sizeof path, "%s/truncated.seep", directory);
  builder_truncate(path, end - 10);
}

/* a calls b, which calls a again; c allocates below both, and lets go of some. */
static void write_recursive(void) {
  struct builder *builder = begin_demo("recursive");
  builder_context(builder, 1, 0, MODULE, 0xa000, 0);
  builder_context(builder, 2, 1, MODULE, 0xb000, 0);
  builder_context(builder, 3, 2, MODULE, 0xa000, 0);
  builder_context(builder, 4, 3, MODULE, 0xc000, 0);
  builder_context(builder, 5, 1, MODULE, 0xc000, 0);
  builder_context(builder, 6, 2, MODULE, 0xd000, 0);
  allocate(builder, SECOND, 2 * SECOND, 10, 100, 4);
  allocate(builder, SECOND, 2 * SECOND, 10, 200, 5);
  allocate(builder, SECOND, 2 * SECOND, 10, 300, 6);
  builder_drain(builder, THREAD);
  builder_end(builder, 5 * SECOND, &(struct builder_state){0});
  builder_close(builder);
}

/* A reading of resident memory: heaps of so many KiB, and of the rest what does not grow. */
static void read_resident(struct builder *builder, uint64_t stamp, uint64_t heap_kib) {
  const struct seep_resident found = {
      .parts = {heap_kib << 10, 300 << 10, 200 << 10, 2000 << 10, stamp / SECOND * (10 << 10),
                4 << 10, 900 << 10, 4 << 10},
      .mapping_count = 123,
      .heap_start = 1 << 16,
      .heap_stop = 64 << 16,
  };
  builder_rss(builder, (uint32_t)(seep_resident_bytes(&found) >> 10));
  builder_resident(builder, stamp, &found);
}

/* Memory that was sampled: high from the start, and some that is given back between two marks. */
static void write_resident(void) {
  struct builder *builder = begin_demo("resident");
  builder_context(builder, 1, 0, MODULE, 0x1000, 0);
  for (uint64_t second = 1; second <= 20; second++) {
    builder_rss(builder, (uint32_t)(second < 5 ? 6000 : 8000 + 100 * second));
    builder_alloc(builder, THREAD, second * SECOND, second << 16, 400000, 1);
    if (second > 10 && second < 15)
      builder_free(builder, THREAD, second * SECOND + 1, (second - 10) << 16);
    builder_drain(builder, THREAD);
    if (second != 8 && second != 16)
      continue;
    builder_mark(builder, SEEP_MARK_LABEL, second == 8 ? "one" : "two", 0,
                 second * SECOND + SECOND / 2);
    read_resident(builder, second * SECOND + SECOND / 2 + 1000, second == 8 ? 5000 : 5800);
  }
  read_resident(builder, 20 * SECOND + SECOND / 2, 7000);
  builder_end(builder, 21 * SECOND, &(struct builder_state){.rss_kib = 10000});
  builder_close(builder);
}

static void write_lossy(void) {
  struct builder *builder = begin_service("lossy");
  builder_loss(builder, SEEP_LOSS_WRITE, 1234, 13 * SECOND);
  builder_end(builder, 45 * SECOND,
              &(struct builder_state){.lost_events = 1234, .truncated_stacks = 5});
  builder_close(builder);
}

int main(int argc, char **argv) {
  if (argc < 2)
    return 2;
  snprintf(directory, sizeof directory, "%s", argv[1]);
  if (argc > 2 && strcmp(argv[2], "heaps") == 0) {
    write_many("heaps", 100000);
    return 0;
  }
  write_empty();
  write_one();
  write_many("many", 3000);
  write_hostile();
  end_service(begin_service("service"));
  write_leaks();
  write_long();
  write_bundle();
  write_threads();
  write_growing();
  write_damaged();
  write_lossy();
  write_recursive();
  write_resident();
  families_write(directory);
  return 0;
}
