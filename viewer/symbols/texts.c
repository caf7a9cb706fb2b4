/* SPDX-License-Identifier: Apache-2.0 */
#include "symbols/texts.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static uint64_t texts_hash(const char *text) {
  uint64_t hash = 0xcbf29ce484222325u; /* FNV-1a */
  for (; *text; text++)
    hash = (hash ^ (uint8_t)*text) * 0x100000001b3u;
  return hash ^ hash >> 32;
}

/* The slot that holds text, or the free one where it belongs. */
static char **texts_slot(char **slots, size_t capacity, const char *text) {
  size_t i = texts_hash(text) & (capacity - 1);
  while (slots[i] && strcmp(slots[i], text))
    i = (i + 1) & (capacity - 1);
  return &slots[i];
}

static bool texts_grow(struct texts *texts) {
  size_t capacity = texts->capacity ? texts->capacity * 2 : 256;
  char **slots = calloc(capacity, sizeof *slots);
  if (!slots)
    return false;
  for (size_t i = 0; i < texts->capacity; i++)
    if (texts->slots[i])
      *texts_slot(slots, capacity, texts->slots[i]) = texts->slots[i];
  free(texts->slots);
  texts->slots = slots;
  texts->capacity = capacity;
  return true;
}

const char *texts_keep(struct texts *texts, const char *text) {
  if (!text)
    return NULL;
  if (texts->count >= texts->capacity / 2 && !texts_grow(texts))
    return NULL;
  char **slot = texts_slot(texts->slots, texts->capacity, text);
  if (!*slot && (*slot = strdup(text)))
    texts->count++;
  return *slot;
}

void texts_release(struct texts *texts) {
  for (size_t i = 0; i < texts->capacity; i++)
    free(texts->slots[i]);
  free(texts->slots);
  *texts = (struct texts){0};
}
