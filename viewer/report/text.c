/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/bundles.h"
#include "report/columns.h"
#include "report/escape.h"
#include "report/format.h"
#include "report/frames.h"
#include "report/report.h"
#include "report/resident.h"
#include "report/sentence.h"
#include "report/warnings.h"
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define TEXT_NAME 640   /* bytes of a row's name or a frame */
#define TEXT_LEAKS 10   /* sentences; the table has them all */
#define TEXT_CALLS 8    /* that freed */
#define TEXT_FRAMES 200 /* of a stack that are written */

struct text {
  FILE *out;
  const struct report_request *request;
  const struct analysis_moment *from, *to;
  const struct verdict *verdicts; /* of the report's rows */
  const struct bundles *bundles;
};

static double text_seconds(const struct text *text, uint64_t from, uint64_t to) {
  double ticks = text->request->trace->process.ticks_per_second;
  return to > from ? (double)(to - from) / ticks : 0;
}

static void text_head(const struct text *text) {
  const struct trace *trace = text->request->trace;
  const struct trace_process *process = &trace->process;
  char program[200], start[FORMAT_BYTES], span[FORMAT_BYTES];
  fprintf(text->out, "%s  pid %" PRIu64 "  %s  %s of %s\n",
          escape_text(program, sizeof program, 40, process->program), process->pid,
          warnings_state(trace),
          format_duration(span, text_seconds(text, process->start_stamp, trace->last_stamp)),
          format_utc(start, process->start_realtime_ns));
  fputs("command:", text->out);
  for (char **argument = process->command; argument && *argument; argument++) {
    char word[512];
    fprintf(text->out, " %s", escape_text(word, sizeof word, 100, *argument));
  }
  fputc('\n', text->out);
}

static void text_interval(const struct text *text) {
  char from[512], to[512], span[FORMAT_BYTES], units[FORMAT_BYTES];
  fprintf(text->out, "interval: %s to %s, %s",
          escape_text(from, sizeof from, 60, text->from->label),
          escape_text(to, sizeof to, 60, text->to->label),
          format_duration(span, text_seconds(text, text->from->stamp, text->to->stamp)));
  if (text->request->report->units)
    fprintf(text->out, ", %s units", format_count(units, text->request->report->units));
  fputs("\n\n", text->out);
}

static void text_amount(const struct text *text, const char *name, uint64_t blocks,
                        uint64_t bytes) {
  char count[FORMAT_BYTES], size[FORMAT_BYTES], exact[FORMAT_BYTES];
  fprintf(text->out, "  %-12s %15s blocks %15s bytes  (%s)\n", name, format_count(count, blocks),
          format_count(exact, bytes), format_size(size, bytes));
}

static void text_totals(const struct text *text) {
  const struct analysis_figures *figures = &text->request->report->totals;
  const struct analysis_totals *totals = analysis_totals(text->request->analysis);
  char exact[FORMAT_BYTES], size[FORMAT_BYTES];
  fputs("in the interval, of the rows below:\n", text->out);
  text_amount(text, "outstanding", figures->outstanding_blocks, figures->outstanding_bytes);
  text_amount(text, "allocated", figures->allocations, figures->allocated_bytes);
  text_amount(text, "freed", figures->frees, figures->freed_bytes);
  fputs("in the whole run:\n", text->out);
  text_amount(text, "outstanding", totals->outstanding_blocks, totals->outstanding_bytes);
  if (totals->pool_blocks)
    text_amount(text, "  in pools", totals->pool_blocks, totals->pool_bytes);
  text_amount(text, "allocated", totals->allocations, totals->allocated_bytes);
  text_amount(text, "freed", totals->frees, totals->freed_bytes);
  fprintf(text->out, "  %-12s %15s %6s %15s bytes  (%s)\n", "peak", "", "",
          format_count(exact, totals->peak_bytes), format_size(size, totals->peak_bytes));
  if (totals->maps)
    text_amount(text, "mapped", totals->maps, totals->mapped_bytes);
  fputc('\n', text->out);
}

static void text_warnings(const struct text *text) {
  char warning[WARNING_BYTES];
  const struct report_request *request = text->request;
  size_t count = 0;
  while (warnings_text(warning, count, request->trace, analysis_totals(request->analysis))) {
    fprintf(text->out, "warning: %s\n", warning);
    count++;
  }
  if (count)
    fputc('\n', text->out);
}

