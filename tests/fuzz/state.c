/* SPDX-License-Identifier: Apache-2.0
 *
 * The file in which the viewer remembers: whatever is in it, what was read of it can be written,
 * and reads the same again.
 */
#include "screen/state.h"
#include "scratch.h"
#include "target.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes) {
  struct state state = {.columns = {1}}, again = {.columns = {1}};
  const char *path = scratch_write("view", data, bytes);
  state_read(&state, path);
  must(state_write(&state, path));
  state_read(&again, path);
  must(state_same(&state, &again));
  return 0;
}
