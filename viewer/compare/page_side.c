/* SPDX-License-Identifier: Apache-2.0 */
#include "compare/pages.h"
#include "report/escape.h"
#include "report/format.h"
#include "report/json_writer.h"
#include "report/trace_json.h"
#include "report/warnings.h"
#include <inttypes.h>

static const char *page_side_moment(const struct page_side *side, size_t moment) {
  const struct analysis_moment *moments;
  analysis_moments(side->analysis, &moments);
  return moments[moment].label;
}

void page_side_text(FILE *out, const char *name, const struct page_side *side) {
  char path[1024], program[256], from[256], to[256], span[FORMAT_BYTES], units[FORMAT_BYTES];
  const struct trace_process *process = &side->trace->process;
  fprintf(out, "%s%s: %s pid %" PRIu64 ", %s to %s, %s", name,
          escape_text(path, sizeof path, 0, side->path),
          escape_text(program, sizeof program, 40, process->program), process->pid,
          escape_text(from, sizeof from, 60, page_side_moment(side, side->report->from)),
          escape_text(to, sizeof to, 60, page_side_moment(side, side->report->to)),
          format_duration(span, side->inventory->seconds));
  if (side->inventory->units)
    fprintf(out, ", %s units", format_count(units, side->inventory->units));
  fputc('\n', out);
  char warning[WARNING_BYTES];
  for (size_t i = 0; warnings_text(warning, i, side->trace, analysis_totals(side->analysis)); i++)
    fprintf(out, "warning: %s\n", warning);
}

const char *page_ratio(char *out, double ratio) {
  if (ratio <= 0 || ratio >= 0.1)
    return format_ratio(out, ratio);
  snprintf(out, FORMAT_BYTES, "%.2g", ratio);
  return out;
}

void page_side_json(struct json *json, const struct page_side *side) {
  json_text(json, "path", side->path);
  trace_json(json, side->trace);
  trace_json_warnings(json, side->trace, analysis_totals(side->analysis));
  json_object(json, "interval");
  json_text(json, "from", page_side_moment(side, side->report->from));
  json_text(json, "to", page_side_moment(side, side->report->to));
  if (side->inventory->units)
    json_number(json, "units", side->inventory->units);
  json_real(json, "duration_s", side->inventory->seconds);
  json_object_end(json);
}

void page_identity_json(struct json *json, const struct identity *identity) {
  json_text(json, "function", identity->function);
  json_text(json, "module", identity->module);
  json_hex(json, "build_id", identity->build_id, identity->build_id_bytes);
  json_text(json, "file", identity->file);
  if (identity->line)
    json_number(json, "line", identity->line);
  else
    json_number(json, "offset", identity->offset);
  json_number(json, "call", identity->call);
  json_number(json, "calls", identity->calls);
}

void page_holding_json(struct json *json, const struct holding *holding, uint64_t units) {
  json_number(json, "outstanding_blocks", holding->blocks);
  json_number(json, "outstanding_bytes", holding->bytes);
  json_number(json, "allocations", holding->allocations);
  if (!units)
    return;
  json_real(json, "blocks_per_unit", (double)holding->blocks / (double)units);
  json_real(json, "bytes_per_unit", (double)holding->bytes / (double)units);
}