static void text_resident(const struct text *text) {
  const struct report_request *request = text->request;
  size_t from = request->report->from, to = request->report->to;
  char sentence[RESIDENT_SENTENCE_BYTES];
  fprintf(text->out, "%s\n",
          resident_growth_sentence(sentence, request->trace, request->analysis, from, to));
  if (resident_state_sentence(sentence, request->trace, request->analysis, from, to))
    fprintf(text->out, "%s\n", sentence);
  fputc('\n', text->out);
}

/* What leaks together with the row that owns it: one leak. */
static void text_bundle(const struct text *text, const struct bundle *bundle) {
  const struct report_request *request = text->request;
  char name[TEXT_NAME], ratio[FORMAT_BYTES], size[FORMAT_BYTES], blocks[FORMAT_BYTES];
  for (size_t i = 1; i < bundle->count; i++)
    fprintf(text->out, "  with %s of %s\n", format_ratio(ratio, bundle->members[i].ratio),
            columns_name(name, sizeof name, request->trace, request->symbols, request->report,
                         &request->report->sites[bundle->members[i].row]));
  fprintf(text->out, "  together %s in %s blocks\n", format_size(size, bundle->bytes),
          format_count(blocks, bundle->blocks));
}

/* Whether the row is a leak of its own, or the owner of those that leak with it. */
static bool text_leads(const struct text *text, size_t row) {
  size_t bundle = text->bundles->of_row[row];
  return text->verdicts[row].kind == VERDICT_LEAK &&
         (bundle == BUNDLES_NONE || text->bundles->list[bundle].members[0].row == row);
}

/* Who frees what the row allocates. */
static void text_freed(const struct text *text, const struct analysis_site *site) {
  char sentence[SENTENCE_BYTES];
  struct freed_by *freed = freed_by_of_row(text->request->analysis, site);
  if (freed)
    fprintf(text->out, "  %s\n", sentence_freed(sentence, text->request, freed));
  freed_by_free(freed);
}

static void text_leak(const struct text *text, size_t row) {
  char sentence[SENTENCE_BYTES];
  const struct verdict *verdict = &text->verdicts[row];
  fprintf(text->out, "%s (confidence %.2f)\n",
          sentence_verdict(sentence, text->request, &text->request->report->sites[row], verdict),
          verdict->confidence);
  text_freed(text, &text->request->report->sites[row]);
  if (text->bundles->of_row[row] != BUNDLES_NONE)
    text_bundle(text, &text->bundles->list[text->bundles->of_row[row]]);
}

static bool text_has_marks(const struct text *text) {
  const struct analysis_moment *moments;
  size_t count = analysis_moments(text->request->analysis, &moments);
  for (size_t i = 0; i < count; i++)
    if (moments[i].mark)
      return true;
  return false;
}

/* The leaks in sentences, the largest first, and where they end. */
static void text_verdicts(const struct text *text) {
  const struct report_request *request = text->request;
  char sentence[SENTENCE_BYTES];
  size_t leaks = 0;
  for (size_t i = 0; i < request->report->site_count; i++)
    if (text_leads(text, i) && leaks++ < TEXT_LEAKS)
      text_leak(text, i);
  if (leaks > TEXT_LEAKS)
    fprintf(text->out, "... and %zu more leaks\n", leaks - TEXT_LEAKS);
  struct projection projection = projection_of(request->trace, request->report, text->verdicts);
  if (leaks && projection.bytes_per_hour > 0)
    fprintf(text->out, "all leaks: %s\n", sentence_projection(sentence, &projection));
  if (leaks && !text_has_marks(text))
    fputs("there are no marks: what a program builds up until it ends looks like a leak; marks "
          "around "
          "equal work (seep mark) tell them apart\n",
          text->out);
  if (!leaks)
    fputs("no row is called a leak\n", text->out);
  fputc('\n', text->out);
}

