/* SPDX-License-Identifier: Apache-2.0
 *
 * Allocations when the process is about to be gone. Every function below keeps one block.
 */
#include "hazards.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define LATE_BLOCK_BYTES 777

static bool late_wanted;

static void late_allocate(void) {
  hazard_churn(5000);
  if (!malloc(LATE_BLOCK_BYTES))
    abort();
}

static void late_exit(int status, void *data) {
  (void)status, (void)data;
  late_allocate();
}

__attribute__((destructor)) static void late_destructor(void) {
  if (late_wanted)
    late_allocate();
}

__attribute__((destructor(101))) static void late_last_destructor(void) {
  if (late_wanted)
    late_allocate();
}

int late_atexit(const char *argument) {
  (void)argument;
  late_wanted = true;
  if (atexit(late_allocate) || on_exit(late_exit, NULL))
    return hazard_fail("atexit");
  return 0;
}

int late_quick_exit(const char *argument) {
  (void)argument;
  hazard_churn(5000);
  if (at_quick_exit(late_allocate))
    return hazard_fail("at_quick_exit");
  quick_exit(0);
}
