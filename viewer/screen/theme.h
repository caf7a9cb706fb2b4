/* SPDX-License-Identifier: Apache-2.0
 *
 * What each style looks like: colours and attributes, for terminals of 256, 16, 8 or no colours on
 * a dark or a light background. Calm on purpose: one accent for what leaks, one for growth, all
 * else quiet. Knows no terminal: curses.c and pictures take the same.
 */
#ifndef SEEP_THEME_H
#define SEEP_THEME_H

#include "screen/screen.h"

enum theme { THEME_AUTO, THEME_DARK, THEME_LIGHT, THEME_MONO, THEME_COUNT };

#define THEME_BOLD 1u
#define THEME_DIM 2u
#define THEME_REVERSE 4u
#define THEME_UNDERLINE 8u

struct theme_look {
  short front, back;   /* numbers of the 256 usual colours; -1: the terminal's own */
  unsigned attributes; /* THEME_... */
};

/* "auto", "dark", "light", "mono"; -1: text is none of them. */
int theme_of(const char *text);
const char *theme_name(enum theme theme);

/* What AUTO stands for, by COLORFGBG; others stand for themselves. */
enum theme theme_resolve(enum theme theme);

/* The looks by style, of a resolved theme on a terminal of so many colours; a constant. */
const struct theme_look *theme_looks(enum theme theme, int colors);

#endif
