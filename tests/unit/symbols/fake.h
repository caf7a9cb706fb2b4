/* SPDX-License-Identifier: Apache-2.0
 *
 * A trace made by hand, with one module and the contexts that a test wants, and the subjects whose
 * addresses the contexts are.
 */
#ifndef SYMBOLS_FAKE_H
#define SYMBOLS_FAKE_H

#include "subjects/subject.h"
#include "symbols/symbols.h"
#include "trace/trace.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

struct fake {
  struct trace trace;
  struct trace_module modules[2]; /* 1: the subject */
  uint8_t build_id[20];
  struct trace_context *contexts;
};

/* A trace with the module at path, whose build-id is SUBJECT_ID, and no contexts but 0. */
void fake_init(struct fake *fake, const char *path);

/* Adds a context and returns its id. Add all before symbols are made for the trace. */
uint32_t fake_add(struct fake *fake, uint32_t module, uint64_t offset, uint32_t flags);
void fake_release(struct fake *fake);

/* Where subject's function called record first: the return address as an offset in the library.
 * The function may be one of subject.h, or any that takes a record alone. */
uint64_t fake_call(const char *library, const char *function);

/* The number of the line of the subjects' file that holds "line: name". */
uint32_t fake_line(const char *file, const char *name);

/* Fails the test unless frame is that function, in that file (without directory) and line. NULL or
 * 0: must not be known. */
void fake_expect(const struct symbol_frame *frame, const char *function, const char *file,
                 uint32_t line);

#endif
