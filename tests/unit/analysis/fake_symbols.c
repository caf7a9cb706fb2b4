/* SPDX-License-Identifier: Apache-2.0 */
#include "fake_symbols.h"
#include "trace/trace.h"
#include <stdlib.h>
#include <string.h>

#define FAKE_MAX 64

static struct {
  uint32_t module;
  uint64_t offset;
  struct symbol symbol;
} fake_places[FAKE_MAX];
static size_t fake_count;

struct symbols {
  const struct trace *trace;
};

void fake_symbols_set(uint32_t module, uint64_t offset, const struct symbol_frame *frames,
                      size_t count) {
  if (fake_count == FAKE_MAX)
    abort();
  fake_places[fake_count].module = module;
  fake_places[fake_count].offset = offset;
  fake_places[fake_count++].symbol = (struct symbol){.frames = frames, .frame_count = count};
}

void fake_symbols_forget(void) {
  fake_count = 0;
}

struct symbols *symbols_new(const struct trace *trace, const char *sysroot) {
  (void)sysroot;
  struct symbols *symbols = malloc(sizeof *symbols);
  if (symbols)
    symbols->trace = trace;
  return symbols;
}

void symbols_free(struct symbols *symbols) {
  free(symbols);
}

const struct symbol *symbols_look_up(struct symbols *symbols, uint32_t context) {
  static const struct symbol_frame nameless[1];
  static const struct symbol unknown = {.frames = nameless, .frame_count = 1};
  const struct trace_context *node = &symbols->trace->contexts[context];
  for (size_t i = 0; i < fake_count; i++)
    if (fake_places[i].module == node->module && fake_places[i].offset == node->offset)
      return &fake_places[i].symbol;
  return &unknown;
}

const struct symbol *symbols_peek(struct symbols *symbols, uint32_t context) {
  return symbols_look_up(symbols, context);
}

enum symbols_state symbols_module_state(struct symbols *symbols, uint32_t module) {
  (void)symbols;
  (void)module;
  return SYMBOLS_FULL;
}

bool symbols_module_checked(struct symbols *symbols, uint32_t module) {
  return symbols_module_state(symbols, module) == SYMBOLS_FULL;
}

const char *symbols_module_source(struct symbols *symbols, uint32_t module) {
  return symbols->trace->modules[module].path;
}

bool symbols_module_code(struct symbols *symbols, uint32_t module, struct symbols_code *code) {
  (void)symbols;
  *code = (struct symbols_code){.address = 0x1000u * module, .bytes = 0x234, .file_offset = 0x40};
  return module == 1;
}

const char *symbols_state_text(enum symbols_state state) {
  return state == SYMBOLS_FULL ? "full" : "other";
}

const char *symbols_module_name(struct symbols *symbols, uint32_t module) {
  const char *path = symbols->trace->modules[module].path, *slash = strrchr(path, '/');
  return slash ? slash + 1 : path;
}
