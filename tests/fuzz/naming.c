/* SPDX-License-Identifier: Apache-2.0 */
#include "naming.h"

#include "target.h"
#include "trace/trace.h"

struct symbols {
  const struct trace *trace;
};

/* One symbol for each text: a function inlined into the next one's, or alone. */
static struct symbol_frame naming_frames[NAMING_MOST][2];
static struct symbol naming_symbols[NAMING_MOST];
static size_t naming_count;

void naming_use(char *const *texts, size_t count) {
  naming_count = count;
  for (size_t i = 0; i < count; i++) {
    const char *next = texts[(i + 1) % count];
    naming_frames[i][0] = (struct symbol_frame){texts[i], texts[i], next, (uint32_t)i};
    naming_frames[i][1] = (struct symbol_frame){next, next, i ? texts[i] : NULL, 0};
    naming_symbols[i] = (struct symbol){naming_frames[i], 1 + i % 2, 0};
  }
}

struct symbols *symbols_new(const struct trace *trace, const char *sysroot) {
  (void)sysroot;
  struct symbols *symbols = malloc(sizeof *symbols);
  must(symbols);
  symbols->trace = trace;
  return symbols;
}

void symbols_free(struct symbols *symbols) {
  free(symbols);
}

const struct symbol *symbols_look_up(struct symbols *symbols, uint32_t context) {
  return &naming_symbols[symbols->trace->contexts[context].offset % naming_count];
}

const struct symbol *symbols_peek(struct symbols *symbols, uint32_t context) {
  return symbols_look_up(symbols, context);
}

enum symbols_state symbols_module_state(struct symbols *symbols, uint32_t module) {
  (void)symbols;
  return module % 2 ? SYMBOLS_FULL : SYMBOLS_NO_FILE;
}

bool symbols_module_checked(struct symbols *symbols, uint32_t module) {
  return symbols_module_state(symbols, module) == SYMBOLS_FULL;
}

const char *symbols_module_source(struct symbols *symbols, uint32_t module) {
  return symbols->trace->modules[module].path;
}

bool symbols_module_code(struct symbols *symbols, uint32_t module, struct symbols_code *code) {
  (void)symbols;
  *code = (struct symbols_code){.address = 0x1000u * module, .bytes = 0x1000};
  return module % 2;
}

const char *symbols_state_text(enum symbols_state state) {
  return state == SYMBOLS_FULL ? "full" : "no file";
}

const char *symbols_module_name(struct symbols *symbols, uint32_t module) {
  return symbols->trace->modules[module].path;
}
