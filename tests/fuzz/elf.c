/* SPDX-License-Identifier: Apache-2.0
 *
 * A file of code: names for addresses all over it, and what `seep doctor` looks for in it. What
 * elfutils reads of it is read by elfutils' own code, which is not instrumented here.
 */
#include "inspect/image.h"
#include "scratch.h"
#include "symbols/symbols.h"
#include "target.h"
#include "trace/trace.h"

#include <elf.h>
#include <string.h>

#define ADDRESSES 64
#define STEP 0x29

static void look_up(char *path) {
  char none[] = "";
  struct trace_module modules[2] = {{.path = none}, {.path = path}};
  struct trace_context contexts[ADDRESSES] = {{0}};
  for (uint32_t i = 1; i < ADDRESSES; i++)
    contexts[i] = (struct trace_context){.offset = 0x1000 + i * STEP, .module = 1};
  const struct trace trace = {
      .modules = modules, .module_count = 2, .contexts = contexts, .context_count = ADDRESSES};
  struct symbols *symbols = symbols_new(&trace, NULL);
  struct symbols_code code;
  must(symbols);
  for (uint32_t i = 0; i < ADDRESSES; i++) {
    const struct symbol *symbol = symbols_look_up(symbols, i);
    must(symbol->frame_count >= 1);
    for (size_t frame = 0; frame < symbol->frame_count; frame++)
      if (symbol->frames[frame].function)
        must(strlen(symbol->frames[frame].function) < 1 << 20);
  }
  (void)symbols_module_code(symbols, 1, &code);
  symbols_free(symbols);
}

static bool count_text(const char *text, void *data) {
  *(size_t *)data += strlen(text);
  return true;
}

static void inspect(const char *path) {
  static const char *const names[] = {"malloc", "main", NULL};
  struct image image;
  char text[64];
  size_t bytes = 0;
  if (!image_open(&image, "", path))
    return;
  (void)image_is_native(&image);
  if (image_interpreter(&image, text, sizeof text))
    must(strnlen(text, sizeof text) < sizeof text);
  (void)image_has_segment(&image, PT_GNU_EH_FRAME);
  image_each_dynamic(&image, DT_NEEDED, count_text, &bytes);
  for (int which = IMAGE_EXPORTED; which <= IMAGE_DEFINED; which++)
    (void)image_symbol(&image, (enum image_symbols)which, names);
  (void)image_holds(&image, "jemalloc");
  (void)image_is_debuggable(&image, "");
  image_close(&image);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes) {
  char *path = strdup(scratch_write("elf", data, bytes));
  must(path);
  look_up(path);
  inspect(path);
  free(path);
  return 0;
}
