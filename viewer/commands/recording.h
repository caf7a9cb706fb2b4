/* SPDX-License-Identifier: Apache-2.0
 *
 * The options of a recording, which seep run and seep attach share. The library takes them as
 * variables: an option here is a variable there.
 */
#ifndef SEEP_RECORDING_H
#define SEEP_RECORDING_H

#include <stdbool.h>
#include <stddef.h>

/* clang-format off */
#define RECORDING_OPTIONS                                                                          \
  {"output", required_argument, NULL, 'o'}, {"depth", required_argument, NULL, 'd'},               \
  {"all-events", no_argument, NULL, 'a'}, {"unwind", required_argument, NULL, 'u'},                \
  {"free-stacks", required_argument, NULL, 'f'}, {"mmap", no_argument, NULL, 'm'},                 \
  {"max-size", required_argument, NULL, 's'}
/* clang-format on */

/* Puts the option that getopt has found, with its value in optarg, into our environment. false: the
 * value is wrong, said on stderr. */
bool recording_apply(int option);

/* The variables of our environment that a library reads which is not preloaded: NAME=VALUE, each
 * with its NUL. false: they do not fit into text. */
bool recording_settings(char *text, size_t text_bytes, size_t *used);

#endif
