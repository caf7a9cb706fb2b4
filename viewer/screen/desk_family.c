/* SPDX-License-Identifier: Apache-2.0
 *
 * From the desk of a family to that of a process, and back.
 */
#include "screen/desk_private.h"

#include <stdio.h>

void desk_stand_within(struct desk *desk, const char *text) {
  snprintf(desk->within, sizeof desk->within, "%s", text);
}

void desk_visit(struct desk *desk, enum action view) {
  struct view *here = desk_view(desk);
  const struct identity *site = NULL;
  bool can = here && here->picture && here->ops->process;
  size_t member = can ? here->ops->process(here, &site) : FAMILY_NONE;
  if (member == FAMILY_NONE)
    desk_say(desk, "there is no process to open here");
  else if (here->picture->family->members[member].failure[0])
    desk_say(desk, "its trace %.120s", here->picture->family->members[member].failure);
  else
    desk->errand = (struct errand){
        .kind = ERRAND_VISIT, .member = member, .site = view ? NULL : site, .view = view};
}

bool desk_leave(struct desk *desk, enum action view) {
  if (desk->within[0])
    desk->errand = (struct errand){.kind = ERRAND_LEAVE, .view = view};
  return desk->within[0];
}

void desk_go(struct desk *desk, size_t base) {
  enum action view = views_action(base);
  if (base >= desk->range.first && base < desk->range.stop)
    desk_switch(desk, base);
  else if (model_is_family(desk->model))
    desk_visit(desk, view);
  else if (!desk_leave(desk, view))
    desk_say(desk, "one process was opened: seep view --family shows all");
}

void desk_open_site(struct desk *desk, const struct identity *site) {
  struct view *view = desk_view(desk);
  if (!view || !view->picture || !view->ops->reveal)
    return;
  const struct analysis_report *report = view->picture->report;
  for (size_t i = 0; i < report->site_count; i++) {
    struct identity identity = identity_of(view->picture->reading->trace, &report->sites[i]);
    if (identity_compare_exact(&identity, site) != 0)
      continue;
    view->ops->reveal(view, &report->sites[i]);
    desk_lay_over(desk, &view_detail, &report->sites[i]);
    return;
  }
}
