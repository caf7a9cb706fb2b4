/* SPDX-License-Identifier: Apache-2.0
 *
 * Encodes a matched block as the payload of an EVENTS frame (format.h), in workspace->plain.
 */
#ifndef SEEP_COLUMNS_H
#define SEEP_COLUMNS_H

#include "workspace.h"

/* coarse: stamps may lose their low bits (one thread, and no mark can come to lie inside). Returns
 * the bytes used; 0: it does not fit. Needs the dictionary sorted. */
size_t columns_encode(struct workspace *workspace, bool coarse);

#endif
