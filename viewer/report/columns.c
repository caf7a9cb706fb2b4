/* SPDX-License-Identifier: Apache-2.0 */
#include "report/columns.h"
#include "analysis/rate.h"
#include "analysis/whole.h"
#include "report/escape.h"
#include "report/format.h"
#include "report/frames.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define SECONDS_PER_HOUR 3600

#define VALUE(name)                                                                                \
  static bool name(char *out, const struct column_context *context,                                \
                   const struct analysis_figures *figures)

/* Most values need the row's figures alone; the context is for ages and units. */
#define PLAIN_VALUE(name, write)                                                                   \
  VALUE(name) {                                                                                    \
    (void)context;                                                                                 \
    write;                                                                                         \
    return true;                                                                                   \
  }

PLAIN_VALUE(columns_outstanding, format_size(out, figures->outstanding_bytes))
PLAIN_VALUE(columns_exact, format_count(out, figures->outstanding_bytes))
PLAIN_VALUE(columns_blocks, format_count(out, figures->outstanding_blocks))
PLAIN_VALUE(columns_growth, format_growth(out, figures->growth_bytes))
PLAIN_VALUE(columns_allocations, format_count(out, figures->allocations))
PLAIN_VALUE(columns_allocated, format_size(out, figures->allocated_bytes))
PLAIN_VALUE(columns_temporary, format_count(out, figures->temporary_allocations))

VALUE(columns_peak) {
  (void)context;
  if (!figures->peak_bytes && figures->outstanding_bytes)
    return false;
  format_size(out, figures->peak_bytes);
  return true;
}

static bool columns_age(char *out, const struct column_context *context, uint64_t stamp) {
  if (!stamp || stamp > context->end_stamp)
    return false;
  format_duration(out,
                  (double)(context->end_stamp - stamp) / context->trace->process.ticks_per_second);
  return true;
}

VALUE(columns_oldest) {
  return columns_age(out, context, figures->oldest_stamp);
}

VALUE(columns_median) {
  return columns_age(out, context, figures->median_stamp);
}

VALUE(columns_threads) {
  (void)context;
  if (!figures->threads && figures->allocations)
    return false;
  format_count(out, figures->threads);
  return true;
}

static bool columns_per_unit(char *out, const struct column_context *context, uint64_t amount) {
  if (!context->units)
    return false;
  format_ratio(out, (double)amount / (double)context->units);
  return true;
}

VALUE(columns_blocks_per_unit) {
  return columns_per_unit(out, context, figures->outstanding_blocks);
}

VALUE(columns_bytes_per_unit) {
  return columns_per_unit(out, context, figures->outstanding_bytes);
}

VALUE(columns_blocks_per_hour) {
  if (context->seconds < RATE_SPAN_SECONDS)
    return false;
  format_ratio(out, (double)figures->outstanding_blocks / context->seconds * SECONDS_PER_HOUR);
  return true;
}

VALUE(columns_bytes_per_hour) {
  if (context->seconds < RATE_SPAN_SECONDS)
    return false;
  double rate = (double)figures->outstanding_bytes / context->seconds * SECONDS_PER_HOUR;
  format_size(out, whole_of(rate));
  return true;
}

