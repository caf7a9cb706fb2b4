/* SPDX-License-Identifier: Apache-2.0
 *
 * Names for code addresses: function, file, line and the frames inlined there, from the binaries
 * that a trace's modules name. The only user of elfutils. Prints nothing and contacts nobody
 * (debuginfod only where DEBUGINFOD_URLS is set and the caller allows it). A file is used only when
 * its build-id is the module's; debug information is found inside it, by build-id
 * (/usr/lib/debug/.build-id) or by debuglink.
 *
 * Threads: symbols_look_up may be called by any thread; calls take turns inside.
 */
#ifndef SEEP_SYMBOLS_H
#define SEEP_SYMBOLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct trace;

enum symbols_state { /* of a module */
                     SYMBOLS_NOT_TRIED,
                     SYMBOLS_FULL,        /* DWARF found */
                     SYMBOLS_NAMES,       /* a symbol table only */
                     SYMBOLS_NO_FILE,     /* the binary is not here */
                     SYMBOLS_OTHER_BUILD, /* a file is there, its build-id differs */
                     SYMBOLS_NONE,        /* stripped */
};

struct symbol_frame {   /* texts are owned by the symbols and live as long; NULL: not known */
  const char *function; /* demangled (C++, Rust) */
  const char *linkage;  /* as in the symbol table */
  const char *file;
  uint32_t line; /* 0: not known */
};

/* The frames at one code address: inlined ones first (innermost first), last the function that
 * contains it. At least one; its function is NULL where nothing is known. */
struct symbol {
  const struct symbol_frame *frames;
  size_t frame_count;
  uint64_t
      function_offset; /* of the address from the start of the containing function; 0 unknown */
};

struct symbols;

struct symbols_options {
  const char *sysroot; /* directory before the modules' paths, or NULL */
  bool debuginfod;     /* may ask the servers in DEBUGINFOD_URLS */
};

/* Symbols for the modules of trace, which must outlive them (NULL: no memory). Reads no file yet.
 * options: all zero if NULL. */
struct symbols *symbols_new_with(const struct trace *trace, const struct symbols_options *options);

/* The same with nothing but a sysroot, or NULL. */
struct symbols *symbols_new(const struct trace *trace, const char *sysroot);
void symbols_free(struct symbols *symbols);

/* The frames at context's code address (context: an id of the trace). Remembered: a second call is
 * a table look-up. Never NULL. */
const struct symbol *symbols_look_up(struct symbols *symbols, uint32_t context);

/* The frames if they were looked up before, else NULL: for screens that do not wait. */
const struct symbol *symbols_peek(struct symbols *symbols, uint32_t context);

/* Of a module of the trace; NOT_TRIED until one of its addresses was looked up, or
 * symbols_try_module opened its files for the state's sake. */
enum symbols_state symbols_module_state(struct symbols *symbols, uint32_t module);
void symbols_try_module(struct symbols *symbols, uint32_t module);

/* Whether the file used is proved to be the module's. False for one that was taken although the
 * trace has no build-id to compare: its names may be another build's. */
bool symbols_module_checked(struct symbols *symbols, uint32_t module);

/* The file that a module's names come from: its debug file, else the binary itself. NULL: there is
 * none, or it was not looked at yet. Owned by the symbols. */
const char *symbols_module_source(struct symbols *symbols, uint32_t module);

/* Where a module's code stands: its first executable segment, as its file has it. */
struct symbols_code {
  uint64_t address, bytes; /* in memory, less the module's bias */
  uint64_t file_offset;
};

/* false: the module's file is not here, or none of its addresses was looked up yet. */
bool symbols_module_code(struct symbols *symbols, uint32_t module, struct symbols_code *code);

/* The state for people, a constant. */
const char *symbols_state_text(enum symbols_state state);

/* The module's name for people: file name without directory; "[vdso]"; "[jit]" for module 0; "?"
 * for one that the trace does not have. */
const char *symbols_module_name(struct symbols *symbols, uint32_t module);

#endif
