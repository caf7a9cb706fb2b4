/* SPDX-License-Identifier: Apache-2.0
 *
 * A small trace on disk, opened and analysed: what most tests of analysis and report look at.
 */
#ifndef SEEP_TEST_SCENE_H
#define SEEP_TEST_SCENE_H

#include "analysis/analysis.h"
#include "builder.h"
#include "fake_symbols.h"

struct scene {
  char path[64];
  struct builder *builder;
  struct trace *trace;
  struct symbols *symbols;
  struct analysis *analysis;
};

/* Starts a trace with process, module 1 (/usr/bin/demo), module 2 (/lib/libc.so.6) and threads 1
 * "main" (tid 101) and 2 "worker" (tid 102). Contexts are the test's. */
void scene_begin(struct scene *scene);

/* Drains both threads, ends the trace at stamp, opens it and analyses it (options may be NULL).
 * named: with the fake symbols, else with none. Ends the test if anything fails. */
void scene_analyse(struct scene *scene, uint64_t end_stamp, bool named,
                   const struct analysis_options *options);

void scene_end(struct scene *scene);

/* The scene of a session server: a table made at the start, two marks with 10 sessions between
 * them that leave a block each, and freed blocks all around. See scene.c for the figures. */
void scene_sessions(struct scene *scene);

#endif
