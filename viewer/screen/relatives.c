/* SPDX-License-Identifier: Apache-2.0 */
#include "screen/relatives.h"

#include "trace/family.h"

#include <inttypes.h>
#include <stdio.h>

#define DRAWN_ROWS 18 /* of a screen with room for the line */

bool relatives_find(struct relatives *relatives, const char *path) {
  struct family family;
  *relatives = (struct relatives){.count = 0};
  bool found = family_find(&family, &path, 1, NULL) == TRACE_OK;
  if (found) {
    size_t parent = family.list[family.self].parent;
    relatives->count = family.count;
    relatives->number = family.self + 1;
    relatives->parent = parent == FAMILY_NONE ? 0 : family.list[parent].pid;
    for (size_t i = 0; i < family.count; i++)
      relatives->children += family.list[i].parent == family.self;
  }
  family_release(&family);
  return found;
}

bool relatives_text(char *out, const struct relatives *relatives) {
  char parent[32] = "", children[32] = "";
  if (relatives->count < 2)
    return false;
  if (relatives->parent)
    snprintf(parent, sizeof parent, "parent %" PRIu64, relatives->parent);
  if (relatives->children)
    snprintf(children, sizeof children, "%zu child%s", relatives->children,
             relatives->children == 1 ? "" : "ren");
  bool known = relatives->parent || relatives->children;
  snprintf(out, RELATIVES_BYTES, "process %zu of %zu%s%s%s%s%s: seep view --family shows all",
           relatives->number, relatives->count, known ? " (" : "", parent,
           relatives->parent && relatives->children ? ", " : "", children, known ? ")" : "");
  return true;
}

int relatives_draw(const struct relatives *relatives, struct screen *screen, int at) {
  char text[RELATIVES_BYTES];
  if (screen->rows < DRAWN_ROWS || !relatives_text(text, relatives))
    return 0;
  screen_put(screen, at, 1, screen->columns - 2, STYLE_QUIET, text);
  return 1;
}
