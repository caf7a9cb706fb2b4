/* SPDX-License-Identifier: Apache-2.0
 *
 * The call site that leaks: the innermost return addresses of its stacks, as module and offset.
 */
#ifndef INJECT_SITE_H
#define INJECT_SITE_H

#include <stdbool.h>

/* Reads MODULE+0xOFFSET[,...]; false: text is NULL or is no such list. Once, before site_has. */
bool site_choose(const char *text);

/* Whether the call from which the caller of this function was entered is one of the site: caller is
 * that function's return address. Any thread. */
bool site_has(const void *caller);

#endif
