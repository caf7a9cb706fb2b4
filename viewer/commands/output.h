/* SPDX-License-Identifier: Apache-2.0
 *
 * The name of the trace that a run writes: a template in which %p is the process id, %e the name of
 * the executable, %t the start in seconds since 1970 and %% a percent sign. The library fills it
 * in, in every process that it records; this is the same from outside.
 */
#ifndef SEEP_OUTPUT_H
#define SEEP_OUTPUT_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define OUTPUT_DEFAULT "seep.%e.%p.seep"

struct output {
  char template[PATH_MAX]; /* relative as it was given; %t is filled in: the same for everyone */
  uint64_t start_realtime_ns;
};

/* Makes the output of a run that starts now. false: text is no template, said on stderr. */
bool output_begin(struct output *output, const char *text);

/* The template made absolute, for a target that changes its directory. false: said on stderr. */
bool output_absolute(const struct output *output, char *text, size_t text_bytes);

/* Makes way for the trace of process pid that executes the file at program: an older trace of that
 * name is renamed to NAME.old, an empty file removed; whatever else stands there stays. Returns
 * false, and says why on stderr, when the name is taken. */
bool output_make_way(const struct output *output, pid_t pid, const char *program);

/* Finds the trace that process pid has written. If it executed one program after another, each left
 * one: path (PATH_MAX bytes) becomes the last, and the stages of all are folded in. */
bool output_find(const struct output *output, pid_t pid, char *path);

#endif
