/* SPDX-License-Identifier: Apache-2.0 */
#include "scene.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void scene_check(bool fine, const char *what) {
  if (fine)
    return;
  fprintf(stderr, "the scene could not be made: %s\n", what);
  abort();
}

void scene_begin(struct scene *scene) {
  *scene = (struct scene){.path = "/tmp/seep-scene-XXXXXX"};
  int fd = mkstemp(scene->path);
  scene_check(fd >= 0, "temporary file");
  close(fd);
  scene->builder = builder_new(scene->path);
  builder_process(scene->builder, &(struct builder_process){.program = "demo"});
  builder_module(scene->builder, 1, "/usr/bin/demo", 0, "\x12\x34", 2);
  builder_module(scene->builder, 2, "/lib/libc.so.6", 0x1000000, "\x56\x78", 2);
  builder_thread(scene->builder, 1, 101, "main", 1000, 0);
  builder_thread(scene->builder, 2, 102, "worker", 1000, 0);
  fake_symbols_forget();
}

void scene_analyse(struct scene *scene, uint64_t end_stamp, bool named,
                   const struct analysis_options *options) {
  struct trace_error error = {0};
  builder_drain(scene->builder, 1);
  builder_drain(scene->builder, 2);
  builder_end(scene->builder, end_stamp, &(struct builder_state){.captures = 1});
  builder_close(scene->builder);
  scene->builder = NULL;
  scene_check(trace_open(scene->path, &scene->trace, &error) == TRACE_OK, error.detail);
  scene->symbols = named ? symbols_new(scene->trace, NULL) : NULL;
  scene_check(analysis_new(scene->trace, scene->symbols, options, &scene->analysis, &error) ==
                  TRACE_OK,
              error.detail);
}

void scene_end(struct scene *scene) {
  analysis_free(scene->analysis);
  symbols_free(scene->symbols);
  trace_close(scene->trace);
  unlink(scene->path);
}

static const struct symbol_frame scene_main[] = {{"main", "main", "/src/demo/main.c", 10}};
static const struct symbol_frame scene_table[] = {{"table_make", NULL, "/src/demo/table.c", 20}};
static const struct symbol_frame scene_create[] = {
    {"session_new", NULL, "/src/demo/session.h", 5},
    {"session_create", NULL, "/src/demo/session.c", 142}};
static const struct symbol_frame scene_wrapper[] = {{"xmalloc", "xmalloc", "/src/demo/x.c", 3}};

/* Contexts: 1 main, 2 table_make, 3 session_create with session_new inlined, 4 xmalloc called by 3,
 * 5 libc called by 1. By the end: the table's 4,096 bytes and 10 sessions of 152 bytes stand. */
void scene_sessions(struct scene *scene) {
  scene_begin(scene);
  struct builder *b = scene->builder;
  fake_symbols_set(1, 0x100, scene_main, 1);
  fake_symbols_set(1, 0x200, scene_table, 1);
  fake_symbols_set(1, 0x300, scene_create, 2);
  fake_symbols_set(1, 0x400, scene_wrapper, 1);
  builder_context(b, 1, 0, 1, 0x100, 0);
  builder_context(b, 2, 1, 1, 0x200, 0);
  builder_context(b, 3, 1, 1, 0x300, 0);
  builder_context(b, 4, 3, 1, 0x400, 0);
  builder_context(b, 5, 1, 2, 0x500, 0);
  builder_alloc(b, 1, 2000, 0x10000, 4096, 2);
  builder_alloc(b, 1, 2100, 0x20000, 100, 5);
  builder_mark(b, SEEP_MARK_LABEL, "warm", 0, 1000000);
  for (unsigned i = 0; i < 10; i++)
    builder_alloc(b, 2, 2000000 + i * 1000, 0x30000 + i * 0x100, 152, 4);
  builder_alloc(b, 2, 2500000, 0x40000, 50, 3);
  builder_free(b, 1, 2600000, 0x40000);
  builder_mark(b, SEEP_MARK_LABEL, "after", 10, 3000000);
  builder_free(b, 1, 4000000, 0x20000);
  scene_analyse(scene, 5000000, true, NULL);
}
