/* SPDX-License-Identifier: Apache-2.0 */
#include "screen/visit.h"

#include "screen/view.h"

#include <stdio.h>
#include <string.h>

bool visit_begin(struct visit *visit, const struct model_options *options, bool unicode) {
  *visit = (struct visit){.options = *options, .unicode = unicode};
  visit->home_model = model_new(options);
  visit->home = visit->home_model ? desk_new(visit->home_model, options->path, unicode) : NULL;
  return visit->home && visit_resize(visit, 1, 1);
}

struct desk *visit_desk(const struct visit *visit) {
  return visit->desk ? visit->desk : visit->home;
}

struct model *visit_model(const struct visit *visit) {
  return visit->model ? visit->model : visit->home_model;
}

enum analysis_sort visit_sort(const struct visit *visit) {
  if (!visit->model && model_is_family(visit->home_model))
    return visit->options.sort;
  return model_question(visit_model(visit)).sort;
}

bool visit_resize(struct visit *visit, int rows, int columns) {
  visit->rows = rows;
  visit->columns = columns;
  return desk_resize(visit->home, rows, columns) &&
         (!visit->desk || desk_resize(visit->desk, rows, columns));
}

void visit_descriptors(const struct visit *visit, int descriptors[2]) {
  descriptors[0] = model_descriptor(visit->home_model);
  descriptors[1] = visit->model ? model_descriptor(visit->model) : -1;
}

/* ---- Going in ---------------------------------------------------------------------------------*/

/* An end of the interval; NULL: it is the process's own, which may move on. */
static const char *visit_moment(const char *name, const char *otherwise) {
  return strcmp(name, otherwise) == 0 ? NULL : name;
}

static bool visit_make(struct visit *visit, size_t member) {
  char name[48];
  const struct family *family = &visit->of->kindred->family;
  const struct gathering_member *names = &visit->of->members[member];
  struct model_options options = {.path = family->list[member].path,
                                  .from = visit_moment(names->from, "start"),
                                  .to = visit_moment(names->to, "end"),
                                  .rules_path = visit->options.rules_path,
                                  .sort = visit->options.sort,
                                  .follow = visit->options.follow,
                                  .within = visit->of};
  visit->model = model_new(&options);
  visit->desk = visit->model ? desk_new(visit->model, options.path, visit->unicode) : NULL;
  if (!visit->desk || !desk_resize(visit->desk, visit->rows, visit->columns))
    return false;
  snprintf(name, sizeof name, "%zu of %zu", member + 1, family->count);
  desk_stand_within(visit->desk, name);
  *desk_settings(visit->desk) = *desk_settings(visit->home);
  return true;
}

static void visit_come_home(struct visit *visit) {
  visit->options.sort = visit_sort(visit);
  if (visit->desk)
    *desk_settings(visit->home) = *desk_settings(visit->desk);
  desk_free(visit->desk);
  if (visit->model)
    model_retire(visit->model);
  gathering_drop(visit->of);
  model_hold(visit->home_model, false);
  visit->desk = NULL;
  visit->model = NULL;
  visit->of = NULL;
  visit->site = NULL;
}

static void visit_enter(struct visit *visit, const struct errand *errand) {
  visit->of = gathering_keep(model_picture(visit->home_model)->family);
  visit->site = errand->site;
  model_hold(visit->home_model, true);
  if (!visit_make(visit, errand->member))
    visit_come_home(visit);
  else if (errand->view)
    desk_begin(visit->desk, errand->view);
}

static void visit_leave(struct visit *visit, enum action view) {
  visit_come_home(visit);
  if (view)
    desk_begin(visit->home, view);
}

enum desk_result visit_key(struct visit *visit, const struct key *key) {
  enum desk_result result = desk_key(visit_desk(visit), key);
  struct errand errand = *desk_errand(visit_desk(visit));
  if (result != DESK_ERRAND || (errand.kind != ERRAND_VISIT && errand.kind != ERRAND_LEAVE))
    return result;
  if (errand.kind == ERRAND_VISIT)
    visit_enter(visit, &errand);
  else
    visit_leave(visit, errand.view);
  return DESK_CHANGED;
}

/* ---- What comes in ----------------------------------------------------------------------------*/

/* A process that cannot be read is left again. */
static void visit_look_after(struct visit *visit) {
  const struct trace_error *error = model_error(visit->model);
  if (error) {
    const char *reason = error->system_errno ? strerror(error->system_errno) : error->detail;
    char text[200];
    snprintf(text, sizeof text, "its trace %s%s%s", trace_status_text(error->status),
             *reason ? ": " : "", reason);
    visit_come_home(visit);
    desk_say(visit->home, "%s", text);
  } else if (visit->site && model_picture(visit->model)) {
    desk_open_site(visit->desk, visit->site);
    visit->site = NULL;
  }
}

bool visit_take(struct visit *visit) {
  bool changed = desk_take(visit->home);
  if (!visit->desk)
    return changed;
  changed = desk_take(visit->desk);
  visit_look_after(visit);
  return changed || !visit->desk;
}

void visit_end(struct visit *visit) {
  desk_free(visit->desk);
  desk_free(visit->home);
  model_free(visit->model);
  model_free(visit->home_model);
  gathering_drop(visit->of);
}
