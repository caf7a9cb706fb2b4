/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/spectrum.h"
#include <stdlib.h>

void spectrum_release(struct spectrum *spectrum) {
  free(spectrum->bands);
  *spectrum = (struct spectrum){.count = 0};
}

uint8_t spectrum_size(uint64_t bytes) {
  return bytes ? (uint8_t)(64 - __builtin_clzll(bytes)) : 0;
}

uint8_t spectrum_time(uint64_t ticks) {
  return (uint8_t)((spectrum_size(ticks) + 2) / 3);
}

static uint64_t spectrum_key(uint32_t site, enum spectrum_kind kind, uint8_t number) {
  return ((uint64_t)site << 8 | (uint64_t)kind << 7 | number) + 1;
}

static size_t spectrum_slot(const struct spectrum *spectrum, uint64_t key) {
  uint64_t hash = key * 0x9e3779b97f4a7c15ull;
  return (size_t)(hash ^ hash >> 32) & (spectrum->size - 1);
}

/* The band of key, or the empty entry where it would stand. */
static struct spectrum_band *spectrum_probe(const struct spectrum *spectrum, uint64_t key) {
  size_t slot = spectrum_slot(spectrum, key);
  while (spectrum->bands[slot].key && spectrum->bands[slot].key != key)
    slot = (slot + 1) & (spectrum->size - 1);
  return &spectrum->bands[slot];
}

static bool spectrum_grow(struct spectrum *spectrum) {
  struct spectrum grown = {.size = spectrum->size ? spectrum->size * 2 : 64,
                           .count = spectrum->count};
  grown.bands = calloc(grown.size, sizeof *grown.bands);
  if (!grown.bands)
    return false;
  for (size_t i = 0; i < spectrum->size; i++)
    if (spectrum->bands[i].key)
      *spectrum_probe(&grown, spectrum->bands[i].key) = spectrum->bands[i];
  free(spectrum->bands);
  *spectrum = grown;
  return true;
}

/* Counts blocks in a band, which is made when there is none. */
static bool spectrum_count(struct spectrum *spectrum, uint64_t key, uint64_t blocks) {
  if (spectrum->count * 3 >= spectrum->size * 2 && !spectrum_grow(spectrum))
    return false;
  struct spectrum_band *band = spectrum_probe(spectrum, key);
  spectrum->count += !band->key;
  band->key = key;
  band->blocks += blocks;
  return true;
}

void spectrum_prefetch(const struct spectrum *spectrum, uint32_t site, uint64_t size,
                       uint64_t ticks) {
  if (!spectrum->size)
    return;
  uint64_t sized = spectrum_key(site, SPECTRUM_SIZE, spectrum_size(size));
  uint64_t aged = spectrum_key(site, SPECTRUM_LIFETIME, spectrum_time(ticks));
  __builtin_prefetch(&spectrum->bands[spectrum_slot(spectrum, sized)], 1);
  __builtin_prefetch(&spectrum->bands[spectrum_slot(spectrum, aged)], 1);
}

bool spectrum_freed(struct spectrum *spectrum, uint32_t site, uint64_t size, uint64_t ticks) {
  return spectrum_count(spectrum, spectrum_key(site, SPECTRUM_SIZE, spectrum_size(size)), 1) &&
         spectrum_count(spectrum, spectrum_key(site, SPECTRUM_LIFETIME, spectrum_time(ticks)), 1);
}

bool spectrum_pairs(struct spectrum *spectrum, uint32_t site, const struct trace_sums *sums) {
  for (uint8_t i = 0; i < TRACE_SIZES; i++)
    if (sums->sizes[i] &&
        !spectrum_count(spectrum, spectrum_key(site, SPECTRUM_SIZE, i), sums->sizes[i]))
      return false;
  for (uint8_t i = 0; i < TRACE_LIFETIMES; i++)
    if (sums->lifetimes[i] &&
        !spectrum_count(spectrum, spectrum_key(site, SPECTRUM_LIFETIME, i), sums->lifetimes[i]))
      return false;
  return true;
}

void spectrum_add_to(const struct spectrum *spectrum, uint32_t site, enum spectrum_kind kind,
                     uint64_t *bands) {
  uint8_t count = kind == SPECTRUM_SIZE ? TRACE_SIZES : TRACE_LIFETIMES;
  for (uint8_t i = 0; spectrum->size && i < count; i++)
    bands[i] += spectrum_probe(spectrum, spectrum_key(site, kind, i))->blocks;
}
