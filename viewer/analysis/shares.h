/* SPDX-License-Identifier: Apache-2.0
 *
 * What the blocks that stand stand for, where a trace does not follow all of them (see THINNED in
 * format.h): by address, beside the live set, which has no room for it and mostly no need.
 */
#ifndef SEEP_ANALYSIS_SHARES_H
#define SEEP_ANALYSIS_SHARES_H

#include "analysis/keymap.h"

/* The share_shift of the block that stands at address; whatever where none does. */
static inline uint8_t shares_get(const struct keymap *shares, uint64_t address) {
  uint32_t share = shares->count ? keymap_get(shares, address + 1) : 0;
  return (uint8_t)(share ? share - 1 : 0);
}

/* Notes it of a block that was put there. false: no memory. */
static inline bool shares_set(struct keymap *shares, uint64_t address, uint8_t share_shift) {
  uint32_t *share = shares->count ? keymap_find(shares, address + 1) : NULL;
  if (share)
    *share = share_shift + 1u;
  return share || !share_shift || keymap_add(shares, address + 1, share_shift + 1u);
}

/* Of an event's weight, which is 0 or a power of two. */
static inline uint8_t shares_shift(uint32_t weight) {
  return (uint8_t)(weight > 1 ? 31 - __builtin_clz(weight) : 0);
}

#endif
