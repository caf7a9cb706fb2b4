/* SPDX-License-Identifier: Apache-2.0 */
#include "exported.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

char *exported(const struct scene *scene, exported_format *format, size_t from, size_t to,
               size_t *bytes) {
  char *text = NULL;
  size_t length = 0;
  FILE *out = open_memstream(&text, &length);
  struct analysis_report *report = analysis_interval(scene->analysis, from, to);
  assert_non_null(out);
  assert_non_null(report);
  const struct export_request request = {.path = "demo.seep",
                                         .trace = scene->trace,
                                         .analysis = scene->analysis,
                                         .symbols = scene->symbols,
                                         .report = report};
  assert_true(format(out, &request));
  fclose(out);
  analysis_report_free(report);
  if (bytes)
    *bytes = length;
  return text;
}

bool exported_folded(FILE *out, const struct export_request *request) {
  return export_folded(out, request, EXPORT_INUSE_SPACE);
}

size_t exported_count(const char *text, const char *part) {
  size_t count = 0;
  for (; (text = strstr(text, part)); text += strlen(part))
    count++;
  return count;
}
