/* SPDX-License-Identifier: Apache-2.0 */
#include "report/sentence.h"
#include "analysis/rate.h"
#include "analysis/whole.h"
#include "report/columns.h"
#include "report/escape.h"
#include "report/format.h"
#include "report/frames.h"
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

const char *sentence_pace(char *out, double bytes_per_hour, double seconds) {
  char size[FORMAT_BYTES], span[FORMAT_BYTES];
  if (seconds < RATE_SPAN_SECONDS) {
    format_size(size, whole_of(bytes_per_hour / 3600 * seconds + 0.5));
    snprintf(out, SENTENCE_PACE_BYTES, "%s in %s", size, format_duration(span, seconds));
    return out;
  }
  bool day = bytes_per_hour < 1e17 && bytes_per_hour * 24 < 1e12;
  double amount = day ? bytes_per_hour * 24 : bytes_per_hour;
  format_size(size, amount < 1e18 ? (uint64_t)amount : (uint64_t)1e18);
  snprintf(out, SENTENCE_PACE_BYTES, "at this load %s %s", size, day ? "a day" : "an hour");
  return out;
}

bool sentence_call(char *out, size_t bytes, const char *function, const char *file, uint32_t line) {
  char name[700], base[200];
  const char *slash = file ? strrchr(file, '/') : NULL;
  if (!function || !file || !line)
    return false;
  snprintf(out, bytes, "%s (%s:%" PRIu32 ")", escape_text(name, sizeof name, 160, function),
           escape_text(base, sizeof base, 60, slash ? slash + 1 : file), line);
  return true;
}

static void sentence_subject(char *out, size_t bytes, const struct report_request *request,
                             const struct analysis_site *site) {
  if (request->report->by != ANALYSIS_BY_SITE ||
      !sentence_call(out, bytes, site->function, site->file, site->line))
    columns_name(out, bytes, request->trace, request->symbols, request->report, site);
}

/* Whole numbers of bytes go without a fraction. */
static const char *sentence_bytes(char *out, double bytes) {
  if (fabs(bytes - round(bytes)) < 0.005 && bytes >= 0 && bytes < 1e15)
    return format_count(out, (uint64_t)llround(bytes));
  return format_ratio(out, bytes);
}

/* "leaks 1.00 block, 152 bytes per unit", or what takes its place. */
static void sentence_predicate(char *out, size_t bytes, const struct verdict *verdict) {
  char blocks[FORMAT_BYTES], size[FORMAT_BYTES];
  format_ratio(blocks, verdict->blocks_per_unit);
  if (verdict->kind != VERDICT_LEAK)
    snprintf(out, bytes, "is %s", verdict_word(verdict->kind));
  else if (verdict->has_rate)
    snprintf(out, bytes, "leaks %s block%s, %s bytes per unit", blocks,
             strcmp(blocks, "1.00") == 0 ? "" : "s", sentence_bytes(size, verdict->bytes_per_unit));
  else
    snprintf(out, bytes, "leaks");
}

const char *sentence_verdict(char *out, const struct report_request *request,
                             const struct analysis_site *site, const struct verdict *verdict) {
  char subject[960], predicate[160], pace[SENTENCE_PACE_BYTES], evidence[400];
  sentence_subject(subject, sizeof subject, request, site);
  sentence_predicate(predicate, sizeof predicate, verdict);
  escape_text(evidence, sizeof evidence, 0, verdict->evidence);
  int used = snprintf(out, SENTENCE_BYTES, "%s %s: %s", subject, predicate, evidence);
  if (verdict->kind == VERDICT_LEAK && verdict->bytes_per_hour > 0)
    snprintf(out + used, SENTENCE_BYTES - (size_t)used, "; %s",
             sentence_pace(pace, verdict->bytes_per_hour, verdict->seconds));
  return out;
}

const char *sentence_freed_call(char *out, size_t bytes, const struct trace *trace,
                                const struct freed_call *call) {
  char function[700] = "", file[200], place[300];
  const char *slash = call->file ? strrchr(call->file, '/') : NULL;
  if (call->file && call->line)
    snprintf(place, sizeof place, "%s:%" PRIu32,
             escape_text(file, sizeof file, 60, slash ? slash + 1 : call->file), call->line);
  else
    snprintf(place, sizeof place, "%s+0x%" PRIx64,
             escape_text(file, sizeof file, 60, frame_module(trace, call->module)), call->offset);
  if (call->function)
    snprintf(out, bytes, "%s%s (%s)", call->resized ? "a realloc in " : "",
             escape_text(function, sizeof function, 160, call->function), place);
  else
    snprintf(out, bytes, "%s%s", call->resized ? "a realloc at " : "", place);
  return out;
}

static const char *sentence_share(char *out, double share) {
  if (share < 0.01)
    snprintf(out, FORMAT_BYTES, "less than 1 %%");
  else
    snprintf(out, FORMAT_BYTES, "%.0f %%", share * 100);
  return out;
}

/* Why nothing is known of who freed. */
static const char *sentence_not_freed(char *out, const struct report_request *request) {
  struct freed_totals totals = freed_totals_of(request->analysis);
  if (totals.samples)
    snprintf(out, SENTENCE_BYTES, "no free of its blocks was sampled");
  else
    snprintf(out, SENTENCE_BYTES, "no free was sampled in this trace (--free-stacks)");
  return out;
}

#define SENTENCE_CALLS 3

const char *sentence_freed(char *out, const struct report_request *request,
                           const struct freed_by *freed) {
  char call[640], share[FORMAT_BYTES], age[FORMAT_BYTES];
  if (!freed->samples)
    return sentence_not_freed(out, request);
  int used =
      snprintf(out, SENTENCE_BYTES, "of its freed blocks (%" PRIu64 " sampled) ", freed->samples);
  for (size_t i = 0; i < freed->count && i < SENTENCE_CALLS && used < SENTENCE_BYTES; i++) {
    const struct freed_call *one = &freed->calls[i];
    used += snprintf(out + used, SENTENCE_BYTES - (size_t)used, "%s%s%s by %s, median age %s",
                     i ? "; " : "", sentence_share(share, one->share), i ? "" : " were freed",
                     sentence_freed_call(call, 300, request->trace, one),
                     format_duration(age, one->ages.median));
  }
  if (freed->count > SENTENCE_CALLS && used < SENTENCE_BYTES)
    snprintf(out + used, SENTENCE_BYTES - (size_t)used, "; the rest by %zu more calls",
             freed->count - SENTENCE_CALLS);
  return out;
}

const char *sentence_projection(char *out, const struct projection *projection) {
  char pace[SENTENCE_PACE_BYTES], limit[FORMAT_BYTES], span[FORMAT_BYTES];
  sentence_pace(pace, projection->bytes_per_hour, projection->measured);
  if (projection->measured < RATE_SPAN_SECONDS)
    snprintf(out, SENTENCE_BYTES, "%s; a rate per day needs %d s", pace, RATE_SPAN_SECONDS);
  else if (projection->limit_bytes)
    snprintf(out, SENTENCE_BYTES, "%s; the %s limit of %s is reached in %s", pace,
             projection->of_group ? "cgroup's" : "machine's",
             format_size(limit, projection->limit_bytes),
             format_duration(span, projection->seconds));
  else
    snprintf(out, SENTENCE_BYTES, "%s", pace);
  return out;
}
