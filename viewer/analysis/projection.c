/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/projection.h"

/* Samples come from headers of many threads: their order is not relied on. */
static uint64_t projection_used(const struct trace *trace) {
  const struct trace_sample *last = NULL;
  for (size_t i = 0; i < trace->sample_count; i++)
    if (trace->samples[i].rss_kib && (!last || trace->samples[i].stamp >= last->stamp))
      last = &trace->samples[i];
  return last ? last->rss_kib * 1024 : 0;
}

/* The control group's limit, where it is one: some are set to more than there is. */
static void projection_limit(struct projection *projection, const struct trace_process *process) {
  projection->limit_bytes = process->memory_bytes;
  if (process->memory_limit_bytes &&
      (!process->memory_bytes || process->memory_limit_bytes < process->memory_bytes)) {
    projection->limit_bytes = process->memory_limit_bytes;
    projection->of_group = true;
  }
}

struct projection projection_of(const struct trace *trace, const struct analysis_report *report,
                                const struct verdict *verdicts) {
  struct projection projection = {.used_bytes = projection_used(trace)};
  projection_limit(&projection, &trace->process);
  for (size_t i = 0; i < report->site_count; i++)
    if (verdicts[i].kind == VERDICT_LEAK) {
      projection.bytes_per_hour += verdicts[i].bytes_per_hour;
      projection.measured = verdicts[i].seconds; /* the window: the same for all */
    }
  if (projection.bytes_per_hour > 0 && projection.limit_bytes > projection.used_bytes)
    projection.seconds =
        (double)(projection.limit_bytes - projection.used_bytes) / projection.bytes_per_hour * 3600;
  return projection;
}
