/* SPDX-License-Identifier: Apache-2.0
 *
 * The viewer without a terminal: the views, the frame around them, the prompt, what keys do. The
 * loop in viewer.c gives it keys and shows its screen; scripts do the same in memory.
 */
#ifndef SEEP_DESK_H
#define SEEP_DESK_H

#include "screen/actions.h"
#include "screen/errand.h"
#include "screen/model.h"
#include "screen/screen.h"

struct desk;
struct key;
struct settings;

enum desk_result {
  DESK_STAYS,   /* nothing to draw */
  DESK_CHANGED, /* draw */
  DESK_REDRAW,  /* draw everything anew, whatever the terminal may show */
  DESK_THEME,   /* the settings have another theme */
  DESK_SUSPEND,
  DESK_ERRAND, /* draw; desk_errand says what is to be done */
  DESK_QUIT,
};

/* model and path must outlive it; path is for the title. unicode: whether screens may hold anything
 * but ASCII. NULL: no memory. */
struct desk *desk_new(struct model *model, const char *path, bool unicode);

/* Tells the desk of one process that it is shown from that of its family: text says which one it is
 * ("2 of 5"). Leaving it is an errand then. */
void desk_stand_within(struct desk *desk, const char *text);

/* Lays the detail of a site over the view of sites, if the picture has one of that identity. */
void desk_open_site(struct desk *desk, const struct identity *site);
void desk_free(struct desk *desk);

/* Shows the view of an action (ACTION_VIEW_...) at first, not the one with the first key. */
void desk_begin(struct desk *desk, enum action action);

/* rows × columns, at least 1 each; false: no memory, the size is as before. */
bool desk_resize(struct desk *desk, int rows, int columns);

/* What a person has set; what is changed there is seen from the next desk_draw on. */
struct settings *desk_settings(struct desk *desk);

enum desk_result desk_key(struct desk *desk, const struct key *key);

/* A line at the bottom until the next key. */
void desk_say(struct desk *desk, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* What the last key left to be done; its text is the desk's until the next key. */
const struct errand *desk_errand(const struct desk *desk);

/* Takes what the model has; true: draw. */
bool desk_take(struct desk *desk);

/* Draws; the screen is the desk's. */
const struct screen *desk_draw(struct desk *desk);

#endif
