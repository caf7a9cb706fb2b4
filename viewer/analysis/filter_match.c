/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/filter_match.h"
#include "analysis/filter_terms.h"
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool filter_glob(const char *glob, const char *name) {
  return name && fnmatch(glob, name, FNM_CASEFOLD) == 0;
}

static bool filter_word(const char *word, const char *name) {
  return name && strcasestr(name, word);
}

static bool filter_thread(const char *glob, const struct trace *trace, uint32_t thread) {
  char tid[24];
  if (thread >= trace->thread_count)
    return false;
  snprintf(tid, sizeof tid, "%llu", (unsigned long long)trace->threads[thread].tid);
  return filter_glob(glob, trace->threads[thread].name) || filter_glob(glob, tid);
}

static bool filter_code(const char *glob, const struct analysis *analysis, uint32_t context) {
  const struct symbol *symbol = symbols_look_up(analysis->symbols, context);
  for (size_t i = 0; i < symbol->frame_count; i++)
    if (filter_glob(glob, symbol->frames[i].function))
      return true;
  return false;
}

static bool filter_stack(const char *glob, const struct analysis *analysis, uint32_t context) {
  const struct trace *trace = analysis->trace;
  size_t steps = trace->context_count;
  if (!analysis->symbols)
    return false;
  for (; context && context < trace->context_count && steps--;
       context = trace->contexts[context].parent)
    if (filter_code(glob, analysis, context))
      return true;
  return false;
}

bool filter_match_init(struct filter_match *match, const struct analysis_filter *filter,
                       const struct analysis *analysis, uint64_t end_stamp) {
  *match = (struct filter_match){.filter = filter, .analysis = analysis, .end_stamp = end_stamp};
  bool wanted = false;
  for (size_t i = 0; filter && i < filter->count; i++)
    wanted |= filter->terms[i].field == FILTER_VERDICT;
  if (wanted)
    match->verdicts = verdict_kinds_of_sites(analysis);
  return !wanted || match->verdicts;
}

void filter_match_release(struct filter_match *match) {
  free(match->verdicts);
}

static bool filter_name_term(const struct filter_term *term, const struct filter_match *match,
                             const struct place *place) {
  const struct analysis *analysis = match->analysis;
  const struct site *site = &analysis->sites.list[place->site];
  const char *module = sites_module_name(analysis->trace, site->module);
  switch (term->field) {
  case FILTER_FUNCTION:
    return filter_glob(term->text, site->function);
  case FILTER_FILE:
    return filter_glob(term->text, site->file);
  case FILTER_MODULE:
    return filter_glob(term->text, module);
  case FILTER_STACK:
    return filter_stack(term->text, analysis, place->context);
  case FILTER_THREAD:
    return filter_thread(term->text, analysis->trace, place->thread);
  case FILTER_VERDICT:
    return match->verdicts[place->groups[GROUP_SITE]] == term->verdict;
  default:
    return filter_word(term->text, site->function) || filter_word(term->text, site->file) ||
           filter_word(term->text, module);
  }
}

bool filter_match_place(const struct filter_match *match, const struct place *place) {
  for (size_t i = 0; match->filter && i < match->filter->count; i++) {
    const struct filter_term *term = &match->filter->terms[i];
    if (term->field < FILTER_BYTES && filter_name_term(term, match, place) == term->negated)
      return false;
  }
  return true;
}

static double filter_age(const struct filter_match *match, const struct analysis_figures *figures) {
  if (!figures->oldest_stamp || figures->oldest_stamp > match->end_stamp)
    return 0;
  return (double)(match->end_stamp - figures->oldest_stamp) /
         match->analysis->trace->process.ticks_per_second;
}

/* The mean of the blocks that stand, else of those allocated. */
static double filter_size(const struct analysis_figures *figures) {
  if (figures->outstanding_blocks)
    return (double)figures->outstanding_bytes / (double)figures->outstanding_blocks;
  return figures->allocations ? (double)figures->allocated_bytes / (double)figures->allocations : 0;
}

static double filter_value(enum filter_field field, const struct filter_match *match,
                           const struct analysis_figures *figures) {
  switch (field) {
  case FILTER_BYTES:
    return (double)figures->outstanding_bytes;
  case FILTER_BLOCKS:
    return (double)figures->outstanding_blocks;
  case FILTER_SIZE:
    return filter_size(figures);
  case FILTER_GROWTH:
    return (double)figures->growth_bytes;
  case FILTER_ALLOCATIONS:
    return (double)figures->allocations;
  case FILTER_ALLOCATED:
    return (double)figures->allocated_bytes;
  case FILTER_TEMPORARY:
    return (double)figures->temporary_allocations;
  case FILTER_PEAK:
    return (double)(figures->peak_bytes ? figures->peak_bytes : figures->peaks_bytes);
  case FILTER_AGE:
    return filter_age(match, figures);
  default:
    return (double)figures->threads;
  }
}

static bool filter_compare(double value, const struct filter_term *term) {
  if (value == term->number)
    return term->operation == '=' || term->or_equal;
  return (term->operation == '<' && value < term->number) ||
         (term->operation == '>' && value > term->number);
}

bool filter_match_figures(const struct filter_match *match,
                          const struct analysis_figures *figures) {
  for (size_t i = 0; match->filter && i < match->filter->count; i++) {
    const struct filter_term *term = &match->filter->terms[i];
    if (term->field < FILTER_BYTES)
      continue;
    if (filter_compare(filter_value(term->field, match, figures), term) == term->negated)
      return false;
  }
  return true;
}
