/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/wrappers.h"
#include "analysis/array.h"
#include "analysis/sites.h"
#include <stddef.h>
#include <string.h>
#include <strings.h>

#define WRAPPERS_PLACES 2 /* in which one takes memory */

/* A stack's own function, and where it was called from. */
struct wrappers_call {
  uint64_t function; /* wrappers_key */
  uint64_t place;    /* in it, where memory is taken: a code address's hash */
  uint64_t caller;   /* the calling code address's hash */
  uint32_t context;  /* of the function's frame */
};

struct wrappers_calls {
  struct wrappers_call *list;
  size_t count, capacity;
};

void wrappers_release(struct wrappers *wrappers) {
  keymap_release(&wrappers->functions);
}

static uint64_t wrappers_mix(uint64_t hash, uint64_t value) {
  hash = (hash ^ value) * 0x9e3779b97f4a7c15ull;
  return hash ^ hash >> 29;
}

uint64_t wrappers_key(uint32_t module, const char *function) {
  uint64_t hash = wrappers_mix(0xcbf29ce484222325ull, module);
  for (; function && *function; function++)
    hash = (hash ^ (unsigned char)*function) * 0x100000001b3ull;
  return wrappers_mix(hash, 1);
}

bool wrappers_has(const struct wrappers *wrappers, uint32_t module, const char *function) {
  return wrappers->functions.count &&
         keymap_get(&wrappers->functions, wrappers_key(module, function));
}

static uint64_t wrappers_address(const struct trace *trace, uint32_t context) {
  const struct trace_context *node = &trace->contexts[context];
  return wrappers_mix(wrappers_mix(2, node->module), node->offset);
}

/* Whether the name says that it gives memory. */
static bool wrappers_is_named(const char *function) {
  static const char *const words[] = {"alloc", "strdup", "memdup", "strndup", "realloc"};
  for (; *function; function++)
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
      if (strncasecmp(function, words[i], strlen(words[i])) == 0)
        return true;
  return false;
}

/* ---- Calls ------------------------------------------------------------------------------------
 */

static bool wrappers_add_call(struct wrappers_calls *calls, struct sites *sites, uint32_t context) {
  const struct trace *trace = sites->trace;
  struct site site = sites_name_of(sites, context);
  uint32_t outer = site.function ? trace->contexts[site.context].parent : 0;
  if (!outer || outer >= trace->context_count)
    return true;
  if (!array_reserve(&calls->list, &calls->capacity, calls->count + 1, sizeof *calls->list))
    return false;
  calls->list[calls->count++] =
      (struct wrappers_call){.function = wrappers_key(site.module, site.function),
                             .place = wrappers_address(trace, site.context),
                             .caller = wrappers_address(trace, outer),
                             .context = site.context};
  return true;
}

/* The calls of all stacks that nothing was called from: memory was taken there, if none was given
 * back. */
static bool wrappers_collect(struct wrappers_calls *calls, struct sites *sites) {
  const struct trace *trace = sites->trace;
  uint8_t *inner = calloc(trace->context_count + 1, 1);
  bool done = inner != NULL;
  for (size_t i = 1; done && i < trace->context_count; i++)
    if (trace->contexts[i].parent < trace->context_count)
      inner[trace->contexts[i].parent] = 1;
  for (size_t i = 1; done && i < trace->context_count; i++)
    if (!inner[i] && !(trace->contexts[i].flags & SEEP_CONTEXT_FREES))
      done = wrappers_add_call(calls, sites, (uint32_t)i);
  free(inner);
  return done;
}

static int wrappers_compare(const void *a, const void *b) {
  const struct wrappers_call *x = a, *y = b;
  if (x->function != y->function)
    return x->function < y->function ? -1 : 1;
  if (x->caller != y->caller)
    return x->caller < y->caller ? -1 : 1;
  return (x->place > y->place) - (x->place < y->place);
}

/* ---- Judgement --------------------------------------------------------------------------------
 */

/* Adds key to those seen unless it is there; whether it is new. */
static bool wrappers_new(struct keymap *seen, uint64_t key) {
  return !keymap_get(seen, key) && keymap_add(seen, key, 1);
}

/* How many functions the calls [first, stop) came from; each call's own counts to none of them. */
static size_t wrappers_callers(struct sites *sites, const struct wrappers_calls *calls,
                               size_t first, size_t stop) {
  struct keymap seen = {0};
  size_t count = 0;
  for (size_t i = first; i < stop; i++) {
    if (i > first && calls->list[i].caller == calls->list[i - 1].caller)
      continue;
    uint32_t outer = sites->trace->contexts[calls->list[i].context].parent;
    const struct symbol *symbol = symbols_look_up(sites->symbols, outer);
    const char *function = symbol->frame_count ? symbol->frames[0].function : NULL;
    uint64_t key = wrappers_key(sites->trace->contexts[outer].module, function);
    count += function && key != calls->list[i].function && wrappers_new(&seen, key);
  }
  keymap_release(&seen);
  return count;
}

static size_t wrappers_count(const struct wrappers_calls *calls, size_t first, size_t stop,
                             size_t offset) {
  struct keymap seen = {0};
  size_t count = 0;
  for (size_t i = first; i < stop; i++) {
    uint64_t key;
    memcpy(&key, (const char *)&calls->list[i] + offset, sizeof key);
    count += wrappers_new(&seen, key);
  }
  keymap_release(&seen);
  return count;
}

/* Callers are only named where there are enough of them. */
static bool wrappers_judge(struct sites *sites, const struct wrappers_calls *calls, size_t first,
                           size_t stop) {
  struct site site = sites_name_of(sites, calls->list[first].context);
  if (!site.function || rules_keep_function(sites->rules, site.function))
    return false;
  size_t needed = wrappers_is_named(site.function) ? WRAPPERS_NAMED : WRAPPERS_CALLERS;
  return wrappers_count(calls, first, stop, offsetof(struct wrappers_call, place)) <=
             WRAPPERS_PLACES &&
         wrappers_count(calls, first, stop, offsetof(struct wrappers_call, caller)) >= needed &&
         wrappers_callers(sites, calls, first, stop) >= needed;
}

bool wrappers_find(struct wrappers *wrappers, struct sites *sites, size_t *found) {
  struct wrappers_calls calls = {0};
  bool done = wrappers_collect(&calls, sites);
  *found = 0;
  if (done && calls.count)
    qsort(calls.list, calls.count, sizeof *calls.list, wrappers_compare);
  for (size_t first = 0, stop; done && first < calls.count; first = stop) {
    for (stop = first + 1; stop < calls.count; stop++)
      if (calls.list[stop].function != calls.list[first].function)
        break;
    uint64_t function = calls.list[first].function;
    if (!wrappers_judge(sites, &calls, first, stop))
      continue;
    done =
        keymap_get(&wrappers->functions, function) || keymap_add(&wrappers->functions, function, 1);
    ++*found;
  }
  free(calls.list);
  return done;
}
