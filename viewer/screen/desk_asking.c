/* SPDX-License-Identifier: Apache-2.0
 *
 * What a person is asked for in the last line: something to search for, a filter.
 */
#include "analysis/filter.h"
#include "screen/desk_private.h"

#include <stdio.h>
#include <string.h>

/* ---- Searching --------------------------------------------------------------------------------*/

void desk_search_on(struct desk *desk, int step) {
  struct view *view = desk_view(desk);
  if (!view || !view->table.count)
    return;
  size_t start = view->table.cursor + (step > 0 ? 1 : view->table.count - 1);
  if (!desk->settings.needle[0])
    desk_say(desk, "nothing was searched for yet");
  else if (!view_search(view, start, step))
    desk_say(desk, "not found: %.120s", desk->settings.needle);
}

static void search_begin(struct desk *desk) {
  desk->anchor = desk_view(desk)->table.cursor;
  memcpy(desk->needle, desk->settings.needle, sizeof desk->needle);
}

static void search_go_back(struct desk *desk) {
  struct table *table = &desk_view(desk)->table;
  table->cursor = desk->anchor < table->count ? desk->anchor : 0;
}

/* As it is typed: always from the row that it began at. */
static void search_typed(struct desk *desk) {
  memcpy(desk->settings.needle, desk->prompt.text, sizeof desk->settings.needle);
  search_go_back(desk);
  if (desk->prompt.bytes && !view_search(desk_view(desk), desk->anchor, 1))
    desk_say(desk, "not found");
}

static bool search_accept(struct desk *desk) {
  if (!desk->prompt.bytes) /* like n: what was searched for before */
    memcpy(desk->settings.needle, desk->needle, sizeof desk->needle);
  return true;
}

static void search_cancel(struct desk *desk) {
  memcpy(desk->settings.needle, desk->needle, sizeof desk->needle);
  search_go_back(desk);
}

const struct asking asking_search = {"/", search_begin, search_typed, search_accept, search_cancel};

/* ---- Filtering --------------------------------------------------------------------------------*/

void desk_filter(struct desk *desk, const char *text) {
  struct question question = model_question(desk->model);
  snprintf(question.filter, sizeof question.filter, "%s", text);
  desk_ask(desk, question);
}

static void filter_begin(struct desk *desk) {
  prompt_set(&desk->prompt, model_question(desk->model).filter);
}

static bool filter_accept(struct desk *desk) {
  struct analysis_filter *filter =
      analysis_filter_new(desk->prompt.text, desk->message, sizeof desk->message);
  if (!filter)
    return false;
  analysis_filter_free(filter);
  desk->message[0] = '\0';
  desk_filter(desk, desk->prompt.text);
  return true;
}

const struct asking asking_filter = {"filter: ", filter_begin, NULL, filter_accept, NULL};

/* ---- The prompt -------------------------------------------------------------------------------*/

void desk_open_prompt(struct desk *desk, const struct asking *asking) {
  if (!desk_view(desk))
    return;
  desk->asking = asking;
  prompt_set(&desk->prompt, "");
  if (asking->begin)
    asking->begin(desk);
}

enum desk_result desk_prompt_key(struct desk *desk, const struct key *key) {
  const struct asking *asking = desk->asking;
  switch (prompt_key(&desk->prompt, key)) {
  case PROMPT_OPEN:
    return DESK_STAYS;
  case PROMPT_CHANGED:
    if (asking->typed)
      asking->typed(desk);
    break;
  case PROMPT_DONE:
    desk->asking = NULL; /* accepting may ask for something else */
    if (!asking->accept(desk))
      desk->asking = asking;
    break;
  case PROMPT_CANCELLED:
    if (asking->cancel)
      asking->cancel(desk);
    desk->asking = NULL;
    break;
  }
  return DESK_CHANGED;
}
