/* SPDX-License-Identifier: Apache-2.0
 *
 * Fractions are made of whole numbers: printf would write them in the user's locale, and reports
 * must not depend on it.
 */
#include "report/format.h"
#include "analysis/digits.h"
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

/* value with three significant digits, at most two behind the point. */
static void format_short(char *out, double value, const char *unit) {
  unsigned digits = value < 9.995 ? 2 : value < 99.95 ? 1 : 0;
  unsigned scale = digits == 2 ? 100 : digits == 1 ? 10 : 1;
  uint64_t scaled = (uint64_t)llround(value * scale);
  if (digits)
    snprintf(out, FORMAT_BYTES, "%" PRIu64 ".%0*u %s", scaled / scale, (int)digits,
             (unsigned)(scaled % scale), unit);
  else
    snprintf(out, FORMAT_BYTES, "%" PRIu64 " %s", scaled, unit);
}

const char *format_size(char *out, uint64_t bytes) {
  static const char *const units[] = {"KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
  if (bytes < 1024) {
    snprintf(out, FORMAT_BYTES, "%" PRIu64 " B", bytes);
    return out;
  }
  double value = (double)bytes / 1024;
  size_t unit = 0;
  for (; value >= 1023.5 && unit + 1 < sizeof units / sizeof *units; unit++)
    value /= 1024;
  format_short(out, value, units[unit]);
  return out;
}

static uint64_t format_magnitude(int64_t number) {
  return number < 0 ? 0 - (uint64_t)number : (uint64_t)number;
}

const char *format_growth(char *out, int64_t bytes) {
  char size[FORMAT_BYTES];
  format_size(size, format_magnitude(bytes));
  snprintf(out, FORMAT_BYTES, "%s%.40s", bytes > 0 ? "+" : bytes < 0 ? "-" : "", size);
  return out;
}

const char *format_count(char *out, uint64_t count) {
  return digits_grouped(out, count);
}

const char *format_change(char *out, int64_t count) {
  char magnitude[FORMAT_BYTES];
  format_count(magnitude, format_magnitude(count));
  snprintf(out, FORMAT_BYTES, "%s%.40s", count > 0 ? "+" : count < 0 ? "-" : "", magnitude);
  return out;
}

static void format_pair(char *out, uint64_t value, unsigned parts, const char *large,
                        const char *small) {
  snprintf(out, FORMAT_BYTES, "%" PRIu64 " %s %02u %s", value / parts, large,
           (unsigned)(value % parts), small);
}

const char *format_duration(char *out, double seconds) {
  if (!(seconds > 0))
    snprintf(out, FORMAT_BYTES, "0 s");
  else if (seconds < 0.0009995)
    format_short(out, seconds * 1e6, "us");
  else if (seconds < 0.9995)
    format_short(out, seconds * 1e3, "ms");
  else if (seconds < 59.95)
    format_short(out, seconds, "s");
  else if (seconds < 3599.5)
    format_pair(out, (uint64_t)llround(seconds), 60, "min", "s");
  else if (seconds < 86370)
    format_pair(out, (uint64_t)llround(seconds / 60), 60, "h", "min");
  else if (seconds < 1e15)
    format_pair(out, (uint64_t)llround(seconds / 3600), 24, "d", "h");
  else
    snprintf(out, FORMAT_BYTES, "long");
  return out;
}

const char *format_ratio(char *out, double value) {
  const char *sign = value < 0 ? "-" : "";
  uint64_t scaled = (uint64_t)llround(fmin(fabs(value), 1e15) * 100);
  char whole[FORMAT_BYTES];
  format_count(whole, scaled / 100);
  snprintf(out, FORMAT_BYTES, "%s%.32s.%02u", sign, whole, (unsigned)(scaled % 100));
  return out;
}

const char *format_utc(char *out, uint64_t realtime_ns) {
  time_t seconds = (time_t)(realtime_ns / 1000000000u);
  struct tm tm;
  if (!gmtime_r(&seconds, &tm) || !strftime(out, FORMAT_BYTES, "%Y-%m-%dT%H:%M:%SZ", &tm))
    memcpy(out, "?", 2);
  return out;
}
