/* SPDX-License-Identifier: Apache-2.0 */
#include "export/formats.h"
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#define FORMATS_PLAIN(format)                                                                      \
  static bool formats_##format(FILE *out, const struct export_request *request,                    \
                               enum export_value value) {                                          \
    (void)value;                                                                                   \
    return export_##format(out, request);                                                          \
  }

FORMATS_PLAIN(pprof)
FORMATS_PLAIN(json)
FORMATS_PLAIN(html)
FORMATS_PLAIN(massif)
FORMATS_PLAIN(speedscope)

static const struct export_format formats[] = {
    {"pprof", "pb", formats_pprof, true, false},
    {"folded", "folded", export_folded, false, false},
    {"json", "json", formats_json, false, false},
    {"html", "html", formats_html, false, false},
    {"massif", "massif", formats_massif, false, true},
    {"speedscope", "speedscope.json", formats_speedscope, false, false},
};

const struct export_format *formats_named(const char *text) {
  for (size_t i = 0; i < sizeof formats / sizeof *formats; i++)
    if (!strcmp(text, formats[i].name))
      return &formats[i];
  return NULL;
}

void formats_peak(const struct trace *trace, const struct analysis *analysis,
                  char out[FORMATS_TIME_BYTES]) {
  const struct analysis_step *steps;
  size_t count = analysis_time_line(analysis, &steps), highest = 0;
  for (size_t i = 1; i < count; i++)
    if (steps[i].outstanding_bytes > steps[highest].outstanding_bytes)
      highest = i;
  double seconds = count ? trace_seconds(trace, steps[highest].stamp) : 0;
  out[0] = '\0';
  if (seconds > 0)
    snprintf(out, FORMATS_TIME_BYTES, "+%.9fs", seconds);
}

/* Whether the output would overwrite the trace that is read. */
static bool formats_is_trace(const char *output, const char *trace) {
  struct stat a, b;
  return stat(output, &a) == 0 && stat(trace, &b) == 0 && a.st_dev == b.st_dev &&
         a.st_ino == b.st_ino;
}

bool formats_write(const struct export_format *format, const char *name,
                   const struct export_request *request, enum export_value value, char *message,
                   size_t message_bytes) {
  if (formats_is_trace(name, request->path)) {
    snprintf(message, message_bytes, "%s is the trace itself: name another file", name);
    return false;
  }
  FILE *out = fopen(name, "we");
  if (!out) {
    snprintf(message, message_bytes, "%s cannot be written: %s", name, strerror(errno));
    return false;
  }
  errno = 0;
  bool written = format->write(out, request, value);
  int reason = errno;
  if (fclose(out) != 0) {
    reason = errno;
    written = false;
  }
  if (!written)
    snprintf(message, message_bytes, "%s could not be written whole: %s", name,
             strerror(reason ? reason : EIO));
  return written;
}