static const struct column columns_list[COLUMN_COUNT] = {
    [COLUMN_OUTSTANDING_BYTES] = {"outstanding", "bytes allocated in the interval that still stand",
                                  11, ANALYSIS_SORT_OUTSTANDING, columns_outstanding},
    [COLUMN_OUTSTANDING_EXACT] = {"bytes", "the same, exactly", 15, ANALYSIS_SORT_OUTSTANDING,
                                  columns_exact},
    [COLUMN_OUTSTANDING_BLOCKS] = {"blocks", "blocks allocated in the interval that still stand",
                                   11, ANALYSIS_SORT_BLOCKS, columns_blocks},
    [COLUMN_GROWTH_BYTES] = {"growth", "bytes standing at the end less those at the start", 11,
                             ANALYSIS_SORT_GROWTH, columns_growth},
    [COLUMN_ALLOCATIONS] = {"allocations", "allocations in the interval", 13,
                            ANALYSIS_SORT_ALLOCATIONS, columns_allocations},
    [COLUMN_ALLOCATED_BYTES] = {"allocated", "bytes allocated in the interval", 11,
                                ANALYSIS_SORT_ALLOCATED, columns_allocated},
    [COLUMN_TEMPORARY] = {"temporary", "freed before the thread's next allocation", 13,
                          ANALYSIS_SORT_TEMPORARY, columns_temporary},
    [COLUMN_PEAK_BYTES] = {"peak", "most bytes that ever stood", 11, ANALYSIS_SORT_PEAK,
                           columns_peak},
    [COLUMN_OLDEST] = {"oldest", "age of the oldest outstanding block", 12, ANALYSIS_SORT_OLDEST,
                       columns_oldest},
    [COLUMN_MEDIAN] = {"median age", "half of the outstanding blocks are older", 12,
                       ANALYSIS_SORT_MEDIAN, columns_median},
    [COLUMN_THREADS] = {"threads", "threads that allocated in the interval", 7,
                        ANALYSIS_SORT_THREADS, columns_threads},
    [COLUMN_BLOCKS_PER_UNIT] = {"blocks/unit", "outstanding blocks per unit of work", 13,
                                ANALYSIS_SORT_BLOCKS, columns_blocks_per_unit},
    [COLUMN_BYTES_PER_UNIT] = {"bytes/unit", "outstanding bytes per unit of work", 13,
                               ANALYSIS_SORT_OUTSTANDING, columns_bytes_per_unit},
    [COLUMN_BLOCKS_PER_HOUR] = {"blocks/hour",
                                "outstanding blocks per hour of an interval of 60 s or more", 13,
                                ANALYSIS_SORT_BLOCKS, columns_blocks_per_hour},
    [COLUMN_BYTES_PER_HOUR] = {"bytes/hour",
                               "outstanding bytes per hour of an interval of 60 s or more", 11,
                               ANALYSIS_SORT_OUTSTANDING, columns_bytes_per_hour},
};

const struct column *columns(void) {
  return columns_list;
}

static void columns_thread_name(char *out, size_t bytes, const struct trace *trace,
                                uint32_t index) {
  char name[256];
  if (index >= trace->thread_count || index == 0) {
    snprintf(out, bytes, "(no thread)");
    return;
  }
  const struct trace_thread *thread = &trace->threads[index];
  snprintf(out, bytes, "%s tid %" PRIu64, escape_text(name, sizeof name, 60, thread->name),
           thread->tid);
}

static void columns_function_name(char *out, size_t bytes, const struct trace *trace,
                                  const struct analysis_site *site) {
  char function[512], module[256];
  snprintf(out, bytes, "%s %s",
           escape_text(function, sizeof function, 120,
                       site->function ? site->function : "(unknown functions)"),
           escape_text(module, sizeof module, 60, frame_module(trace, site->module)));
}

/* A code address of a tree is one row, whatever was inlined there: the row says so. */
static void columns_add_inlined(char *out, size_t bytes, struct symbols *symbols,
                                uint32_t context) {
  const struct symbol *symbol = symbols_look_up(symbols, context);
  for (size_t i = symbol->frame_count; i-- > 1;) {
    char function[256];
    size_t used = strlen(out);
    escape_text(function, sizeof function, 60, symbol->frames[i - 1].function);
    snprintf(out + used, bytes - used, " > %s", function);
  }
}

const char *columns_name(char *out, size_t bytes, const struct trace *trace,
                         struct symbols *symbols, const struct analysis_report *report,
                         const struct analysis_site *site) {
  const struct frame frame = {.function = site->function,
                              .file = site->file,
                              .module = frame_module(trace, site->module),
                              .line = site->line,
                              .offset = site->offset};
  if (report->by == ANALYSIS_BY_THREAD)
    columns_thread_name(out, bytes, trace, site->thread);
  else if (report->by == ANALYSIS_BY_MODULE)
    escape_text(out, bytes, 120, frame.module);
  else if (report->by == ANALYSIS_BY_FUNCTION)
    columns_function_name(out, bytes, trace, site);
  else if (!site->context)
    snprintf(out, bytes, "(no stack)");
  else
    frame_text(out, bytes, &frame);
  if (report->by == ANALYSIS_BY_TREE && symbols && site->context)
    columns_add_inlined(out, bytes, symbols, site->context);
  return out;
}
