/* SPDX-License-Identifier: Apache-2.0 */
#include "symbols/symbols.h"

#include "symbols/binary.h"
#include "symbols/demangle.h"
#include "symbols/texts.h"
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

struct symbols_module {
  _Atomic(enum symbols_state) state;
  atomic_bool checked;
  struct binary binary;
};

struct symbols_key { /* one code address */
  uint64_t offset;
  uint32_t module;
  uint32_t exact; /* SEEP_CONTEXT_EXACT or 0: no return address */
};

struct symbols_entry {
  struct symbols_key key;
  const struct symbol *symbol; /* NULL: free */
};

struct symbols {
  const struct trace *trace;
  struct symbols_options options;
  char *sysroot;
  _Atomic(const struct symbol *) *of_context; /* read without the lock: a screen never waits */
  struct symbols_module *modules;
  pthread_mutex_t lock; /* over all that follows, and over the modules' binaries */
  struct symbols_entry *entries;
  size_t count, capacity; /* capacity: a power of two, or 0 */
  struct texts texts;
  char text[DEMANGLE_BYTES]; /* where names are made */
};

/* What is said of an address that nothing is known of. */
static const struct symbol_frame symbols_no_frame;
static const struct symbol symbols_unknown = {.frames = &symbols_no_frame, .frame_count = 1};

struct symbols *symbols_new_with(const struct trace *trace, const struct symbols_options *options) {
  struct symbols *symbols = calloc(1, sizeof *symbols);
  if (!symbols)
    return NULL;
  symbols->trace = trace;
  symbols->of_context = calloc(trace->context_count + 1, sizeof *symbols->of_context);
  symbols->modules = calloc(trace->module_count + 1, sizeof *symbols->modules);
  if (options)
    symbols->options = *options;
  if (symbols->options.sysroot)
    symbols->options.sysroot = symbols->sysroot = strdup(symbols->options.sysroot);
  pthread_mutex_init(&symbols->lock, NULL);
  if (symbols->of_context && symbols->modules &&
      (symbols->sysroot || !options || !options->sysroot))
    return symbols;
  symbols_free(symbols);
  return NULL;
}

struct symbols *symbols_new(const struct trace *trace, const char *sysroot) {
  return symbols_new_with(trace, &(struct symbols_options){.sysroot = sysroot});
}

void symbols_free(struct symbols *symbols) {
  if (!symbols)
    return;
  for (size_t i = 0; symbols->modules && i < symbols->trace->module_count; i++)
    binary_close(&symbols->modules[i].binary);
  for (size_t i = 0; i < symbols->capacity; i++)
    if (symbols->entries[i].symbol != &symbols_unknown)
      free((void *)symbols->entries[i].symbol);
  pthread_mutex_destroy(&symbols->lock);
  texts_release(&symbols->texts);
  free(symbols->entries);
  free(symbols->modules);
  free(symbols->of_context);
  free(symbols->sysroot);
  free(symbols);
}

/* ---- The symbols of addresses, by (module, address) ------------------------------------------ */

static bool symbols_same(const struct symbols_key *a, const struct symbols_key *b) {
  return a->offset == b->offset && a->module == b->module && a->exact == b->exact;
}

static struct symbols_entry *symbols_slot(struct symbols_entry *entries, size_t capacity,
                                          const struct symbols_key *key) {
  uint64_t hash = (key->offset ^ (uint64_t)key->module << 40 ^ key->exact) * 0x9e3779b97f4a7c15u;
  size_t i = (hash >> 20) & (capacity - 1);
  while (entries[i].symbol && !symbols_same(&entries[i].key, key))
    i = (i + 1) & (capacity - 1);
  return &entries[i];
}

static bool symbols_grow(struct symbols *symbols) {
  size_t capacity = symbols->capacity ? symbols->capacity * 2 : 256;
  struct symbols_entry *entries = calloc(capacity, sizeof *entries);
  if (!entries)
    return false;
  for (size_t i = 0; i < symbols->capacity; i++) {
    const struct symbols_entry *old = &symbols->entries[i];
    if (old->symbol)
      *symbols_slot(entries, capacity, &old->key) = *old;
  }
  free(symbols->entries);
  symbols->entries = entries;
  symbols->capacity = capacity;
  return true;
}

