/* SPDX-License-Identifier: Apache-2.0
 *
 * zstd on caller-given memory: nothing is allocated. The only user of zstd in the target.
 */
#ifndef SEEP_COMPRESS_H
#define SEEP_COMPRESS_H

#include "workspace.h"

/* Moves the payload (workspace->plain, so many bytes of it) behind workspace->out.header,
 * compressed if that makes it smaller. *stored and *plain are what output_write wants. false: it
 * does not fit. */
bool compress_fits(struct workspace *workspace, size_t bytes, size_t *stored, size_t *plain);

#endif
