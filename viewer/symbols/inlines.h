/* SPDX-License-Identifier: Apache-2.0
 *
 * What DWARF says of one address: the functions inlined there and the one they are inlined in, each
 * with the file and line where it stands.
 */
#ifndef SEEP_SYMBOLS_INLINES_H
#define SEEP_SYMBOLS_INLINES_H

#include "symbols/units.h"

#define INLINES_MOST 64 /* frames at one address; what is inlined deeper is left out */

struct inline_frame { /* texts are the DWARF's; NULL: not known */
  const char *name;   /* as in the source; with its scopes where there is no linkage name */
  const char *linkage;
  const char *file;
  uint32_t line;
};

/* Fills frames, innermost first, for address in unit and function (NULL: not known, then at most
 * one frame of file and line). Returns their number. */
size_t inlines_at(struct units *units, struct unit *unit, Dwarf_Die *function, uint64_t address,
                  struct inline_frame frames[INLINES_MOST]);

#endif
