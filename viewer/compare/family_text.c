/* SPDX-License-Identifier: Apache-2.0 */
#include "compare/family_pages.h"
#include "compare/family_words.h"
#include "report/escape.h"
#include "report/format.h"
#include <inttypes.h>
#include <string.h>

#define FAMILY_LEAKS 10     /* sentences; the table has them all */
#define FAMILY_PROCESSES 20 /* of a merged page; a split one has them all */

static void family_amount(FILE *out, const char *name, uint64_t blocks, uint64_t bytes) {
  char count[FORMAT_BYTES], size[FORMAT_BYTES], exact[FORMAT_BYTES];
  fprintf(out, "  %-12s %15s blocks %15s bytes  (%s)\n", name, format_count(count, blocks),
          format_count(exact, bytes), format_size(size, bytes));
}

/* ---- The head ---- */

static void family_head(FILE *out, const struct family_page *page) {
  const struct family *family = page->merge->family;
  char program[200], start[FORMAT_BYTES], from[300], to[300], units[FORMAT_BYTES];
  size_t forked = 0, executed = 0;
  for (size_t i = 0; i < family->count; i++) {
    forked += family->list[i].fork_stamp != 0;
    executed += family->list[i].executed;
  }
  fprintf(out, "family of %s  %zu processes, %zu forked, %zu executed  since %s\n",
          escape_text(program, sizeof program, 40, family->list[0].program), family->count, forked,
          executed, format_utc(start, family->list[0].start_realtime_ns));
  fprintf(out, "interval: %s to %s", escape_text(from, sizeof from, 60, page->from),
          escape_text(to, sizeof to, 60, page->to));
  if (page->merge->units)
    fprintf(out, ", %s units", format_count(units, page->merge->units));
  fputc('\n', out);
}

static void family_warnings(FILE *out, const struct merge *merge) {
  char warning[WARNING_BYTES];
  for (size_t i = 0; family_warning(warning, i, merge); i++)
    fprintf(out, "warning: %s\n", warning);
}

static void family_totals(FILE *out, const struct merge *merge) {
  const struct analysis_figures *figures = &merge->figures;
  const struct analysis_totals *run = &merge->run;
  char freed[FORMAT_BYTES];
  fputs("\nin the interval, of all processes:\n", out);
  family_amount(out, "outstanding", figures->outstanding_blocks, figures->outstanding_bytes);
  family_amount(out, "allocated", figures->allocations, figures->allocated_bytes);
  family_amount(out, "freed", figures->frees, figures->freed_bytes);
  fputs("in their whole runs (of those that ended: as of their end):\n", out);
  family_amount(out, "outstanding", run->outstanding_blocks, run->outstanding_bytes);
  family_amount(out, "allocated", run->allocations, run->allocated_bytes);
  family_amount(out, "freed", run->frees, run->freed_bytes);
  if (!merge->inherited.blocks)
    return;
  fputs("copies that forks made, in none of these figures:\n", out);
  family_amount(out, "inherited", merge->inherited.blocks, merge->inherited.bytes);
  fprintf(out, "  %s of them the children have freed since\n",
          format_count(freed, merge->inherited.freed_blocks));
}

/* ---- Processes ---- */

static void family_forked(char *out, size_t bytes, const struct family *family, size_t number) {
  const struct family_member *member = &family->list[number];
  char after[FORMAT_BYTES];
  uint64_t since = member->start_realtime_ns - family->list[0].start_realtime_ns;
  if (number == 0 && !member->parent_missing)
    snprintf(out, bytes, "-");
  else
    snprintf(out, bytes, "+%s", format_duration(after, (double)since / 1e9));
}

static void family_inherited_cell(char *out, const struct merge_member *member,
                                  const struct family_member *who) {
  if (!who->fork_stamp)
    snprintf(out, FORMAT_BYTES, "-");
  else if (!member->inherited_known)
    snprintf(out, FORMAT_BYTES, "not known");
  else
    format_size(out, member->inherited.bytes - member->inherited.freed_bytes);
}

static void family_process(FILE *out, const struct merge *merge, size_t number) {
  const struct merge_member *member = &merge->members[number];
  const struct family_member *who = &merge->family->list[number];
  char start[FORMAT_BYTES + 1], size[FORMAT_BYTES], growth[FORMAT_BYTES], blocks[FORMAT_BYTES],
      inherited[FORMAT_BYTES], program[200], path[1200];
  family_forked(start, sizeof start, merge->family, number);
  family_inherited_cell(inherited, member, who);
  fprintf(out, "%8" PRIu64 " %8" PRIu64 " %12s %-8s %11s %11s %11s %11s %5zu  %-16s %s\n", who->pid,
          who->parent_pid, start, family_state(member),
          format_size(size, member->figures.outstanding_bytes),
          format_count(blocks, member->figures.outstanding_blocks),
          format_growth(growth, member->figures.growth_bytes), inherited, member->leaks,
          escape_text(program, sizeof program, 40, who->program),
          escape_text(path, sizeof path, 200, who->path));
}

static void family_processes(FILE *out, const struct family_page *page) {
  size_t count = page->merge->family->count, most = page->split ? page->limit : FAMILY_PROCESSES;
  if (!most || most > count)
    most = count;
  fprintf(out, "\n%8s %8s %12s %-8s %11s %11s %11s %11s %5s  %-16s %s\n", "pid", "parent",
          "started", "state", "outstanding", "blocks", "growth", "inherited", "leaks", "program",
          "trace");
  for (size_t i = 0; i < most; i++)
    family_process(out, page->merge, page->merge->order[i]);
  if (most < count)
    fprintf(out, "... and %zu more processes (--by process%s)\n", count - most,
            page->split ? " --limit 0 writes all" : " lists them");
}

