/* SPDX-License-Identifier: Apache-2.0
 *
 * What seep attach and seep detach call from outside, on a thread of a process that runs already
 * (seep/attach.h). All signals are blocked on it, and it was stopped where it holds neither the
 * loader's lock nor the allocator's; the process's other threads run.
 */
#include "got.h"
#include "lifecycle.h"
#include "message.h"
#include "settings.h"
#include "sys.h"

#include <seep/attach.h>
#include <stdbool.h>
#include <string.h>

/* The thread that obeyed an order leaves its code soon after, but for a signal handler that it runs
 * first: so the last few stay. */
#define ORDERS_KEPT 4

static void unmap_old_scratch(const struct seep_attach_order *order) {
  static struct { uint64_t start[2], bytes[2]; } kept[ORDERS_KEPT];
  static uint32_t next;
  uint32_t place = next++ % ORDERS_KEPT;
  for (int i = 0; i < 2; i++) {
    if (kept[place].bytes[i])
      sys_call3(SYS_munmap, kept[place].start[i], kept[place].bytes[i], 0);
    kept[place].start[i] = order->scratch[i];
    kept[place].bytes[i] = order->scratch_bytes[i];
  }
}

static int64_t stop(struct seep_attach_order *order) {
  static const enum seep_attach_result results[] = {
      [LIFECYCLE_SLEEPS] = SEEP_ATTACH_DONE,
      [LIFECYCLE_SLEEPS_PARTLY] = SEEP_ATTACH_PARTLY,
      [LIFECYCLE_SLEEPS_LATER] = SEEP_ATTACH_LATER,
      [LIFECYCLE_SLEEPS_NOT] = SEEP_ATTACH_IDLE,
  };
  order->calls = got_restore();
  return results[lifecycle_sleep()];
}

static int64_t begin(struct seep_attach_order *order) {
  order->settings[SEEP_ATTACH_SETTINGS - 1] = order->settings[SEEP_ATTACH_SETTINGS - 2] = 0;
  message_hold(true);
  bool awake = lifecycle_wake(order->settings);
  int error = message_hold(false);
  if (!awake) {
    order->error = (uint32_t)error;
    return SEEP_ATTACH_TRACE;
  }
  order->calls = got_patch();
  if (order->calls)
    return SEEP_ATTACH_DONE;
  stop(order);
  return SEEP_ATTACH_NO_CALLS;
}

static int64_t obey(struct seep_attach_order *order) {
  enum lifecycle_state state = lifecycle_state();
  if (order->action == SEEP_ATTACH_BEGIN) {
    if (state == LIFECYCLE_ENDING && lifecycle_sleep() == LIFECYCLE_SLEEPS_LATER)
      return SEEP_ATTACH_LATER;
    return lifecycle_state() == LIFECYCLE_ASLEEP ? begin(order) : SEEP_ATTACH_RECORDING;
  }
  if (order->action != SEEP_ATTACH_END)
    return SEEP_ATTACH_UNKNOWN;
  if (state == LIFECYCLE_ASLEEP)
    return SEEP_ATTACH_IDLE;
  return lifecycle_was_opened() ? stop(order) : SEEP_ATTACH_PRELOADED;
}

__attribute__((visibility("default"))) int64_t seep_attach_1(struct seep_attach_order *order);
__attribute__((visibility("default"))) int64_t seep_attach_1(struct seep_attach_order *order) {
  unmap_old_scratch(order);
  order->error = 0;
  order->calls = 0;
  return obey(order);
}
