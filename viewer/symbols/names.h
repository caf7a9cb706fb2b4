/* SPDX-License-Identifier: Apache-2.0
 *
 * The functions that a binary's symbol tables name: .symtab of the file or of its debug file,
 * .dynsym, and the small table that .gnu_debugdata holds.
 */
#ifndef SEEP_SYMBOLS_NAMES_H
#define SEEP_SYMBOLS_NAMES_H

#include "symbols/ranges.h"
#include <elfutils/libdwfl.h>

struct name {
  uint64_t start, size;
  const char *text; /* the binary's */
  int rank;         /* of several for one address the lowest is shown */
};

struct names { /* all zero: empty */
  struct name *rows;
  size_t count;
  struct ranges ranges;
};

/* Reads the symbols of module. false: no memory; a damaged table gives no names. */
bool names_read(struct names *names, Dwfl_Module *module);

/* The symbol whose function holds address, or NULL. */
const struct name *names_find(const struct names *names, uint64_t address);

void names_release(struct names *names);

#endif
