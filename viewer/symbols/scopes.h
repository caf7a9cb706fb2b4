/* SPDX-License-Identifier: Apache-2.0
 *
 * Names with their namespaces and classes, from where a function stands in the DWARF. gcc gives no
 * linkage name to what other files cannot see (anonymous namespaces, lambdas); where it is inlined
 * there is no symbol either, and "operator()" alone tells nobody anything.
 */
#ifndef SEEP_SYMBOLS_SCOPES_H
#define SEEP_SYMBOLS_SCOPES_H

#include "symbols/texts.h"
#include <elfutils/libdw.h>
#include <stdbool.h>

struct scopes_name { /* found before */
  const void *die;
  const char *text;
};

struct scopes { /* all zero: empty */
  struct scopes_name *names;
  size_t count, capacity; /* capacity: a power of two, or 0 */
  struct texts texts;
};

/* The name of the function die (or what is inlined there) as C++ and Rust write it; stays until
 * scopes_release. NULL: it has none, or no memory. */
const char *scopes_find(struct scopes *scopes, Dwarf_Die *die);

/* Whether names of the unit die need their scopes: not in C. */
bool scopes_matter(Dwarf_Die *unit);

void scopes_release(struct scopes *scopes);

/* An attribute of die itself or of what it is an instance of, as a text, or NULL. */
const char *scopes_attribute(Dwarf_Die *die, unsigned attribute);

/* The linkage name, or NULL. */
const char *scopes_linkage(Dwarf_Die *die);

#endif
