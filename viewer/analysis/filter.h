/* SPDX-License-Identifier: Apache-2.0
 *
 * Which rows a report shows: what --filter and the viewer's filter line take.
 *
 * An expression is terms with spaces between them; a row is shown when all terms hold; "!" before a
 * term turns it round. Names are globs (fnmatch: * ? [...]) over the whole name, upper and lower
 * case alike; a term with spaces or quotes stands in double quotes, \" and \\ inside.
 *
 *   function:GLOB  file:GLOB  module:GLOB   of the site (the service's own frame)
 *   stack:GLOB                              any function on the stack
 *   thread:GLOB                             the allocating thread's name, or its tid
 *   verdict:WORD                            what the site is thought to be (verdict.h)
 *   bytes>N blocks>N growth>N allocations>N allocated>N temporary>N peak>N threads>N   of the row
 *   size>N                                  of a block of the row: the mean of those that stand,
 *                                           where none does of those allocated
 *   age>N                                   of the oldest outstanding block, at the interval's end
 *   WORD                                    part of the site's function, file or module
 *
 * Instead of > also <, =, <= and >=. N may end in k, M, G, T (times 1,024; also KiB, MiB ...) for
 * bytes, size, growth, allocated and peak, and in ms, s, m, h, d for age. What looks like a term
 * but is none ("func:x", "byte>1k") is refused, not taken for a word.
 */
#ifndef SEEP_ANALYSIS_FILTER_H
#define SEEP_ANALYSIS_FILTER_H

#include <stdbool.h>
#include <stddef.h>

struct analysis_filter;

/* Reads an expression. NULL: it is not one (or there is no memory), and message says why in one
 * line. An empty expression lets everything pass. Free with analysis_filter_free. */
struct analysis_filter *analysis_filter_new(const char *expression, char *message,
                                            size_t message_bytes);
void analysis_filter_free(struct analysis_filter *filter);

#endif
