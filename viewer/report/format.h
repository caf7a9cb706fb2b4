/* SPDX-License-Identifier: Apache-2.0
 *
 * Numbers for people: binary units, groups of thousands, durations. The same in the report and on
 * the screen.
 */
#ifndef SEEP_REPORT_FORMAT_H
#define SEEP_REPORT_FORMAT_H

#include <stddef.h>
#include <stdint.h>

#define FORMAT_BYTES 48 /* enough for any of them */

/* Each writes into out[FORMAT_BYTES] and returns it. */
const char *format_size(char *out, uint64_t bytes);      /* "152 B", "1.50 KiB", "3.20 GiB" */
const char *format_growth(char *out, int64_t bytes);     /* the same with a sign: "+1.50 KiB" */
const char *format_count(char *out, uint64_t count);     /* "1,234,567" */
const char *format_change(char *out, int64_t count);     /* "+1,234", "-5", "0" */
const char *format_duration(char *out, double seconds);  /* "850 us", "12.3 s", "3 h 05 min" */
const char *format_ratio(char *out, double value);       /* "1,000.00" */
const char *format_utc(char *out, uint64_t realtime_ns); /* "2026-11-23T10:00:00Z" */

#endif
