/* SPDX-License-Identifier: Apache-2.0 */
#include "compare/baseline.h"
#include "compare/pairing.h"
#include "trace/array.h"
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define BASELINE_PER_UNIT "seep-baseline 1 per unit"
#define BASELINE_PER_RUN "seep-baseline 1 per run"

enum baseline_field {
  BASELINE_BYTES,
  BASELINE_BLOCKS,
  BASELINE_MODULE,
  BASELINE_BUILD_ID,
  BASELINE_FUNCTION,
  BASELINE_CALL,
  BASELINE_FILE,
  BASELINE_LINE,
  BASELINE_OFFSET,
  BASELINE_FIELDS,
};

/* ---- Writing ---- */

static void baseline_put_text(FILE *out, const char *text) {
  fputc('\t', out);
  if (!text || !*text || !strcmp(text, "-")) {
    fputs(text && *text ? "%2D" : "-", out);
    return;
  }
  for (const unsigned char *byte = (const unsigned char *)text; *byte; byte++)
    if (*byte < 0x20 || *byte == 0x7f || *byte == '%')
      fprintf(out, "%%%02X", *byte);
    else
      fputc(*byte, out);
}

/* As short as it can be to be read as the same number. */
static void baseline_put_number(FILE *out, double number) {
  char text[40];
  for (int digits = 1; digits <= 17; digits++) {
    snprintf(text, sizeof text, "%.*g", digits, number);
    if (strtod(text, NULL) == number)
      break;
  }
  fputs(text, out);
}

static void baseline_put(FILE *out, const struct holding *holding, double divisor) {
  const struct identity *identity = &holding->identity;
  baseline_put_number(out, (double)holding->bytes / divisor);
  fputc('\t', out);
  baseline_put_number(out, (double)holding->blocks / divisor);
  baseline_put_text(out, identity->module);
  fputs(identity->build_id_bytes ? "\t" : "\t-", out);
  for (size_t i = 0; i < identity->build_id_bytes; i++)
    fprintf(out, "%02x", identity->build_id[i]);
  baseline_put_text(out, identity->function);
  fprintf(out, "\t%" PRIu32 "/%" PRIu32, identity->call, identity->calls);
  baseline_put_text(out, identity->file);
  fprintf(out, "\t%" PRIu32 "\t%" PRIx64 "\n", identity->line, identity->offset);
}

size_t baseline_write(FILE *out, const struct inventory *inventory) {
  size_t written = 0;
  fprintf(out, "%s\n", inventory->units ? BASELINE_PER_UNIT : BASELINE_PER_RUN);
  fputs("# bytes\tblocks\tmodule\tbuild-id\tfunction\tcall\tfile\tline\toffset\n", out);
  for (size_t i = 0; i < inventory->count; i++) {
    if (!inventory->list[i].blocks)
      continue;
    baseline_put(out, &inventory->list[i], inventory->units ? (double)inventory->units : 1);
    written++;
  }
  return written;
}

/* ---- Reading: each returns false for a field that is not what it should be ---- */

static int baseline_hex_digit(char digit) {
  if (digit >= '0' && digit <= '9')
    return digit - '0';
  digit = (char)tolower((unsigned char)digit);
  return digit >= 'a' && digit <= 'f' ? digit - 'a' + 10 : -1;
}

/* The byte that two digits make; -1: they are none. */
static int baseline_hex_byte(const char *digits) {
  int high = baseline_hex_digit(digits[0]);
  int low = high < 0 ? -1 : baseline_hex_digit(digits[1]);
  return low < 0 ? -1 : high * 16 + low;
}

/* Takes the escapes out, in place. "-" becomes NULL. */
static bool baseline_take_text(char *field, const char **text) {
  *text = strcmp(field, "-") != 0 ? field : NULL;
  char *to = field;
  for (const char *from = field; *from; from++) {
    int byte = (unsigned char)*from;
    if (byte == '%') {
      byte = baseline_hex_byte(from + 1);
      if (byte <= 0)
        return false;
      from += 2;
    }
    *to++ = (char)byte;
  }
  *to = '\0';
  return true;
}

static bool baseline_take_build_id(char *field, struct identity *identity) {
  size_t digits = strcmp(field, "-") != 0 ? strlen(field) : 0;
  uint8_t *bytes = (uint8_t *)field;
  for (size_t i = 0; i < digits / 2; i++) {
    int byte = baseline_hex_byte(field + 2 * i);
    if (byte < 0)
      return false;
    bytes[i] = (uint8_t)byte;
  }
  identity->build_id = bytes;
  identity->build_id_bytes = digits / 2;
  return digits % 2 == 0;
}

static bool baseline_take_figure(const char *field, double *figure) {
  char *end;
  *figure = strtod(field, &end);
  return *field && !*end && isfinite(*figure) && *figure >= 0;
}

static bool baseline_take_number(const char *field, int base, uint64_t most, uint64_t *number) {
  char *end;
  errno = 0;
  *number = strtoull(field, &end, base);
  return isxdigit((unsigned char)*field) && !*end && !errno && *number <= most;
}

static bool baseline_take_call(char *field, struct identity *identity) {
  uint64_t call, calls;
  char *slash = strchr(field, '/');
  if (!slash)
    return false;
  *slash = '\0';
  if (!baseline_take_number(field, 10, UINT32_MAX, &call) ||
      !baseline_take_number(slash + 1, 10, UINT32_MAX, &calls))
    return false;
  identity->call = (uint32_t)call;
  identity->calls = (uint32_t)calls;
  return call >= 1 && call <= calls;
}

