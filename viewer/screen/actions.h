/* SPDX-License-Identifier: Apache-2.0
 *
 * What a person can do: ONE table from which the dispatch of keys, the help view and the hints at
 * the bottom are made. An action that is not in it cannot be reached; one that is in it is in the
 * help.
 */
#ifndef SEEP_ACTIONS_H
#define SEEP_ACTIONS_H

#include "screen/key.h"

#include <stddef.h>

/* The views that have a key of their own: V(X, name, ops, key, text). This line is all that the
 * desk needs to know of a view. They stand in the order in which Tab goes round. */
#define VIEWS(V, X)                                                                                \
  V(X, SITES, view_sites, '1', "sites: the calls that allocated")                                  \
  V(X, TREE, view_tree, '2', "tree: callers, and what they call")                                  \
  V(X, FLAME, view_flame, '3', "flame: the tree as widths")                                        \
  V(X, TIME, view_time, '4', "time: the time line, and the interval")                              \
  V(X, DIFF, view_diff, '5', "diff: what is new, gone, grown or shrunk")                           \
  V(X, FUNCTIONS, view_functions, '6', "functions: the same figures by function")                  \
  V(X, MODULES, view_modules, '7', "modules: by module, and where its symbols are")                \
  V(X, THREADS, view_threads, '8', "threads: by thread, and what each did")                        \
  V(X, BUNDLES, view_bundles, '9', "bundles: what leaks together")                                 \
  V(X, TRACE, view_trace, '0', "trace: what is missing, what it cost, where it is from")

/* The same of a family: of all its processes together (gathering.h). */
#define FAMILY_VIEWS(V, X)                                                                         \
  V(X, MERGED, view_merged, 'M', "merged: the sites of all processes of a family")                 \
  V(X, PROCESSES, view_processes, 'P', "processes: those of a family, and what each holds")

#define VIEW_AS_ONE(X, name, ops, key, text) +1
enum {
  VIEWS_OF_TRACE = VIEWS(VIEW_AS_ONE, ),
  VIEWS_COUNT = VIEWS_OF_TRACE FAMILY_VIEWS(VIEW_AS_ONE, ),
  TABLES_COUNT = VIEWS_COUNT + 1 /* with the one that is laid over them (views_of_table) */
};

#define VIEW_AS_ACTION(X, name, ops, key, text) X(VIEW_##name, "Views", "", text, key)

