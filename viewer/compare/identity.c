/* SPDX-License-Identifier: Apache-2.0 */
#include "compare/identity.h"
#include "report/frames.h"
#include <stdlib.h>
#include <string.h>

struct identity identity_of(const struct trace *trace, const struct analysis_site *site) {
  struct identity identity = {.module = frame_module(trace, site->module),
                              .function = site->function,
                              .file = site->file,
                              .line = site->line,
                              .offset = site->line ? 0 : site->offset};
  if (site->module && site->module < trace->module_count) {
    identity.build_id = trace->modules[site->module].build_id;
    identity.build_id_bytes = trace->modules[site->module].build_id_bytes;
  }
  return identity;
}

/* ---- Orders ---- */

static int identity_compare_numbers(uint64_t a, uint64_t b) {
  return (a > b) - (a < b);
}

/* Bytes of name without what compilers append to copies of a function. */
static size_t identity_function_length(const char *name) {
  static const char *const marks[] = {".constprop.", ".isra.",     ".part.",
                                      ".cold",       ".lto_priv.", ".llvm."};
  size_t length = strlen(name);
  for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
    const char *found = strstr(name, marks[i]);
    if (found && found != name && (size_t)(found - name) < length)
      length = (size_t)(found - name);
  }
  return length;
}

static int identity_compare_names(const char *a, size_t a_bytes, const char *b, size_t b_bytes) {
  int order = memcmp(a, b, a_bytes < b_bytes ? a_bytes : b_bytes);
  return order ? order : identity_compare_numbers(a_bytes, b_bytes);
}

static int identity_compare_functions(const char *a, const char *b) {
  if (!a || !b)
    return (a != NULL) - (b != NULL);
  return identity_compare_names(a, identity_function_length(a), b, identity_function_length(b));
}

static const char *identity_base(const char *file) {
  const char *slash = file ? strrchr(file, '/') : NULL;
  return slash ? slash + 1 : file ? file : "";
}

static int identity_compare_builds(const struct identity *a, const struct identity *b) {
  if (a->build_id_bytes != b->build_id_bytes)
    return a->build_id_bytes < b->build_id_bytes ? -1 : 1;
  return a->build_id_bytes ? memcmp(a->build_id, b->build_id, a->build_id_bytes) : 0;
}

bool identity_same_build(const struct identity *a, const struct identity *b) {
  return a->build_id_bytes && identity_compare_builds(a, b) == 0;
}

int identity_compare_function(const struct identity *a, const struct identity *b) {
  int order = strcmp(a->module, b->module);
  return order ? order : identity_compare_functions(a->function, b->function);
}

int identity_compare_place(const struct identity *a, const struct identity *b) {
  int order = identity_compare_function(a, b);
  return order ? order : strcmp(identity_base(a->file), identity_base(b->file));
}

static int identity_compare_position(const struct identity *a, const struct identity *b) {
  int order = identity_compare_numbers(a->line, b->line);
  return order ? order : identity_compare_numbers(a->offset, b->offset);
}

int identity_compare(const struct identity *a, const struct identity *b) {
  int order = identity_compare_place(a, b);
  order = order ? order : identity_compare_position(a, b);
  return order ? order : identity_compare_builds(a, b);
}

int identity_compare_call(const struct identity *a, const struct identity *b) {
  int order = identity_compare_function(a, b);
  order = order ? order : identity_compare_numbers(a->calls, b->calls);
  return order ? order : identity_compare_numbers(a->call, b->call);
}

int identity_compare_exact(const struct identity *a, const struct identity *b) {
  int order = identity_compare_builds(a, b);
  if (!order && !a->build_id_bytes) /* else the build-id names the module, however it is called */
    order = strcmp(a->module, b->module);
  order = order ? order : identity_compare_functions(a->function, b->function);
  order = order ? order : strcmp(identity_base(a->file), identity_base(b->file));
  return order ? order : identity_compare_position(a, b);
}

/* ---- Calls ---- */

static int identity_compare_items(const void *a, const void *b) {
  return identity_compare(a, b);
}

void identity_number(void *items, size_t count, size_t item_bytes) {
  char *bytes = items;
  if (count)
    qsort(items, count, item_bytes, identity_compare_items);
  for (size_t first = 0, stop; first < count; first = stop) {
    const struct identity *head = (const struct identity *)(bytes + first * item_bytes);
    for (stop = first + 1; stop < count; stop++)
      if (identity_compare_place(head, (struct identity *)(bytes + stop * item_bytes)) != 0)
        break;
    for (size_t i = first; i < stop; i++) {
      struct identity *identity = (struct identity *)(bytes + i * item_bytes);
      identity->call = (uint32_t)(i - first + 1);
      identity->calls = (uint32_t)(stop - first);
    }
  }
}

const char *identity_text(char *out, const struct identity *identity) {
  const struct frame frame = {.function = identity->function,
                              .file = identity->file,
                              .module = identity->module,
                              .line = identity->line,
                              .offset = identity->offset};
  return frame_text(out, IDENTITY_BYTES, &frame);
}

static uint64_t identity_mix(uint64_t key, const char *text) {
  for (; text && *text; text++)
    key = key * 31 + (unsigned char)*text;
  return key * 31;
}

uint64_t identity_key(const struct identity *identity) {
  uint64_t key = identity_mix(1, identity->module);
  key = identity_mix(key, identity->function);
  key = identity_mix(key, identity->file);
  return (key * 31 + identity->offset) * 31 + identity->line;
}
