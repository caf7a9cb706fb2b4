/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/verdict.h"
#include "export/markup.h"
#include "export/page.h"
#include "report/columns.h"
#include "report/format.h"
#include "report/frames.h"
#include "report/sentence.h"
#include <stdlib.h>

#define PAGE_ROWS 500 /* a page is for people; the JSON export has all */
#define PAGE_STACKS 5 /* of a row */
#define PAGE_LEAKS 20 /* sentences before the table */
#define PAGE_FRAMES 200
#define PAGE_NAME_BYTES 2048

static const enum column_id page_columns[] = {
    COLUMN_OUTSTANDING_BYTES, COLUMN_OUTSTANDING_EXACT, COLUMN_OUTSTANDING_BLOCKS,
    COLUMN_GROWTH_BYTES,      COLUMN_BLOCKS_PER_UNIT,   COLUMN_BYTES_PER_UNIT,
    COLUMN_ALLOCATIONS,       COLUMN_PEAK_BYTES,        COLUMN_OLDEST};

#define PAGE_COLUMN_COUNT (sizeof page_columns / sizeof *page_columns)

/* Columns of figures per unit only stand where there are units. */
static bool page_shows(enum column_id column, const struct column_context *context) {
  return context->units || (column != COLUMN_BLOCKS_PER_UNIT && column != COLUMN_BYTES_PER_UNIT);
}

static void page_stack(FILE *out, const struct export_request *request,
                       const struct analysis_stack *stack) {
  char text[PAGE_NAME_BYTES], size[FORMAT_BYTES], count[FORMAT_BYTES];
  struct frames frames = frames_of(request->trace, request->symbols, stack->context);
  struct frame frame;
  fprintf(out, "<pre>%s in %s blocks\n", format_size(size, stack->figures.outstanding_bytes),
          format_count(count, stack->figures.outstanding_blocks));
  for (size_t i = 0; i < PAGE_FRAMES && frames_next(&frames, &frame); i++) {
    fprintf(out, "%4zu  ", i);
    markup_text(out, frame_text(text, sizeof text, &frame), 0);
    fprintf(out, "%s\n", frame_remark(&frame));
  }
  fputs(frames_next(&frames, &frame) ? "      ... (cut)</pre>\n" : "</pre>\n", out);
}

/* verdict: NULL where there was no memory for them. */
static void page_verdict(FILE *out, const struct verdict *verdict) {
  if (verdict)
    fprintf(out, "<td class=\"verdict %s\">%s<br>%.0f %%</td>", verdict_word(verdict->kind),
            verdict_word(verdict->kind), verdict->confidence * 100);
  else
    fputs("<td></td>", out);
}

/* Who frees what the row allocates. */
static void page_freed(FILE *out, const struct export_request *request,
                       const struct analysis_site *site) {
  char sentence[SENTENCE_BYTES];
  const struct report_request named = {.trace = request->trace, .analysis = request->analysis};
  struct freed_by *freed = freed_by_of_row(request->analysis, site);
  fputs("<p>", out);
  markup_text(out, freed ? sentence_freed(sentence, &named, freed) : "", 0);
  fputs("</p>\n", out);
  freed_by_free(freed);
}

static void page_name(FILE *out, const struct export_request *request,
                      const struct analysis_site *site, const struct verdict *verdict) {
  char text[PAGE_NAME_BYTES];
  size_t shown = site->stack_count < PAGE_STACKS ? site->stack_count : PAGE_STACKS;
  columns_name(text, sizeof text, request->trace, request->symbols, request->report, site);
  fputs("<td class=\"name\"><details><summary>", out);
  markup_text(out, text, 0);
  fputs("</summary>\n<p>", out);
  markup_text(out, verdict ? verdict->evidence : "", 0);
  fputs("</p>\n", out);
  page_freed(out, request, site);
  for (size_t i = 0; i < shown; i++)
    page_stack(out, request, &site->stacks[i]);
  if (shown < site->stack_count)
    fprintf(out, "<p>%zu more stacks</p>\n", site->stack_count - shown);
  fputs("</details></td>", out);
}

static void page_row(FILE *out, const struct export_request *request,
                     const struct column_context *context, const struct analysis_site *site,
                     const struct verdict *verdict) {
  char value[FORMAT_BYTES];
  fputs("<tr>", out);
  page_verdict(out, verdict);
  for (size_t i = 0; i < PAGE_COLUMN_COUNT; i++) {
    if (!page_shows(page_columns[i], context))
      continue;
    bool known = columns()[page_columns[i]].value(value, context, &site->figures);
    fprintf(out, "<td>%s</td>", known ? value : "");
  }
  page_name(out, request, site, verdict);
  fputs("</tr>\n", out);
}

/* What a person has to act on comes first, in sentences. */
static void page_leaks(FILE *out, const struct export_request *request,
                       const struct verdict *verdicts) {
  char text[SENTENCE_BYTES];
  const struct analysis_report *report = request->report;
  const struct report_request named = {.path = request->path,
                                       .trace = request->trace,
                                       .analysis = request->analysis,
                                       .symbols = request->symbols,
                                       .report = report};
  fputs("<ul id=\"leaks\">\n", out);
  for (size_t i = 0, leaks = 0; i < report->site_count && leaks < PAGE_LEAKS; i++) {
    if (verdicts[i].kind != VERDICT_LEAK)
      continue;
    leaks++;
    fputs("<li>", out);
    markup_text(out, sentence_verdict(text, &named, &report->sites[i], &verdicts[i]), 0);
    fputs("</li>\n", out);
  }
  fputs("</ul>\n", out);
}

static void page_head(FILE *out, const struct column_context *context) {
  fputs("<table id=\"sites\"><thead><tr><th>verdict</th>", out);
  for (size_t i = 0; i < PAGE_COLUMN_COUNT; i++) {
    const struct column *column = &columns()[page_columns[i]];
    if (page_shows(page_columns[i], context))
      fprintf(out, "<th title=\"%s\">%s</th>", column->help, column->title);
  }
  fputs("<th class=\"name\">site</th></tr></thead>\n<tbody>\n", out);
}

void page_sites(FILE *out, const struct export_request *request) {
  const struct analysis_report *report = request->report;
  const struct analysis_moment *moments;
  analysis_moments(request->analysis, &moments);
  struct column_context context = {
      .trace = request->trace, .end_stamp = moments[report->to].stamp, .units = report->units};
  size_t rows = report->site_count < PAGE_ROWS ? report->site_count : PAGE_ROWS;
  struct verdict *verdicts = verdict_of_report(request->analysis, report);
  if (verdicts)
    page_leaks(out, request, verdicts);
  page_head(out, &context);
  for (size_t i = 0; i < rows; i++)
    page_row(out, request, &context, &report->sites[i], verdicts ? &verdicts[i] : NULL);
  free(verdicts);
  fputs("</tbody></table>\n", out);
  if (rows < report->site_count)
    fprintf(out, "<p>%zu smaller sites are not listed.</p>\n", report->site_count - rows);
}
