/* SPDX-License-Identifier: Apache-2.0
 *
 * Which blocks stand that the trace has told of, for thinning.c: a set of addresses of which it
 * keeps 16 bits each, in buckets of eight, so that millions take little memory. It errs in two
 * ways. A bucket that was full says yes to every address from then on. And an address is taken for
 * another of its bucket once in 65,534 times.
 *
 * Any thread, without locks. An address may be put several times, and is then taken as often.
 */
#ifndef SEEP_STANDING_H
#define SEEP_STANDING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A set of so many bytes, a power of two; empty again in a forked child. false: no memory. */
bool standing_start(size_t bytes);

void standing_put(uint64_t address);
/* Whether the address is in the set, which then has it no more. */
bool standing_take(uint64_t address);

#endif
