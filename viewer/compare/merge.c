/* SPDX-License-Identifier: Apache-2.0 */
#include "compare/merge.h"
#include "analysis/figures.h"
#include "report/warnings.h"
#include "trace/array.h"

#include <stdlib.h>
#include <string.h>

struct merge_adding { /* a member's part */
  struct merge *merge;
  size_t member;
  const struct trace *trace;
};

/* ---- Sites ---- */

static void merge_free_site(struct merge_site *site) {
  if (!site)
    return;
  free((char *)site->identity.module);
  free((char *)site->identity.function);
  free((char *)site->identity.file);
  free((uint8_t *)site->identity.build_id);
  free(site->parts);
  free(site);
}

static bool merge_copy_text(const char **text) {
  if (*text)
    *text = strdup(*text);
  return *text;
}

static struct merge_site *merge_new_site(const struct identity *identity) {
  struct merge_site *site = calloc(1, sizeof *site);
  if (!site)
    return NULL;
  site->holder = site->judged = FAMILY_NONE;
  struct identity *own = &site->identity;
  *own = *identity;
  own->build_id = identity->build_id_bytes ? malloc(identity->build_id_bytes) : NULL;
  if (own->build_id)
    memcpy((uint8_t *)own->build_id, identity->build_id, identity->build_id_bytes);
  bool module = merge_copy_text(&own->module); /* each is to be the copy's own, whatever fails */
  bool function = merge_copy_text(&own->function) || !own->function;
  bool file = merge_copy_text(&own->file) || !own->file;
  bool whole = module && function && file && (own->build_id || !identity->build_id_bytes);
  if (whole)
    return site;
  merge_free_site(site);
  return NULL;
}

/* Where the identity stands, or belongs. */
static size_t merge_place(const struct merge *merge, const struct identity *identity, bool *found) {
  size_t low = 0, high = merge->count;
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    int order = identity_compare_exact(&merge->sites[middle]->identity, identity);
    *found = order == 0;
    if (*found)
      return middle;
    if (order < 0)
      low = middle + 1;
    else
      high = middle;
  }
  *found = false;
  return low;
}

/* The site of that identity, made when there is none; NULL: no memory. */
static struct merge_site *merge_get(struct merge *merge, const struct identity *identity) {
  bool found;
  size_t place = merge_place(merge, identity, &found);
  if (found)
    return merge->sites[place];
  struct merge_site *site = merge_new_site(identity);
  if (!site || !array_room(&merge->sites, merge->count, sizeof(struct merge_site *))) {
    merge_free_site(site);
    return NULL;
  }
  memmove(merge->sites + place + 1, merge->sites + place,
          (merge->count - place) * sizeof(struct merge_site *));
  merge->sites[place] = site;
  merge->count++;
  return site;
}

/* ---- A member's rows ---- */

/* A member may have several rows of one identity: of a library that it loaded twice. *leaked:
 * whether one of those before leaks. false: no memory. */
static bool merge_add_part(struct merge_site *site, size_t member, const struct analysis_site *row,
                           enum verdict_kind kind, bool *leaked) {
  const struct analysis_figures *figures = &row->figures;
  bool known = site->processes && site->parts[site->processes - 1].member == member;
  if (!known && !array_room(&site->parts, site->processes, sizeof *site->parts))
    return false;
  if (!known)
    site->parts[site->processes++] = (struct merge_part){.member = member, .kind = kind};
  struct merge_part *part = &site->parts[site->processes - 1];
  *leaked = known && part->kind == VERDICT_LEAK;
  site->holding += !part->blocks && figures->outstanding_blocks;
  part->blocks += figures->outstanding_blocks;
  part->bytes += figures->outstanding_bytes;
  part->growth_bytes += figures->growth_bytes;
  part->allocations += figures->allocations;
  if (kind == VERDICT_LEAK)
    part->kind = kind;
  return true;
}

static void merge_add_holder(struct merge_site *site) {
  const struct merge_part *part = &site->parts[site->processes - 1];
  if (site->holder != FAMILY_NONE && part->bytes <= site->holder_bytes)
    return;
  site->holder = part->member;
  site->holder_bytes = part->bytes;
}

/* A leak goes before anything else; of two the one that holds more. */
static void merge_add_verdict(struct merge_site *site, uint64_t bytes,
                              const struct verdict *verdict) {
  bool leaks = verdict->kind == VERDICT_LEAK, leaked = site->leaking > 0;
  if (leaks) {
    site->bytes_per_hour += verdict->bytes_per_hour;
    site->seconds = leaked && site->seconds < verdict->seconds ? site->seconds : verdict->seconds;
  }
  bool better = leaks != leaked ? leaks : bytes > site->judged_bytes;
  if (site->judged != FAMILY_NONE && !better)
    return;
  site->judged = site->parts[site->processes - 1].member;
  site->judged_bytes = bytes;
  site->verdict = *verdict;
}

