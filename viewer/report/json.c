/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/bundles.h"
#include "analysis/freed_by.h"
#include "analysis/projection.h"
#include "report/frames.h"
#include "report/report.h"
#include "report/resident.h"
#include "report/trace_json.h"
#include <stdlib.h>

static void report_json_totals(struct json *json, const struct report_request *request) {
  const struct analysis_totals *totals = analysis_totals(request->analysis);
  const struct trace_counters *counters = &request->trace->counters;
  json_object(json, "totals");
  json_number(json, "allocations", totals->allocations);
  json_number(json, "frees", totals->frees);
  json_number(json, "allocated_bytes", totals->allocated_bytes);
  json_number(json, "freed_bytes", totals->freed_bytes);
  json_number(json, "outstanding_blocks", totals->outstanding_blocks);
  json_number(json, "outstanding_bytes", totals->outstanding_bytes);
  json_number(json, "peak_bytes", totals->peak_bytes);
  json_number(json, "temporary_allocations", totals->temporary_allocations);
  json_number(json, "unmatched_frees", totals->unmatched_frees);
  json_number(json, "replaced", totals->replaced);
  json_number(json, "lost_events", counters->lost_events);
  json_number(json, "unrecorded_events", counters->unrecorded_events);
  json_number(json, "truncated_stacks", counters->truncated_stacks);
  trace_json_limit(json, request->trace);
  trace_json_children(json, request->trace);
  struct freed_totals freed = freed_totals_of(request->analysis);
  json_number(json, "sampled_frees", freed.samples);
  json_number(json, "sampled_frees_unmatched", freed.unmatched);
  if (freed.left_out)
    json_number(json, "sampled_frees_left_out", freed.left_out);
  if (totals->pool_blocks) {
    json_number(json, "pool_blocks", totals->pool_blocks);
    json_number(json, "pool_bytes", totals->pool_bytes);
  }
  if (totals->maps) {
    json_number(json, "mapped_bytes", totals->mapped_bytes);
    json_number(json, "maps", totals->maps);
  }
  json_object_end(json);
}

static void report_json_interval(struct json *json, const struct report_request *request,
                                 const struct analysis_moment *moments) {
  const struct analysis_moment *from = &moments[request->report->from];
  const struct analysis_moment *to = &moments[request->report->to];
  json_object(json, "interval");
  json_text(json, "from", from->label);
  json_text(json, "to", to->label);
  if (request->report->units)
    json_number(json, "units", request->report->units);
  json_real(json, "duration_s", trace_json_seconds(request->trace, from->stamp, to->stamp));
  json_object_end(json);
}

static void report_json_marks(struct json *json, const struct report_request *request,
                              const struct analysis_moment *moments, size_t count) {
  json_array(json, "marks");
  for (size_t i = 0; i < count; i++) {
    if (!moments[i].mark)
      continue;
    json_object(json, NULL);
    json_text(json, "label", moments[i].label);
    json_real(json, "time_s", trace_seconds(request->trace, moments[i].stamp));
    if (moments[i].units)
      json_number(json, "units", moments[i].units);
    json_object_end(json);
  }
  json_array_end(json);
}

static void report_json_frame(struct json *json, const struct frame *frame) {
  json_object(json, NULL);
  json_text(json, "function", frame->function);
  json_text(json, "module", frame->module);
  json_number(json, "offset", frame->offset);
  json_text(json, "file", frame->file);
  if (frame->line)
    json_number(json, "line", frame->line);
  if (frame->inlined)
    json_bool(json, "inlined", true);
  if (frame->guess)
    json_bool(json, "guess", true);
  json_object_end(json);
}

static void report_json_verdict(struct json *json, const struct verdict *verdict) {
  json_text(json, "verdict", verdict_word(verdict->kind));
  json_real(json, "confidence", verdict->confidence);
  json_text(json, "evidence", verdict->evidence);
  if (verdict->bytes_per_hour > 0)
    json_real(json, "bytes_per_hour", verdict->bytes_per_hour);
  if (!verdict->has_rate)
    return;
  json_object(json, "rate");
  json_real(json, "blocks_per_unit", verdict->blocks_per_unit);
  json_real(json, "blocks_per_unit_low", verdict->blocks_per_unit_low);
  json_real(json, "blocks_per_unit_high", verdict->blocks_per_unit_high);
  json_real(json, "bytes_per_unit", verdict->bytes_per_unit);
  json_object_end(json);
}

static void report_json_stack(struct json *json, const struct report_request *request,
                              const struct analysis_stack *stack) {
  json_object(json, NULL);
  json_number(json, "outstanding_blocks", stack->figures.outstanding_blocks);
  json_number(json, "outstanding_bytes", stack->figures.outstanding_bytes);
  json_number(json, "allocations", stack->figures.allocations);
  struct verdict verdict = verdict_of_stack(request->analysis, stack->context);
  report_json_verdict(json, &verdict);
  json_array(json, "frames");
  struct frames frames = frames_of(request->trace, request->symbols, stack->context);
  for (struct frame frame; frames_next(&frames, &frame);)
    report_json_frame(json, &frame);
  json_array_end(json);
  json_object_end(json);
}

