/* SPDX-License-Identifier: Apache-2.0 */
#include "families.h"

#include "builder.h"
#include "sample.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SECOND 1000000000ull
#define MASTER 100
#define TABLE 50 /* blocks that the master has when it forks */
#define TABLE_BYTES 4096
#define WORKERS_MOST 64

static char folder[4000];

static void enter(const char *directory, const char *name) {
  snprintf(folder, sizeof folder, "%s/%s", directory, name);
  mkdir(folder, 0700);
}

struct role {
  unsigned number; /* 0: the master */
  unsigned parent; /* number */
  unsigned second; /* of its fork */
  const char *program;
};

static const char *path_of(unsigned number) {
  static char path[4100];
  snprintf(path, sizeof path, "%s/%u.seep", folder, MASTER + number);
  return path;
}

static struct builder *begin(const struct role *role) {
  struct sample_module module = sample_module();
  char path[4096];
  ssize_t length = readlink("/proc/self/exe", path, sizeof path - 1);
  if (length < 0)
    exit(2);
  path[length] = '\0';
  uint64_t stamp = role->second ? role->second * SECOND : BUILDER_START_STAMP;
  struct builder_process process = {.program = role->program,
                                    .pid = MASTER + role->number,
                                    .parent_pid = role->second ? MASTER + role->parent : 1,
                                    .stamp = stamp,
                                    .monotonic_ns = stamp,
                                    .realtime_ns = BUILDER_START_REALTIME_NS + stamp,
                                    .trace_id = {7, (uint8_t)role->number}};
  process.fork_stamp = role->second * SECOND;
  process.parent_trace_id[0] = 7;
  process.parent_trace_id[1] = (uint8_t)role->parent;
  struct builder *builder = builder_new(path_of(role->number));
  builder_process(builder, &process);
  builder_module(builder, 1, path, module.bias, module.build_id, module.build_id_bytes);
  builder_thread(builder, 1, MASTER + role->number, "main", 1000, 0);
  builder_context(builder, 1, 0, 1, sample_main() - module.bias, 0);
  builder_context(builder, 2, 1, 1, sample_serve() - module.bias, 0);
  builder_context(builder, 3, 2, 1, sample_session_create() - module.bias, 0);
  builder_context(builder, 4, 1, 1, sample_cache_fill() - module.bias, 0);
  return builder;
}

static struct builder *begin_worker(unsigned number) {
  return begin(&(struct role){number, 0, 4 + number % 60, "server"});
}

static uint64_t table_address(unsigned block) {
  return 0x100000 + 0x10000ull * block;
}

static void fill_table(struct builder *master) {
  for (unsigned i = 0; i < TABLE; i++)
    builder_alloc(master, 1, SECOND + i * (SECOND / TABLE), table_address(i), TABLE_BYTES, 4);
  builder_drain(master, 1);
}

static void drop_from_table(struct builder *worker, unsigned second, unsigned count) {
  for (unsigned i = 0; i < count; i++)
    builder_free(worker, 1, second * SECOND + i, table_address(i));
  builder_drain(worker, 1);
}

/* Sessions that stay, spread over the time between the marks. */
static void leak(struct builder *worker, unsigned sessions) {
  for (unsigned i = 0; i < sessions; i++)
    builder_alloc(worker, 1, 13 * SECOND + 26 * SECOND * i / sessions, 0x10000000 + 0x1000ull * i,
                  152, 3);
  builder_drain(worker, 1);
}

static void mark(struct builder *builder, const char *label, unsigned second, uint64_t units) {
  builder_mark(builder, SEEP_MARK_LABEL, label, units, second * SECOND);
}

static void finish(struct builder *builder, unsigned second) {
  builder_end(builder, second * SECOND, &(struct builder_state){0});
  builder_close(builder);
}

static void write_master(void) {
  struct builder *master = begin(&(struct role){.program = "server"});
  fill_table(master);
  mark(master, "warm", 12, 0);
  mark(master, "after", 40, 1500);
  finish(master, 45);
}

