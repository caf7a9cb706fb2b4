/* SPDX-License-Identifier: Apache-2.0 */
#include "screen/label.h"

#include "report/escape.h"
#include "screen/utf8.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#define FUNCTION_LEAST 6 /* columns of a function that say anything */
#define REST_LEAST 3     /* columns behind a line that do */

static const char *label_gap(const struct screen *screen) {
  return screen->unicode ? "\u2026" : "~";
}

/* ---- What stands in brackets ------------------------------------------------------------------*/

/* Whether name up to at ends in "operator", or that and part of its sign: "operator<". */
static bool label_in_operator(const char *name, const char *at) {
  static const char word[] = "operator";
  const size_t length = sizeof word - 1;
  while (at > name && strchr("<>=-(", at[-1]))
    at--;
  return (size_t)(at - name) >= length && strncmp(at - length, word, length) == 0;
}

/* What compilers write for people stays: "(anonymous namespace)", "(recursive)", "{lambda(int)#1}"
 * loses its parameters alone. */
static bool label_opens(const char *name, const char *at) {
  if (at == name || label_in_operator(name, at))
    return false;
  return *at == '<' || (*at == '(' && (isalnum((unsigned char)at[-1]) || strchr("_>)}", at[-1])));
}

/* Behind the bracket that closes the one at open; the end, where none does. */
static const char *label_close(const char *open) {
  int depth = 0;
  const char *at = open;
  for (; *at; at++) {
    if (*at == '<' || *at == '(')
      depth++;
    else if ((*at == '>' && at[-1] != '-') || *at == ')')
      if (--depth == 0)
        return at + 1;
  }
  return at;
}

/* "put<int>(int, int)" as "put<…>(…)"; of a name that is cut off in them "put<…". */
static void label_strip(char *out, const struct screen *screen, const char *name) {
  size_t used = 0;
  for (const char *at = name; *at && used + 8 < LABEL_BYTES;) {
    const char *close = label_opens(name, at) ? label_close(at) : at;
    if (close - at > 2) {
      bool closed = strchr(">)", close[-1]);
      used += (size_t)snprintf(out + used, LABEL_BYTES - used, "%c%s%.*s", *at, label_gap(screen),
                               closed, close - 1);
      at = close;
    } else {
      out[used++] = *at++;
    }
  }
  out[used] = '\0';
}

/* ---- Shortening -------------------------------------------------------------------------------*/

/* Behind the first characters of text, of at most so many columns together. */
static const char *label_skip(const struct screen *screen, const char *text, int columns) {
  for (const char *next = text; *next; text = next) {
    uint32_t character = utf8_harmless(escape_next(&next), screen->unicode);
    columns -= screen->unicode ? utf8_width(character) : 1;
    if (columns < 0)
      break;
  }
  return text;
}

/* The begin and the end of a name, of width columns with what stands for its middle. */
static void label_cut(char *out, const struct screen *screen, const char *name, int width) {
  int head = (width - 1) / 2, tail = width - 1 - head, all = screen_width(screen, name);
  const char *stop = label_skip(screen, name, head);
  const char *start = label_skip(screen, name, all - tail);
  if (screen_width(screen, start) > tail) /* half of a wide character is in the way */
    start = label_skip(screen, name, all - tail + 1);
  snprintf(out, LABEL_BYTES, "%.*s%s%s", (int)(stop - name), name, label_gap(screen), start);
}

const char *label_function(char *out, const struct screen *screen, const char *name, int width) {
  char stripped[LABEL_BYTES];
  if (screen_width(screen, name) <= width || width < FUNCTION_LEAST) {
    snprintf(out, LABEL_BYTES, "%s", name);
    return out;
  }
  label_strip(stripped, screen, name);
  if (screen_width(screen, stripped) <= width)
    snprintf(out, LABEL_BYTES, "%s", stripped);
  else
    label_cut(out, screen, stripped, width);
  return out;
}

/* ---- Calls ------------------------------------------------------------------------------------*/

struct label_parts {
  char function[LABEL_BYTES];
  const char *place; /* "session.c:47", "(session.c:47)", and what follows */
  int place_bytes;
};

/* Bytes of the word at text if it is a file and a line; 0: it is not. */
static size_t label_place(const char *text) {
  size_t length = strcspn(text, " "), end = length;
  if (*text == '(' && length && text[length - 1] == ')')
    end--;
  size_t digits = 0;
  while (digits < end && isdigit((unsigned char)text[end - digits - 1]))
    digits++;
  bool line = digits && end > digits + 1 && text[end - digits - 1] == ':';
  return line ? length : 0;
}

/* false: there is no place. */
static bool label_split(struct label_parts *parts, const char *text) {
  for (const char *space = strchr(text, ' '); space; space = strchr(space + 1, ' ')) {
    size_t bytes = label_place(space + 1);
    if (!bytes)
      continue;
    snprintf(parts->function, sizeof parts->function, "%.*s", (int)(space - text), text);
    parts->place = space + 1;
    parts->place_bytes = (int)bytes;
    return true;
  }
  return false;
}

/* Columns of the place. */
static int label_place_width(const struct screen *screen, const struct label_parts *parts) {
  return screen_width(screen, parts->place) -
         screen_width(screen, parts->place + parts->place_bytes);
}

const char *label_call(char *out, const struct screen *screen, const char *text, int width) {
  struct label_parts parts;
  if (!label_split(&parts, text)) {
    snprintf(out, LABEL_BYTES, "%s", text);
    return out;
  }
  int room = width - label_place_width(screen, &parts) - 1;
  size_t used = strlen(label_function(out, screen, parts.function, room));
  snprintf(out + used, LABEL_BYTES - used, " %s", parts.place);
  return out;
}

void label_put(struct screen *screen, int row, int column, int width, enum screen_style style,
               const char *text) {
  char whole[LABEL_BYTES];
  struct label_parts parts;
  label_call(whole, screen, text, width);
  if (screen_width(screen, whole) > width && label_split(&parts, whole)) {
    int call = screen_width(screen, parts.function) + 1 + label_place_width(screen, &parts);
    if (call <= width && call + REST_LEAST > width)
      whole[parts.place - whole + parts.place_bytes] = '\0';
  }
  screen_put(screen, row, column, width, style, whole);
}
