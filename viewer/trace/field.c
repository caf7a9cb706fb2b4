/* SPDX-License-Identifier: Apache-2.0 */
#include "trace/field.h"

#include <stdlib.h>
#include <string.h>

/* A copy with a NUL behind it, so that bytes and texts can be treated alike. */
static uint8_t *field_copy(const uint8_t *value, size_t bytes) {
  uint8_t *copy = malloc(bytes + 1);
  if (!copy)
    return NULL;
  memcpy(copy, value, bytes);
  copy[bytes] = 0;
  return copy;
}

static bool field_store_copy(uint8_t *place, const uint8_t *value, size_t bytes, bool with_length) {
  uint8_t *old, *copy = field_copy(value, bytes);
  if (!copy)
    return false;
  memcpy(&old, place, sizeof old);
  free(old);
  memcpy(place, &copy, sizeof copy);
  if (with_length)
    memcpy(place + sizeof copy, &bytes, sizeof bytes);
  return true;
}

static bool field_store(const struct field_place *place, const uint8_t *value, size_t bytes,
                        void *object) {
  uint8_t *to = (uint8_t *)object + place->offset;
  switch (place->kind) {
  case FIELD_NUMBER:
    if (bytes == sizeof(uint64_t))
      memcpy(to, value, bytes);
    return true;
  case FIELD_IDENTITY:
    if (bytes == 16)
      memcpy(to, value, bytes);
    return true;
  default:
    return field_store_copy(to, value, bytes, place->kind == FIELD_BYTES);
  }
}

static const struct field_place *field_find(const struct field_place *places, size_t place_count,
                                            uint16_t tag) {
  for (size_t i = 0; i < place_count; i++)
    if (places[i].tag == tag)
      return &places[i];
  return NULL;
}

enum field_result field_decode(const uint8_t *payload, size_t bytes,
                               const struct field_place *places, size_t place_count, void *object) {
  for (size_t at = 0; at < bytes;) {
    struct seep_field head;
    if (bytes - at < sizeof head)
      return FIELD_MALFORMED;
    memcpy(&head, payload + at, sizeof head);
    at += sizeof head;
    if (head.bytes > bytes - at)
      return FIELD_MALFORMED;
    const struct field_place *place = field_find(places, place_count, head.tag);
    if (place && !field_store(place, payload + at, head.bytes, object))
      return FIELD_MEMORY;
    at += head.bytes;
  }
  return FIELD_OK;
}
