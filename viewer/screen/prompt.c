/* SPDX-License-Identifier: Apache-2.0 */
#include "screen/prompt.h"

#include "report/escape.h"

#include <string.h>

static void prompt_append(struct prompt *prompt, uint32_t character) {
  char encoded[4];
  size_t bytes = escape_encode(encoded, character);
  if (prompt->bytes + bytes >= sizeof prompt->text)
    return;
  memcpy(prompt->text + prompt->bytes, encoded, bytes);
  prompt->bytes += bytes;
  prompt->text[prompt->bytes] = '\0';
}

void prompt_set(struct prompt *prompt, const char *text) {
  prompt->bytes = 0;
  prompt->text[0] = '\0';
  while (*text)
    prompt_append(prompt, escape_next(&text));
}

static enum prompt_result prompt_erase(struct prompt *prompt) {
  if (!prompt->bytes)
    return PROMPT_CANCELLED;
  do
    prompt->bytes--;
  while (prompt->bytes && (prompt->text[prompt->bytes] & 0xc0) == 0x80);
  prompt->text[prompt->bytes] = '\0';
  return PROMPT_CHANGED;
}

enum prompt_result prompt_key(struct prompt *prompt, const struct key *key) {
  switch (key->code) {
  case KEY_CODE_ENTER:
    return PROMPT_DONE;
  case KEY_CODE_ESCAPE:
  case 'C' - '@':
    return PROMPT_CANCELLED;
  case KEY_CODE_ERASE:
    return prompt_erase(prompt);
  case 'U' - '@':
    prompt_set(prompt, "");
    return PROMPT_CHANGED;
  }
  if (key->code < ' ' || key->code > 0x10ffff)
    return PROMPT_OPEN;
  prompt_append(prompt, key->code);
  return PROMPT_CHANGED;
}
