/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/filter.h"
#include "analysis/array.h"
#include "analysis/filter_terms.h"
#include <stdio.h>
#include <string.h>

static const struct {
  const char *name;
  enum filter_field field;
} filter_names[] = {{"function", FILTER_FUNCTION}, {"file", FILTER_FILE},
                    {"module", FILTER_MODULE},     {"stack", FILTER_STACK},
                    {"thread", FILTER_THREAD},     {"verdict", FILTER_VERDICT}},
  filter_numbers[] = {{"bytes", FILTER_BYTES},
                      {"blocks", FILTER_BLOCKS},
                      {"size", FILTER_SIZE},
                      {"growth", FILTER_GROWTH},
                      {"allocations", FILTER_ALLOCATIONS},
                      {"allocated", FILTER_ALLOCATED},
                      {"temporary", FILTER_TEMPORARY},
                      {"peak", FILTER_PEAK},
                      {"age", FILTER_AGE},
                      {"threads", FILTER_THREADS}};

#define LENGTH(array) (sizeof(array) / sizeof *(array))

/* Where a message goes: one line that says what is wrong with an expression. */
struct filter_message {
  char *text;
  size_t bytes;
};

enum filter_unit { FILTER_COUNT, FILTER_SPAN, FILTER_AMOUNT };

static const char *const filter_units[] = {[FILTER_COUNT] = ", as 10",
                                           [FILTER_SPAN] = ", as 90, 500ms or 1.5h",
                                           [FILTER_AMOUNT] = ", as 10, 4k or 1.5MiB"};

static enum filter_unit filter_unit_of(enum filter_field field) {
  switch (field) {
  case FILTER_AGE:
    return FILTER_SPAN;
  case FILTER_BYTES:
  case FILTER_SIZE:
  case FILTER_GROWTH:
  case FILTER_ALLOCATED:
  case FILTER_PEAK:
    return FILTER_AMOUNT;
  default:
    return FILTER_COUNT;
  }
}

/* "k", "KiB", "M" ...: by what a number of bytes is multiplied; 0: suffix is none. */
static double filter_amount(const char *suffix) {
  static const char letters[] = "BKMGT";
  const char *letter = strchr(letters, *suffix == 'k' ? 'K' : *suffix);
  if (!*suffix)
    return 1;
  if (!letter || (suffix[1] && (letter == letters || strcmp(suffix + 1, "iB") != 0)))
    return 0;
  double factor = 1;
  for (; letter > letters; letter--)
    factor *= 1024;
  return factor;
}

/* "ms", "s", "m", "h", "d": the seconds of it; 0: suffix is none. */
static double filter_span(const char *suffix) {
  static const struct {
    const char *name;
    double seconds;
  } spans[] = {{"", 1}, {"ms", 1e-3}, {"s", 1}, {"m", 60}, {"h", 3600}, {"d", 86400}};
  for (size_t i = 0; i < LENGTH(spans); i++)
    if (strcmp(suffix, spans[i].name) == 0)
      return spans[i].seconds;
  return 0;
}

static bool filter_parse_number(const char *text, struct filter_term *term) {
  char *end;
  enum filter_unit unit = filter_unit_of(term->field);
  term->number = strtod(text, &end);
  if (end == text || !(term->number > -1e18 && term->number < 1e18))
    return false;
  double factor = unit == FILTER_AMOUNT ? filter_amount(end)
                  : unit == FILTER_SPAN ? filter_span(end)
                                        : !*end;
  term->number *= factor;
  return factor > 0;
}

/* The letters that a term may begin with before it is told what kind it is. */
static size_t filter_key(const char *text) {
  return strspn(text, "abcdefghijklmnopqrstuvwxyz");
}

static bool filter_is(const char *text, size_t length, const char *name) {
  return strlen(name) == length && memcmp(text, name, length) == 0;
}

/* A term about a figure: NAME, one of < <= = >= >, number. */
static bool filter_parse_figure(const char *text, size_t key, struct filter_term *term,
                                const struct filter_message *message) {
  const char *rest = text + key;
  term->operation = *rest++;
  term->or_equal = term->operation != '=' && *rest == '=';
  rest += term->or_equal;
  for (size_t i = 0; i < LENGTH(filter_numbers); i++) {
    if (!filter_is(text, key, filter_numbers[i].name))
      continue;
    term->field = filter_numbers[i].field;
    if (filter_parse_number(rest, term))
      return true;
    snprintf(message->text, message->bytes, "\"%.60s\": a number belongs behind %.*s%s", text,
             1 + term->or_equal, text + key, filter_units[filter_unit_of(term->field)]);
    return false;
  }
  snprintf(message->text, message->bytes,
           "\"%.60s\": figures are bytes, blocks, size, growth, allocations, allocated, "
           "temporary, peak, age and threads",
           text);
  return false;
}

