/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/examples.h"
#include <stdlib.h>

bool examples_init(struct examples *examples, const size_t *stands, size_t place_count) {
  *examples = (struct examples){.first = calloc(place_count + 1, sizeof *examples->first)};
  for (size_t i = 0; examples->first && i < place_count; i++) {
    size_t count = stands[i + 1] - stands[i];
    count = count < EXAMPLES_OF_PLACE ? count : EXAMPLES_OF_PLACE;
    examples->first[i + 1] = examples->first[i] + count;
  }
  if (examples->first)
    examples->list = calloc(examples->first[place_count] + 1, sizeof *examples->list);
  return examples->list;
}

void examples_release(struct examples *examples) {
  free(examples->list);
  free(examples->first);
  *examples = (struct examples){.list = NULL};
}

/* Whether block is to stand before example; an empty place is behind all. */
static bool examples_before(const struct live_block *block, const struct example *example) {
  if (!example->address || block->stamp != example->stamp)
    return !example->address || block->stamp < example->stamp;
  return block->address < example->address;
}

void examples_take(struct examples *examples, const struct live_block *block) {
  struct example *first = examples->list + examples->first[block->place];
  struct example *at = examples->list + examples->first[block->place + 1];
  if (at == first || !examples_before(block, at - 1))
    return;
  for (at--; at > first && examples_before(block, at - 1); at--)
    *at = at[-1];
  *at = (struct example){block->address, block->size, block->stamp};
}
