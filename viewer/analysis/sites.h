/* SPDX-License-Identifier: Apache-2.0
 *
 * Call sites: for each stack the innermost frame of the service's own (rules.h). Inlined frames
 * count as frames. Stacks whose own frame is the same call share a site: the same module, function,
 * file and line where a line is known, else the same code address.
 */
#ifndef SEEP_ANALYSIS_SITES_H
#define SEEP_ANALYSIS_SITES_H

#include "analysis/keymap.h"
#include "analysis/rules.h"
#include "analysis/wrappers.h"
#include "symbols/symbols.h"

#define SITE_NONE 0xffffffffu

struct site {
  const char *function, *file; /* owned by the symbols; NULL: not known */
  uint64_t offset;
  uint32_t module, line;
  uint32_t context; /* whose frame it is, of the first stack seen */
  uint32_t owner;   /* the site that stands for its whole function (itself, if it is one) */
  uint32_t next;    /* of the same hash; SITE_NONE: the last */
};

struct sites {
  const struct trace *trace;
  struct symbols *symbols; /* NULL: no names */
  const struct rules *rules;
  struct site *list;
  size_t count, capacity;
  struct keymap by_hash;    /* to index + 1 of the first site of that hash */
  struct keymap by_symbol;  /* address of a struct symbol to its own frame + 2, or 1: all skipped */
  struct wrappers wrappers; /* found in this trace */
  uint8_t *module_skipped;  /* per module: 0 not asked yet, 1 no, 2 yes */
};

/* Finds the wrappers of the trace, too. false: no memory; release it all the same. */
bool sites_init(struct sites *sites, const struct trace *trace, struct symbols *symbols,
                const struct rules *rules);
void sites_release(struct sites *sites);

/* What names the stack: its innermost own frame. Its index and chain are not set. */
struct site sites_name_of(struct sites *sites, uint32_t context);

/* Index of the site of a stack; SITE_NONE: no memory. */
uint32_t sites_of(struct sites *sites, uint32_t context);

/* A module's file name without directory; "[jit]" for module 0. */
const char *sites_module_name(const struct trace *trace, uint32_t module);

#endif
