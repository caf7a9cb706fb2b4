/* SPDX-License-Identifier: Apache-2.0
 *
 * What the viewer remembers from run to run: columns, order, theme. A small text file, a setting a
 * line ("sort growth"); it is the only file that the viewer writes by itself.
 */
#ifndef SEEP_STATE_H
#define SEEP_STATE_H

#include "screen/view.h"

#include <stddef.h>

struct state {
  enum figure_set figures; /* these three as in struct settings */
  uint32_t columns[TABLES_COUNT];
  struct order order;
  enum theme theme;
  enum analysis_sort sort;
};

/* Where it is kept: "seep/view" in XDG_CONFIG_HOME, else in HOME's .config. false: neither is set,
 * or the path has no room. */
bool state_path(char *path, size_t bytes);

/* Reads it. What is missing, or makes no sense, is left as *state has it. */
void state_read(struct state *state, const char *path);

/* Writes it for its owner alone, with its folder if need be: all of it, or nothing. false: errno
 * says why. */
bool state_write(const struct state *state, const char *path);

bool state_same(const struct state *a, const struct state *b);

#endif
