/* SPDX-License-Identifier: Apache-2.0
 *
 * Texts from a trace on their way to a terminal, to HTML and to JSON.
 */
#include "report/escape.h"
#include "export/markup.h"
#include "harmless.h"
#include "lines.h"
#include "report/json_writer.h"

#include <stdio.h>

static void check_terminal(const char *text) {
  char out[64];
  for (size_t room = 16; room <= sizeof out; room += 16)
    harmless_text(escape_text(out, room, room / 4, text));
}

static void check_markup(const char *text) {
  char *page = NULL;
  size_t bytes;
  FILE *out = open_memstream(&page, &bytes);
  must(out);
  markup_text(out, text, 0);
  must(fclose(out) == 0);
  harmless_text(page);
  must(!strpbrk(page, "<>\"'"));
  free(page);
}

static void check_json(const char *text, bool in_html) {
  char *document = NULL;
  size_t bytes;
  FILE *out = open_memstream(&document, &bytes);
  must(out);
  struct json json = json_to(out);
  json.in_html = in_html;
  json_object(&json, NULL);
  json_text(&json, "text", text);
  json_object_end(&json);
  json_end(&json);
  must(fclose(out) == 0);
  harmless_json(document);
  must(!in_html || !strchr(document, '<'));
  free(document);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes) {
  const uint8_t *rest;
  size_t rest_bytes;
  char *text = lines_text(data, bytes, &rest, &rest_bytes);
  check_terminal(text);
  check_markup(text);
  check_json(text, false);
  check_json(text, true);
  free(text);
  return 0;
}
