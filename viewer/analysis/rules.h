/* SPDX-License-Identifier: Apache-2.0
 *
 * Which frames are not the service's own: the C and C++ libraries, allocators and their wrappers.
 * A site is named after the innermost frame that no rule skips.
 *
 * A user's file adds rules, one a line; "#" begins a comment, empty lines are allowed:
 *
 *   skip-function GLOB     frames in functions of that (demangled) name
 *   skip-module GLOB       frames in modules of that file name (without directory)
 *   skip-file GLOB         frames in source files of that path, inlined ones too
 *   keep-function GLOB     never skip frames in functions of that name, whatever else says so
 *
 * A glob (fnmatch) goes to the end of its line and may hold spaces.
 */
#ifndef SEEP_ANALYSIS_RULES_H
#define SEEP_ANALYSIS_RULES_H

#include "trace/trace.h"

struct rules;

/* The built-in rules and those of the file at path (NULL: none). A file that cannot be opened is
 * TRACE_NOT_FOUND, a line that is no rule TRACE_READ; the error's detail names file and line. */
enum trace_status rules_new(const char *path, struct rules **out, struct trace_error *error);
void rules_free(struct rules *rules);

/* name: the module's file name. */
bool rules_skip_module(const struct rules *rules, const char *name);

/* path: as the debug information has it; NULL is never skipped. */
bool rules_skip_file(const struct rules *rules, const char *path);

/* Whether the user's rules keep the function. */
bool rules_keep_function(const struct rules *rules, const char *function);

/* function: NULL is never skipped. */
bool rules_skip_function(const struct rules *rules, const char *function);

#endif
