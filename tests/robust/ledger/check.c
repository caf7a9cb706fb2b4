/* SPDX-License-Identifier: Apache-2.0
 *
 * ledgercheck [--list FILE] LEDGERS TRACES: holds every trace of a directory against the ledger's
 * page of the same image of the same process (ledger.h). Prints a line for each difference, and a
 * sum. Exit status: 0 all figures are the same, or the trace itself says why they are not; 1 they
 * are not; 2 something cannot be read. FILE gets a line for each trace: what was counted
 * (allocations, frees, allocated bytes, outstanding blocks and bytes), and its path.
 */
#include "image.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Between which figures the trace's must be: the same, but for what other threads did while the
 * recorder ended. */
struct check {
  const struct image *image;
  const struct ledger_figures *least, *most;
  uint64_t under_way; /* calls that may have been recorded and not counted, or the reverse */
  unsigned wrong;     /* figures */
};

static uint64_t check_outstanding(const struct ledger_figures *figures) {
  return figures->allocations - (figures->frees - figures->unknown_frees);
}

static uint64_t check_outstanding_bytes(const struct ledger_figures *figures) {
  return figures->allocated_bytes - figures->freed_bytes;
}

/* Where one thread ends the process, each of the others may have been in a call. In an orderly end
 * that one has been told to end itself; where it used _exit or an exec, it has not. */
static uint64_t check_under_way(const struct trace *trace) {
  uint64_t alive = 0;
  for (size_t i = 1; i < trace->thread_count; i++)
    alive += !trace->threads[i].end_stamp;
  return trace->state == TRACE_DIED && alive ? alive - 1 : alive;
}

static struct check check_of(const struct image *image) {
  const struct ledger *page = image->page;
  const struct ledger_figures *least = page->is_ending ? &page->before_end : &page->now;
  return (struct check){.image = image,
                        .least = least,
                        .most = page->is_over ? &page->after_end : least,
                        .under_way = check_under_way(image->trace)};
}

static void check_figure(struct check *check, const char *name, uint64_t told, uint64_t least,
                         uint64_t most) {
  const struct trace_process *process = &check->image->trace->process;
  if (told >= least && told <= most)
    return;
  check->wrong++;
  printf("%s %" PRIu64 ": %s: %" PRIu64 " in the trace, %" PRIu64, process->program, process->pid,
         name, told, least);
  if (most != least)
    printf(" to %" PRIu64, most);
  puts(" counted");
}

/* A number of calls or blocks. */
static void check_count(struct check *check, const char *name, uint64_t told, uint64_t least,
                        uint64_t most) {
  uint64_t fewer = least < check->under_way ? least : check->under_way;
  check_figure(check, name, told, least - fewer, most + check->under_way);
}

/* Bytes of as many calls or blocks; how many a call under way has nobody knows. */
static void check_bytes(struct check *check, const char *name, uint64_t told, uint64_t least,
                        uint64_t most, bool as_many) {
  if (as_many || !check->under_way)
    check_figure(check, name, told, least, most);
}

static void check_calls(struct check *check) {
  const struct analysis_totals *totals = check->image->totals;
  const struct ledger_figures *least = check->least, *most = check->most;
  check_count(check, "allocations", totals->allocations, least->allocations, most->allocations);
  check_bytes(check, "allocated bytes", totals->allocated_bytes, least->allocated_bytes,
              most->allocated_bytes, totals->allocations == least->allocations);
  check_count(check, "frees", totals->frees, least->frees, most->frees);
  check_count(check, "unmatched frees", totals->unmatched_frees, least->unknown_frees,
              most->unknown_frees);
}

/* What stands grows by allocations and shrinks by frees, of which some may be missing. */
static void check_standing(struct check *check) {
  const struct analysis_totals *totals = check->image->totals;
  const struct ledger_figures *least = check->least, *most = check->most;
  uint64_t blocks = check_outstanding(least), bytes = check_outstanding_bytes(least);
  uint64_t freed = most->frees - least->frees, freed_bytes = most->freed_bytes - least->freed_bytes;
  check_count(check, "outstanding blocks", totals->outstanding_blocks,
              blocks > freed ? blocks - freed : 0,
              blocks + (most->allocations - least->allocations));
  check_bytes(check, "outstanding bytes", totals->outstanding_bytes,
              bytes > freed_bytes ? bytes - freed_bytes : 0,
              bytes + (most->allocated_bytes - least->allocated_bytes),
              totals->allocations == least->allocations && totals->frees == least->frees);
}