/* ---- From a place in a binary to a symbol ---------------------------------------------------- */

/* A plain symbol without what gcc and clang append to the parts and copies of a function. */
static const char *symbols_plain(struct symbols *symbols, const char *linkage) {
  static const char *const suffixes[] = {".cold", ".constprop.", ".isra.", ".part.", ".lto_priv."};
  size_t bytes = strnlen(linkage, sizeof symbols->text - 1);
  memcpy(symbols->text, linkage, bytes);
  symbols->text[bytes] = '\0';
  for (size_t i = 0; i < sizeof suffixes / sizeof *suffixes; i++) {
    char *suffix = strstr(symbols->text, suffixes[i]);
    if (suffix && suffix != symbols->text)
      *suffix = '\0';
  }
  return texts_keep(&symbols->texts, symbols->text);
}

/* The mangled name is better than the short one beside it, which lacks the namespace; names of C
 * are their own. */
static void symbols_name(struct symbols *symbols, struct symbol_frame *frame, const char *name) {
  frame->function = name;
  if (!frame->linkage)
    return;
  if (demangle(frame->linkage, symbols->text))
    frame->function = texts_keep(&symbols->texts, symbols->text);
  else if (!name)
    frame->function = symbols_plain(symbols, frame->linkage);
}

static void symbols_frame(struct symbols *symbols, struct symbol_frame *frame,
                          const struct inline_frame *from) {
  frame->linkage = from->linkage;
  frame->file = from->file;
  frame->line = from->line;
  symbols_name(symbols, frame, from->name);
}

static struct symbol *symbols_build(struct symbols *symbols, const struct binary_place *place) {
  size_t count = place->frame_count ? place->frame_count : 1;
  struct symbol *symbol = calloc(1, sizeof *symbol + count * sizeof *symbol->frames);
  if (!symbol)
    return NULL;
  struct symbol_frame *frames = (struct symbol_frame *)(symbol + 1);
  symbol->frames = frames;
  symbol->frame_count = count;
  for (size_t i = 0; i < place->frame_count; i++) {
    struct inline_frame from = place->frames[i];
    if (i + 1 == count && !from.linkage && place->symbol) /* the one that has a symbol */
      from.linkage = place->symbol->text;
    symbols_frame(symbols, &frames[i], &from);
  }
  if (!place->frame_count && place->symbol) {
    frames[0].linkage = place->symbol->text;
    symbols_name(symbols, &frames[0], NULL);
  }
  return symbol;
}

/* ---- Looking up ------------------------------------------------------------------------------ */

static struct symbols_module *symbols_open(struct symbols *symbols, uint32_t id) {
  struct symbols_module *module = &symbols->modules[id];
  if (module->state == SYMBOLS_NOT_TRIED) {
    enum symbols_state state =
        binary_open(&module->binary, &symbols->trace->modules[id], &symbols->options);
    module->checked = module->binary.checked;
    module->state = state;
  }
  return module;
}

/* Asks what can name an address, the best first. NULL: nothing does, or no memory. */
static const struct symbol *symbols_resolve(struct symbols *symbols,
                                            const struct symbols_key *key) {
  struct symbols_module *module = symbols_open(symbols, key->module);
  struct binary_place place;
  if (module->state != SYMBOLS_FULL && module->state != SYMBOLS_NAMES)
    return NULL;
  /* A return address stands behind its call, and may belong to the next line or function. */
  binary_place(&module->binary, key->offset - (key->exact || !key->offset ? 0 : 1), &place);
  if (!place.frame_count && !place.symbol)
    return NULL;
  struct symbol *symbol = symbols_build(symbols, &place);
  if (symbol && place.function_start && key->offset >= place.function_start)
    symbol->function_offset = key->offset - place.function_start;
  return symbol;
}

