/* SPDX-License-Identifier: Apache-2.0 */
#include "compare/kindred.h"

#include <stdio.h>
#include <stdlib.h>

static enum trace_status kindred_fill(struct kindred *kindred, const char *const *paths,
                                      size_t count, const struct inheritance_watch *watch,
                                      struct kindred_error *error) {
  struct family *family = &kindred->family;
  enum trace_status status = family_find(family, paths, count, &error->trace);
  snprintf(error->path, sizeof error->path, "%s",
           status == TRACE_OK ? family->list[family->self].path : paths[family->self]);
  if (status != TRACE_OK)
    return status;
  return inheritance_new(family, FAMILY_NONE, watch, &kindred->inheritance, &error->trace);
}

enum trace_status kindred_find(const char *const *paths, size_t count,
                               const struct inheritance_watch *watch, struct kindred **out,
                               struct kindred_error *error) {
  *out = NULL;
  struct kindred *kindred = calloc(1, sizeof *kindred);
  if (!kindred) {
    snprintf(error->path, sizeof error->path, "%s", paths[0]);
    return error->trace.status = TRACE_MEMORY;
  }
  atomic_init(&kindred->users, 1);
  enum trace_status status = kindred_fill(kindred, paths, count, watch, error);
  if (status == TRACE_OK)
    *out = kindred;
  else
    kindred_drop(kindred);
  return status;
}

struct kindred *kindred_keep(struct kindred *kindred) {
  atomic_fetch_add(&kindred->users, 1);
  return kindred;
}

void kindred_drop(struct kindred *kindred) {
  if (!kindred || atomic_fetch_sub(&kindred->users, 1) > 1)
    return;
  inheritance_free(kindred->inheritance);
  family_release(&kindred->family);
  free(kindred);
}
