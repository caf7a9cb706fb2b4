/* SPDX-License-Identifier: Apache-2.0 */
#include "export/export.h"
#include <string.h>

static const struct {
  const char *name, *unit, *text;
} export_values[] = {
#define X(value, name, unit, text) {name, unit, text},
    EXPORT_VALUES(X)
#undef X
};

const char *export_value_name(enum export_value value) {
  return export_values[value].name;
}

const char *export_value_unit(enum export_value value) {
  return export_values[value].unit;
}

const char *export_value_text(enum export_value value) {
  return export_values[value].text;
}

int export_value_named(const char *text) {
  for (int value = 0; value < EXPORT_VALUE_COUNT; value++)
    if (!strcmp(text, export_values[value].name))
      return value;
  return -1;
}

uint64_t export_value_of(const struct analysis_figures *figures, enum export_value value) {
  switch (value) {
  case EXPORT_INUSE_SPACE:
    return figures->outstanding_bytes;
  case EXPORT_INUSE_OBJECTS:
    return figures->outstanding_blocks;
  case EXPORT_ALLOC_SPACE:
    return figures->allocated_bytes;
  default:
    return figures->allocations;
  }
}
