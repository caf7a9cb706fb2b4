/* SPDX-License-Identifier: Apache-2.0 */
#include "resident.h"
#include "arena.h"
#include "clock.h"
#include "dictionary.h"
#include "output.h"
#include "proc.h"
#include "signals.h"
#include "stage.h"
#include "sys.h"
#include "thinning.h"

#include <seep/resident.h>
#include <stdatomic.h>

#define TEXT_BYTES                                                                                 \
  (16u << 10) /* of smaps at once: the kernel gives one page, whatever is asked                    \
               */
/* With drains: at most once in so long, and one part in so many of the time. */
#define EVERY_NS 5000000000u
#define SHARE 1000
/* At marks: so much at first, then one part in so many of the time. */
#define MARKS_NS 1000000000u
#define MARKS_SHARE 100
/* Of processor time, which says the same on a busy machine: what takes longer is not done. */
#define LONGEST_NS 30000000u
#define LONGEST_END_NS 300000000u
#define NS_PER_KIB 30u /* at most, of what is resident: in small pages */

static _Atomic bool reading;
static _Atomic bool stopped; /* it took too long: it is not tried again before the end */
static _Atomic uint64_t first_ns, last_end_ns, last_took_ns, all_took_ns;
static _Atomic uint64_t last_kib, last_busy_ns; /* of the last whole one */

/* ---- Stacks
 * -------------------------------------------------------------------------------------*/

/* In sort[0], as keys of dictionary_sort_keys: in bits 16 and up, of which it looks at 44. */
struct tops {
  uint64_t *keys;
  uint32_t count;
};

static void add_top(struct seep_slot *slot, void *data) {
  struct tops *tops = data;
  uint64_t pointer = stage_get(&slot->thread_pointer);
  if (pointer && tops->count < WORKSPACE_RECORDS)
    tops->keys[tops->count++] = seep_resident_top(pointer) / SEEP_RESIDENT_PAGE << 16;
}

static void find_tops(struct workspace *w, struct seep_resident_walk *walk) {
  struct tops tops = {.keys = w->sort[0]};
  stage_each_slot(add_top, &tops);
  dictionary_sort_keys(tops.keys, w->sort[1], tops.count);
  for (uint32_t i = 0; i < tops.count; i++)
    tops.keys[i] = (tops.keys[i] >> 16) * SEEP_RESIDENT_PAGE;
  walk->tops = tops.keys;
  walk->top_count = tops.count;
}

static uint64_t resident_between(void *unused, uint64_t start, uint64_t stop) {
  (void)unused;
  return arena_resident_between(start, stop - start);
}

/* ---- One reading
 * --------------------------------------------------------------------------------*/

/* Not by clock_ns: the kernel's own function would make a call of this clock that is not in our
 * hands. Where there is no telling, all time is used up. */