/* The columns of the table; those for units only where the interval has any. */
static const enum column_id text_columns[] = {
    COLUMN_OUTSTANDING_BYTES, COLUMN_OUTSTANDING_BLOCKS, COLUMN_GROWTH_BYTES,
    COLUMN_ALLOCATIONS,       COLUMN_TEMPORARY,          COLUMN_PEAK_BYTES,
    COLUMN_BLOCKS_PER_UNIT,   COLUMN_BYTES_PER_UNIT,
};

static bool text_column_shown(const struct text *text, enum column_id id) {
  bool units = id == COLUMN_BLOCKS_PER_UNIT || id == COLUMN_BYTES_PER_UNIT;
  bool peak = id == COLUMN_PEAK_BYTES;
  const struct analysis_report *report = text->request->report;
  return !(units && !report->units) && !(peak && report->by == ANALYSIS_BY_TREE);
}

/* Rows of a tree have none: one site's blocks stand in many of them. */
static bool text_has_verdicts(const struct text *text) {
  return text->request->report->by != ANALYSIS_BY_TREE;
}

static void text_titles(const struct text *text) {
  for (size_t i = 0; i < sizeof text_columns / sizeof *text_columns; i++) {
    const struct column *column = &columns()[text_columns[i]];
    if (text_column_shown(text, text_columns[i]))
      fprintf(text->out, "%*s ", column->width, column->title);
  }
  if (text_has_verdicts(text))
    fprintf(text->out, " %-8s", "verdict");
  fprintf(text->out, " %s\n", analysis_by_name(text->request->report->by));
}

static void text_row(const struct text *text, size_t number) {
  const struct report_request *request = text->request;
  const struct analysis_site *site = &request->report->sites[number];
  const struct column_context context = {
      .trace = request->trace, .end_stamp = text->to->stamp, .units = request->report->units};
  for (size_t i = 0; i < sizeof text_columns / sizeof *text_columns; i++) {
    char value[FORMAT_BYTES] = "-";
    const struct column *column = &columns()[text_columns[i]];
    if (!text_column_shown(text, text_columns[i]))
      continue;
    column->value(value, &context, &site->figures);
    fprintf(text->out, "%*s ", column->width, value);
  }
  if (text_has_verdicts(text))
    fprintf(text->out, " %-8s", verdict_word(text->verdicts[number].kind));
  char name[TEXT_NAME];
  uint32_t indent = site->depth < 60 ? site->depth * 2 : 120;
  fprintf(text->out, " %*s%s\n", (int)indent, "",
          columns_name(name, sizeof name, request->trace, request->symbols, request->report, site));
}

static size_t text_row_count(const struct report_request *request) {
  size_t count = request->report->site_count;
  return request->limit && request->limit < count ? request->limit : count;
}

static void text_table(const struct text *text) {
  const struct report_request *request = text->request;
  size_t count = text_row_count(request);
  if (!count) {
    fputs("nothing was allocated or freed here\n", text->out);
    return;
  }
  text_titles(text);
  for (size_t i = 0; i < count; i++)
    text_row(text, i);
  if (count < request->report->site_count)
    fprintf(text->out, "... and %zu more rows (--limit 0 writes all)\n",
            request->report->site_count - count);
}

static void text_stack(const struct text *text, const struct analysis_stack *stack) {
  char exact[FORMAT_BYTES], blocks[FORMAT_BYTES], allocations[FORMAT_BYTES], name[TEXT_NAME];
  fprintf(text->out, "   %s bytes in %s blocks of %s allocations from\n",
          format_count(exact, stack->figures.outstanding_bytes),
          format_count(blocks, stack->figures.outstanding_blocks),
          format_count(allocations, stack->figures.allocations));
  struct frames frames = frames_of(text->request->trace, text->request->symbols, stack->context);
  size_t count = 0;
  for (struct frame frame; frames_next(&frames, &frame); count++)
    if (count < TEXT_FRAMES)
      fprintf(text->out, "     %s%s\n", frame_text(name, sizeof name, &frame),
              frame_remark(&frame));
  if (count > TEXT_FRAMES)
    fprintf(text->out, "     ... and %zu frames further out\n", count - TEXT_FRAMES);
}

