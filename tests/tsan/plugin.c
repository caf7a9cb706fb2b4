/* SPDX-License-Identifier: Apache-2.0
 *
 * Of these libraries there are two of one size, so that one is loaded where the other was.
 */
#include <stdint.h>

typedef void plugin_leaf(void *data);
void plugin_go(void (*go)(uint32_t, plugin_leaf *, void *), uint32_t way, plugin_leaf *leaf,
               void *data);

void plugin_go(void (*go)(uint32_t, plugin_leaf *, void *), uint32_t way, plugin_leaf *leaf,
               void *data) {
  volatile char room[PLUGIN_ROOM]; /* their frames differ, and so do their unwind rules */
  room[0] = 0;
  go(way, leaf, data);
  room[0]++;
}
