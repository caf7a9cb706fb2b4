/* SPDX-License-Identifier: Apache-2.0
 *
 * One thing that a hand did: a character, a key with a name, a click. Made by curses.c, or from a
 * script's text.
 */
#ifndef SEEP_KEY_H
#define SEEP_KEY_H

#include <stdbool.h>
#include <stdint.h>

enum key_code { /* characters stand for themselves; the named ones follow after Unicode's last */
                KEY_CODE_NONE = 0,
                KEY_CODE_TAB = '\t',
                KEY_CODE_ENTER = '\n',
                KEY_CODE_ESCAPE = 27,
                KEY_CODE_ERASE = 127,
                KEY_CODE_UP = 0x110000,
                KEY_CODE_DOWN,
                KEY_CODE_LEFT,
                KEY_CODE_RIGHT,
                KEY_CODE_PAGE_UP,
                KEY_CODE_PAGE_DOWN,
                KEY_CODE_FIRST, /* Home */
                KEY_CODE_LAST,  /* End */
                KEY_CODE_BACK_TAB,
                KEY_CODE_CLICK,
                KEY_CODE_WHEEL_UP,
                KEY_CODE_WHEEL_DOWN,
};

struct key {
  uint32_t code;
  int row, column; /* CLICK, WHEEL_UP, WHEEL_DOWN */
};

#define KEY_NAME_BYTES 16

/* The key's label for people ("PgDn", "^U", "j"). */
void key_label(uint32_t code, char out[KEY_NAME_BYTES]);

/* Takes the next key from a script and advances: a character, or a name in angle brackets
 * ("<PgDn>", "<Click 5 20>"; "<lt>" is "<"). false: an unknown name; *text stays. */
bool key_parse(const char **text, struct key *key);

#endif
