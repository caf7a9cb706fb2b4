/* SPDX-License-Identifier: Apache-2.0 */
#include "report/json_writer.h"
#include "report/escape.h"
#include <inttypes.h>
#include <math.h>

struct json json_to(FILE *out) {
  return (struct json){.out = out};
}

void json_end(struct json *json) {
  fputc('\n', json->out);
}

static void json_line(const struct json *json) {
  fprintf(json->out, "\n%*s", json->depth * 2, "");
}

/* What goes before a value: comma, line, key. */
static void json_lead(struct json *json, const char *key) {
  if (json->filled)
    fputc(',', json->out);
  if (json->depth)
    json_line(json);
  if (key)
    fprintf(json->out, "\"%s\": ", key);
  json->filled = true;
}

static void json_open(struct json *json, const char *key, char bracket) {
  json_lead(json, key);
  fputc(bracket, json->out);
  json->depth++;
  json->filled = false;
}

static void json_close(struct json *json, char bracket) {
  json->depth--;
  if (json->filled)
    json_line(json);
  fputc(bracket, json->out);
  json->filled = true;
}

void json_object(struct json *json, const char *key) {
  json_open(json, key, '{');
}

void json_object_end(struct json *json) {
  json_close(json, '}');
}

void json_array(struct json *json, const char *key) {
  json_open(json, key, '[');
}

void json_array_end(struct json *json) {
  json_close(json, ']');
}

/* DEL and C1 need no escape in JSON, but people look at JSON on terminals; so does what turns text
 * around. */
static void json_character(const struct json *json, uint32_t character) {
  char bytes[4];
  FILE *out = json->out;
  if (character == '"' || character == '\\')
    fprintf(out, "\\%c", (char)character);
  else if (character == '\n')
    fputs("\\n", out);
  else if (character == '\t')
    fputs("\\t", out);
  else if (escape_harmless(character) && !(json->in_html && character == '<'))
    fwrite(bytes, 1, escape_encode(bytes, character), out);
  else if (character < 0x10000)
    fprintf(out, "\\u%04" PRIx32, character);
  else
    fprintf(out, "\\u%04" PRIx32 "\\u%04" PRIx32, 0xd800 + ((character - 0x10000) >> 10),
            0xdc00 + ((character - 0x10000) & 0x3ff));
}

void json_text(struct json *json, const char *key, const char *text) {
  if (!text)
    return;
  json_lead(json, key);
  fputc('"', json->out);
  for (uint32_t character; (character = escape_next(&text));)
    json_character(json, character);
  fputc('"', json->out);
}

void json_number(struct json *json, const char *key, uint64_t number) {
  json_lead(json, key);
  fprintf(json->out, "%" PRIu64, number);
}

void json_signed(struct json *json, const char *key, int64_t number) {
  json_lead(json, key);
  fprintf(json->out, "%" PRId64, number);
}

void json_real(struct json *json, const char *key, double number) {
  char text[40];
  if (!isfinite(number))
    return;
  json_lead(json, key);
  snprintf(text, sizeof text, "%.15g", number);
  for (char *at = text; *at; at++) /* the locale's decimal point is not JSON's */
    fputc(*at == ',' ? '.' : *at, json->out);
}

void json_bool(struct json *json, const char *key, bool value) {
  json_lead(json, key);
  fputs(value ? "true" : "false", json->out);
}

void json_numbers(struct json *json, const char *key, const uint64_t *numbers, size_t count) {
  json_lead(json, key);
  fputc('[', json->out);
  for (size_t i = 0; i < count; i++)
    fprintf(json->out, "%s%" PRIu64, i ? "," : "", numbers[i]);
  fputc(']', json->out);
}

void json_hex(struct json *json, const char *key, const uint8_t *bytes, size_t count) {
  if (!count)
    return;
  json_lead(json, key);
  fputc('"', json->out);
  for (size_t i = 0; i < count; i++)
    fprintf(json->out, "%02x", bytes[i]);
  fputc('"', json->out);
}
