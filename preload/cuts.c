/* SPDX-License-Identifier: Apache-2.0 */
#include "cuts.h"
#include "clock.h"
#include "pairs.h"
#include "stage.h"

#define PENDING_TICKS 5000000000u /* a cut announced longer ago was given up: about a second */
#define MAKERS 16u

static uint64_t made[CUTS_OWN];
static uint32_t made_count;
/* Since when each of those is at it who make one just now; 0: nobody. */
static uint64_t making[MAKERS];
static uint32_t makers_more; /* those for whom there was no place */

static uint64_t *announce(void) {
  uint64_t now = clock_stamp();
  for (uint32_t i = 0; i < MAKERS; i++) {
    uint64_t nobody = 0;
    if (__atomic_compare_exchange_n(&making[i], &nobody, now, false, __ATOMIC_SEQ_CST,
                                    __ATOMIC_RELAXED))
      return &making[i];
  }
  __atomic_fetch_add(&makers_more, 1, __ATOMIC_SEQ_CST);
  return NULL;
}

uint64_t cuts_make(void) {
  uint64_t *announced = announce(), stamp = clock_stamp();
  uint32_t index = __atomic_fetch_add(&made_count, 1, __ATOMIC_ACQ_REL);
  __atomic_store_n(&made[index % CUTS_OWN], stamp, __ATOMIC_RELEASE);
  if (announced)
    __atomic_store_n(announced, 0, __ATOMIC_RELEASE);
  else
    __atomic_fetch_sub(&makers_more, 1, __ATOMIC_RELEASE);
  return stamp;
}

void cuts_forget(void) {
  for (uint32_t i = 0; i < MAKERS; i++)
    __atomic_store_n(&making[i], 0, __ATOMIC_RELAXED);
  __atomic_store_n(&makers_more, 0, __ATOMIC_RELAXED);
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

/* What lies behind the announcement of a cut stays whole. */
static void take_announced(struct cuts *cuts, uint64_t since) {
  if (since && clock_stamp() - since < PENDING_TICKS && since < cuts->keep_from)
    cuts->keep_from = since;
}

/* Announcements are looked at first: a cut that is not among them any more is in its ring. */
struct cuts cuts_find(uint64_t first) {
  struct cuts cuts = {.keep_from = UINT64_MAX};
  take_announced(&cuts, __atomic_load_n(&stage->mark_pending, __ATOMIC_ACQUIRE));
  for (uint32_t i = 0; i < MAKERS; i++)
    take_announced(&cuts, __atomic_load_n(&making[i], __ATOMIC_ACQUIRE));
  if (cuts.keep_from != UINT64_MAX)
    cuts.stamps[cuts.count++] = cuts.keep_from - 1;
  if (__atomic_load_n(&makers_more, __ATOMIC_ACQUIRE))
    cuts.keep_from = 0;
  add_ring(&cuts, stage->marks, SEEP_STAGE_MARKS,
           __atomic_load_n(&stage->mark_count, __ATOMIC_ACQUIRE), first);
  add_ring(&cuts, made, CUTS_OWN, __atomic_load_n(&made_count, __ATOMIC_ACQUIRE), first);
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
  /* A free that did not take place stays with what takes it back. */
  if (before < count && pairs_kind(&records[before]) == SEEP_KIND_UNFREE)
    before += before > 1 ? -1u : 1;
  return before;
}
