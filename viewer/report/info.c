/* SPDX-License-Identifier: Apache-2.0 */
#include "report/info.h"
#include "report/facts.h"

/* For the addresses of the blocks that stand: a 128th of the limit, as a power of two. */
static uint64_t info_limit_budget(uint64_t limit) {
  uint64_t bytes = 2u << 20;
  while (bytes < limit / 128 && bytes < 32u << 20)
    bytes *= 2;
  return limit ? bytes : 0;
}

uint64_t info_recorder_budget(const struct trace *trace) {
  return (2u << 20) + trace->counters.peak_threads * (64u << 10) +
         trace->counters.context_count * 48u + info_limit_budget(trace->counters.size_limit);
}

static void info_fact(FILE *out, const struct fact *fact) {
  switch (fact->kind) {
  case FACT_LINE:
    fprintf(out, "%-14s %s\n", fact->name, fact->text);
    break;
  case FACT_WARNING:
    fprintf(out, "warning: %s\n", fact->text);
    break;
  case FACT_HEADING:
    fprintf(out, "\n%s\n", fact->text);
    break;
  case FACT_ITEM:
    fprintf(out, "  %s\n", fact->text);
    break;
  }
}

bool info_text(FILE *out, const struct info_request *request) {
  struct facts facts;
  bool whole = facts_init(&facts, request);
  for (size_t i = 0; i < facts.count; i++)
    info_fact(out, &facts.list[i]);
  facts_release(&facts);
  return whole && !ferror(out);
}
