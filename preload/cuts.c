/* SPDX-License-Identifier: Apache-2.0 */
#include "cuts.h"
#include "clock.h"
#include "stage.h"

#define PENDING_TICKS 5000000000u /* a mark announced longer ago was given up: about a second */

static uint64_t forks[CUTS_FORKS];
static uint32_t fork_count;

void cuts_note_fork(uint64_t stamp) {
  uint32_t index = __atomic_fetch_add(&fork_count, 1, __ATOMIC_ACQ_REL);
  __atomic_store_n(&forks[index % CUTS_FORKS], stamp, __ATOMIC_RELEASE);
}

/* A ring holds the last of its stamps: where more were put since first, nothing is known of the
 * oldest. */
static void add_ring(struct cuts *cuts, const uint64_t *ring, uint32_t room, uint32_t put,
                     uint64_t first) {
  uint64_t oldest = UINT64_MAX;
  for (uint32_t i = 0; i < put && i < room; i++) {
    uint64_t stamp = __atomic_load_n(&ring[i], __ATOMIC_RELAXED);
    oldest = stamp < oldest ? stamp : oldest;
    cuts->stamps[cuts->count++] = stamp;
  }
  if (put > room && oldest > first)
    cuts->keep_from = 0;
}

struct cuts cuts_find(uint64_t first) {
  struct cuts cuts = {.keep_from = UINT64_MAX};
  uint64_t pending = __atomic_load_n(&stage->mark_pending, __ATOMIC_ACQUIRE);
  if (pending && clock_stamp() - pending < PENDING_TICKS) {
    cuts.stamps[cuts.count++] = pending - 1;
    cuts.keep_from = pending;
  }
  add_ring(&cuts, stage->marks, SEEP_STAGE_MARKS,
           __atomic_load_n(&stage->mark_count, __ATOMIC_ACQUIRE), first);
  add_ring(&cuts, forks, CUTS_FORKS, __atomic_load_n(&fork_count, __ATOMIC_ACQUIRE), first);
  return cuts;
}

uint32_t cuts_next(const struct cuts *cuts, const struct seep_record *records, uint32_t count) {
  uint64_t bound = UINT64_MAX;
  for (uint32_t i = 0; i < cuts->count; i++)
    if (records->stamp <= cuts->stamps[i] && cuts->stamps[i] < bound)
      bound = cuts->stamps[i];
  if (records[count - 1].stamp <= bound)
    return count;
  uint32_t before = 1;
  while (before < count && records[before].stamp <= bound)
    before++;
  return before;
}
