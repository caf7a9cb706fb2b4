/* SPDX-License-Identifier: Apache-2.0
 *
 * The page's policy forbids the browser everything but the page's own style and script, which it
 * knows by their hashes: even a text that got past the escapes could neither run nor load anything.
 */
#include "export/markup.h"
#include "export/page.h"
#include "report/format.h"
#include "report/trace_json.h"
#include "report/warnings.h"

static void html_head(FILE *out, const struct trace *trace) {
  fprintf(out,
          "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
          "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
          "'%s'; script-src '%s'; base-uri 'none'; form-action 'none'\">\n"
          "<meta name=\"generator\" content=\"seep " SEEP_VERSION "\">\n"
          "<meta name=\"viewport\" content=\"width=device-width\">\n<title>seep: ",
          page_css_hash, page_js_hash);
  markup_text(out, trace->process.program, 100);
  fputs("</title>\n<style>", out);
  fwrite(page_css, 1, page_css_bytes, out);
  fputs("</style>\n</head>\n<body>\n", out);
}

static void html_process(FILE *out, const struct trace *trace) {
  char start[FORMAT_BYTES], duration[FORMAT_BYTES];
  const struct trace_process *process = &trace->process;
  fputs("<h1>", out);
  markup_text(out, process->program, 200);
  fprintf(out, "</h1>\n<p>process %llu, %s, started %s, recorded for %s</p>\n<p><code>",
          (unsigned long long)process->pid, warnings_state(trace),
          format_utc(start, process->start_realtime_ns),
          format_duration(duration,
                          trace_json_seconds(trace, process->start_stamp, trace->last_stamp)));
  for (char **argument = process->command; argument && *argument; argument++) {
    markup_text(out, *argument, 1000);
    fputc(' ', out);
  }
  fputs("</code></p>\n", out);
}

static void html_warnings(FILE *out, const struct export_request *request) {
  char text[WARNING_BYTES];
  const struct analysis_totals *totals = analysis_totals(request->analysis);
  if (!warnings_text(text, 0, request->trace, totals))
    return;
  fputs("<ul id=\"warnings\">\n", out);
  for (size_t i = 0; warnings_text(text, i, request->trace, totals); i++) {
    fputs("<li>", out);
    markup_text(out, text, 0);
    fputs("</li>\n", out);
  }
  fputs("</ul>\n", out);
}

/* One sentence: what the page's figures are about. */
static void html_interval(FILE *out, const struct export_request *request) {
  char size[FORMAT_BYTES], count[FORMAT_BYTES], growth[FORMAT_BYTES], peak[FORMAT_BYTES];
  const struct analysis_report *report = request->report;
  const struct analysis_moment *moments;
  analysis_moments(request->analysis, &moments);
  fputs("<p id=\"interval\">Between <b>", out);
  markup_text(out, moments[report->from].label, 100);
  fputs("</b> and <b>", out);
  markup_text(out, moments[report->to].label, 100);
  fprintf(out, "</b>: %s in %s blocks allocated and not freed, growth %s, peak of the whole run %s",
          format_size(size, report->totals.outstanding_bytes),
          format_count(count, report->totals.outstanding_blocks),
          format_growth(growth, report->totals.growth_bytes),
          format_size(peak, report->totals.peak_bytes));
  if (report->units)
    fprintf(out, ", %s units of work", format_count(count, report->units));
  fputs(".</p>\n", out);
}

/* The controls are the script's; without it the page is still a report. */
static void html_flame(FILE *out) {
  fputs("<h2>Stacks</h2>\n<div id=\"controls\" hidden>\n"
        "<label>Show <select id=\"value\"></select></label>\n"
        "<label>Search <input type=\"search\" id=\"search\"></label>\n"
        "<button id=\"reset\">Whole</button>\n<span id=\"found\"></span>\n</div>\n"
        "<p id=\"pointed\">Callers stand above what they call; a click zooms in.</p>\n"
        "<div id=\"flame\"></div>\n<noscript><p>The flame graph needs JavaScript.</p></noscript>\n",
        out);
}

bool export_html(FILE *out, const struct export_request *request) {
  html_head(out, request->trace);
  html_process(out, request->trace);
  html_warnings(out, request);
  html_interval(out, request);
  fputs("<h2>Time line</h2>\n", out);
  page_timeline(out, request);
  fputs("<h2>Sites</h2>\n", out);
  page_sites(out, request);
  html_flame(out);
  bool done = page_data(out, request);
  fputs("<script>", out);
  fwrite(page_js, 1, page_js_bytes, out);
  fputs("</script>\n</body>\n</html>\n", out);
  return done && !ferror(out);
}