static bool baseline_take_place(char *const *fields, struct identity *identity) {
  uint64_t line;
  if (!baseline_take_number(fields[BASELINE_LINE], 10, UINT32_MAX, &line) ||
      !baseline_take_number(fields[BASELINE_OFFSET], 16, UINT64_MAX, &identity->offset))
    return false;
  identity->line = (uint32_t)line;
  return baseline_take_text(fields[BASELINE_FILE], &identity->file);
}

/* Cuts line at its tabs; false: there are not as many fields as there should be. */
static bool baseline_split(char *line, char **fields) {
  size_t count = 0;
  for (char *field = line; field; count++) {
    char *next = strchr(field, '\t');
    if (next)
      *next++ = '\0';
    if (count < BASELINE_FIELDS)
      fields[count] = field;
    field = next;
  }
  return count == BASELINE_FIELDS;
}

static bool baseline_parse(struct baseline_entry *entry) {
  char *fields[BASELINE_FIELDS];
  struct identity *identity = &entry->identity;
  return baseline_split(entry->text, fields) &&
         baseline_take_figure(fields[BASELINE_BYTES], &entry->bytes) &&
         baseline_take_figure(fields[BASELINE_BLOCKS], &entry->blocks) &&
         baseline_take_text(fields[BASELINE_MODULE], &identity->module) && identity->module &&
         baseline_take_build_id(fields[BASELINE_BUILD_ID], identity) &&
         baseline_take_text(fields[BASELINE_FUNCTION], &identity->function) &&
         baseline_take_call(fields[BASELINE_CALL], identity) &&
         baseline_take_place(fields, identity);
}

static enum trace_status baseline_add(struct baseline *baseline, const char *line,
                                      const char **problem) {
  if (!*line || *line == '#')
    return TRACE_OK;
  if (!array_room(&baseline->list, baseline->count, sizeof *baseline->list))
    return TRACE_MEMORY;
  struct baseline_entry *entry = &baseline->list[baseline->count];
  *entry = (struct baseline_entry){.text = strdup(line)};
  if (!entry->text)
    return TRACE_MEMORY;
  baseline->count++;
  *problem = "is no site: write the baseline anew with --write-baseline";
  return baseline_parse(entry) ? TRACE_OK : TRACE_READ;
}

static enum trace_status baseline_begin(struct baseline *baseline, const char *line,
                                        const char **problem) {
  baseline->per_unit = !strcmp(line, BASELINE_PER_UNIT);
  *problem = "is not that of a baseline: write one with --write-baseline";
  return baseline->per_unit || !strcmp(line, BASELINE_PER_RUN) ? TRACE_OK : TRACE_READ;
}

static enum trace_status baseline_load(struct baseline *baseline, FILE *file,
                                       struct trace_error *error) {
  char *line = NULL;
  size_t room = 0, number = 0;
  const char *problem = "is missing";
  enum trace_status status = TRACE_OK;
  errno = 0;
  while (status == TRACE_OK && getline(&line, &room, file) >= 0) {
    line[strcspn(line, "\r\n")] = '\0';
    status = number++ ? baseline_add(baseline, line, &problem)
                      : baseline_begin(baseline, line, &problem);
  }
  free(line);
  if (status == TRACE_OK && (ferror(file) || !number)) {
    error->system_errno = errno;
    status = TRACE_READ;
  }
  if (status == TRACE_READ && !error->system_errno)
    snprintf(error->detail, sizeof error->detail, "line %zu %s", number ? number : 1, problem);
  return status;
}

enum trace_status baseline_read(const char *path, struct baseline **out,
                                struct trace_error *error) {
  *out = NULL;
  *error = (struct trace_error){.status = TRACE_OK};
  FILE *file = fopen(path, "re");
  if (!file) {
    error->system_errno = errno;
    return error->status = TRACE_NOT_FOUND;
  }
  struct baseline *baseline = calloc(1, sizeof *baseline);
  error->status = baseline ? baseline_load(baseline, file, error) : TRACE_MEMORY;
  fclose(file);
  if (error->status == TRACE_OK)
    *out = baseline;
  else
    baseline_free(baseline);
  return error->status;
}

void baseline_free(struct baseline *baseline) {
  if (!baseline)
    return;
  for (size_t i = 0; i < baseline->count; i++)
    free(baseline->list[i].text);
  free(baseline->list);
  free(baseline);
}

/* ---- Finding a trace's sites in it ---- */

const struct baseline_entry **baseline_match(const struct baseline *baseline,
                                             const struct inventory *inventory) {
  const struct identity **names = inventory_identities(inventory);
  const struct identity **accepted = reallocarray(NULL, baseline->count + 1, sizeof *accepted);
  const struct baseline_entry **entries = calloc(inventory->count + 1, sizeof *entries);
  size_t *partner = NULL;
  for (size_t i = 0; accepted && i < baseline->count; i++)
    accepted[i] = &baseline->list[i].identity;
  if (names && accepted && entries)
    partner = pairing_new(accepted, baseline->count, names, inventory->count);
  for (size_t i = 0; partner && i < baseline->count; i++)
    if (partner[i] != PAIRING_NONE)
      entries[partner[i]] = &baseline->list[i];
  free(names);
  free(accepted);
  if (!partner) {
    free(entries);
    entries = NULL;
  }
  free(partner);
  return entries;
}
