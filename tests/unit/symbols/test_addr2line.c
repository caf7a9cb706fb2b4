/* SPDX-License-Identifier: Apache-2.0
 *
 * Every address of the subjects' code, against binutils' addr2line, which shares no code with
 * elfutils.
 */
#include "fake.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ADDRESSES 20000

struct answer { /* addr2line's, of one address */
  struct {
    char function[2048], place[512];
  } frames[64];
  size_t count;
};

/* The start and size of the section .text of path. */
static void find_text(const char *path, uint64_t *start, uint64_t *bytes) {
  char command[512];
  snprintf(command, sizeof command, "readelf -SW %s | sed 's/^ *\\[ *[0-9]*\\]//'", path);
  FILE *sections = popen(command, "r");
  char line[512], name[64], address[32], size[32];
  *bytes = 0;
  while (fgets(line, sizeof line, sections))
    if (sscanf(line, "%63s %*s %31s %*s %31s", name, address, size) == 3 &&
        strcmp(name, ".text") == 0) {
      *start = strtoull(address, NULL, 16);
      *bytes = strtoull(size, NULL, 16);
    }
  pclose(sections);
  assert_in_range(*bytes, 100, ADDRESSES);
}

/* Whether a symbol of nm's says that address is in its function; addr2line goes on to name the
 * padding behind. */
static bool in_function(const char *path, uint64_t address) {
  char command[512], line[512];
  uint64_t start, bytes;
  bool found = false;
  snprintf(command, sizeof command, "nm -S --defined-only %s", path);
  FILE *symbols = popen(command, "r");
  while (fgets(line, sizeof line, symbols))
    if (sscanf(line, "%lx %lx", &start, &bytes) == 2 && address - start < bytes)
      found = true;
  pclose(symbols);
  return found;
}

static void cut_at(char *text, const char *note) {
  char *at = strstr(text, note);
  if (at)
    *at = '\0';
}

/* Reads the lines between this address and the next, which -a prints first. */
static void read_answer(FILE *lines, struct answer *answer) {
  char function[2048], place[512];
  answer->count = 0;
  while (fgets(function, sizeof function, lines) && function[0] != '0') {
    assert_non_null(fgets(place, sizeof place, lines));
    function[strcspn(function, "\n")] = '\0';
    place[strcspn(place, "\n")] = '\0';
    cut_at(function, " [clone ");
    cut_at(place, " (discriminator");
    assert_true(answer->count < 64);
    strcpy(answer->frames[answer->count].function, function);
    strcpy(answer->frames[answer->count++].place, place);
  }
}

static const char *file_name(const char *path) {
  const char *slash = strrchr(path, '/');
  return slash ? slash + 1 : path;
}

/* Where DWARF has no linkage name (lambdas, anonymous namespaces) addr2line gives the short name
 * and sometimes a namespace, ours all of them: one must be the other's end, but for the arguments.
 */
static void compare_function(const char *ours, const char *theirs) {
  const char *longer = strlen(ours) > strlen(theirs) ? ours : theirs;
  const char *shorter = longer == ours ? theirs : ours, *at = longer;
  for (; (at = strstr(at, shorter)); at++)
    if ((at == longer || at[-1] == ':') && strchr("(", at[strlen(shorter)]))
      return;
  assert_string_equal(ours, theirs);
}

static void compare_place(const struct symbol_frame *frame, const char *place) {
  char ours[512];
  if (strchr(place, '?')) { /* without a line, its file is a guess from the symbol table */
    assert_int_equal(frame->line, 0);
    return;
  }
  assert_non_null(frame->file);
  snprintf(ours, sizeof ours, "%s:%u", file_name(frame->file), frame->line);
  assert_string_equal(ours, file_name(place));
}

/* At some first addresses of an inlined function addr2line repeats the containing function's name
 * for the innermost frame (the line is the inlined function's): known to be its error. */
static bool repeats_outermost(const struct answer *answer, size_t frame) {
  return frame == 0 && answer->count > 1 &&
         strcmp(answer->frames[0].function, answer->frames[answer->count - 1].function) == 0;
}

static void compare_all(const char *path) {
  struct fake fake;
  struct answer answer;
  uint64_t start = 0, bytes;
  char command[1024], line[512];
  size_t inlined = 0, repeated = 0;
  find_text(path, &start, &bytes);
  fake_init(&fake, path);
  for (uint64_t i = 0; i < bytes; i++)
    fake_add(&fake, 1, start + i, SEEP_CONTEXT_EXACT);
  snprintf(command, sizeof command,
           "seq %lu %lu | xargs printf '0x%%x\\n' | addr2line -a -i -f -C -e %s", start,
           start + bytes - 1, path);
  FILE *lines = popen(command, "r");
  struct symbols *symbols = symbols_new(&fake.trace, NULL);
  assert_non_null(fgets(line, sizeof line, lines));
  for (uint64_t i = 0; i < bytes; i++) {
    const struct symbol *symbol = symbols_look_up(symbols, (uint32_t)(1 + i));
    read_answer(lines, &answer);
    if (symbol->frame_count != answer.count)
      fail_msg("%s: 0x%lx: %zu frames, addr2line has %zu", path, start + i, symbol->frame_count,
               answer.count);
    for (size_t k = 0; k < answer.count; k++)
      compare_place(&symbol->frames[k], answer.frames[k].place);
    for (size_t k = 0; k < answer.count; k++)
      if (repeats_outermost(&answer, k))
        repeated++;
      else if (symbol->frames[k].function)
        compare_function(symbol->frames[k].function, answer.frames[k].function);
      else
        assert_false(in_function(path, start + i));
    inlined += answer.count > 1;
  }
  assert_in_range(inlined, 20, bytes);
  assert_in_range(repeated, 0, bytes / 20);
  assert_int_equal(pclose(lines), 0);
  symbols_free(symbols);
  fake_release(&fake);
}

static void test_c(void **state) {
  (void)state;
  compare_all(SUBJECT_BUILD "/subject.so");
  compare_all(SUBJECT_BUILD "/subject_dwarf4.so");
}

static void test_cxx(void **state) {
  (void)state;
  compare_all(SUBJECT_BUILD "/subject_cxx4.so");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_c),
      cmocka_unit_test(test_cxx),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
