/* SPDX-License-Identifier: Apache-2.0 */
#include "report/facts.h"
#include "report/format.h"
#include "report/resident.h"

/* "   +380 MiB    380 MiB  recorded blocks": what has grown or is there. */
static void facts_resident_item(struct facts *facts, const struct resident_change *change,
                                enum resident_item item) {
  char growth[FORMAT_BYTES], there[FORMAT_BYTES];
  int64_t grown = resident_growth(change, item), bytes = change->to.items[item];
  if (!grown && !bytes)
    return;
  format_growth(growth, grown);
  if (bytes < 0)
    format_growth(there, bytes);
  else
    format_size(there, (uint64_t)bytes);
  facts_add(facts, FACT_ITEM, NULL, "%10s %10s  %s", growth, there, resident_item_text(item));
}

static void facts_resident_all(struct facts *facts, const struct resident_change *change) {
  char growth[FORMAT_BYTES], there[FORMAT_BYTES];
  facts_add(facts, FACT_ITEM, NULL, "%10s %10s", "growth", "at the end");
  for (int item = 0; item < RESIDENT_ITEMS; item++)
    facts_resident_item(facts, change, (enum resident_item)item);
  facts_add(facts, FACT_ITEM, NULL, "%10s %10s  all",
            format_growth(growth, (int64_t)(change->to.bytes - change->from.bytes)),
            format_size(there, change->to.bytes));
}

bool facts_init_resident(struct facts *facts, const struct trace *trace,
                         const struct analysis *analysis, size_t from, size_t to) {
  char sentence[RESIDENT_SENTENCE_BYTES];
  struct resident_change change;
  *facts = (struct facts){.list = NULL};
  facts_add(facts, FACT_ITEM, NULL, "%s",
            resident_growth_sentence(sentence, trace, analysis, from, to));
  if (resident_between(analysis, from, to, &change))
    facts_resident_all(facts, &change);
  return !facts->failed;
}
