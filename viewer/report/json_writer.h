/* SPDX-License-Identifier: Apache-2.0
 *
 * Writes JSON as it goes, one member a line, always valid: texts are escaped, broken UTF-8 becomes
 * U+FFFD. Errors stay in the stream (ferror).
 *
 * Inside an object every call takes a key (ASCII, without anything to escape), inside an array
 * NULL.
 */
#ifndef SEEP_REPORT_JSON_WRITER_H
#define SEEP_REPORT_JSON_WRITER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct json {
  FILE *out;
  int depth;
  bool filled;  /* the object or array under way has a member */
  bool in_html; /* may be set: '<' is written as \u003c, so that no text ends a script element */
};

struct json json_to(FILE *out);
void json_end(struct json *json); /* of the whole: a newline */

void json_object(struct json *json, const char *key);
void json_object_end(struct json *json);
void json_array(struct json *json, const char *key);
void json_array_end(struct json *json);

void json_text(struct json *json, const char *key, const char *text); /* NULL: nothing is written */
void json_number(struct json *json, const char *key, uint64_t number);
void json_signed(struct json *json, const char *key, int64_t number);
void json_real(struct json *json, const char *key, double number); /* not finite: nothing */
void json_bool(struct json *json, const char *key, bool value);

/* A whole array of count numbers, on one line. */
void json_numbers(struct json *json, const char *key, const uint64_t *numbers, size_t count);

/* bytes in hexadecimal, as build-ids are written; none: nothing is written. */
void json_hex(struct json *json, const char *key, const uint8_t *bytes, size_t count);

#endif
