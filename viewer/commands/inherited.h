/* SPDX-License-Identifier: Apache-2.0
 *
 * What the report of a forked child says of the blocks that it has from its parents.
 */
#ifndef SEEP_INHERITED_H
#define SEEP_INHERITED_H

#include "compare/family_pages.h"

struct inherited {
  struct family family;
  struct inheritance *inheritance;
  struct merge merge;
};

/* Whether the trace at path is of a forked child whose parent's trace stands beside it, and what it
 * inherited; reads the parents'. inherited_release is due in either case. */
bool inherited_find(struct inherited *inherited, const char *path, const struct trace *trace,
                    const char *rules);
void inherited_release(struct inherited *inherited);

void inherited_text(FILE *out, const struct inherited *inherited, size_t limit);
void inherited_json(struct json *json, const void *inherited); /* struct inherited */

#endif