static void report_json_ages_of(struct json *json, const struct freed_ages *ages) {
  json_real(json, "quarter_age_s", ages->quarter);
  json_real(json, "median_age_s", ages->median);
  json_real(json, "three_quarters_age_s", ages->three_quarters);
}

static void report_json_freed_call(struct json *json, const struct trace *trace,
                                   const struct freed_call *call) {
  json_object(json, NULL);
  json_text(json, "function", call->function);
  json_text(json, "module", frame_module(trace, call->module));
  json_number(json, "offset", call->offset);
  json_text(json, "file", call->file);
  if (call->line)
    json_number(json, "line", call->line);
  if (call->resized)
    json_bool(json, "realloc", true);
  json_number(json, "samples", call->samples);
  json_real(json, "share", call->share);
  report_json_ages_of(json, &call->ages);
  json_object_end(json);
}

/* Who frees the row's blocks; without a sample nothing is said. */
static void report_json_freed_by(struct json *json, const struct report_request *request,
                                 const struct analysis_site *site) {
  struct freed_by *freed = freed_by_of_row(request->analysis, site);
  if (freed && freed->samples) {
    json_number(json, "sampled_frees", freed->samples);
    json_array(json, "freed_by");
    for (size_t i = 0; i < freed->count; i++)
      report_json_freed_call(json, request->trace, &freed->calls[i]);
    json_array_end(json);
  }
  freed_by_free(freed);
}

static void report_json_stacks(struct json *json, const struct report_request *request,
                               const struct analysis_site *site) {
  size_t count = site->stack_count;
  if (request->stack_limit && request->stack_limit < count)
    count = request->stack_limit;
  json_number(json, "stack_count", site->stack_count);
  json_array(json, "stacks");
  for (size_t i = 0; i < count; i++)
    report_json_stack(json, request, &site->stacks[i]);
  json_array_end(json);
}

/* What names the row; what is the same for all kinds of it is not asked for twice. */
static void report_json_name(struct json *json, const struct report_request *request,
                             const struct analysis_site *site) {
  const struct trace *trace = request->trace;
  enum analysis_by by = request->report->by;
  if (by == ANALYSIS_BY_THREAD) {
    if (site->thread && site->thread < trace->thread_count) {
      json_text(json, "thread", trace->threads[site->thread].name);
      json_number(json, "tid", trace->threads[site->thread].tid);
    }
    return;
  }
  json_text(json, "function", site->function);
  json_text(json, "module", frame_module(trace, site->module));
  if (by == ANALYSIS_BY_MODULE || by == ANALYSIS_BY_FUNCTION)
    return;
  json_number(json, "offset", site->offset);
  json_text(json, "file", site->file);
  if (site->line)
    json_number(json, "line", site->line);
  if (by == ANALYSIS_BY_TREE)
    json_number(json, "depth", site->depth);
}

static void report_json_ages(struct json *json, const struct report_request *request,
                             const struct analysis_figures *figures, uint64_t end_stamp) {
  if (figures->oldest_stamp)
    json_real(json, "oldest_s",
              trace_json_seconds(request->trace, figures->oldest_stamp, end_stamp));
  if (figures->median_stamp)
    json_real(json, "median_age_s",
              trace_json_seconds(request->trace, figures->median_stamp, end_stamp));
}

void report_json_counts(struct json *json, const struct analysis_figures *figures) {
  json_number(json, "outstanding_blocks", figures->outstanding_blocks);
  json_number(json, "outstanding_bytes", figures->outstanding_bytes);
  json_number(json, "allocations", figures->allocations);
  json_number(json, "allocated_bytes", figures->allocated_bytes);
  json_number(json, "frees", figures->frees);
  json_number(json, "freed_bytes", figures->freed_bytes);
  json_signed(json, "growth_blocks", figures->growth_blocks);
  json_signed(json, "growth_bytes", figures->growth_bytes);
  json_number(json, "temporary_allocations", figures->temporary_allocations);
}

static void report_json_figures(struct json *json, const struct report_request *request,
                                const struct analysis_figures *figures, uint64_t end_stamp) {
  uint64_t units = request->report->units;
  report_json_counts(json, figures);
  if (request->report->by != ANALYSIS_BY_TREE) { /* not known of a tree's rows */
    json_number(json, "peak_bytes", figures->peak_bytes);
    json_number(json, "threads", figures->threads);
  }
  if (units) {
    json_real(json, "blocks_per_unit", (double)figures->outstanding_blocks / (double)units);
    json_real(json, "bytes_per_unit", (double)figures->outstanding_bytes / (double)units);
  }
  report_json_ages(json, request, figures, end_stamp);
}

