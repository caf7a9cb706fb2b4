/* SPDX-License-Identifier: Apache-2.0 */
#include "frees.h"
#include "clock.h"
#include "settings.h"

#include <stdatomic.h>

/* The next window of each place; written by whoever draws, in no order that matters. Shared, so
 * that a program with a thread per request does not begin anew with each. */
static _Atomic uint16_t windows[FREES_PLACES];

static uint32_t draw_number(struct frees *frees, uint32_t below) {
  uint32_t random = frees->random;
  if (!random)
    random = (uint32_t)(clock_stamp() ^ (uintptr_t)frees >> 12) | 1;
  random ^= random << 13;
  random ^= random >> 17;
  random ^= random << 5;
  frees->random = random;
  return (uint32_t)((uint64_t)random * below >> 32);
}

static void open_window(struct frees *frees, struct frees_count *count) {
  uint32_t window = atomic_load_explicit(&windows[count - frees->counts], memory_order_relaxed);
  window += !window;
  uint32_t place = draw_number(frees, window);
  count->window = (uint16_t)window;
  count->left = (int32_t)place;
  count->rest = (uint16_t)(window - 1 - place);
}

static void widen(_Atomic uint16_t *next, uint32_t window) {
  uint32_t wider = window + window / 2 + 1;
  if (wider > settings.free_stacks)
    wider = settings.free_stacks;
  if (wider > atomic_load_explicit(next, memory_order_relaxed))
    atomic_store_explicit(next, (uint16_t)wider, memory_order_relaxed);
}

uint32_t frees_draw(struct frees *frees, struct frees_count *count) {
  if (!settings.free_stacks) {
    count->left = INT32_MAX;
    return 0;
  }
  if (!count->window) {
    open_window(frees, count);
    if (count->left--)
      return 0;
  }
  uint32_t window = count->window, rest = count->rest;
  widen(&windows[count - frees->counts], window);
  open_window(frees, count);
  count->left += (int32_t)rest;
  return window;
}
