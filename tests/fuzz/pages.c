/* SPDX-License-Identifier: Apache-2.0
 *
 * All that seep writes of a trace: reports, info, exports, a comparison with itself. Names of
 * functions and files, each ended by a zero byte, come first in the input, an empty one ends them;
 * then a script of frames (script.h). What is written must be harmless to who shows it.
 */
#include "compare/pages.h"
#include "export/export.h"
#include "harmless.h"
#include "lines.h"
#include "naming.h"
#include "report/info.h"
#include "report/report.h"
#include "scratch.h"
#include "script.h"

#include <stdio.h>

struct pages {
  struct trace *trace;
  struct symbols *symbols;
  struct analysis *analysis;
};

static struct {
  char *text;
  size_t bytes;
  FILE *out;
} page;

static FILE *page_begin(void) {
  page.out = open_memstream(&page.text, &page.bytes);
  must(page.out);
  return page.out;
}

static void page_end(bool written, void (*check)(const char *text)) {
  must(fclose(page.out) == 0);
  must(written);
  if (check)
    check(page.text);
  free(page.text);
}

/* ---- report and info ---- */

static void show_report(const struct pages *pages, const struct analysis_query *query) {
  struct report_request request = {.path = "t.seep",
                                   .trace = pages->trace,
                                   .analysis = pages->analysis,
                                   .symbols = pages->symbols,
                                   .stack_rows = 3};
  struct analysis_report *rows = analysis_query(pages->analysis, query);
  must(rows);
  request.report = rows;
  page_end(report_text(page_begin(), &request), harmless_text);
  page_end(report_json(page_begin(), &request), harmless_json);
  analysis_report_free(rows);
}

static void show_reports(const struct pages *pages, size_t last) {
  for (int by = 0; by < ANALYSIS_BY_COUNT; by++)
    show_report(pages, &(struct analysis_query){.to = last,
                                                .by = (enum analysis_by)by,
                                                .sort = (enum analysis_sort)by,
                                                .inverted = by % 2});
}

static void show_info(const struct pages *pages) {
  const struct info_request request = {"t.seep", pages->trace, pages->symbols};
  page_end(info_text(page_begin(), &request), harmless_text);
  page_end(info_json(page_begin(), &request), harmless_json);
}

/* ---- export ---- */

static void show_exports(const struct pages *pages, size_t last) {
  struct analysis_report *report = analysis_interval(pages->analysis, 0, last);
  must(report);
  const struct export_request request = {.path = "t.seep",
                                         .trace = pages->trace,
                                         .analysis = pages->analysis,
                                         .symbols = pages->symbols,
                                         .report = report};
  page_end(export_folded(page_begin(), &request, EXPORT_ALLOC_SPACE), harmless_text);
  page_end(export_massif(page_begin(), &request), harmless_text);
  page_end(export_json(page_begin(), &request), harmless_json);
  page_end(export_speedscope(page_begin(), &request), harmless_json);
  page_end(export_html(page_begin(), &request), harmless_text);
  page_end(export_pprof(page_begin(), &request), NULL);
  analysis_report_free(report);
}

/* ---- diff and check ---- */

static struct page_side make_side(const struct pages *pages, struct analysis_report *report,
                                  struct inventory *inventory) {
  const struct inventory_source source = {.trace = pages->trace,
                                          .symbols = pages->symbols,
                                          .analysis = pages->analysis,
                                          .report = report,
                                          .judged = true};
  must(report && inventory_make(inventory, &source, NULL));
  return (struct page_side){"t.seep", pages->trace, pages->analysis, report, inventory};
}

static void show_diff(const struct page_side *old, const struct page_side *new) {
  struct comparison comparison;
  struct page_diff diff = {.old = *old, .new = *new, .comparison = &comparison};
  must(compare_make(&comparison, old->inventory, new->inventory, COMPARE_NONE, 0));
  diff_text(page_begin(), &diff);
  page_end(true, harmless_text);
  diff_json(page_begin(), &diff);
  page_end(true, harmless_json);
  compare_release(&comparison);
}

static void show_check(const struct page_side *side) {
  const struct budget budget = {.has = {true}, .most = {1}};
  struct budget_result result;
  must(budget_check(&budget, side->inventory, &result));
  struct page_check check = {.side = *side, .budget = &budget, .result = &result};
  check_text(page_begin(), &check);
  page_end(true, harmless_text);
  check_json(page_begin(), &check);
  page_end(true, harmless_json);
  budget_release(&result);
}

static void show_comparison(const struct pages *pages, size_t last) {
  struct inventory early, whole;
  struct analysis_report *start = analysis_interval(pages->analysis, 0, last / 2);
  struct analysis_report *all = analysis_interval(pages->analysis, 0, last);
  struct page_side old = make_side(pages, start, &early), new = make_side(pages, all, &whole);
  show_diff(&old, &new);
  show_check(&new);
  inventory_release(&early);
  inventory_release(&whole);
  analysis_report_free(start);
  analysis_report_free(all);
}

/* ---- The input ---- */

static void show_all(struct pages *pages) {
  const struct analysis_moment *moments;
  struct trace_error error;
  must(analysis_new(pages->trace, pages->symbols, NULL, &pages->analysis, &error) == TRACE_OK);
  size_t last = analysis_moments(pages->analysis, &moments) - 1;
  show_reports(pages, last);
  show_info(pages);
  show_exports(pages, last);
  show_comparison(pages, last);
  analysis_free(pages->analysis);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes) {
  char *texts[NAMING_MOST];
  size_t count = 0, trace_bytes;
  struct pages pages;
  do
    texts[count++] = lines_text(data, bytes, &data, &bytes);
  while (*texts[count - 1] && count < NAMING_MOST);
  naming_use(texts, count);
  uint8_t *trace = script_trace(data, bytes, &trace_bytes);
  if (trace_open(scratch_write("t.seep", trace, trace_bytes), &pages.trace, NULL) == TRACE_OK) {
    pages.symbols = symbols_new(pages.trace, NULL);
    show_all(&pages);
    symbols_free(pages.symbols);
    trace_close(pages.trace);
  }
  free(trace);
  while (count--)
    free(texts[count]);
  return 0;
}
