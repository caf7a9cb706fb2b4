/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/filter.h"
#include "analysis/array.h"
#include "analysis/filter_terms.h"
#include <stdio.h>
#include <string.h>

static const struct {
  const char *name;
  enum filter_field field;
} filter_names[] = {{"function:", FILTER_FUNCTION},
                    {"file:", FILTER_FILE},
                    {"module:", FILTER_MODULE},
                    {"stack:", FILTER_STACK},
                    {"thread:", FILTER_THREAD}},
  filter_numbers[] = {{"bytes", FILTER_BYTES},         {"blocks", FILTER_BLOCKS},
                      {"growth", FILTER_GROWTH},       {"allocations", FILTER_ALLOCATIONS},
                      {"temporary", FILTER_TEMPORARY}, {"age", FILTER_AGE},
                      {"threads", FILTER_THREADS}};

static const struct {
  const char *name;
  double factor;
} filter_sizes[] = {{"", 1},
                    {"k", 1024.0},
                    {"K", 1024.0},
                    {"M", 1024.0 * 1024},
                    {"G", 1024.0 * 1024 * 1024},
                    {"T", 1024.0 * 1024 * 1024 * 1024}},
  filter_spans[] = {{"", 1}, {"ms", 1e-3}, {"s", 1}, {"m", 60}, {"h", 3600}, {"d", 86400}};

#define LENGTH(array) (sizeof(array) / sizeof *(array))

static bool filter_parse_number(const char *text, struct filter_term *term) {
  char *end;
  bool span = term->field == FILTER_AGE;
  bool size = term->field == FILTER_BYTES || term->field == FILTER_GROWTH;
  term->number = strtod(text, &end);
  if (end == text || !(term->number > -1e18 && term->number < 1e18))
    return false;
  for (size_t i = 0; span && i < LENGTH(filter_spans); i++) {
    if (strcmp(end, filter_spans[i].name) == 0) {
      term->number *= filter_spans[i].factor;
      return true;
    }
  }
  for (size_t i = 0; size && i < LENGTH(filter_sizes); i++) {
    if (strcmp(end, filter_sizes[i].name) == 0) {
      term->number *= filter_sizes[i].factor;
      return true;
    }
  }
  return !span && !size && !*end;
}

/* A term about a figure: NAME, one of < = >, number. false: it is none; *bad: its number is. */
static bool filter_parse_figure(const char *text, struct filter_term *term, bool *bad) {
  for (size_t i = 0; i < LENGTH(filter_numbers); i++) {
    size_t length = strlen(filter_numbers[i].name);
    if (strncmp(text, filter_numbers[i].name, length) != 0 || !text[length] ||
        !strchr("<=>", text[length]))
      continue;
    term->field = filter_numbers[i].field;
    term->operation = text[length];
    *bad = !filter_parse_number(text + length + 1, term);
    return true;
  }
  return false;
}

/* A term about a name; anything else is a word to be found in any name. */
static bool filter_parse_name(const char *text, struct filter_term *term) {
  term->field = FILTER_WORD;
  for (size_t i = 0; i < LENGTH(filter_names); i++) {
    size_t length = strlen(filter_names[i].name);
    if (strncmp(text, filter_names[i].name, length) != 0)
      continue;
    term->field = filter_names[i].field;
    text += length;
    break;
  }
  term->text = strdup(text);
  return term->text != NULL;
}

/* Copies the next term without its quotes into out, which has room for the whole expression.
 * Returns what follows it; NULL: a quote is not closed. */
static const char *filter_next(const char *from, char *out) {
  bool quoted = false;
  for (; *from && (quoted || *from != ' '); from++) {
    if (*from == '"') {
      quoted = !quoted;
      continue;
    }
    if (quoted && *from == '\\' && (from[1] == '"' || from[1] == '\\'))
      from++;
    *out++ = *from;
  }
  *out = '\0';
  return quoted ? NULL : from;
}

static bool filter_add(struct analysis_filter *filter, const char *text, char *message,
                       size_t bytes) {
  struct filter_term term = {.negated = *text == '!'};
  const char *rest = text + term.negated;
  bool bad = false;
  snprintf(message, bytes, "no memory for the filter");
  if (!array_reserve(&filter->terms, &filter->capacity, filter->count + 1, sizeof *filter->terms))
    return false;
  if (!filter_parse_figure(rest, &term, &bad) && !filter_parse_name(rest, &term))
    return false;
  filter->terms[filter->count++] = term;
  if (bad)
    snprintf(message, bytes, "\"%.60s\": a number belongs behind %c", text, term.operation);
  else if (term.text && !*term.text)
    snprintf(message, bytes, "\"%.60s\": a name belongs behind it", text);
  else
    return true;
  return false;
}

static bool filter_parse(struct analysis_filter *filter, const char *expression, char *term,
                         char *message, size_t bytes) {
  const char *rest = expression;
  while (*(rest += strspn(rest, " "))) {
    rest = filter_next(rest, term);
    if (!rest) {
      snprintf(message, bytes, "a quote is not closed");
      return false;
    }
    if (!filter_add(filter, term, message, bytes))
      return false;
  }
  return true;
}

struct analysis_filter *analysis_filter_new(const char *expression, char *message, size_t bytes) {
  struct analysis_filter *filter = calloc(1, sizeof *filter);
  char *term = malloc(strlen(expression) + 1);
  bool done = false;
  if (filter && term)
    done = filter_parse(filter, expression, term, message, bytes);
  else
    snprintf(message, bytes, "no memory for the filter");
  free(term);
  if (done)
    return filter;
  analysis_filter_free(filter);
  return NULL;
}

void analysis_filter_free(struct analysis_filter *filter) {
  if (!filter)
    return;
  for (size_t i = 0; i < filter->count; i++)
    free(filter->terms[i].text);
  free(filter->terms);
  free(filter);
}
