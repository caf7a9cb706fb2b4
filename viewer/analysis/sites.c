/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/sites.h"
#include "analysis/array.h"
#include <string.h>

#define MODULE_KEPT 1
#define MODULE_SKIPPED 2
#define WRAPPERS_ROUNDS 4

/* Wrappers may be wrapped in turn. What was found changes which frames are the service's own. */
static bool sites_find_wrappers(struct sites *sites) {
  size_t found = sites->symbols != NULL;
  for (int round = 0; round < WRAPPERS_ROUNDS && found; round++) {
    if (!wrappers_find(&sites->wrappers, sites, &found))
      return false;
    keymap_release(&sites->by_symbol);
  }
  return true;
}

bool sites_init(struct sites *sites, const struct trace *trace, struct symbols *symbols,
                const struct rules *rules) {
  *sites = (struct sites){.trace = trace, .symbols = symbols, .rules = rules};
  sites->module_skipped = calloc(trace->module_count + 1, 1);
  return sites->module_skipped && sites_find_wrappers(sites);
}

void sites_release(struct sites *sites) {
  free(sites->list);
  free(sites->module_skipped);
  keymap_release(&sites->by_hash);
  keymap_release(&sites->by_symbol);
  wrappers_release(&sites->wrappers);
}

const char *sites_module_name(const struct trace *trace, uint32_t module) {
  if (module == 0 || module >= trace->module_count || !trace->modules[module].path)
    return "[jit]";
  const char *path = trace->modules[module].path, *slash = strrchr(path, '/');
  return slash ? slash + 1 : path;
}

static bool sites_skip_module(struct sites *sites, uint32_t module) {
  if (module == 0 || module >= sites->trace->module_count)
    return false;
  uint8_t *skipped = &sites->module_skipped[module];
  if (!*skipped)
    *skipped = rules_skip_module(sites->rules, sites_module_name(sites->trace, module))
                   ? MODULE_SKIPPED
                   : MODULE_KEPT;
  return *skipped == MODULE_SKIPPED;
}

static bool sites_skip_frame(struct sites *sites, uint32_t module,
                             const struct symbol_frame *frame) {
  const char *function = frame->function;
  if (!function || rules_keep_function(sites->rules, function))
    return false;
  return rules_skip_function(sites->rules, function) ||
         rules_skip_file(sites->rules, frame->file) ||
         wrappers_has(&sites->wrappers, module, function);
}

/* The innermost frame of symbol that no rule skips; -1: there is none. Without memory to remember
 * it, it is found again each time. */
static long sites_own_frame(struct sites *sites, uint32_t module, const struct symbol *symbol) {
  uint32_t known = keymap_get(&sites->by_symbol, (uintptr_t)symbol);
  if (known)
    return (long)known - 2;
  size_t frame = 0;
  while (frame < symbol->frame_count && sites_skip_frame(sites, module, &symbol->frames[frame]))
    frame++;
  long own = frame < symbol->frame_count ? (long)frame : -1;
  (void)keymap_add(&sites->by_symbol, (uintptr_t)symbol, (uint32_t)(own + 2));
  return own;
}

/* The site that a frame of context's code address names. */
static struct site sites_name(const struct sites *sites, uint32_t context,
                              const struct symbol_frame *frame) {
  const struct trace_context *node = &sites->trace->contexts[context];
  struct site site = {.module = node->module, .offset = node->offset, .context = context};
  if (!frame)
    return site;
  site.function = frame->function;
  site.file = frame->file;
  site.line = frame->line;
  return site;
}

/* Whether the code address of context has a frame of the service's own, and the site it names. */
static bool sites_own(struct sites *sites, uint32_t context, struct site *site) {
  uint32_t module = sites->trace->contexts[context].module;
  if (sites_skip_module(sites, module))
    return false;
  if (!sites->symbols) {
    *site = sites_name(sites, context, NULL);
    return true;
  }
  const struct symbol *symbol = symbols_look_up(sites->symbols, context);
  long own = sites_own_frame(sites, module, symbol);
  if (own >= 0)
    *site = sites_name(sites, context, &symbol->frames[own]);
  return own >= 0;
}

struct site sites_name_of(struct sites *sites, uint32_t context) {
  const struct trace *trace = sites->trace;
  struct site site;
  size_t steps = trace->context_count; /* a trace that lies about its parents ends the walk */
  for (uint32_t at = context; at && at < trace->context_count && steps--;
       at = trace->contexts[at].parent)
    if (sites_own(sites, at, &site))
      return site;
  if (context == 0 || context >= trace->context_count)
    return (struct site){.function = NULL};
  const struct symbol *symbol = sites->symbols ? symbols_look_up(sites->symbols, context) : NULL;
  return sites_name(sites, context, symbol ? &symbol->frames[0] : NULL);
}

static uint64_t sites_hash_text(uint64_t hash, const char *text) {
  for (; text && *text; text++)
    hash = (hash ^ (unsigned char)*text) * 0x100000001b3ull;
  return (hash ^ 0xff) * 0x100000001b3ull;
}

static uint64_t sites_hash(const struct site *site) {
  uint64_t hash = sites_hash_text(0xcbf29ce484222325ull, site->function);
  hash = sites_hash_text(hash, site->file);
  hash = (hash ^ site->module) * 0x9e3779b97f4a7c15ull;
  return (hash ^ site->line ^ site->offset << 20) * 0x9e3779b97f4a7c15ull;
}

static bool sites_same_text(const char *a, const char *b) {
  return a == b || (a && b && strcmp(a, b) == 0);
}

static bool sites_same(const struct site *a, const struct site *b) {
  return a->module == b->module && a->line == b->line && a->offset == b->offset &&
         sites_same_text(a->function, b->function) && sites_same_text(a->file, b->file);
}

/* Index of the site that is the same as *site, added when there is none. */
static uint32_t sites_intern(struct sites *sites, const struct site *site) {
  uint64_t hash = sites_hash(site);
  uint32_t first = keymap_get(&sites->by_hash, hash);
  for (uint32_t i = first ? first - 1 : SITE_NONE; i != SITE_NONE; i = sites->list[i].next)
    if (sites_same(&sites->list[i], site))
      return i;
  if (sites->count >= SITE_NONE - 1 ||
      !array_reserve(&sites->list, &sites->capacity, sites->count + 1, sizeof *sites->list))
    return SITE_NONE;
  uint32_t index = (uint32_t)sites->count;
  if (!first && !keymap_add(&sites->by_hash, hash, index + 1))
    return SITE_NONE;
  sites->list[index] = *site;
  sites->list[index].owner = index;
  sites->list[index].next = SITE_NONE;
  if (first) { /* second in the chain: the first one's place in the map stays */
    sites->list[index].next = sites->list[first - 1].next;
    sites->list[first - 1].next = index;
  }
  sites->count++;
  return index;
}

uint32_t sites_of(struct sites *sites, uint32_t context) {
  struct site site = sites_name_of(sites, context);
  struct site key = site,
              owner = {.module = site.module, .function = site.function, .context = site.context};
  if (key.line)
    key.offset = 0;
  uint32_t index = sites_intern(sites, &key);
  uint32_t function = sites_intern(sites, &owner);
  if (index == SITE_NONE || function == SITE_NONE)
    return SITE_NONE;
  sites->list[index].owner = function;
  return index;
}