static void text_ages(const struct text *text, const struct analysis_figures *figures) {
  char oldest[FORMAT_BYTES], median[FORMAT_BYTES];
  if (!figures->oldest_stamp || !figures->median_stamp)
    return;
  format_duration(oldest, text_seconds(text, figures->oldest_stamp, text->to->stamp));
  format_duration(median, text_seconds(text, figures->median_stamp, text->to->stamp));
  fprintf(text->out, "   oldest %s, median age %s\n", oldest, median);
}

/* The calls that freed, a line each. */
static void text_freed_calls(const struct text *text, const struct analysis_site *site) {
  struct freed_by *freed = freed_by_of_row(text->request->analysis, site);
  char call[TEXT_NAME], young[FORMAT_BYTES], median[FORMAT_BYTES], old[FORMAT_BYTES];
  for (size_t i = 0; freed && i < freed->count && i < TEXT_CALLS; i++) {
    const struct freed_call *one = &freed->calls[i];
    fprintf(
        text->out, "   freed by %s: %.1f %% (%" PRIu64 " sampled), ages %s, %s, %s (quartiles)\n",
        sentence_freed_call(call, sizeof call, text->request->trace, one), one->share * 100,
        one->samples, format_duration(young, one->ages.quarter),
        format_duration(median, one->ages.median), format_duration(old, one->ages.three_quarters));
  }
  if (freed && freed->count > TEXT_CALLS)
    fprintf(text->out, "   freed by %zu more calls\n", freed->count - TEXT_CALLS);
  freed_by_free(freed);
}

/* A row with its stacks. */
static void text_detail(const struct text *text, size_t number) {
  const struct report_request *request = text->request;
  const struct analysis_site *site = &request->report->sites[number];
  char name[TEXT_NAME], exact[FORMAT_BYTES], blocks[FORMAT_BYTES];
  fprintf(text->out, "\n%zu. %s\n", number + 1,
          columns_name(name, sizeof name, request->trace, request->symbols, request->report, site));
  fprintf(text->out, "   %s bytes in %s blocks outstanding, allocated by %" PRIu32 " thread%s\n",
          format_count(exact, site->figures.outstanding_bytes),
          format_count(blocks, site->figures.outstanding_blocks), site->figures.threads,
          site->figures.threads == 1 ? "" : "s");
  text_ages(text, &site->figures);
  char evidence[400];
  fprintf(text->out, "   %s: %s\n", verdict_word(text->verdicts[number].kind),
          escape_text(evidence, sizeof evidence, 0, text->verdicts[number].evidence));
  text_freed_calls(text, site);
  size_t count = site->stack_count;
  if (request->stack_limit && request->stack_limit < count)
    count = request->stack_limit;
  for (size_t i = 0; i < count; i++)
    text_stack(text, &site->stacks[i]);
  if (count < site->stack_count)
    fprintf(text->out, "   ... and %zu more stacks\n", site->stack_count - count);
}

/* Rows whose stacks say something: where blocks stand, or grow. */
static bool text_worth_detail(const struct text *text, size_t number) {
  return text->request->report->sites[number].figures.outstanding_blocks ||
         text->verdicts[number].kind == VERDICT_LEAK;
}

static void text_details(const struct text *text) {
  const struct report_request *request = text->request;
  size_t rows = text_row_count(request), written = 0;
  for (size_t i = 0; i < rows && written < request->stack_rows; i++) {
    if (!text_worth_detail(text, i))
      continue;
    text_detail(text, i);
    written++;
  }
}

static void text_write(const struct text *text) {
  text_head(text);
  text_interval(text);
  text_warnings(text);
  text_totals(text);
  text_resident(text);
  if (text_has_verdicts(text))
    text_verdicts(text);
  text_table(text);
  if (text_has_verdicts(text)) /* rows of a tree are the stacks */
    text_details(text);
}

bool report_text(FILE *out, const struct report_request *request) {
  const struct analysis_moment *moments;
  analysis_moments(request->analysis, &moments);
  struct verdict *verdicts = verdict_of_report(request->analysis, request->report);
  struct bundles *bundles =
      verdicts ? bundles_of_report(request->analysis, request->report, verdicts) : NULL;
  const struct text text = {
      out,      request, &moments[request->report->from], &moments[request->report->to],
      verdicts, bundles};
  if (bundles)
    text_write(&text);
  bundles_free(bundles);
  free(verdicts);
  return bundles && !ferror(out);
}
