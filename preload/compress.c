/* SPDX-License-Identifier: Apache-2.0 */
#include "compress.h"

#define ZSTD_STATIC_LINKING_ONLY
#include <string.h>
#include <zstd.h>

#define WORTH_IT 256 /* payloads below are stored as they are */

/* The fast strategy, with tables that fit the second-level cache; see docs/performance.md. */
static const struct {
  ZSTD_cParameter name;
  int value;
} parameters[] = {
    {ZSTD_c_compressionLevel, 1}, {ZSTD_c_windowLog, 16},       {ZSTD_c_hashLog, 13},
    {ZSTD_c_chainLog, 12},        {ZSTD_c_searchLog, 1},        {ZSTD_c_minMatch, 5},
    {ZSTD_c_targetLength, 0},     {ZSTD_c_strategy, ZSTD_fast},
};

/* A context in the workspace's memory, made for the first payload: that takes longer than to
 * compress a small one. */
static ZSTD_CCtx *context_in(struct workspace *workspace) {
  if (!workspace->compressor) {
    workspace->compressor = ZSTD_initStaticCCtx(workspace->zstd, sizeof workspace->zstd);
    for (size_t i = 0; workspace->compressor && i < sizeof parameters / sizeof *parameters; i++)
      ZSTD_CCtx_setParameter(workspace->compressor, parameters[i].name, parameters[i].value);
  }
  return workspace->compressor;
}

static size_t compress(struct workspace *workspace, size_t bytes) {
  ZSTD_CCtx *context = context_in(workspace);
  if (!context)
    return 0;
  size_t packed =
      ZSTD_compress2(context, workspace->out.payload, WORKSPACE_STORED, workspace->plain, bytes);
  return ZSTD_isError(packed) ? 0 : packed;
}

bool compress_fits(struct workspace *workspace, size_t bytes, size_t *stored, size_t *plain) {
  size_t packed = bytes < WORTH_IT ? 0 : compress(workspace, bytes);
  *plain = packed && packed < bytes ? bytes : 0;
  *stored = *plain ? packed : bytes;
  if (*plain)
    return true;
  if (bytes > WORKSPACE_STORED)
    return false;
  memcpy(workspace->out.payload, workspace->plain, bytes);
  return true;
}