static void merge_add_leak(struct merge_member *member, const struct merge_site *site) {
  uint64_t bytes = site->parts[site->processes - 1].bytes;
  member->leaks++;
  if (member->worst && bytes <= member->worst_bytes)
    return;
  member->worst = site;
  member->worst_bytes = bytes;
}

static bool merge_add_row(const struct merge_adding *adding, const struct analysis_site *row,
                          const struct verdict *verdict) {
  struct identity identity = identity_of(adding->trace, row);
  struct merge_site *site = merge_get(adding->merge, &identity);
  if (!site)
    return false;
  if (site->processes)
    figures_add(&site->figures, &row->figures);
  else
    site->figures = row->figures;
  bool leaked;
  if (!merge_add_part(site, adding->member, row, verdict->kind, &leaked))
    return false;
  merge_add_holder(site);
  merge_add_verdict(site, row->figures.outstanding_bytes, verdict);
  if (verdict->kind == VERDICT_LEAK && !leaked) {
    site->leaking++;
    merge_add_leak(&adding->merge->members[adding->member], site);
  }
  return true;
}

static bool merge_add_rows(const struct merge_adding *adding, const struct analysis *analysis,
                           const struct analysis_report *report) {
  struct verdict *verdicts = verdict_of_report(analysis, report);
  bool added = verdicts != NULL;
  for (size_t i = 0; added && i < report->site_count; i++)
    added = merge_add_row(adding, &report->sites[i], &verdicts[i]);
  free(verdicts);
  return added;
}

/* ---- What was inherited ---- */

static void merge_add_sum(struct inheritance_sum *sum, const struct inheritance_sum *part) {
  sum->blocks += part->blocks;
  sum->bytes += part->bytes;
  sum->freed_blocks += part->freed_blocks;
  sum->freed_bytes += part->freed_bytes;
}

/* What the heirs have of each of the member's contexts; the array is the caller's. */
static struct inheritance_sum *merge_of_contexts(const struct merge *merge, size_t member,
                                                 size_t context_count) {
  struct inheritance_sum *sums = calloc(context_count + 1, sizeof *sums);
  for (size_t i = 0; sums && i < inheritance_origins(merge->inheritance); i++) {
    struct inheritance_origin origin = inheritance_origin(merge->inheritance, i);
    if (origin.member == member && origin.context < context_count)
      sums[origin.context] = inheritance_from(merge->inheritance, merge->heir, i);
  }
  return sums;
}

static bool merge_add_origin(const struct merge_adding *adding, const struct analysis_site *row,
                             const struct inheritance_sum *sums) {
  struct inheritance_sum sum = {0};
  for (size_t i = 0; i < row->stack_count; i++)
    if (row->stacks[i].context < adding->trace->context_count)
      merge_add_sum(&sum, &sums[row->stacks[i].context]);
  if (!sum.blocks)
    return true;
  struct identity identity = identity_of(adding->trace, row);
  struct merge_site *site = merge_get(adding->merge, &identity);
  if (site)
    merge_add_sum(&site->inherited, &sum);
  return site != NULL;
}

/* All sites of the run: what was inherited was allocated whenever. */
bool merge_take_origins(struct merge *merge, size_t member, const struct trace *trace,
                        const struct analysis *analysis) {
  const struct merge_adding adding = {merge, member, trace};
  const struct analysis_moment *moments;
  if (!merge->inheritance)
    return true;
  size_t last = analysis_moments(analysis, &moments) - 1;
  struct analysis_report *whole = analysis_interval(analysis, 0, last);
  struct inheritance_sum *sums = merge_of_contexts(merge, member, trace->context_count);
  bool added = whole && sums;
  for (size_t i = 0; added && i < whole->site_count; i++)
    added = merge_add_origin(&adding, &whole->sites[i], sums);
  free(sums);
  analysis_report_free(whole);
  return added;
}

/* ---- A member ---- */

