/* SPDX-License-Identifier: Apache-2.0 */
#include "export/markup.h"
#include "export/page.h"
#include "report/columns.h"
#include "report/format.h"
#include "report/frames.h"
#include <inttypes.h>

#define PAGE_ROWS 500 /* a page is for people; the JSON export has all */
#define PAGE_STACKS 5 /* of a row */
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
    fputs(frame.inlined ? " (inlined)\n" : "\n", out);
  }
  fputs(frames_next(&frames, &frame) ? "      ... (cut)</pre>\n" : "</pre>\n", out);
}

static void page_name(FILE *out, const struct export_request *request,
                      const struct analysis_site *site) {
  char text[PAGE_NAME_BYTES];
  size_t shown = site->stack_count < PAGE_STACKS ? site->stack_count : PAGE_STACKS;
  columns_name(text, sizeof text, request->trace, request->symbols, request->report, site);
  fputs("<td class=\"name\"><details><summary>", out);
  markup_text(out, text, 0);
  fputs("</summary>\n", out);
  for (size_t i = 0; i < shown; i++)
    page_stack(out, request, &site->stacks[i]);
  if (shown < site->stack_count)
    fprintf(out, "<p>%zu more stacks</p>\n", site->stack_count - shown);
  fputs("</details></td>", out);
}

static void page_row(FILE *out, const struct export_request *request,
                     const struct column_context *context, const struct analysis_site *site) {
  char value[FORMAT_BYTES];
  fputs("<tr>", out);
  for (size_t i = 0; i < PAGE_COLUMN_COUNT; i++) {
    if (!page_shows(page_columns[i], context))
      continue;
    bool known = columns()[page_columns[i]].value(value, context, &site->figures);
    fprintf(out, "<td>%s</td>", known ? value : "");
  }
  page_name(out, request, site);
  fputs("</tr>\n", out);
}

static void page_head(FILE *out, const struct column_context *context) {
  fputs("<table id=\"sites\"><thead><tr>", out);
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
  struct column_context context = {request->trace, moments[report->to].stamp, report->units};
  size_t rows = report->site_count < PAGE_ROWS ? report->site_count : PAGE_ROWS;
  page_head(out, &context);
  for (size_t i = 0; i < rows; i++)
    page_row(out, request, &context, &report->sites[i]);
  fputs("</tbody></table>\n", out);
  if (rows < report->site_count)
    fprintf(out, "<p>%zu smaller sites are not listed.</p>\n", report->site_count - rows);
}