/* sessions leak in it; freed blocks are of the table that it inherited. */
static void write_worker(unsigned number, unsigned sessions, unsigned freed) {
  struct builder *worker = begin_worker(number);
  mark(worker, "warm", 12, 0);
  leak(worker, sessions);
  drop_from_table(worker, 39, freed);
  mark(worker, "after", 40, 1500);
  finish(worker, 44);
}

/* One that is killed before the second mark. */
static void write_killed(unsigned number) {
  struct builder *worker = begin_worker(number);
  mark(worker, "warm", 12, 0);
  leak(worker, 20);
  builder_close(worker);
}

static void write_server(const char *directory, const char *name) {
  enter(directory, name);
  write_master();
  write_worker(1, 1000, 0);
  write_worker(2, 500, 10);
  write_worker(3, 0, 50);
}

/* One that was killed, one whose last block is cut, one that is damaged; and all but the parent. */
static void write_broken(const char *directory) {
  write_server(directory, "torn");
  write_killed(3);
  struct builder *worker = begin_worker(4);
  leak(worker, 100);
  uint64_t end = builder_offset(worker);
  builder_close(worker);
  builder_truncate(path_of(4), end - 10);
  worker = begin_worker(5);
  uint64_t middle = builder_offset(worker);
  leak(worker, 100);
  finish(worker, 44);
  builder_flip(path_of(5), middle + 100);
  write_server(directory, "orphans");
  unlink(path_of(0));
}

static void write_grandchild(const char *directory) {
  write_server(directory, "deep");
  struct builder *child = begin(&(struct role){4, 3, 20, "helper"});
  leak(child, 10);
  finish(child, 44);
}

/* Two that claim to be each other's children. */
static void write_ring(const char *directory) {
  enter(directory, "ring");
  for (unsigned number = 1; number < 3; number++)
    finish(begin(&(struct role){number, 3 - number, 5 + number, "snake"}), 30);
}

/* Names that want to take a terminal over, or all of its room. */
static void write_hostile(const char *directory) {
  static char name[10001];
  memset(name, 'x', sizeof name - 1);
  enter(directory, "hostile");
  struct builder *master = begin(&(struct role){.program = "\x1b[31mdemo\x07\xff\xfe"});
  mark(master, "\x1b[5mblink\u202e", 20, 0);
  finish(master, 45);
  for (unsigned number = 1; number < 3; number++) {
    struct builder *worker =
        begin(&(struct role){number, 0, 5, number == 1 ? name : "\u6f22\u5b57 cafe\u0301"});
    builder_module(worker, 2, number == 1 ? name : "/usr/lib/\x1b]0;title\x07\x1b[2Jbell",
                   0x10000000, number == 1 ? "\x13" : "\x14", 1);
    builder_context(worker, 9, 0, 2, 0x1000, 0);
    builder_alloc(worker, 1, 10 * SECOND, 0x1000, 100, 9);
    builder_drain(worker, 1);
    finish(worker, 44);
  }
}

static void write_alone(const char *directory) {
  enter(directory, "alone");
  finish(begin(&(struct role){.program = "server"}), 45);
}

static void write_many(const char *directory) {
  enter(directory, "many");
  write_master();
  for (unsigned number = 1; number < WORKERS_MOST; number++)
    write_worker(number, 100 + number, number % 3);
}

/* A family, and what the test moves there while it is looked at: more of a worker, and one that is
 * new. */
static void write_growing(const char *directory) {
  write_server(directory, "grows");
  write_killed(2);
  enter(directory, "grown");
  write_worker(2, 500, 10);
  write_worker(5, 10, 0);
}

void families_write(const char *directory) {
  write_server(directory, "server");
  write_broken(directory);
  write_grandchild(directory);
  write_ring(directory);
  write_hostile(directory);
  write_alone(directory);
  write_many(directory);
  write_growing(directory);
}