static void merge_add_run(struct analysis_totals *sum, const struct analysis_totals *part) {
  sum->allocations += part->allocations;
  sum->frees += part->frees;
  sum->allocated_bytes += part->allocated_bytes;
  sum->freed_bytes += part->freed_bytes;
  sum->outstanding_blocks += part->outstanding_blocks;
  sum->outstanding_bytes += part->outstanding_bytes;
  sum->peak_bytes += part->peak_bytes;
  sum->temporary_allocations += part->temporary_allocations;
  sum->unmatched_frees += part->unmatched_frees;
  sum->replaced += part->replaced;
  sum->mapped_bytes += part->mapped_bytes;
  sum->maps += part->maps;
}

static void merge_describe(struct merge *merge, size_t number, const struct trace *trace,
                           const struct analysis *analysis, const struct analysis_report *report) {
  struct merge_member *member = &merge->members[number];
  member->taken = true;
  member->state = trace->state;
  member->complete = warnings_complete(trace);
  member->damaged = trace->damage_count;
  member->seconds = trace_seconds(trace, trace->last_stamp);
  member->run = *analysis_totals(analysis);
  member->counters = trace->counters;
  member->figures = report->totals;
  member->units = report->units;
  if (merge->inheritance && inheritance_known(merge->inheritance, number)) {
    member->inherited_known = true;
    member->inherited = inheritance_of(merge->inheritance, number);
  }
}

bool merge_take(struct merge *merge, size_t member, const struct trace *trace,
                const struct analysis *analysis, const struct analysis_report *report) {
  const struct merge_adding adding = {merge, member, trace};
  merge_describe(merge, member, trace, analysis, report);
  merge->taken++;
  figures_add(&merge->figures, &report->totals);
  merge_add_run(&merge->run, analysis_totals(analysis));
  merge_add_sum(&merge->inherited, &merge->members[member].inherited);
  if (report->units > merge->units)
    merge->units = report->units;
  return merge_add_rows(&adding, analysis, report) &&
         merge_take_origins(merge, member, trace, analysis);
}

/* ---- The whole ---- */

static int merge_compare_figures(const struct analysis_figures *x, const struct analysis_figures *y,
                                 enum analysis_sort sort) {
  const enum analysis_sort keys[] = {sort, ANALYSIS_SORT_OUTSTANDING, ANALYSIS_SORT_ALLOCATED};
  for (size_t i = 0; i < sizeof keys / sizeof *keys && sort != ANALYSIS_SORT_NAME; i++) {
    int64_t left = analysis_sort_value(x, keys[i]), right = analysis_sort_value(y, keys[i]);
    if (left != right)
      return left < right ? 1 : -1;
  }
  return 0;
}

static int merge_compare_sites(const void *a, const void *b, void *sort) {
  const struct merge_site *x = *(struct merge_site *const *)a, *y = *(struct merge_site *const *)b;
  int order = merge_compare_figures(&x->figures, &y->figures, *(const enum analysis_sort *)sort);
  if (order)
    return order;
  if (x->inherited.bytes != y->inherited.bytes &&
      *(const enum analysis_sort *)sort != ANALYSIS_SORT_NAME)
    return x->inherited.bytes < y->inherited.bytes ? 1 : -1;
  return identity_compare(&x->identity, &y->identity);
}

struct merge_sorting {
  const struct merge *merge;
  enum analysis_sort sort;
};

static int merge_compare_members(const void *a, const void *b, void *data) {
  const struct merge_sorting *sorting = data;
  size_t x = *(const size_t *)a, y = *(const size_t *)b;
  const struct merge_member *members = sorting->merge->members;
  int order = merge_compare_figures(&members[x].figures, &members[y].figures, sorting->sort);
  return order ? order : (x > y) - (x < y);
}

void merge_sort(struct merge *merge, enum analysis_sort sort) {
  struct merge_sorting sorting = {merge, sort};
  if (merge->count)
    qsort_r(merge->sites, merge->count, sizeof(struct merge_site *), merge_compare_sites, &sort);
  qsort_r(merge->order, merge->family->count, sizeof *merge->order, merge_compare_members,
          &sorting);
}

bool merge_init(struct merge *merge, const struct family *family,
                const struct inheritance *inheritance) {
  *merge = (struct merge){.family = family, .inheritance = inheritance, .heir = FAMILY_NONE};
  merge->members = calloc(family->count + 1, sizeof *merge->members);
  merge->order = calloc(family->count + 1, sizeof *merge->order);
  for (size_t i = 0; merge->order && i < family->count; i++)
    merge->order[i] = i;
  return merge->members && merge->order;
}

void merge_release(struct merge *merge) {
  for (size_t i = 0; i < merge->count; i++)
    merge_free_site(merge->sites[i]);
  free(merge->sites);
  free(merge->members);
  free(merge->order);
  *merge = (struct merge){.family = NULL};
}
