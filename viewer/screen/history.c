/* SPDX-License-Identifier: Apache-2.0 */
#include "screen/history.h"

#include <string.h>

struct place history_keep_place(const struct place *place) {
  for (size_t i = 0; i < place->overlay_count; i++)
    view_keep(place->overlays[i]);
  return *place;
}

void history_drop_place(struct place *place) {
  while (place->overlay_count)
    view_drop(place->overlays[--place->overlay_count]);
}

static void history_forget(struct history *history, size_t first) {
  while (history->count > first)
    history_drop_place(&history->places[--history->count]);
}

void history_release(struct history *history) {
  history_forget(history, 0);
  history->at = 0;
}

void history_step(struct history *history, const struct place *place) {
  history_forget(history, history->at);
  if (history->count == HISTORY_PLACES) {
    history_drop_place(&history->places[0]);
    memmove(history->places, history->places + 1, --history->count * sizeof *history->places);
  }
  history->places[history->count++] = history_keep_place(place);
  history->at = history->count;
}

static void history_exchange(struct place *a, struct place *b) {
  struct place swapped = *a;
  *a = *b;
  *b = swapped;
}

bool history_undo(struct history *history, struct place *place) {
  if (!history->at)
    return false;
  history_exchange(&history->places[--history->at], place);
  return true;
}

bool history_redo(struct history *history, struct place *place) {
  if (history->at == history->count)
    return false;
  history_exchange(&history->places[history->at++], place);
  return true;
}

static bool history_same_question(const struct question *a, const struct question *b) {
  return a->from == b->from && a->to == b->to && a->sort == b->sort && a->normal == b->normal &&
         a->inverted == b->inverted && strcmp(a->filter, b->filter) == 0;
}

bool history_same(const struct place *a, const struct place *b) {
  if (a->base != b->base || a->overlay_count != b->overlay_count)
    return false;
  for (size_t i = 0; i < a->overlay_count; i++)
    if (a->overlays[i] != b->overlays[i])
      return false;
  return history_same_question(&a->question, &b->question) && order_same(&a->order, &b->order) &&
         a->spot.first == b->spot.first && a->spot.second == b->spot.second;
}