/* ---- Sites ---- */

static void family_leaks(FILE *out, const struct merge *merge) {
  char sentence[FAMILY_SENTENCE_BYTES];
  size_t leaks = 0;
  fputc('\n', out);
  for (size_t i = 0; i < merge->count; i++)
    if (merge->sites[i]->leaking && leaks++ < FAMILY_LEAKS)
      fprintf(out, "%s\n", family_sentence(sentence, merge, merge->sites[i]));
  if (leaks > FAMILY_LEAKS)
    fprintf(out, "... and %zu more leaks\n", leaks - FAMILY_LEAKS);
  if (!leaks)
    fputs("no site is called a leak in any process\n", out);
}

static bool family_has_inherited(const struct merge *merge) {
  return merge->inherited.blocks > 0;
}

static void family_titles(FILE *out, const struct merge *merge) {
  fprintf(out, "\n%11s %11s %11s %13s ", "outstanding", "blocks", "growth", "allocations");
  if (merge->units)
    fprintf(out, "%13s %13s ", "blocks/unit", "bytes/unit");
  if (family_has_inherited(merge))
    fprintf(out, "%11s ", "inherited");
  fprintf(out, "%9s %8s  %-8s site\n", "processes", "most in", "verdict");
}

static void family_site_units(FILE *out, const struct merge *merge, const struct merge_site *site) {
  char blocks[FORMAT_BYTES], bytes[FORMAT_BYTES];
  double units = (double)merge->units;
  if (merge->units)
    fprintf(out, "%13s %13s ",
            format_ratio(blocks, (double)site->figures.outstanding_blocks / units),
            format_ratio(bytes, (double)site->figures.outstanding_bytes / units));
}

static void family_site(FILE *out, const struct merge *merge, const struct merge_site *site) {
  char size[FORMAT_BYTES], blocks[FORMAT_BYTES], growth[FORMAT_BYTES], allocations[FORMAT_BYTES],
      name[IDENTITY_BYTES], holder[24] = "-";
  const struct analysis_figures *figures = &site->figures;
  if (site->holding)
    snprintf(holder, sizeof holder, "%" PRIu64, merge->family->list[site->holder].pid);
  fprintf(out, "%11s %11s %11s %13s ", format_size(size, figures->outstanding_bytes),
          format_count(blocks, figures->outstanding_blocks),
          format_growth(growth, figures->growth_bytes),
          format_count(allocations, figures->allocations));
  family_site_units(out, merge, site);
  if (family_has_inherited(merge))
    fprintf(out, "%11s ", format_size(size, site->inherited.bytes - site->inherited.freed_bytes));
  fprintf(out, "%9zu %8s  %-8s %s\n", site->processes, holder,
          site->processes ? verdict_word(site->verdict.kind) : "-",
          identity_text(name, &site->identity));
}

static void family_sites(FILE *out, const struct family_page *page) {
  const struct merge *merge = page->merge;
  size_t count = page->limit && page->limit < merge->count ? page->limit : merge->count;
  if (!merge->count) {
    fputs("\nnothing was allocated or freed here\n", out);
    return;
  }
  family_titles(out, merge);
  for (size_t i = 0; i < count; i++)
    family_site(out, merge, merge->sites[i]);
  if (count < merge->count)
    fprintf(out, "... and %zu more rows (--limit 0 writes all)\n", merge->count - count);
}

void family_text(FILE *out, const struct family_page *page) {
  family_head(out, page);
  family_warnings(out, page->merge);
  family_totals(out, page->merge);
  family_processes(out, page);
  if (page->split)
    return;
  family_leaks(out, page->merge);
  family_sites(out, page);
}

/* ---- One child's inheritance ---- */

void family_inherited_text(FILE *out, const struct merge *merge, size_t member, size_t limit) {
  const struct family_member *child = &merge->family->list[member];
  struct inheritance_sum sum = inheritance_of(merge->inheritance, member);
  char blocks[FORMAT_BYTES], size[FORMAT_BYTES], freed[FORMAT_BYTES], name[IDENTITY_BYTES];
  fprintf(out,
          "\ninherited over the fork from pid %" PRIu64
          ", and in no figure above: %s blocks, %s; %s of them freed since\n",
          merge->family->list[child->parent].pid, format_count(blocks, sum.blocks),
          format_size(size, sum.bytes), format_count(freed, sum.freed_blocks));
  size_t count = limit && limit < merge->count ? limit : merge->count;
  if (count)
    fprintf(out, "%11s %11s %11s  site of the parent\n", "inherited", "blocks", "freed");
  for (size_t i = 0; i < count; i++) {
    const struct merge_site *site = merge->sites[i];
    fprintf(out, "%11s %11s %11s  %s\n", format_size(size, site->inherited.bytes),
            format_count(blocks, site->inherited.blocks),
            format_count(freed, site->inherited.freed_blocks),
            identity_text(name, &site->identity));
  }
  if (count < merge->count)
    fprintf(out, "... and %zu more rows (--limit 0 writes all)\n", merge->count - count);
}
