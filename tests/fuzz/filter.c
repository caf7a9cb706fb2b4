/* SPDX-License-Identifier: Apache-2.0
 *
 * Expressions: what --filter takes, and the names of moments that --from and --to take.
 */
#include "analysis/filter.h"
#include "analysis/moments.h"
#include "lines.h"

static void read_filter(const char *text) {
  char message[64];
  struct analysis_filter *filter = analysis_filter_new(text, message, sizeof message);
  must(filter || strnlen(message, sizeof message) < sizeof message);
  analysis_filter_free(filter);
}

/* A clock as a hostile trace may have it. */
static void read_moment(const char *text, double ticks_per_second) {
  char label[] = "warm";
  struct trace_mark marks[] = {{.label = label, .stamp = 2000}};
  struct trace trace = {.process = {.start_stamp = 1000, .ticks_per_second = ticks_per_second},
                        .marks = marks,
                        .mark_count = 1,
                        .first_stamp = 1000,
                        .last_stamp = 9000};
  struct moments moments;
  struct trace_error error;
  const bool is_time = *text == '+' || *text == '@';
  if (moments_init(&moments, &trace, &text, is_time, &error) == TRACE_OK)
    must(moments_find(&moments, text) < (long)moments.count);
  moments_release(&moments);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes) {
  const uint8_t *rest;
  size_t rest_bytes;
  char *text = lines_text(data, bytes, &rest, &rest_bytes);
  read_filter(text);
  read_moment(text, 1e9);
  read_moment(text, 1e-300);
  read_moment(text, 1e300);
  free(text);
  return 0;
}
