/* SPDX-License-Identifier: Apache-2.0 */
#include "compare/suppressions.h"
#include "trace/array.h"
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SUPPRESSIONS_KIND "leak:"
#define SUPPRESSIONS_UNKNOWN 0 /* of by_context; else FREE, or 2 + index */
#define SUPPRESSIONS_FREE 1

/* ---- Patterns ---- */

/* A part of a pattern between stars. */
struct suppressions_part {
  const char *text;
  size_t bytes;
  bool at_begin, at_end; /* anchored there */
};

/* Where part is in text, at or after from; NULL: nowhere. */
static const char *suppressions_seek(const struct suppressions_part *part, const char *text,
                                     const char *from) {
  size_t room = strlen(from);
  if (room < part->bytes)
    return NULL;
  const char *last = from + room - part->bytes;
  if (part->at_begin && (from != text || (part->at_end && last != text)))
    return NULL;
  if (part->at_begin || part->at_end) {
    const char *only = part->at_begin ? text : last;
    return memcmp(only, part->text, part->bytes) == 0 ? only : NULL;
  }
  return memmem(from, room, part->text, part->bytes);
}

bool suppressions_match(const char *pattern, const char *text) {
  if (!text || !*text)
    return false;
  struct suppressions_part part = {.at_begin = *pattern == '^'};
  const char *from = text;
  for (pattern += part.at_begin;; pattern++) {
    part.text = pattern;
    part.bytes = strcspn(pattern, "*$");
    pattern += part.bytes;
    part.at_end = *pattern == '$'; /* what follows the end never counts */
    const char *found = suppressions_seek(&part, text, from);
    if (!found)
      return false;
    if (*pattern != '*')
      return true;
    from = found + part.bytes;
    part.at_begin = false;
  }
}

/* ---- Files ---- */

static char *suppressions_trim(char *text) {
  while (isspace((unsigned char)*text))
    text++;
  size_t bytes = strlen(text);
  while (bytes && isspace((unsigned char)text[bytes - 1]))
    text[--bytes] = '\0';
  return text;
}

static enum trace_status suppressions_add(struct suppressions *suppressions, char *line,
                                          size_t number, struct trace_error *error) {
  const char *text = suppressions_trim(line);
  size_t kind = strlen(SUPPRESSIONS_KIND);
  if (!*text || *text == '#')
    return TRACE_OK;
  if (strncmp(text, SUPPRESSIONS_KIND, kind) != 0 || !text[kind]) {
    snprintf(error->detail, sizeof error->detail, "line %zu: write leak:PATTERN", number);
    return TRACE_READ;
  }
  struct suppression suppression = {.pattern = strdup(text + kind)};
  if (!suppression.pattern ||
      !array_room(&suppressions->list, suppressions->count, sizeof *suppressions->list)) {
    free(suppression.pattern);
    return TRACE_MEMORY;
  }
  suppressions->list[suppressions->count++] = suppression;
  return TRACE_OK;
}

static enum trace_status suppressions_load(struct suppressions *suppressions, FILE *file,
                                           struct trace_error *error) {
  char *line = NULL;
  size_t room = 0;
  enum trace_status status = TRACE_OK;
  errno = 0;
  for (size_t number = 1; status == TRACE_OK && getline(&line, &room, file) >= 0; number++)
    status = suppressions_add(suppressions, line, number, error);
  if (status == TRACE_OK && ferror(file)) {
    error->system_errno = errno;
    status = TRACE_READ;
  }
  free(line);
  return status;
}

enum trace_status suppressions_read(const char *path, struct suppressions **out,
                                    struct trace_error *error) {
  *out = NULL;
  *error = (struct trace_error){.status = TRACE_OK};
  FILE *file = fopen(path, "re");
  if (!file) {
    error->system_errno = errno;
    return error->status = TRACE_NOT_FOUND;
  }
  struct suppressions *suppressions = calloc(1, sizeof *suppressions);
  error->status = suppressions ? suppressions_load(suppressions, file, error) : TRACE_MEMORY;
  fclose(file);
  if (error->status == TRACE_OK)
    *out = suppressions;
  else
    suppressions_free(suppressions);
  return error->status;
}

void suppressions_free(struct suppressions *suppressions) {
  if (!suppressions)
    return;
  for (size_t i = 0; i < suppressions->count; i++)
    free(suppressions->list[i].pattern);
  free(suppressions->list);
  free(suppressions->by_context);
  free(suppressions);
}

/* ---- Stacks ---- */

static bool suppressions_match_frames(const char *pattern, const char *module,
                                      const struct symbol *symbol) {
  if (suppressions_match(pattern, module))
    return true;
  for (size_t i = 0; symbol && i < symbol->frame_count; i++)
    if (suppressions_match(pattern, symbol->frames[i].function) ||
        suppressions_match(pattern, symbol->frames[i].file))
      return true;
  return false;
}

/* What the frames at context's own code address are, whoever called them. */
static uint32_t suppressions_of_frames(const struct suppressions *suppressions, uint32_t context) {
  const struct trace *trace = suppressions->trace;
  struct symbols *symbols = suppressions->symbols;
  uint32_t number = trace->contexts[context].module;
  const char *module = number && number < trace->module_count ? trace->modules[number].path : NULL;
  const struct symbol *symbol = symbols ? symbols_look_up(symbols, context) : NULL;
  for (size_t i = 0; i < suppressions->count; i++)
    if (suppressions_match_frames(suppressions->list[i].pattern, module, symbol))
      return (uint32_t)i + 2;
  return SUPPRESSIONS_UNKNOWN;
}

static bool suppressions_is_context(const struct trace *trace, uint32_t context) {
  return context && context < trace->context_count;
}

/* Goes outwards until something is known, and notes it for all on the way: stacks share most of
 * their frames. */
static uint32_t suppressions_of_stack(struct suppressions *suppressions, uint32_t context) {
  const struct trace *trace = suppressions->trace;
  uint32_t known = SUPPRESSIONS_UNKNOWN, outermost = context;
  size_t steps = trace->context_count; /* a trace that lies about its parents ends the walk */
  for (; suppressions_is_context(trace, outermost) && steps; steps--) {
    known = suppressions->by_context[outermost];
    if (known == SUPPRESSIONS_UNKNOWN)
      known = suppressions_of_frames(suppressions, outermost);
    if (known != SUPPRESSIONS_UNKNOWN)
      break;
    outermost = trace->contexts[outermost].parent;
  }
  if (known == SUPPRESSIONS_UNKNOWN)
    known = SUPPRESSIONS_FREE;
  for (uint32_t at = context; suppressions_is_context(trace, at) && !suppressions->by_context[at];
       at = trace->contexts[at].parent) {
    suppressions->by_context[at] = known;
    if (at == outermost)
      break;
  }
  return known;
}

bool suppressions_begin(struct suppressions *suppressions, const struct trace *trace,
                        struct symbols *symbols) {
  free(suppressions->by_context);
  suppressions->trace = trace;
  suppressions->symbols = symbols;
  suppressions->by_context = calloc(trace->context_count + 1, sizeof *suppressions->by_context);
  return suppressions->by_context != NULL;
}

struct suppression *suppressions_find(struct suppressions *suppressions, uint32_t context) {
  if (!suppressions_is_context(suppressions->trace, context))
    return NULL;
  uint32_t known = suppressions_of_stack(suppressions, context);
  return known == SUPPRESSIONS_FREE ? NULL : &suppressions->list[known - 2];
}