/* X(action, group, hint, text, keys...): hint is for the bottom line, text for the help. */
#define ACTIONS(X)                                                                                 \
  X(DOWN, "Moving", "down", "one row down", 'j', KEY_CODE_DOWN, KEY_CODE_WHEEL_DOWN)               \
  X(UP, "Moving", "up", "one row up", 'k', KEY_CODE_UP, KEY_CODE_WHEEL_UP)                         \
  X(PAGE_DOWN, "Moving", "page", "one page down", KEY_CODE_PAGE_DOWN, ' ', 'F' - '@')              \
  X(PAGE_UP, "Moving", "page", "one page up", KEY_CODE_PAGE_UP, 'b', 'B' - '@')                    \
  X(FIRST, "Moving", "first", "to the first row", 'g', KEY_CODE_FIRST)                             \
  X(LAST, "Moving", "last", "to the last row", 'G', KEY_CODE_LAST)                                 \
  X(LEFT, "Moving", "left", "to the left; in a list: back", 'h', KEY_CODE_LEFT)                    \
  X(RIGHT, "Moving", "right", "to the right; in a list: open", 'l', KEY_CODE_RIGHT)                \
  X(FAR_LEFT, "Moving", "far left", "far to the left", 'H')                                        \
  X(FAR_RIGHT, "Moving", "far right", "far to the right", 'L')                                     \
  X(POINT, "Moving", "point", "select the row under the pointer; again: open it", KEY_CODE_CLICK)  \
  X(OPEN, "Showing", "open", "open the row, or fold it", KEY_CODE_ENTER)                           \
  X(BACK, "Showing", "back", "back to where you came from", KEY_CODE_ESCAPE)                       \
  X(UNDO, "Showing", "undo", "undo the last step: view, interval, order, filter", 'u')             \
  X(REDO, "Showing", "redo", "do again what was undone", 'R' - '@')                                \
  X(NEXT_VIEW, "Showing", "view", "the next view", KEY_CODE_TAB)                                   \
  X(PREVIOUS_VIEW, "Showing", "view", "the view before", KEY_CODE_BACK_TAB)                        \
  X(SORT, "Showing", "sort", "sort by the next column", 's')                                       \
  X(SORT_BACK, "Showing", "sort", "sort by the column before", 'S')                                \
  X(REVERSE, "Showing", "reverse", "turn the order round", 'r')                                    \
  X(INVERT, "Showing", "invert", "tree, flame: turn it round, callers first or last", 'i')         \
  X(COLUMNS, "Showing", "columns", "choose the columns of tables", 'c')                            \
  X(UNITS, "Showing", "units", "other figures: bytes, blocks, per unit, per hour, ages", 'U')      \
  VIEWS(VIEW_AS_ACTION, X)                                                                         \
  FAMILY_VIEWS(VIEW_AS_ACTION, X)                                                                  \
  X(SEARCH, "Finding", "search", "search as you type; Enter keeps, Esc goes back", '/')            \
  X(SEARCH_NEXT, "Finding", "next", "the next match", 'n')                                         \
  X(SEARCH_PREVIOUS, "Finding", "previous", "the match before", 'N')                               \
  X(FILTER, "Finding", "filter", "keep rows by name, thread, size, age, verdict, figures", 'f')    \
  X(UNFILTER, "Finding", "unfilter", "undo the filter", 'F')                                       \
  X(FROM_BACK, "Interval", "from", "begin the interval at the mark before", '[')                   \
  X(FROM_FORWARD, "Interval", "from", "begin it at the next mark", ']')                            \
  X(TO_BACK, "Interval", "to", "end the interval at the mark before", '{')                         \
  X(TO_FORWARD, "Interval", "to", "end it at the next mark", '}')                                  \
  X(FROM_HERE, "Interval", "from here", "time line: begin it at the cursor", '(')                  \
  X(TO_HERE, "Interval", "to here", "time line: end it at the cursor", ')')                        \
  X(MARK_BACK, "Interval", "mark", "time line: to the mark before", ',')                           \
  X(MARK_FORWARD, "Interval", "mark", "time line: to the next mark", '.')                          \
  X(ZOOM_IN, "Interval", "zoom", "time line: half as much of it", '+', '=')                        \
  X(ZOOM_OUT, "Interval", "zoom out", "time line: twice as much", '-')                             \
  X(COPY, "Taking along", "copy", "copy or write to a file what is shown", 'y')                    \
  X(EXPORT, "Taking along", "export", "export the interval for another tool", 'e')                 \
  X(EDIT, "Taking along", "edit", "open the source in $EDITOR", 'E')                               \
  X(MARK, "Target", "mark", "put a mark into the running target", 'm')                             \
  X(PAUSE, "Target", "pause", "pause the target's recording, or go on with it", 'p')               \
  X(HELP, "Viewer", "help", "this help", '?')                                                      \
  X(THEME, "Viewer", "theme", "other colours: auto, dark, light, mono", 'T')                       \
  X(REDRAW, "Viewer", "redraw", "draw the screen anew", 'L' - '@')                                 \
  X(SUSPEND, "Viewer", "suspend", "stop the viewer; the shell's fg brings it back", 'Z' - '@')     \
  X(QUIT, "Viewer", "quit", "quit, at any moment", 'q', 'C' - '@')

enum action {
  ACTION_NONE,
#define X(name, ...) ACTION_##name,
  ACTIONS(X)
#undef X
      ACTION_COUNT
};

#define ACTION_KEYS 3

struct action_info {
  const char *group, *hint, *text;
  uint32_t keys[ACTION_KEYS]; /* the first is the one that hints name; 0: none */
};

/* action is neither NONE nor COUNT; the result is a constant. */
const struct action_info *action_info(enum action action);

enum action action_of_key(uint32_t code);

#endif
