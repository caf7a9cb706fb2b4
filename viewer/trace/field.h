/* SPDX-License-Identifier: Apache-2.0
 *
 * Fields (tag, length, value), the payload of the frames that say something once. A frame's reader
 * lists which tag goes where in a structure; unknown tags and values of a wrong length are passed
 * over.
 */
#ifndef SEEP_TRACE_FIELD_H
#define SEEP_TRACE_FIELD_H

#include <seep/format.h>
#include <stdbool.h>
#include <stddef.h>

enum field_kind {
  FIELD_NUMBER,   /* uint64_t */
  FIELD_TEXT,     /* char *, made with malloc, NUL-terminated; an earlier text is freed */
  FIELD_BYTES,    /* uint8_t *, made with malloc, followed by a size_t with its length */
  FIELD_IDENTITY, /* uint8_t[16] */
};

struct field_place {
  uint16_t tag;
  uint16_t kind;   /* enum field_kind */
  uint32_t offset; /* in the structure */
};

enum field_result {
  FIELD_OK,
  FIELD_MALFORMED, /* a field runs over the payload's end; those before it have been stored */
  FIELD_MEMORY,
};

/* Stores the fields of a payload into object. */
enum field_result field_decode(const uint8_t *payload, size_t bytes,
                               const struct field_place *places, size_t place_count, void *object);

#endif
