/* SPDX-License-Identifier: Apache-2.0 */
#ifndef STORM_THROW_H
#define STORM_THROW_H

#ifdef __cplusplus
extern "C" {
#endif

/* Throws an exception through depth frames that each hold a block. */
void storm_throw(unsigned depth, unsigned long chance);
/* How the C++ half comes by its blocks. */
void *storm_throw_new(unsigned long chance);
void storm_throw_free(void *block);

#ifdef __cplusplus
}
#endif

#endif
