/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/members.h"
#include <stdlib.h>
#include <string.h>

/* Filling moves first[group] to where the next group's begin. */
static void members_fill(struct members *members, const struct places *places) {
  for (size_t i = 1; i < places->count; i++)
    for (int kind = 0; kind < GROUP_KINDS; kind++)
      members->list[members->first[places->list[i].groups[kind]]++] = (uint32_t)i;
  memmove(members->first + 1, members->first, places->group_count * sizeof *members->first);
  members->first[0] = 0;
}

bool members_init(struct members *members, const struct places *places) {
  *members = (struct members){0};
  members->first = calloc(places->group_count + 2, sizeof *members->first);
  members->list = reallocarray(NULL, places->count * GROUP_KINDS, sizeof *members->list);
  if (!members->first || !members->list)
    return false;
  for (size_t i = 1; i < places->count; i++)
    for (int kind = 0; kind < GROUP_KINDS; kind++)
      members->first[places->list[i].groups[kind] + 1]++;
  for (size_t i = 0; i < places->group_count; i++)
    members->first[i + 1] += members->first[i];
  members_fill(members, places);
  return true;
}

void members_release(struct members *members) {
  free(members->list);
  free(members->first);
  *members = (struct members){0};
}

const uint32_t *members_of(const struct members *members, uint32_t group, size_t *count) {
  *count = members->first[group + 1] - members->first[group];
  return members->list + members->first[group];
}