static bool filter_parse_verdict(const char *text, const char *word, struct filter_term *term,
                                 const struct filter_message *message) {
  for (int kind = 0; kind < VERDICT_KINDS; kind++)
    if (strcmp(word, verdict_word((enum verdict_kind)kind)) == 0) {
      term->verdict = (enum verdict_kind)kind;
      return true;
    }
  int used = snprintf(message->text, message->bytes, "\"%.60s\": verdicts are", text);
  for (int kind = 0; kind < VERDICT_KINDS && (size_t)used < message->bytes; kind++)
    used += snprintf(message->text + used, message->bytes - (size_t)used, "%s %s", kind ? "," : "",
                     verdict_word((enum verdict_kind)kind));
  return false;
}

static bool filter_keep_text(const char *text, const char *name, struct filter_term *term,
                             const struct filter_message *message) {
  term->text = strdup(name);
  if (term->text && *name)
    return true;
  if (term->text)
    snprintf(message->text, message->bytes, "\"%.60s\": a name belongs behind it", text);
  return false;
}

/* A term about a name: NAME, a colon, what it is to be. */
static bool filter_parse_name(const char *text, size_t key, struct filter_term *term,
                              const struct filter_message *message) {
  const char *name = text + key + 1;
  for (size_t i = 0; i < LENGTH(filter_names); i++) {
    if (!filter_is(text, key, filter_names[i].name))
      continue;
    term->field = filter_names[i].field;
    if (term->field == FILTER_VERDICT)
      return filter_parse_verdict(text, name, term, message);
    return filter_keep_text(text, name, term, message);
  }
  snprintf(message->text, message->bytes,
           "\"%.60s\": names are function, file, module, stack, thread and verdict", text);
  return false;
}

/* Whether text is "NAME>4" and the like, or of a figure's name and no number: a word that looks so
 * is none. C++ has words like "list<int>". */
static bool filter_looks_like_figure(const char *text, size_t key) {
  const char *rest = text + key;
  if (!key || !*rest || !strchr("<=>", *rest))
    return false;
  for (size_t i = 0; i < LENGTH(filter_numbers); i++)
    if (filter_is(text, key, filter_numbers[i].name))
      return true;
  rest += 1 + (rest[1] == '=');
  return *rest >= '0' && *rest <= '9';
}

static bool filter_parse_term(const char *text, struct filter_term *term,
                              const struct filter_message *message) {
  size_t key = filter_key(text);
  if (filter_looks_like_figure(text, key))
    return filter_parse_figure(text, key, term, message);
  if (key && text[key] == ':' && text[key + 1] != ':')
    return filter_parse_name(text, key, term, message);
  term->field = FILTER_WORD;
  return filter_keep_text(text, text, term, message);
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

static bool filter_add(struct analysis_filter *filter, const char *text,
                       const struct filter_message *message) {
  struct filter_term term = {.negated = *text == '!'};
  snprintf(message->text, message->bytes, "no memory for the filter");
  if (!array_reserve(&filter->terms, &filter->capacity, filter->count + 1, sizeof *filter->terms))
    return false;
  bool good = filter_parse_term(text + term.negated, &term, message);
  filter->terms[filter->count++] = term;
  return good;
}

static bool filter_parse(struct analysis_filter *filter, const char *expression, char *term,
                         const struct filter_message *message) {
  const char *rest = expression;
  while (*(rest += strspn(rest, " "))) {
    rest = filter_next(rest, term);
    if (!rest) {
      snprintf(message->text, message->bytes, "a quote is not closed");
      return false;
    }
    if (!filter_add(filter, term, message))
      return false;
  }
  return true;
}

struct analysis_filter *analysis_filter_new(const char *expression, char *message, size_t bytes) {
  struct analysis_filter *filter = calloc(1, sizeof *filter);
  char *term = malloc(strlen(expression) + 1);
  bool done = false;
  if (filter && term)
    done = filter_parse(filter, expression, term, &(struct filter_message){message, bytes});
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
