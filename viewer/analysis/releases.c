/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/releases.h"
#include "analysis/array.h"

#define AGE_BITS 3 /* of an age, behind its first */
#define AGE_STEPS (1u << AGE_BITS)

void releases_init(struct releases *releases) {
  *releases = (struct releases){.limit = RELEASES_LIMIT};
}

void releases_release(struct releases *releases) {
  free(releases->list);
  *releases = (struct releases){0};
}

static uint16_t releases_bucket(uint64_t age) {
  if (age < AGE_STEPS)
    return (uint16_t)age;
  unsigned high = 63 - (unsigned)__builtin_clzll(age);
  return (uint16_t)((high - AGE_BITS + 1) << AGE_BITS |
                    (age >> (high - AGE_BITS) & (AGE_STEPS - 1)));
}

uint64_t releases_age(uint16_t bucket) {
  if (bucket < AGE_STEPS)
    return bucket;
  unsigned shift = (bucket >> AGE_BITS) - 1;
  uint64_t low = (uint64_t)(AGE_STEPS | (bucket & (AGE_STEPS - 1))) << shift;
  return low + ((1ull << shift) - 1) / 2;
}

static int releases_compare(const void *a, const void *b) {
  const struct release *x = a, *y = b;
  if (x->place != y->place)
    return x->place < y->place ? -1 : 1;
  if (x->context != y->context)
    return x->context < y->context ? -1 : 1;
  if (x->resized != y->resized)
    return x->resized ? 1 : -1;
  return (x->age > y->age) - (x->age < y->age);
}

/* Puts equal ones together. */
static void releases_merge(struct releases *releases) {
  size_t kept = 0;
  if (releases->count)
    qsort(releases->list, releases->count, sizeof *releases->list, releases_compare);
  for (size_t i = 0; i < releases->count; i++) {
    struct release *last = kept ? &releases->list[kept - 1] : NULL;
    if (last && releases_compare(last, &releases->list[i]) == 0) {
      last->samples += releases->list[i].samples;
      last->frees += releases->list[i].frees;
    } else {
      releases->list[kept++] = releases->list[i];
    }
  }
  releases->count = kept;
}

/* Whether there is room for one more; merging that gains little is not tried again. */
static bool releases_has_room(struct releases *releases) {
  if (releases->count < releases->limit)
    return true;
  if (releases->full)
    return false;
  releases_merge(releases);
  releases->full = releases->count > releases->limit / 4 * 3;
  return releases->count < releases->limit;
}

bool releases_add(struct releases *releases, uint32_t place, uint64_t age,
                  const struct trace_event *event) {
  releases->samples++;
  if (!releases_has_room(releases)) {
    releases->left_out++;
    return true;
  }
  if (!array_reserve(&releases->list, &releases->capacity, releases->count + 1,
                     sizeof *releases->list))
    return false;
  releases->list[releases->count++] = (struct release){
      .place = place,
      .context = event->context,
      .age = releases_bucket(age),
      .resized = event->flags & SEEP_EVENT_REALLOC,
      .samples = 1,
      .frees = event->weight,
  };
  return true;
}

bool releases_seal(struct releases *releases, struct sites *sites) {
  struct keymap known = {0}; /* context + 1 to site + 1 */
  bool done = true;
  releases_merge(releases);
  for (size_t i = 0; done && i < releases->count; i++) {
    struct release *release = &releases->list[i];
    uint64_t key = (uint64_t)release->context + 1;
    uint32_t site = keymap_get(&known, key);
    if (!site) {
      site = sites_of(sites, release->context) + 1; /* SITE_NONE becomes 0 */
      done = site && keymap_add(&known, key, site);
    }
    release->site = site - 1;
  }
  keymap_release(&known);
  return done;
}

size_t releases_first(const struct releases *releases, uint32_t place) {
  size_t low = 0, high = releases->count;
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    if (releases->list[middle].place < place)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}
