/* SPDX-License-Identifier: Apache-2.0
 *
 * The views on the desk: one of those with a key, and what is laid over it.
 */
#include "screen/desk_private.h"

#include <string.h>

/* The picture if it shows what the view is about. */
static const struct picture *desk_picture_for(const struct desk *desk, size_t base) {
  const struct picture *picture = model_picture(desk->model);
  int by = views_ops(base)->by;
  bool fits = picture && (by < 0 || (int)picture->question.by == by) &&
              (picture->difference || !views_ops(base)->compares);
  return fits ? picture : NULL;
}

struct view *desk_view(const struct desk *desk) {
  const struct place *here = &desk->here;
  return here->overlay_count ? here->overlays[here->overlay_count - 1] : desk->bases[here->base];
}

bool desk_close_overlay(struct desk *desk) {
  if (!desk->here.overlay_count)
    return false;
  view_drop(desk->here.overlays[--desk->here.overlay_count]);
  return true;
}

void desk_lay_over(struct desk *desk, const struct view_ops *ops,
                   const struct analysis_site *site) {
  struct view *below = desk->bases[desk->here.base];
  if (desk->here.overlay_count == HISTORY_OVERLAYS)
    return;
  struct view *view =
      view_new(ops, desk->model, &desk->settings, below ? below->picture : NULL, site);
  if (view && ops->about)
    ops->about(view, desk_view(desk));
  if (view)
    desk->here.overlays[desk->here.overlay_count++] = view;
}

void desk_ask(struct desk *desk, struct question question) {
  int by = views_ops(desk->here.base)->by;
  if (by >= 0)
    question.by = (enum analysis_by)by;
  question.compared = views_ops(desk->here.base)->compares;
  model_ask(desk->model, &question);
}

/* The view with a key that is shown, made if need be. */
static struct view *desk_base(struct desk *desk) {
  size_t base = desk->here.base;
  if (!desk->bases[base])
    desk->bases[base] =
        view_new(views_ops(base), desk->model, &desk->settings, desk_picture_for(desk, base), NULL);
  return desk->bases[base];
}

void desk_switch(struct desk *desk, size_t base) {
  while (desk_close_overlay(desk))
    continue;
  desk->here.base = base;
  desk_base(desk);
  desk_ask(desk, model_question(desk->model));
}

void desk_spread(struct desk *desk) {
  for (size_t i = 0; i < VIEWS_COUNT; i++)
    if (desk->bases[i])
      view_set_picture(desk->bases[i], desk_picture_for(desk, i));
  const struct view *below = desk_base(desk);
  for (size_t i = 0; i < desk->here.overlay_count; i++)
    view_set_picture(desk->here.overlays[i], below ? below->picture : NULL);
}

void desk_tell_symbols(struct desk *desk) {
  struct view *base = desk->bases[desk->here.base];
  if (base && base->ops->symbols)
    base->ops->symbols(base);
  for (size_t i = 0; i < desk->here.overlay_count; i++)
    if (desk->here.overlays[i]->ops->symbols)
      desk->here.overlays[i]->ops->symbols(desk->here.overlays[i]);
}

void desk_remember(struct desk *desk) {
  for (size_t i = 0; i < VIEWS_COUNT; i++)
    if (desk->bases[i] && desk->bases[i]->picture && views_ops(i)->remember)
      views_ops(i)->remember(desk->bases[i]);
  for (size_t i = 0; i < desk->here.overlay_count; i++)
    if (desk->here.overlays[i]->picture && desk->here.overlays[i]->ops->remember)
      desk->here.overlays[i]->ops->remember(desk->here.overlays[i]);
}

struct place desk_place(struct desk *desk) {
  struct place place = desk->here;
  const struct view *base = desk->bases[place.base];
  place.question = model_question(desk->model);
  place.order = desk->settings.order;
  place.spot = base && base->ops->spot ? base->ops->spot(base) : (struct view_spot){0};
  return place;
}

void desk_travel(struct desk *desk, enum action action) {
  struct place place = desk_place(desk);
  bool undo = action == ACTION_UNDO;
  if (!(undo ? history_undo : history_redo)(&desk->history, &place)) {
    if (!undo || !desk_leave(desk, ACTION_NONE))
      desk_say(desk, undo ? "nothing to undo" : "nothing to redo");
    return;
  }
  desk_remember(desk); /* rows may come in another order */
  desk->here = place;
  desk->settings.order = place.order;
  struct view *base = desk_base(desk);
  if (base && base->ops->go)
    base->ops->go(base, place.spot);
  desk_ask(desk, place.question);
  desk_spread(desk); /* what comes back has not seen the pictures since */
}
