/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/spectrum.h"
#include "analysis/array.h"

void spectrum_release(struct spectrum *spectrum) {
  free(spectrum->bands);
  free(spectrum->sites);
  keymap_release(&spectrum->by_key);
  *spectrum = (struct spectrum){.count = 0};
}

uint8_t spectrum_size(uint64_t bytes) {
  return bytes ? (uint8_t)(64 - __builtin_clzll(bytes)) : 0;
}

uint8_t spectrum_time(uint64_t ticks) {
  return (uint8_t)((spectrum_size(ticks) + 2) / 3);
}

/* Makes room for site. */
static bool spectrum_reserve(struct spectrum *spectrum, uint32_t site) {
  if (!array_reserve(&spectrum->sites, &spectrum->site_capacity, (size_t)site + 1,
                     sizeof *spectrum->sites))
    return false;
  while (spectrum->site_count <= site)
    spectrum->sites[spectrum->site_count++] =
        (struct spectrum_site){{SPECTRUM_NONE, SPECTRUM_NONE}, {SPECTRUM_NONE, SPECTRUM_NONE}};
  return true;
}

/* Position of a new band; NONE: no memory. */
static uint32_t spectrum_add(struct spectrum *spectrum, uint64_t key, uint32_t *first,
                             uint8_t number) {
  if (spectrum->count >= SPECTRUM_NONE - 1 ||
      !array_reserve(&spectrum->bands, &spectrum->capacity, spectrum->count + 1,
                     sizeof *spectrum->bands) ||
      !keymap_add(&spectrum->by_key, key, (uint32_t)spectrum->count + 1))
    return SPECTRUM_NONE;
  spectrum->bands[spectrum->count] = (struct spectrum_band){.next = *first, .number = number};
  return *first = (uint32_t)spectrum->count++;
}

/* Counts blocks in a band, which is made when there is none. */
static bool spectrum_count(struct spectrum *spectrum, uint32_t site, enum spectrum_kind kind,
                           uint8_t number, uint64_t blocks) {
  struct spectrum_site *own = &spectrum->sites[site];
  uint32_t at = own->last[kind];
  if (at == SPECTRUM_NONE || spectrum->bands[at].number != number) {
    uint64_t key = (uint64_t)site << 8 | (uint64_t)kind << 7 | number;
    uint32_t known = keymap_get(&spectrum->by_key, key);
    at = known ? known - 1 : spectrum_add(spectrum, key, &own->first[kind], number);
    if (at == SPECTRUM_NONE)
      return false;
    own->last[kind] = at;
  }
  spectrum->bands[at].blocks += blocks;
  return true;
}

bool spectrum_freed(struct spectrum *spectrum, uint32_t site, uint64_t size, uint64_t ticks) {
  return (site < spectrum->site_count || spectrum_reserve(spectrum, site)) &&
         spectrum_count(spectrum, site, SPECTRUM_SIZE, spectrum_size(size), 1) &&
         spectrum_count(spectrum, site, SPECTRUM_LIFETIME, spectrum_time(ticks), 1);
}

bool spectrum_pairs(struct spectrum *spectrum, uint32_t site, const struct trace_sums *sums) {
  if (site >= spectrum->site_count && !spectrum_reserve(spectrum, site))
    return false;
  for (uint8_t i = 0; i < TRACE_SIZES; i++)
    if (sums->sizes[i] && !spectrum_count(spectrum, site, SPECTRUM_SIZE, i, sums->sizes[i]))
      return false;
  for (uint8_t i = 0; i < TRACE_LIFETIMES; i++)
    if (sums->lifetimes[i] &&
        !spectrum_count(spectrum, site, SPECTRUM_LIFETIME, i, sums->lifetimes[i]))
      return false;
  return true;
}

void spectrum_add_to(const struct spectrum *spectrum, uint32_t site, enum spectrum_kind kind,
                     uint64_t *bands) {
  uint32_t at = site < spectrum->site_count ? spectrum->sites[site].first[kind] : SPECTRUM_NONE;
  for (; at != SPECTRUM_NONE; at = spectrum->bands[at].next)
    bands[spectrum->bands[at].number] += spectrum->bands[at].blocks;
}
