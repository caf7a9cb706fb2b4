/* SPDX-License-Identifier: Apache-2.0
 *
 * The recorder's options, from the environment that the process was started with.
 */
#ifndef SEEP_SETTINGS_H
#define SEEP_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct settings {
  char out[4096];       /* SEEP_OUT: may hold %p %e %t */
  bool children;        /* SEEP_CHILDREN */
  bool all_events;      /* SEEP_ALL_EVENTS: pairs are not cancelled */
  bool maps;            /* SEEP_MMAP: mmap, munmap, mremap too */
  bool client_requests; /* SEEP_CLIENT_REQUESTS: Valgrind's, of pools */
  bool libunwind;       /* SEEP_UNWIND=libunwind */
  bool calls_out;    /* captures may call libunwind, which allocates: libunwind or verify_every */
  uint64_t max_size; /* SEEP_MAX_SIZE: bytes that the trace may have; 0: no limit */
  uint32_t depth;    /* SEEP_DEPTH: 0 is no limit */
  uint32_t free_stacks;  /* SEEP_FREE_STACKS: of so many frees one has its stack taken; 0: none */
  uint32_t verify_every; /* SEEP_VERIFY */
  uint32_t root_pid;     /* SEEP_ROOT: the process that seep run started; 0: not said */
};
extern struct settings settings __attribute__((visibility("hidden")));

/* Reads them, before libc is initialised if need be; from given (NAME=VALUE, each with a NUL, the
 * last with two), where that is not NULL. */
void settings_read(const char *given);
/* Expands settings.out into path, absolute. tagged: a child's, which must not have its parent's
 * name: without %p in the template the pid is put before the suffix. false: too long. */
bool settings_expand(char *path, size_t bytes, bool tagged);
/* The options that differ from their defaults, as NAME=VALUE lines. */
void settings_text(char *text, size_t bytes);
/* Name of the executable without directory; "" when /proc is not there. */
const char *settings_program(void);
/* Its path. */
const char *settings_executable(void);

#endif