/* A trace may have nothing to tell: of a program that takes no memory, or whose own allocator is
 * seen by neither of us. */
static bool check_alone(const struct image *image) {
  if (!image->page && !image->totals->allocations && !image->totals->frees)
    return true;
  if (image->page)
    printf("%s %" PRIu32 ": no trace, %" PRIu64 " allocations, %" PRIu64 " frees counted\n",
           image->page->name, image->page->pid, image->page->now.allocations,
           image->page->now.frees);
  else
    printf("%s: %" PRIu64 " allocations in the trace, nothing was counted\n", image->path,
           image->totals->allocations);
  return false;
}

static void check_list(FILE *list, const struct check *check) {
  const struct ledger_figures *figures = check->least;
  if (list && !memcmp(figures, check->most, sizeof *figures))
    fprintf(list, "%" PRIu64 ",%" PRIu64 ",%" PRIu64 ",%" PRIu64 ",%" PRIu64 " %s\n",
            figures->allocations, figures->frees, figures->allocated_bytes,
            check_outstanding(figures), check_outstanding_bytes(figures), check->image->path);
}

/* How many events the trace says that it does not have. A realloc is one there, and two here. */
static uint64_t check_stated(const struct image *image) {
  const struct trace_counters *counters = &image->trace->counters;
  return counters->lost_events + counters->unrecorded_events;
}

/* A trace that says how much it lacks: as much must be missing, and what it has was counted. */
static void check_limited(struct check *check) {
  const struct analysis_totals *totals = check->image->totals;
  const struct ledger_figures *least = check->least, *most = check->most;
  uint64_t stated = check_stated(check->image), blocks = check_outstanding(least);
  uint64_t reallocs = check->image->page->reallocs, twice = reallocs < stated ? reallocs : stated;
  uint64_t fewest = least->allocations + least->frees, told = totals->allocations + totals->frees;
  check_figure(check, "allocations", totals->allocations, 0, most->allocations + check->under_way);
  check_figure(check, "frees", totals->frees, 0, most->frees + check->under_way);
  check_count(check, "events with those that it says to lack", told + stated,
              fewest > twice ? fewest - twice : 0, most->allocations + most->frees);
  check_figure(check, "outstanding blocks", totals->outstanding_blocks,
               blocks > stated ? blocks - stated : 0, blocks + stated + check->under_way);
  printf("%s %" PRIu64 ": says that %" PRIu64 " events are not in the trace\n",
         check->image->trace->process.program, check->image->trace->process.pid, stated);
}

static bool check_image(const struct image *image, FILE *list) {
  if (!image->page || !image->trace)
    return check_alone(image);
  struct check check = check_of(image);
  if (check_stated(image)) {
    check_limited(&check);
    return !check.wrong;
  }
  check_list(list, &check);
  check_calls(&check);
  check_standing(&check);
  return !check.wrong;
}

int main(int count, char **arguments) {
  bool lists = count == 5 && !strcmp(arguments[1], "--list");
  if (count != 3 && !lists) {
    fputs("usage: ledgercheck [--list FILE] LEDGERS TRACES\n", stderr);
    return 2;
  }
  FILE *list = lists ? fopen(arguments[2], "w") : NULL;
  struct images images = {0};
  if ((lists && !list) || !images_read(&images, arguments[count - 2], arguments[count - 1]))
    return 2;
  size_t wrong = 0;
  for (size_t i = 0; i < images.count; i++)
    wrong += !check_image(&images.list[i], list);
  printf("%zu processes, %zu wrong\n", images.count, wrong);
  images_free(&images);
  if (list && fclose(list))
    return 2;
  return wrong > 0;
}
