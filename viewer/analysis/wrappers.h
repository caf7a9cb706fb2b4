/* SPDX-License-Identifier: Apache-2.0
 *
 * Allocation wrappers that no rule knows, found by what they do: a function that takes memory in
 * one or two places, for many callers. One that is named like an allocator needs WRAPPERS_NAMED
 * calling functions, any other WRAPPERS_CALLERS: a constructor that is used all over a program
 * looks much the same, and is a site in its own right. A rule "keep-function" overrides what is
 * found.
 */
#ifndef SEEP_ANALYSIS_WRAPPERS_H
#define SEEP_ANALYSIS_WRAPPERS_H

#include "analysis/keymap.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define WRAPPERS_NAMED 4
#define WRAPPERS_CALLERS 24

struct sites;

struct wrappers {
  struct keymap functions; /* by wrappers_key: 1 */
};

void wrappers_release(struct wrappers *wrappers);

/* What stands for a function of a module; function may be NULL. */
uint64_t wrappers_key(uint32_t module, const char *function);

bool wrappers_has(const struct wrappers *wrappers, uint32_t module, const char *function);

/* Looks for wrappers among the functions that sites would be named after, and adds them. *found:
 * how many; wrappers of these may be found next. false: no memory. */
bool wrappers_find(struct wrappers *wrappers, struct sites *sites, size_t *found);

#endif
