/* SPDX-License-Identifier: Apache-2.0
 *
 * The viewer without a terminal: keys up to the first zero byte, a script of frames (script.h)
 * behind it. Every screen must be harmless. Keys that write files or steer the target are left out.
 */
#include "screen/desk.h"
#include "harmless.h"
#include "lines.h"
#include "scratch.h"
#include "screen/model.h"
#include "script.h"

#include <locale.h>
#include <stdio.h>

#define KEYS_MOST 200

struct session {
  struct model *model;
  struct desk *desk;
};

static void settle(struct session *session) {
  model_settle(session->model);
  while (desk_take(session->desk)) /* taking may lead to new wishes */
    model_settle(session->model);
}

static void check_screen(const struct screen *screen) {
  char *text = NULL;
  size_t bytes;
  FILE *out = open_memstream(&text, &bytes);
  must(out);
  for (int row = 0; row < screen->rows; row++)
    screen_write_row(out, screen, row);
  must(fclose(out) == 0);
  harmless_text(text);
  free(text);
}

/* A byte from 0x80 on stands for a key with a name, or a size. */
static void press(struct session *session, uint8_t byte) {
  struct key key = {.code = byte, .row = byte % 16, .column = byte % 64};
  if (strchr("yemEpq\x03\x1a", byte))
    return;
  if (byte >= 0xc0) {
    must(desk_resize(session->desk, 1 + (byte & 7) * 9, 1 + (byte >> 3 & 7) * 25));
    return;
  }
  if (byte >= 0x80)
    key.code = KEY_CODE_UP + byte % (KEY_CODE_WHEEL_DOWN - KEY_CODE_UP + 1);
  (void)desk_key(session->desk, &key);
}

static void run_session(const char *path, const char *keys) {
  const struct model_options options = {.path = path};
  struct session session = {.model = model_new(&options)};
  must(session.model);
  session.desk = desk_new(session.model, "TRACE", true);
  must(session.desk && desk_resize(session.desk, 24, 80));
  settle(&session);
  for (size_t i = 0; keys[i] && i < KEYS_MOST; i++) {
    check_screen(desk_draw(session.desk)); /* a key works on what was seen */
    press(&session, (uint8_t)keys[i]);
    settle(&session);
  }
  check_screen(desk_draw(session.desk));
  desk_free(session.desk);
  model_free(session.model);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes) {
  const uint8_t *script;
  size_t script_bytes, trace_bytes;
  char *keys = lines_text(data, bytes, &script, &script_bytes);
  uint8_t *trace = script_trace(script, script_bytes, &trace_bytes);
  must(setlocale(LC_CTYPE, "C.UTF-8"));
  run_session(scratch_write("t.seep", trace, trace_bytes), keys);
  free(trace);
  free(keys);
  return 0;
}
