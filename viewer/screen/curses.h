/* SPDX-License-Identifier: Apache-2.0
 *
 * A terminal to show screens on and to take keys from. curses.c is the only file that knows
 * ncurses. One terminal at a time; one thread.
 */
#ifndef SEEP_CURSES_H
#define SEEP_CURSES_H

#include "screen/key.h"
#include "screen/screen.h"
#include "screen/theme.h"

#include <stddef.h>

struct curses;

enum curses_input {
  CURSES_NOTHING, /* none is waiting */
  CURSES_KEY,
  CURSES_GONE, /* the terminal went away */
};

/* Takes over the terminal of stdin and stdout. The locale has been set. NULL: there is none, or
 * curses cannot use it; message says why. */
struct curses *curses_open(enum theme theme, char *message, size_t message_bytes);

/* Gives it back as it was. */
void curses_close(struct curses *curses);

/* Shows what follows in another theme. */
void curses_dress(struct curses *curses, enum theme theme);

/* Whether it can show more than ASCII. */
bool curses_unicode(const struct curses *curses);

/* Asks the terminal for its size. */
void curses_size(struct curses *curses, int *rows, int *columns);

/* Shows screen, writing only what has changed since the last call. */
void curses_show(struct curses *curses, const struct screen *screen);

/* The next curses_show writes everything. */
void curses_forget(struct curses *curses);

/* The next key, without waiting. */
enum curses_input curses_read(struct curses *curses, struct key *key);

/* Gives the terminal back and stops the process as ^Z does; returns when it is continued, with the
 * terminal taken over again. */
void curses_suspend(struct curses *curses);

/* Gives the terminal back for another program; the next curses_show takes it over again. */
void curses_leave(struct curses *curses);

/* Offers text to the terminal's clipboard (OSC 52). One that does not know of it takes no notice,
 * and nobody can tell. What is longer than terminals take is not offered: false. */
bool curses_copy(const char *text);

#endif