static uint64_t busy_ns(void) {
  struct timespec now;
  if (sys_failed(sys_call3(SYS_clock_gettime, CLOCK_THREAD_CPUTIME_ID, &now, 0)))
    return UINT64_MAX;
  return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

/* What was not read to its end counts for nothing. The kernel holds the mappings for one page of
 * text at a time: between two the other threads can change them. */
static bool read_smaps(char *text, struct seep_resident_walk *walk, uint64_t busy_until_ns) {
  uint64_t offset = 0;
  size_t used = 0;
  while (busy_ns() < busy_until_ns) {
    long got = proc_read(PROC_SMAPS, offset, text + used, TEXT_BYTES - used);
    if (sys_failed(got))
      return false;
    offset += (size_t)got;
    used += (size_t)got;
    size_t done = seep_resident_lines(walk, text, used);
    used -= done;
    if (!got || used == TEXT_BYTES) /* a line that does not fit: there is none such */
      return !used;
    __builtin_memmove(text, text + done, used);
  }
  atomic_store(&stopped, true);
  return false;
}

static void put_field(void *fields, enum seep_tag tag, const void *value, size_t bytes) {
  output_field_bytes(fields, tag, value, bytes);
}

static void write_frame(const struct seep_resident *found, uint64_t began) {
  struct output_frame frame;
  struct output_fields fields;
  output_fields_begin(&fields, &frame, SEEP_FRAME_RESIDENT);
  frame.header.first_stamp = began;
  frame.header.rss_kib = (uint32_t)(seep_resident_bytes(found) / 1024);
  seep_resident_fields(found, put_field, &fields);
  output_fields_write(&fields);
}

static void read_and_write(struct workspace *w, uint64_t longest_ns) {
  struct seep_resident_walk walk;
  seep_resident_begin(&walk);
  find_tops(w, &walk);
  walk.resident_between = resident_between;
  uint64_t began = clock_stamp(), busy = busy_ns();
  bool whole = read_smaps((char *)w->plain, &walk, busy + longest_ns);
  seep_resident_end(&walk);
  if (!whole || !walk.found.mapping_count)
    return;
  atomic_store(&last_busy_ns, busy_ns() - busy);
  atomic_store(&last_kib, seep_resident_bytes(&walk.found) / 1024);
  write_frame(&walk.found, began);
}

/* ---- When
 * ---------------------------------------------------------------------------------------*/

/* One mapping may be most of the process, and to read of it cannot be interrupted: so the time is
 * known before, from the last reading or from what it takes at most. */
static bool will_take_longer(uint64_t longest_ns) {
  uint64_t kib = atomic_load(&last_kib);
  uint64_t each = kib ? atomic_load(&last_busy_ns) / kib : NS_PER_KIB;
  return output_rss_kib_now() * (each < NS_PER_KIB ? each + 1 : NS_PER_KIB) > longest_ns;
}

/* One at a time: whoever comes meanwhile goes without. */
static void try_reading(struct workspace *w, uint64_t longest_ns) {
  if (atomic_exchange(&reading, true))
    return;
  uint64_t began = clock_ns(CLOCK_MONOTONIC);
  if (will_take_longer(longest_ns))
    atomic_store(&stopped, true);
  else
    read_and_write(w, longest_ns);
  uint64_t end = clock_ns(CLOCK_MONOTONIC);
  if (!atomic_load(&first_ns))
    atomic_store(&first_ns, began);
  atomic_store(&last_took_ns, end - began);
  atomic_fetch_add(&all_took_ns, end - began);
  atomic_store(&last_end_ns, end);
  atomic_store(&reading, false);
}

void resident_write(struct workspace *workspace) {
  try_reading(workspace, LONGEST_END_NS);
}

void resident_now_and_then(struct workspace *workspace) {
  uint64_t rest = EVERY_NS * thinning_seldom(), enough = atomic_load(&last_took_ns) * SHARE;
  rest = enough > rest ? enough : rest;
  if (!atomic_load(&stopped) && clock_ns(CLOCK_MONOTONIC) - atomic_load(&last_end_ns) >= rest)
    try_reading(workspace, LONGEST_NS);
}

static bool has_time_for_mark(void) {
  uint64_t first = atomic_load(&first_ns), now = clock_ns(CLOCK_MONOTONIC);
  if (atomic_load(&stopped))
    return false;
  return !first || atomic_load(&all_took_ns) <= MARKS_NS + (now - first) / MARKS_SHARE;
}

static void work(struct workspace *workspace, void *unused) {
  (void)unused;
  try_reading(workspace, LONGEST_NS);
}

void resident_at_moment(void) {
  if (!has_time_for_mark())
    return;
  uint64_t before = signals_block();
  struct workspace *workspace = workspace_take();
  if (workspace) {
    workspace_run(workspace, work, NULL);
    workspace_give_back(workspace);
  }
  signals_restore(before);
}

void resident_forget(void) {
  atomic_store(&stopped, false);
  atomic_store(&last_kib, 0);
  atomic_store(&last_busy_ns, 0);
  atomic_store(&first_ns, 0);
  atomic_store(&last_end_ns, 0);
  atomic_store(&last_took_ns, 0);
  atomic_store(&all_took_ns, 0);
  atomic_store(&reading, false);
}
