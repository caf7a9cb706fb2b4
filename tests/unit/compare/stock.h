/* SPDX-License-Identifier: Apache-2.0
 *
 * Identities and inventories as a test wants them, without any trace.
 */
#ifndef SEEP_TEST_STOCK_H
#define SEEP_TEST_STOCK_H

#include "compare/inventory.h"

/* A call in demo's build number `build` (0: without a build-id), function in file.c at line. */
struct identity stock_call(int build, const char *function, const char *file, uint32_t line);

/* What a site holds; nobody called it a leak. */
struct holding stock_holding(struct identity identity, uint64_t blocks, uint64_t bytes,
                             uint64_t allocations);

/* An inventory of count holdings, numbered; release it with inventory_release. */
struct inventory stock_inventory(const struct holding *holdings, size_t count, uint64_t units,
                                 double seconds);

/* A path for a temporary file with this text; the test unlinks it. */
void stock_file(char path[64], const char *text);

#endif
