/* SPDX-License-Identifier: Apache-2.0 */
#include "trace/reader.h"
#include "trace/array.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct trace_reader *reader_new(const char *path) {
  struct trace_reader *reader = calloc(1, sizeof *reader);
  if (!reader)
    return NULL;
  frame_reader_start(&reader->frames);
  reader->stage.file.fd = -1;
  reader->cut = UINT64_MAX;
  reader->path = strdup(path);
  if (asprintf(&reader->stage_path, "%s%s", path, SEEP_STAGE_SUFFIX) < 0)
    reader->stage_path = NULL;
  if (reader->path && reader->stage_path)
    return reader;
  reader_free(reader);
  return NULL;
}

void reader_free(struct trace_reader *reader) {
  if (!reader)
    return;
  snapshot_close(&reader->stage);
  frame_reader_stop(&reader->frames);
  definitions_free(&reader->definitions);
  blocks_free(&reader->blocks);
  free(reader->scratch.data);
  free(reader->path);
  free(reader->stage_path);
  free(reader);
}

enum trace_status reader_fail(struct trace_error *error, enum trace_status status, uint64_t offset,
                              int system_errno, const char *detail) {
  if (!error)
    return status;
  *error = (struct trace_error){.status = status, .offset = offset, .system_errno = system_errno};
  if (detail)
    snprintf(error->detail, sizeof error->detail, "%s", detail);
  return status;
}

bool reader_damage(struct trace *trace, uint64_t offset, uint64_t bytes, const char *reason) {
  if (!array_room(&trace->damages, trace->damage_count, sizeof *trace->damages))
    return false;
  trace->damages[trace->damage_count++] = (struct trace_damage){offset, bytes, reason};
  return true;
}
