/* SPDX-License-Identifier: Apache-2.0 */
#include "commands/inherited.h"

#include "commands/command.h"
#include "commands/opened.h"

/* Whether something of the member's was inherited. */
static bool inherited_has_origin(const struct inherited *inherited, size_t member) {
  for (size_t i = 0; i < inheritance_origins(inherited->inheritance); i++)
    if (inheritance_origin(inherited->inheritance, i).member == member)
      return true;
  return false;
}

/* Names what the child has of one of its parents. */
static bool inherited_take(struct inherited *inherited, size_t member, const char *rules) {
  struct opened opened;
  bool done = opened_open(&opened, inherited->family.list[member].path) == COMMAND_DONE &&
              opened_analyse(&opened, rules, NULL, 0) == COMMAND_DONE &&
              merge_take_origins(&inherited->merge, member, opened.trace, opened.analysis);
  opened_close(&opened);
  return done;
}

static bool inherited_take_all(struct inherited *inherited, const char *rules) {
  inherited->merge.heir = inherited->family.self;
  for (size_t i = 0; i < inherited->family.count; i++)
    if (inherited_has_origin(inherited, i) && !inherited_take(inherited, i, rules))
      return false;
  merge_sort(&inherited->merge, ANALYSIS_SORT_OUTSTANDING);
  return true;
}

bool inherited_find(struct inherited *inherited, const char *path, const struct trace *trace,
                    const char *rules) {
  *inherited = (struct inherited){.inheritance = NULL};
  if (!trace->process.fork_stamp)
    return false;
  struct family *family = &inherited->family;
  return family_find(family, &path, 1, NULL) == TRACE_OK &&
         inheritance_new(family, family->self, NULL, &inherited->inheritance, NULL) == TRACE_OK &&
         inheritance_known(inherited->inheritance, family->self) &&
         merge_init(&inherited->merge, family, inherited->inheritance) &&
         inherited_take_all(inherited, rules);
}

void inherited_release(struct inherited *inherited) {
  merge_release(&inherited->merge);
  inheritance_free(inherited->inheritance);
  family_release(&inherited->family);
}

void inherited_text(FILE *out, const struct inherited *inherited, size_t limit) {
  family_inherited_text(out, &inherited->merge, inherited->family.self, limit);
}

void inherited_json(struct json *json, const void *data) {
  const struct inherited *inherited = data;
  family_inherited_json(json, &inherited->merge, inherited->family.self);
}