/* The symbol at key, with the lock held. */
static const struct symbol *symbols_find(struct symbols *symbols, const struct symbols_key *key) {
  if (symbols->count >= symbols->capacity / 2 && !symbols_grow(symbols))
    return &symbols_unknown;
  struct symbols_entry *entry = symbols_slot(symbols->entries, symbols->capacity, key);
  if (entry->symbol)
    return entry->symbol;
  const struct symbol *symbol = symbols_resolve(symbols, key);
  *entry = (struct symbols_entry){*key, symbol ? symbol : &symbols_unknown};
  symbols->count++;
  return entry->symbol;
}

/* The symbol of a context that has a module. */
static const struct symbol *symbols_ask(struct symbols *symbols,
                                        const struct trace_context *context) {
  struct symbols_key key = {context->offset, context->module, context->flags & SEEP_CONTEXT_EXACT};
  pthread_mutex_lock(&symbols->lock);
  const struct symbol *symbol = symbols_find(symbols, &key);
  pthread_mutex_unlock(&symbols->lock);
  return symbol;
}

const struct symbol *symbols_look_up(struct symbols *symbols, uint32_t context) {
  const struct trace *trace = symbols->trace;
  if (context >= trace->context_count)
    return &symbols_unknown;
  const struct symbol *symbol = symbols->of_context[context];
  if (symbol)
    return symbol;
  const struct trace_context *where = &trace->contexts[context];
  bool known = where->module != 0 && where->module < trace->module_count;
  symbol = known ? symbols_ask(symbols, where) : &symbols_unknown;
  symbols->of_context[context] = symbol;
  return symbol;
}

const struct symbol *symbols_peek(struct symbols *symbols, uint32_t context) {
  return context < symbols->trace->context_count ? symbols->of_context[context] : &symbols_unknown;
}

/* ---- Modules --------------------------------------------------------------------------------- */

enum symbols_state symbols_module_state(struct symbols *symbols, uint32_t module) {
  return module < symbols->trace->module_count ? symbols->modules[module].state : SYMBOLS_NO_FILE;
}

void symbols_try_module(struct symbols *symbols, uint32_t module) {
  if (module == 0 || module >= symbols->trace->module_count)
    return;
  pthread_mutex_lock(&symbols->lock);
  (void)symbols_open(symbols, module);
  pthread_mutex_unlock(&symbols->lock);
}

bool symbols_module_checked(struct symbols *symbols, uint32_t module) {
  return module < symbols->trace->module_count && symbols->modules[module].checked;
}

const char *symbols_module_source(struct symbols *symbols, uint32_t module) {
  if (symbols_module_state(symbols, module) == SYMBOLS_NOT_TRIED ||
      module >= symbols->trace->module_count)
    return NULL;
  return symbols->modules[module].binary.source; /* written before the state, and not again */
}

bool symbols_module_code(struct symbols *symbols, uint32_t module, struct symbols_code *code) {
  if (module >= symbols->trace->module_count)
    return false;
  pthread_mutex_lock(&symbols->lock);
  *code = symbols->modules[module].binary.code;
  pthread_mutex_unlock(&symbols->lock);
  return code->bytes;
}

const char *symbols_state_text(enum symbols_state state) {
  switch (state) {
  case SYMBOLS_NOT_TRIED:
    return "not looked at";
  case SYMBOLS_FULL:
    return "debug information";
  case SYMBOLS_NAMES:
    return "names only, no debug info";
  case SYMBOLS_NO_FILE:
    return "file not found";
  case SYMBOLS_OTHER_BUILD:
    return "the file is another build";
  case SYMBOLS_NONE:
    return "stripped: no names";
  }
  return "?";
}

const char *symbols_module_name(struct symbols *symbols, uint32_t module) {
  if (module == 0)
    return "[jit]";
  const char *path =
      module < symbols->trace->module_count ? symbols->trace->modules[module].path : NULL;
  if (!path || !*path)
    return "?";
  if (strcmp(path, "linux-vdso.so.1") == 0)
    return "[vdso]";
  const char *slash = strrchr(path, '/');
  return slash && slash[1] ? slash + 1 : path;
}
