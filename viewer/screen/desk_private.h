/* SPDX-License-Identifier: Apache-2.0
 *
 * Inside the desk: desk.c takes keys, desk_views.c holds the views and where one is among them,
 * desk_asking.c the prompt, desk_draw.c lays the screen out.
 */
#ifndef SEEP_DESK_PRIVATE_H
#define SEEP_DESK_PRIVATE_H

#include "screen/desk.h"
#include "screen/history.h"
#include "screen/prompt.h"
#include "screen/views.h"

struct asking;

struct desk {
  struct model *model;
  const char *path;
  struct views_range range; /* the views that it has */
  char within[48];          /* which process of a family it is; "": it stands for itself */
  struct screen screen;
  struct settings settings;

  struct view *bases[VIEWS_COUNT]; /* made when first shown */
  struct place here;               /* base and overlays; the question is the model's */
  struct history history;

  const struct asking *asking; /* NULL: no prompt is open */
  struct prompt prompt;
  size_t anchor;                                     /* row that a search began at */
  char needle[sizeof((struct settings *)0)->needle]; /* before the search */
  char message[160];

  struct chore chore; /* while a person is asked for its parts */
  struct errand errand;
};

/* ---- Views ----------------------------------------------------------------------------------- */

/* The view that keys go to; NULL: none yet. */
struct view *desk_view(const struct desk *desk);

/* Asks what the current view shows, by question. */
void desk_ask(struct desk *desk, struct question question);

/* Shows another of the views that have a key. */
void desk_switch(struct desk *desk, size_t base);

void desk_lay_over(struct desk *desk, const struct view_ops *ops, const struct analysis_site *site);

/* Closes what was laid over last; false: nothing was. */
bool desk_close_overlay(struct desk *desk);

/* Gives every view the picture that it can show. */
void desk_spread(struct desk *desk);

/* Tells the views that are seen that more symbols can be peeked at. */
void desk_tell_symbols(struct desk *desk);

/* The picture is about to go. */
void desk_remember(struct desk *desk);

/* Where one is now; its overlays are not kept for the caller. */
struct place desk_place(struct desk *desk);

/* Undoes a step or does it again; says so where there is none. */
void desk_travel(struct desk *desk, enum action action);

/* Actions that take something along or steer the target; false: it is none. */
bool desk_send(struct desk *desk, enum action action);

/* Shows a view that this desk may not have: then the family's desk, or that of the process which
 * the selected row is about, is asked to. */
void desk_go(struct desk *desk, size_t base);

/* Opens the process that the selected row is about, on a view (NONE: the first). */
void desk_visit(struct desk *desk, enum action view);

/* Leaves a process for its family, on a view (NONE: as it was left); false: there is none. */
bool desk_leave(struct desk *desk, enum action view);

/* The errand is done, or forgotten. */
void desk_end_errand(struct desk *desk);

/* ---- The prompt ------------------------------------------------------------------------------ */

/* What a prompt is for. */
struct asking {
  const char *prompt;
  void (*begin)(struct desk *desk);  /* sets what stands in it first; may be NULL */
  void (*typed)(struct desk *desk);  /* may be NULL */
  bool (*accept)(struct desk *desk); /* Enter; false: it stays open, and a message says why */
  void (*cancel)(struct desk *desk); /* may be NULL */
};
extern const struct asking asking_search, asking_filter;

void desk_open_prompt(struct desk *desk, const struct asking *asking);
enum desk_result desk_prompt_key(struct desk *desk, const struct key *key);

/* Goes on with what was searched for. */
void desk_search_on(struct desk *desk, int step);

void desk_filter(struct desk *desk, const char *text);

#endif
