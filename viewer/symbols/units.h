/* SPDX-License-Identifier: Apache-2.0
 *
 * The compilation units of a binary's DWARF by address, and the functions of each. Built from the
 * units themselves, since .debug_aranges is missing in what clang and rustc write; a unit's
 * functions are read when an address in it is first asked for.
 */
#ifndef SEEP_SYMBOLS_UNITS_H
#define SEEP_SYMBOLS_UNITS_H

#include "symbols/ranges.h"
#include "symbols/scopes.h"
#include <elfutils/libdw.h>

struct unit {
  Dwarf_Die die;        /* has the line table */
  Dwarf_Die code;       /* has the functions: die itself, or its split half (.dwo) */
  Dwarf_Die *functions; /* DW_TAG_subprogram with code */
  size_t function_count, function_capacity;
  struct ranges ranges; /* items: functions */
  bool indexed;
};

struct units { /* all zero: empty */
  struct unit *rows;
  size_t count, capacity;
  struct ranges ranges; /* items: units */
  struct scopes scopes;
  uint64_t budget; /* entries still to be looked at: damaged DWARF may lead in circles */
};

/* Reads the units of dwarf, which must outlive them. false: no memory. */
bool units_read(struct units *units, Dwarf *dwarf);

/* The unit that holds address (as the DWARF counts), or NULL. */
struct unit *units_find(struct units *units, uint64_t address);

/* The function of unit that holds address, or NULL. */
Dwarf_Die *units_function(struct units *units, struct unit *unit, uint64_t address);

void units_release(struct units *units);

#endif
