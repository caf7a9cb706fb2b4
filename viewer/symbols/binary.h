/* SPDX-License-Identifier: Apache-2.0
 *
 * One module's file and what names its addresses. Addresses are those of the file (the module's
 * bias taken off). Not for several threads at once.
 */
#ifndef SEEP_SYMBOLS_BINARY_H
#define SEEP_SYMBOLS_BINARY_H

#include "symbols/inlines.h"
#include "symbols/names.h"
#include "symbols/symbols.h"
#include "trace/trace.h"

struct binary { /* all zero: not opened */
  const struct trace_module *module;
  const struct symbols_options *options;
  Dwfl *dwfl;
  Dwarf_Addr dwarf_bias;
  struct names names;
  struct units units;
  struct symbols_code code; /* bytes 0: none found */
  char *source;             /* path of the file with the names; NULL: none */
  bool checked;             /* the file's build-id is the module's */
};

/* What is known of one address. */
struct binary_place {
  const struct name *symbol; /* NULL: none holds the address */
  struct inline_frame frames[INLINES_MOST];
  size_t frame_count;
  uint64_t function_start; /* of the containing function; 0: not known */
};

/* Finds and reads the file of module; all pointers must outlive binary. binary_close afterwards,
 * whatever the result. */
enum symbols_state binary_open(struct binary *binary, const struct trace_module *module,
                               const struct symbols_options *options);

void binary_place(struct binary *binary, uint64_t address, struct binary_place *place);

void binary_close(struct binary *binary);

#endif
