/* SPDX-License-Identifier: Apache-2.0
 *
 * Libraries that are on stacks, and are loaded for just one call unless another thread has them.
 */
#ifndef RACE_PLUGINS_H
#define RACE_PLUGINS_H

#include <stdint.h>

/* sites_go, from a library's function. */
void plugins_go(uint32_t way, void (*leaf)(void *data), void *data);

#endif
