/* SPDX-License-Identifier: Apache-2.0
 *
 * A library that test_capture loads and unloads, built three times: the same code at the same
 * addresses, in one of them with larger frames.
 */
#include <stddef.h>

void plugin_enter(void (*call)(void), int depth);

__attribute__((noinline)) void plugin_enter(void (*call)(void), int depth) {
  volatile char room[PLUGIN_ROOM];
  room[0] = (char)depth;
  if (depth > 0)
    plugin_enter(call, depth - 1);
  else
    call();
  room[1] = room[0];
}
