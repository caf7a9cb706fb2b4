/* SPDX-License-Identifier: Apache-2.0 */
#include "trace/merge.h"

void merge_push(struct merge *merge, struct merge_item item) {
  size_t at = merge->count++;
  while (at && merge_before(&item, &merge->items[(at - 1) / 2])) {
    merge->items[at] = merge->items[(at - 1) / 2];
    at = (at - 1) / 2;
  }
  merge->items[at] = item;
}

/* Puts item where it belongs, from the top down. */
static void merge_sink(struct merge *merge, struct merge_item item) {
  size_t at = 0;
  for (size_t child; (child = at * 2 + 1) < merge->count; at = child) {
    if (child + 1 < merge->count && merge_before(&merge->items[child + 1], &merge->items[child]))
      child++;
    if (!merge_before(&merge->items[child], &item))
      break;
    merge->items[at] = merge->items[child];
  }
  merge->items[at] = item;
}

void merge_pop(struct merge *merge) {
  if (--merge->count)
    merge_sink(merge, merge->items[merge->count]);
}

void merge_delay(struct merge *merge, uint64_t stamp) {
  merge_sink(merge, (struct merge_item){stamp, merge->items[0].lane});
}

struct merge_item merge_second(const struct merge *merge) {
  if (merge->count < 2)
    return (struct merge_item){UINT64_MAX, UINT32_MAX};
  bool right = merge->count > 2 && merge_before(&merge->items[2], &merge->items[1]);
  return merge->items[right ? 2 : 1];
}
