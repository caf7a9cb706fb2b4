/* SPDX-License-Identifier: Apache-2.0 */
#include "inspect/inspect.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TABLES_NAMED 4 /* modules that a line names; the rest is counted */

struct tables_list {
  char text[PATH_MAX];
  size_t used, count;
};

static void tables_name(struct tables_list *list, const struct image *image) {
  if (list->count < TABLES_NAMED && list->used < sizeof list->text) {
    int length = snprintf(list->text + list->used, sizeof list->text - list->used, "%s%s",
                          list->count ? ", " : "", image_name(image));
    list->used += length > 0 ? (size_t)length : 0;
  }
  list->count++;
}

static const char *tables_rest(const struct tables_list *list, char *text, size_t text_bytes) {
  *text = '\0';
  if (list->count > TABLES_NAMED)
    snprintf(text, text_bytes, " and %zu more", list->count - TABLES_NAMED);
  return text;
}

void inspect_tables(const struct inspect_target *target, struct diagnosis *diagnosis) {
  struct tables_list list = {0};
  char rest[32];
  for (size_t i = 0; i < target->count; i++)
    if (!image_has_segment(&target->images[i], PT_GNU_EH_FRAME))
      tables_name(&list, &target->images[i]);
  if (list.count)
    diagnosis_add(diagnosis, FINDING_NOTE, "unwind",
                  "build with -fasynchronous-unwind-tables, or at least -fno-omit-frame-pointer",
                  "has no unwind tables in %s%s: a stack is followed through there by frame "
                  "pointers, and may be wrong or end there",
                  list.text, tables_rest(&list, rest, sizeof rest));
  else
    diagnosis_add(diagnosis, FINDING_FINE, "unwind", "", "all %zu modules have unwind tables",
                  target->count);
}

/* Debug information is looked for when the trace is read. */
static const char *tables_names_advice(void) {
  const char *servers = getenv("DEBUGINFOD_URLS");
  if (servers && *servers)
    return "nothing, if DEBUGINFOD_URLS, which is set, has it: it is asked when the trace is read";
  return "install its -dbgsym or -debuginfo package, set DEBUGINFOD_URLS, or build it with -g; it "
         "is "
         "needed when the trace is read";
}

static void tables_executable_names(const struct inspect_target *target,
                                    struct diagnosis *diagnosis) {
  const struct image *executable = &target->images[0];
  if (image_is_debuggable(executable, target->root))
    diagnosis_add(diagnosis, FINDING_FINE, "names", "", "the executable has debug information");
  else
    diagnosis_add(diagnosis, FINDING_NOTE, "names", tables_names_advice(),
                  "the executable has no debug information: its call sites have %s",
                  image_has_section(executable, ".symtab")
                      ? "function names, but no source lines"
                      : "names of exported functions at most, else addresses");
}

void inspect_names(const struct inspect_target *target, struct diagnosis *diagnosis) {
  struct tables_list list = {0};
  char rest[32];
  tables_executable_names(target, diagnosis);
  for (size_t i = 1; i < target->count; i++)
    if (!image_is_debuggable(&target->images[i], target->root))
      tables_name(&list, &target->images[i]);
  if (list.count)
    diagnosis_add(diagnosis, FINDING_NOTE, "names", "",
                  "no debug information is installed for %s%s", list.text,
                  tables_rest(&list, rest, sizeof rest));
}
