/* SPDX-License-Identifier: Apache-2.0 */
#include "page.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

char *page_report(const struct scene *scene, bool json, const struct analysis_query *query,
                  size_t limit) {
  char *text = NULL;
  size_t bytes = 0;
  struct analysis_report *report = analysis_query(scene->analysis, query);
  FILE *out = open_memstream(&text, &bytes);
  assert_non_null(report);
  assert_non_null(out);
  const struct report_request request = {.path = "demo.seep",
                                         .trace = scene->trace,
                                         .analysis = scene->analysis,
                                         .symbols = scene->symbols,
                                         .report = report,
                                         .limit = limit,
                                         .stack_rows = 3};
  assert_true(json ? report_json(out, &request) : report_text(out, &request));
  fclose(out);
  analysis_report_free(report);
  return text;
}

char *page_info(const struct scene *scene, bool json) {
  char *text = NULL;
  size_t bytes = 0;
  FILE *out = open_memstream(&text, &bytes);
  assert_non_null(out);
  const struct info_request request = {"demo.seep", scene->trace, scene->symbols};
  assert_true(json ? info_json(out, &request) : info_text(out, &request));
  fclose(out);
  return text;
}

void page_jq(const char *json, const char *program) {
  char path[] = "/tmp/seep-page-XXXXXX";
  int fd = mkstemp(path), status = 0;
  assert_true(fd >= 0);
  assert_int_equal(write(fd, json, strlen(json)), (ssize_t)strlen(json));
  close(fd);
  pid_t child = fork();
  assert_true(child >= 0);
  if (child == 0) {
    if (!freopen("/dev/null", "w", stdout))
      _exit(126);
    execlp("jq", "jq", "-e", program, path, (char *)NULL);
    _exit(127);
  }
  assert_int_equal(waitpid(child, &status, 0), child);
  unlink(path);
  if (status != 0)
    fail_msg("jq -e '%s' said no (%d) of\n%s", program, status, json);
}