static void report_json_rows(struct json *json, const struct report_request *request,
                             const struct verdict *verdicts, uint64_t end_stamp) {
  const struct analysis_report *report = request->report;
  size_t count = report->site_count;
  if (request->limit && request->limit < count)
    count = request->limit;
  json_array(json, report->by == ANALYSIS_BY_SITE ? "sites" : "rows");
  for (size_t i = 0; i < count; i++) {
    json_object(json, NULL);
    report_json_name(json, request, &report->sites[i]);
    report_json_figures(json, request, &report->sites[i].figures, end_stamp);
    if (report->by != ANALYSIS_BY_TREE) {
      report_json_verdict(json, &verdicts[i]);
      report_json_freed_by(json, request, &report->sites[i]);
      report_json_stacks(json, request, &report->sites[i]);
    }
    json_object_end(json);
  }
  json_array_end(json);
}

/* A member names its row by its place under "sites" (or "rows") of a report without a limit. */
static void report_json_bundle(struct json *json, const struct report_request *request,
                               const struct bundle *bundle) {
  json_object(json, NULL);
  report_json_name(json, request, &request->report->sites[bundle->members[0].row]);
  json_number(json, "outstanding_blocks", bundle->blocks);
  json_number(json, "outstanding_bytes", bundle->bytes);
  struct frames frames = frames_of(request->trace, request->symbols, bundle->context);
  struct frame frame;
  if (bundle->context && frames_next(&frames, &frame))
    json_text(json, "called_from", frame.function);
  json_array(json, "members");
  for (size_t i = 0; i < bundle->count; i++) {
    json_object(json, NULL);
    json_number(json, "row", bundle->members[i].row);
    json_real(json, "ratio", bundle->members[i].ratio);
    report_json_name(json, request, &request->report->sites[bundle->members[i].row]);
    json_object_end(json);
  }
  json_array_end(json);
  json_object_end(json);
}

static void report_json_bundles(struct json *json, const struct report_request *request,
                                const struct bundles *bundles) {
  json_array(json, "bundles");
  for (size_t i = 0; i < bundles->count; i++)
    report_json_bundle(json, request, &bundles->list[i]);
  json_array_end(json);
}

static void report_json_projection(struct json *json, const struct report_request *request,
                                   const struct verdict *verdicts) {
  struct projection projection = projection_of(request->trace, request->report, verdicts);
  json_object(json, "projection");
  json_real(json, "bytes_per_hour", projection.bytes_per_hour);
  if (projection.limit_bytes)
    json_number(json, "limit_bytes", projection.limit_bytes);
  if (projection.used_bytes)
    json_number(json, "used_bytes", projection.used_bytes);
  if (projection.bytes_per_hour > 0 && projection.limit_bytes)
    json_real(json, "limit_reached_in_s", projection.seconds);
  json_object_end(json);
}

/* What stands before the rows. */
static void report_json_head(struct json *json, const struct report_request *request,
                             const struct verdict *verdicts, const struct bundles *bundles) {
  const struct analysis_moment *moments;
  size_t count = analysis_moments(request->analysis, &moments);
  json_number(json, "seep", 1);
  trace_json(json, request->trace);
  trace_json_warnings(json, request->trace, analysis_totals(request->analysis));
  report_json_totals(json, request);
  resident_json(json, request->trace, request->analysis, request->report->from,
                request->report->to);
  report_json_interval(json, request, moments);
  report_json_marks(json, request, moments, count);
  json_text(json, "by", analysis_by_name(request->report->by));
  json_text(json, "sort", analysis_sort_name(request->report->sort));
  json_number(json, "row_count", request->report->site_count);
  if (request->report->by == ANALYSIS_BY_TREE)
    return;
  report_json_projection(json, request, verdicts);
  report_json_bundles(json, request, bundles);
}

bool report_json_members(struct json *json, const struct report_request *request) {
  const struct analysis_moment *moments;
  analysis_moments(request->analysis, &moments);
  struct verdict *verdicts = verdict_of_report(request->analysis, request->report);
  struct bundles *bundles =
      verdicts ? bundles_of_report(request->analysis, request->report, verdicts) : NULL;
  if (bundles) {
    report_json_head(json, request, verdicts, bundles);
    report_json_rows(json, request, verdicts, moments[request->report->to].stamp);
    if (request->more)
      request->more(json, request->more_data);
  }
  bool done = bundles != NULL;
  bundles_free(bundles);
  free(verdicts);
  return done;
}

bool report_json(FILE *out, const struct report_request *request) {
  struct json json = json_to(out);
  json_object(&json, NULL);
  bool done = report_json_members(&json, request);
  json_object_end(&json);
  json_end(&json);
  return done && !ferror(out);
}
