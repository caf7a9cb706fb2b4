/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/places.h"
#include "analysis/array.h"

#define NO_GROUP 0xffffffffu

bool places_init(struct places *places, struct sites *sites) {
  *places = (struct places){.sites = sites, .count = 1};
  return array_reserve(&places->list, &places->capacity, 1, sizeof *places->list);
}

void places_release(struct places *places) {
  free(places->list);
  free(places->groups);
  keymap_release(&places->group_by_key);
}

static uint32_t places_group(struct places *places, enum group_kind kind, uint32_t id) {
  uint64_t key = (uint64_t)kind << 32 | id;
  uint32_t known = keymap_get(&places->group_by_key, key);
  if (known)
    return known - 1;
  if (!array_reserve(&places->groups, &places->group_capacity, places->group_count + 1,
                     sizeof *places->groups) ||
      !keymap_add(&places->group_by_key, key, (uint32_t)places->group_count + 1))
    return NO_GROUP;
  places->groups[places->group_count] = (struct group){0};
  return (uint32_t)places->group_count++;
}

static bool places_fill(struct places *places, struct place *place) {
  place->site = sites_of(places->sites, place->context);
  if (place->site == SITE_NONE)
    return false;
  const struct site *site = &places->sites->list[place->site];
  const uint32_t ids[GROUP_KINDS] = {
      [GROUP_STACK] = place->context, [GROUP_SITE] = place->site,
      [GROUP_FUNCTION] = site->owner, [GROUP_MODULE] = site->module,
      [GROUP_THREAD] = place->thread,
  };
  for (int kind = 0; kind < GROUP_KINDS; kind++) {
    place->groups[kind] = places_group(places, (enum group_kind)kind, ids[kind]);
    if (place->groups[kind] == NO_GROUP)
      return false;
  }
  return true;
}

bool places_add(struct places *places, uint32_t context, uint32_t thread) {
  struct place place = {.context = context, .thread = thread};
  if (!places_fill(places, &place) ||
      !array_reserve(&places->list, &places->capacity, places->count + 1, sizeof *places->list))
    return false;
  places->list[places->count++] = place;
  return true;
}
