/* SPDX-License-Identifier: Apache-2.0 */
#include "export/export.h"
#include "export/table.h"
#include "report/json_writer.h"
#include "report/report.h"
#include "report/trace_json.h"

static void export_json_time_line(struct json *json, const struct export_request *request) {
  const struct analysis_step *steps;
  size_t count = analysis_time_line(request->analysis, &steps);
  json_array(json, "time_line");
  for (size_t i = 0; i < count; i++) {
    json_object(json, NULL);
    json_real(json, "time_s", trace_seconds(request->trace, steps[i].stamp));
    json_number(json, "outstanding_bytes", steps[i].outstanding_bytes);
    json_number(json, "outstanding_blocks", steps[i].outstanding_blocks);
    if (steps[i].rss_kib)
      json_number(json, "rss_kib", steps[i].rss_kib);
    json_object_end(json);
  }
  json_array_end(json);
}

static void export_json_site(struct json *json, uint64_t site,
                             const struct analysis_figures *figures) {
  json_object(json, NULL);
  json_number(json, "site", site);
  report_json_counts(json, figures);
  json_number(json, "threads", figures->threads);
  json_object_end(json);
}

/* The rows of an interval that have a row in "sites" too. sites: the contexts of those, no two of
 * which are the same, in the order of their rows. */
static void export_json_sites(struct json *json, struct table *sites,
                              const struct analysis_report *report) {
  size_t known = sites->count;
  json_array(json, "sites");
  for (size_t i = 0; i < report->site_count; i++) {
    uint32_t context = report->sites[i].context;
    uint32_t site = table_number(sites, &context, sizeof context);
    if (site < known)
      export_json_site(json, site, &report->sites[i].figures);
  }
  json_array_end(json);
}

/* What lies between moment number index and the next. */
static bool export_json_interval(struct json *json, const struct export_request *request,
                                 struct table *sites, size_t index) {
  const struct trace *trace = request->trace;
  const struct analysis_moment *moments;
  analysis_moments(request->analysis, &moments);
  struct analysis_report *report = analysis_interval(request->analysis, index, index + 1);
  if (!report)
    return false;
  json_object(json, NULL);
  json_text(json, "from", moments[index].label);
  json_text(json, "to", moments[index + 1].label);
  json_real(json, "from_s", trace_seconds(trace, moments[index].stamp));
  json_real(json, "duration_s",
            trace_json_seconds(trace, moments[index].stamp, moments[index + 1].stamp));
  if (report->units)
    json_number(json, "units", report->units);
  export_json_sites(json, sites, report);
  json_object_end(json);
  analysis_report_free(report);
  return true;
}

static bool export_json_intervals(struct json *json, const struct export_request *request) {
  const struct analysis_report *report = request->report;
  struct table sites = {0};
  bool done = true;
  for (size_t i = 0; i < report->site_count; i++)
    table_number(&sites, &report->sites[i].context, sizeof report->sites[i].context);
  json_array(json, "intervals");
  for (size_t i = report->from; done && i < report->to; i++)
    done = export_json_interval(json, request, &sites, i);
  json_array_end(json);
  done = done && !sites.failed;
  table_release(&sites);
  return done;
}

bool export_json(FILE *out, const struct export_request *request) {
  struct json json = json_to(out);
  const struct report_request members = {.path = request->path,
                                         .trace = request->trace,
                                         .analysis = request->analysis,
                                         .symbols = request->symbols,
                                         .report = request->report};
  json_object(&json, NULL);
  report_json_members(&json, &members);
  export_json_time_line(&json, request);
  bool done = export_json_intervals(&json, request);
  json_object_end(&json);
  json_end(&json);
  return done && !ferror(out);
}
