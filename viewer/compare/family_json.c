/* SPDX-License-Identifier: Apache-2.0 */
#include "compare/family_pages.h"
#include "compare/family_words.h"
#include "report/format.h"
#include "report/json_writer.h"
#include "report/report.h"
#include <string.h>

static void family_json_sum(struct json *json, const struct inheritance_sum *sum) {
  json_number(json, "blocks", sum->blocks);
  json_number(json, "bytes", sum->bytes);
  json_number(json, "freed_blocks", sum->freed_blocks);
  json_number(json, "freed_bytes", sum->freed_bytes);
}

static void family_json_inherited(struct json *json, const struct inheritance_sum *sum) {
  json_object(json, "inherited");
  family_json_sum(json, sum);
  json_object_end(json);
}

static void family_json_run(struct json *json, const char *key,
                            const struct analysis_totals *totals) {
  json_object(json, key);
  json_number(json, "allocations", totals->allocations);
  json_number(json, "frees", totals->frees);
  json_number(json, "allocated_bytes", totals->allocated_bytes);
  json_number(json, "freed_bytes", totals->freed_bytes);
  json_number(json, "outstanding_blocks", totals->outstanding_blocks);
  json_number(json, "outstanding_bytes", totals->outstanding_bytes);
  json_number(json, "temporary_allocations", totals->temporary_allocations);
  json_number(json, "unmatched_frees", totals->unmatched_frees);
  json_object_end(json);
}

static void family_json_parent(struct json *json, const struct family *family,
                               const struct family_member *who) {
  json_number(json, "parent_pid", who->parent_pid);
  if (who->parent != FAMILY_NONE)
    json_text(json, "parent", family->list[who->parent].path);
  json_text(json, "came_by", who->fork_stamp ? "fork" : who->executed ? "exec" : "start");
  if (who->parent_missing)
    json_bool(json, "parent_missing", true);
}

static void family_json_process(struct json *json, const struct merge *merge, size_t number) {
  const struct merge_member *member = &merge->members[number];
  const struct family_member *who = &merge->family->list[number];
  char start[FORMAT_BYTES];
  json_object(json, NULL);
  json_text(json, "path", who->path);
  json_text(json, "program", who->program);
  json_number(json, "pid", who->pid);
  json_hex(json, "trace_id", who->trace_id, sizeof who->trace_id);
  family_json_parent(json, merge->family, who);
  json_text(json, "start", format_utc(start, who->start_realtime_ns));
  json_text(json, "state", family_state(member));
  if (member->taken) {
    json_bool(json, "complete", member->complete);
    json_real(json, "duration_s", member->seconds);
    report_json_counts(json, &member->figures);
    json_number(json, "leaks", member->leaks);
    family_json_run(json, "run", &member->run);
  }
  if (member->inherited_known)
    family_json_inherited(json, &member->inherited);
  json_object_end(json);
}

static void family_json_processes(struct json *json, const struct merge *merge) {
  json_array(json, "processes");
  for (size_t i = 0; i < merge->family->count; i++)
    family_json_process(json, merge, i);
  json_array_end(json);
}

static void family_json_verdict(struct json *json, const struct merge *merge,
                                const struct merge_site *site) {
  json_text(json, "verdict", verdict_word(site->verdict.kind));
  json_number(json, "leaking_processes", site->leaking);
  json_number(json, "judged_in", merge->family->list[site->judged].pid);
  json_real(json, "confidence", site->verdict.confidence);
  json_text(json, "evidence", site->verdict.evidence);
  if (site->bytes_per_hour > 0)
    json_real(json, "bytes_per_hour", site->bytes_per_hour);
}

static void family_json_name(struct json *json, const struct identity *identity) {
  json_text(json, "function", identity->function);
  json_text(json, "module", identity->module);
  json_hex(json, "build_id", identity->build_id, identity->build_id_bytes);
  json_text(json, "file", identity->file);
  if (identity->line)
    json_number(json, "line", identity->line);
  else
    json_number(json, "offset", identity->offset);
}

static void family_json_site(struct json *json, const struct merge *merge,
                             const struct merge_site *site) {
  json_object(json, NULL);
  family_json_name(json, &site->identity);
  report_json_counts(json, &site->figures);
  json_number(json, "processes", site->processes);
  json_number(json, "holding_processes", site->holding);
  if (site->holding) {
    json_number(json, "most_in", merge->family->list[site->holder].pid);
    json_number(json, "most_bytes", site->holder_bytes);
  }
  if (merge->units) {
    double units = (double)merge->units;
    json_real(json, "blocks_per_unit", (double)site->figures.outstanding_blocks / units);
    json_real(json, "bytes_per_unit", (double)site->figures.outstanding_bytes / units);
  }
  if (site->processes)
    family_json_verdict(json, merge, site);
  if (site->inherited.blocks)
    family_json_inherited(json, &site->inherited);
  json_object_end(json);
}

static void family_json_sites(struct json *json, const struct family_page *page) {
  const struct merge *merge = page->merge;
  json_array(json, "sites");
  for (size_t i = 0; i < merge->count && (!page->limit || i < page->limit); i++)
    family_json_site(json, merge, merge->sites[i]);
  json_array_end(json);
}

static void family_json_head(struct json *json, const struct family_page *page) {
  const struct merge *merge = page->merge;
  size_t orphans = 0;
  for (size_t i = 0; i < merge->family->count; i++)
    orphans += merge->family->list[i].parent_missing;
  json_object(json, "family");
  json_text(json, "program", merge->family->list[0].program);
  json_number(json, "processes", merge->family->count);
  json_number(json, "unread", merge->family->count - merge->taken);
  json_number(json, "parents_missing", orphans);
  json_object_end(json);
  json_object(json, "totals");
  report_json_counts(json, &merge->figures);
  json_object_end(json);
  family_json_run(json, "run", &merge->run);
  family_json_inherited(json, &merge->inherited);
  json_object(json, "interval");
  json_text(json, "from", page->from);
  json_text(json, "to", page->to);
  if (merge->units)
    json_number(json, "units", merge->units);
  json_object_end(json);
}

void family_json(FILE *out, const struct family_page *page) {
  struct json json = json_to(out);
  json_object(&json, NULL);
  json_number(&json, "seep", 1);
  family_json_head(&json, page);
  json_text(&json, "by", page->split ? "process" : "site");
  json_text(&json, "sort", analysis_sort_name(page->sort));
  family_json_processes(&json, page->merge);
  if (!page->split) {
    json_number(&json, "row_count", page->merge->count);
    family_json_sites(&json, page);
  }
  json_object_end(&json);
  json_end(&json);
}

void family_inherited_json(struct json *json, const struct merge *merge, size_t member) {
  struct inheritance_sum sum = inheritance_of(merge->inheritance, member);
  json_object(json, "inherited");
  json_number(json, "from_pid", merge->family->list[merge->family->list[member].parent].pid);
  family_json_sum(json, &sum);
  json_array(json, "sites");
  for (size_t i = 0; i < merge->count; i++) {
    json_object(json, NULL);
    family_json_name(json, &merge->sites[i]->identity);
    family_json_sum(json, &merge->sites[i]->inherited);
    json_object_end(json);
  }
  json_array_end(json);
  json_object_end(json);
}
