/* SPDX-License-Identifier: Apache-2.0 */
#include "screen/key.h"

#include "report/escape.h"

#include <stdio.h>
#include <string.h>

static const struct {
  uint32_t code;
  const char *name;
} names[] = {
    {KEY_CODE_TAB, "Tab"},
    {KEY_CODE_ENTER, "Enter"},
    {KEY_CODE_ESCAPE, "Esc"},
    {KEY_CODE_ERASE, "Backspace"},
    {KEY_CODE_UP, "Up"},
    {KEY_CODE_DOWN, "Down"},
    {KEY_CODE_LEFT, "Left"},
    {KEY_CODE_RIGHT, "Right"},
    {KEY_CODE_PAGE_UP, "PgUp"},
    {KEY_CODE_PAGE_DOWN, "PgDn"},
    {KEY_CODE_FIRST, "Home"},
    {KEY_CODE_LAST, "End"},
    {KEY_CODE_BACK_TAB, "S-Tab"},
    {KEY_CODE_CLICK, "Click"},
    {KEY_CODE_WHEEL_UP, "WheelUp"},
    {KEY_CODE_WHEEL_DOWN, "WheelDown"},
    {' ', "Space"},
    {'<', "lt"},
};
#define NAME_COUNT (sizeof names / sizeof *names)

void key_label(uint32_t code, char out[KEY_NAME_BYTES]) {
  for (size_t i = 0; i < NAME_COUNT; i++)
    if (names[i].code == code && code != '<') {
      snprintf(out, KEY_NAME_BYTES, "%s", names[i].name);
      return;
    }
  if (code < ' ') {
    snprintf(out, KEY_NAME_BYTES, "^%c", (char)(code + '@'));
    return;
  }
  out[escape_encode(out, code > 0x10ffff ? '?' : code)] = '\0';
}

static uint32_t code_of_name(const char *name) {
  if (name[0] == '^' && name[1] >= '@' && name[1] <= '_' && !name[2])
    return (uint32_t)(name[1] - '@');
  for (size_t i = 0; i < NAME_COUNT; i++)
    if (strcmp(names[i].name, name) == 0)
      return names[i].code;
  return KEY_CODE_NONE;
}

bool key_parse(const char **text, struct key *key) {
  *key = (struct key){0};
  if (**text != '<') {
    key->code = escape_next(text);
    return true;
  }
  char name[KEY_NAME_BYTES];
  int taken = 0;
  if (sscanf(*text, "<%15[^> ] %d %d>%n", name, &key->row, &key->column, &taken) < 3 || !taken)
    sscanf(*text, "<%15[^> ]>%n", name, &taken);
  if (!taken || !(key->code = code_of_name(name)))
    return false;
  *text += taken;
  return true;
}
