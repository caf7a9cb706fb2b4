/* SPDX-License-Identifier: Apache-2.0
 *
 * A line of text that a person types at the bottom of the screen.
 */
#ifndef SEEP_PROMPT_H
#define SEEP_PROMPT_H

#include "screen/key.h"

#include <stddef.h>

struct prompt {
  char text[256]; /* UTF-8, always complete characters */
  size_t bytes;
};

enum prompt_result { PROMPT_OPEN, PROMPT_CHANGED, PROMPT_DONE, PROMPT_CANCELLED };

void prompt_set(struct prompt *prompt, const char *text);

/* Erasing in an empty prompt cancels it. What does not fit is not taken. */
enum prompt_result prompt_key(struct prompt *prompt, const struct key *key);

#endif
