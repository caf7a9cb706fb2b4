/* SPDX-License-Identifier: Apache-2.0
 *
 * C++ and Rust names (legacy and v0) as people write them. Names come from untrusted files: some
 * hundred mangled bytes can stand for gigabytes of text, so what is written is bounded.
 */
#ifndef SEEP_SYMBOLS_DEMANGLE_H
#define SEEP_SYMBOLS_DEMANGLE_H

#include <stdbool.h>
#include <stddef.h>

#define DEMANGLE_BYTES 16384 /* room for what is written, the end included */

/* Writes the readable form of linkage to text; a longer one is cut and ends in "...". What the
 * compiler made of a function (its .cold part, a .constprop copy) bears the function's name. false:
 * it is no mangled name (text is then undefined). */
bool demangle(const char *linkage, char text[DEMANGLE_BYTES]);

#endif
