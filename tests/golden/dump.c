/* SPDX-License-Identifier: Apache-2.0
 *
 * Prints all that a trace says, in the canonical text of docs/format.md, as viewer/trace reads it.
 * decoder.py prints the same from the specification alone.
 */
#include "trace/trace.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct dump {
  const struct trace *trace;
  struct trace_event *events;
  size_t event_count;
  struct trace_sums *sums;
  size_t sum_count;
  struct trace_block *blocks;
  size_t block_count;
};

static void *dump_grow(void *items, size_t count, size_t item_bytes) {
  if (count && (count < 16 || (count & (count - 1))))
    return items;
  void *grown = realloc(items, (count < 16 ? 16 : count * 2) * item_bytes);
  if (!grown)
    abort();
  return grown;
}

/* Text in quotes; all but printable ASCII as \xHH. */
static void dump_text(const char *text) {
  putchar('"');
  for (const unsigned char *at = (const unsigned char *)text; *at; at++)
    if (*at < 0x20 || *at > 0x7e || *at == '"' || *at == '\\')
      printf("\\x%02x", *at);
    else
      putchar(*at);
  putchar('"');
}

static void dump_bytes(const uint8_t *bytes, size_t count) {
  for (size_t i = 0; i < count; i++)
    printf("%02x", bytes[i]);
}

/* ---- Definitions ------------------------------------------------------------------------------*/

static void dump_process(const struct trace *trace) {
  const struct trace_process *p = &trace->process;
  static const char *const states[] = {"running", "ended", "died", "no-stage"};
  printf("state %s\nprogram ", states[trace->state]);
  dump_text(p->program);
  printf("\nexecutable ");
  dump_text(p->executable);
  for (char **argument = p->command; *argument; argument++) {
    printf("\nargument ");
    dump_text(*argument);
  }
  printf("\nprocess pid=%" PRIu64 " parent=%" PRIu64 " clock=%d start=%" PRIu64 " realtime=%" PRIu64
         " rate=%.0f\nidentity ",
         p->pid, p->parent_pid, (int)p->clock, p->start_stamp, p->start_realtime_ns,
         p->ticks_per_second);
  dump_bytes(p->trace_id, sizeof p->trace_id);
  putchar('\n');
  if (p->attached_ns)
    printf("attached %" PRIu64 "\n", p->attached_ns);
}

static void dump_modules(const struct trace *trace) {
  for (size_t i = 1; i < trace->module_count; i++) {
    const struct trace_module *m = &trace->modules[i];
    printf("module %zu ", i);
    dump_text(m->path);
    printf(" bias=0x%" PRIx64 " start=0x%" PRIx64 " stop=0x%" PRIx64 " unload=%" PRIu64 " id=",
           m->bias, m->start, m->stop, m->unload_stamp);
    dump_bytes(m->build_id, m->build_id_bytes);
    puts(m->is_recorder ? " recorder" : "");
  }
}

static void dump_threads(const struct trace *trace) {
  for (size_t i = 1; i < trace->thread_count; i++) {
    const struct trace_thread *t = &trace->threads[i];
    printf("thread %zu tid=%" PRIu64 " start=%" PRIu64 " end=%" PRIu64 " ", i, t->tid,
           t->start_stamp, t->end_stamp);
    dump_text(t->name);
    putchar('\n');
  }
}

static void dump_marks(const struct trace *trace) {
  for (size_t i = 0; i < trace->mark_count; i++) {
    const struct trace_mark *m = &trace->marks[i];
    printf("mark kind=%d stamp=%" PRIu64 " realtime=%" PRIu64 " units=%" PRIu64 " ", (int)m->kind,
           m->stamp, m->realtime_ns, m->units);
    dump_text(m->label);
    putchar('\n');
  }
}

static void dump_totals(const struct trace *trace) {
  const struct trace_counters *c = &trace->counters;
  printf("records %" PRIu64 "\nlost %" PRIu64 " unrecorded %" PRIu64 " truncated %" PRIu64
         " paused %" PRIu64 " captures %" PRIu64 " drains %" PRIu64 "\n",
         trace->record_count, c->lost_events, c->unrecorded_events, c->truncated_stacks,
         c->paused_events, c->captures, c->drains);
  if (c->size_limit)
    printf("limit %" PRIu64 " share %" PRIu64 " unfollowed %" PRIu64 " blocks %" PRIu64
           " bytes %" PRIu64 " frees, unwritten %" PRIu64 "\n",
           c->size_limit, c->followed_share, c->unfollowed_blocks, c->unfollowed_bytes,
           c->unfollowed_frees, c->unwritten_records);
  for (size_t i = 0; i < trace->sample_count; i++)
    printf("sample %" PRIu64 " %" PRIu64 "\n", trace->samples[i].stamp, trace->samples[i].rss_kib);
}

static void dump_residents(const struct trace *trace) {
  for (size_t i = 0; i < trace->resident_count; i++) {
    const struct trace_resident *r = &trace->residents[i];
    printf("resident %" PRIu64 "-%" PRIu64 " %" PRIu64 " bytes:", r->stamp, r->end_stamp, r->bytes);
    for (int part = 0; part < SEEP_RESIDENT_PARTS; part++)
      printf(" %" PRIu64, r->parts[part]);
    printf(" swapped=%" PRIu64 " mappings=%" PRIu64 "\n", r->swapped_bytes, r->mapping_count);
  }
  if (!trace->resident_count)
    return;
  printf("heaps 0x%" PRIx64 "-0x%" PRIx64, trace->heaps.start, trace->heaps.stop);
  for (size_t i = 0; i < trace->heaps.window_count; i++)
    printf(" %" PRIu32, trace->heaps.windows[i]);
  putchar('\n');
}

static int dump_compare_damages(const void *left, const void *right) {
  const struct trace_damage *a = left, *b = right;
  return a->offset < b->offset ? -1 : a->offset > b->offset;
}

static void dump_damages(const struct trace *trace) {
  struct trace_damage *sorted = calloc(trace->damage_count + 1, sizeof *sorted);
  if (!sorted)
    abort();
  for (size_t i = 0; i < trace->damage_count; i++)
    sorted[i] = trace->damages[i];
  qsort(sorted, trace->damage_count, sizeof *sorted, dump_compare_damages);
  for (size_t i = 0; i < trace->damage_count; i++)
    if (sorted[i].bytes)
      printf("damage at %" PRIu64 ", %" PRIu64 " bytes\n", sorted[i].offset, sorted[i].bytes);
  free(sorted);
}

/* A path: outermost frame last, as module+offset and flags where there are any. */
static void dump_path(const struct trace *trace, uint32_t context) {
  if (!context)
    printf(" -");
  for (; context; context = trace->contexts[context].parent) {
    const struct trace_context *node = &trace->contexts[context];
    printf(" %u+0x%" PRIx64, node->module, node->offset);
    if (node->flags)
      printf("!%u", node->flags);
  }
  putchar('\n');
}

/* ---- Events -----------------------------------------------------------------------------------*/

static void dump_take_events(void *data, const struct trace_event *events, size_t count) {
  struct dump *dump = data;
  for (size_t i = 0; i < count; i++) {
    dump->events = dump_grow(dump->events, dump->event_count, sizeof *events);
    dump->events[dump->event_count++] = events[i];
  }
}

static void dump_take_sums(void *data, const struct trace_sums *sums) {
  struct dump *dump = data;
  dump->sums = dump_grow(dump->sums, dump->sum_count, sizeof *dump->sums);
  dump->sums[dump->sum_count++] = *sums;
}

static void dump_take_block(void *data, const struct trace_block *block) {
  struct dump *dump = data;
  dump->blocks = dump_grow(dump->blocks, dump->block_count, sizeof *block);
  dump->blocks[dump->block_count++] = *block;
}

static void dump_buckets(const char *name, const uint64_t *buckets, int count) {
  printf(" %s=", name);
  for (int i = 0; i < count; i++)
    if (buckets[i])
      printf("%d:%" PRIu64 ";", i, buckets[i]);
}

static void dump_blocks(const struct dump *dump) {
  for (size_t i = 0; i < dump->block_count; i++) {
    const struct trace_block *b = &dump->blocks[i];
    printf("block t%u %" PRIu64 "-%" PRIu64 " pairs=%" PRIu64 " bytes=%" PRIu64 "\n", b->thread,
           b->first_stamp, b->last_stamp, b->pair_count, b->pair_bytes);
  }
  for (size_t i = 0; i < dump->sum_count; i++) {
    const struct trace_sums *s = &dump->sums[i];
    printf("sum t%u %" PRIu64 " pairs=%" PRIu64 " bytes=%" PRIu64 " temporary=%" PRIu64, s->thread,
           s->first_stamp, s->pairs, s->bytes, s->temporary);
    dump_buckets("lifetimes", s->lifetimes, TRACE_LIFETIMES);
    dump_buckets("sizes", s->sizes, TRACE_SIZES);
    dump_path(dump->trace, s->context);
  }
}

static void dump_events(const struct dump *dump) {
  static const char *const kinds[] = {
      "?", "alloc", "free", "?", "map", "unmap", [TRACE_TRANSIENT] = "transient"};
  for (size_t i = 0; i < dump->event_count; i++) {
    const struct trace_event *e = &dump->events[i];
    printf("event %" PRIu64 " t%u %s 0x%" PRIx64 " %" PRIu64 " flags=%u", e->stamp, e->thread,
           kinds[e->kind], e->address, e->kind == SEEP_KIND_FREE ? e->weight : e->size, e->flags);
    if (e->kind == SEEP_KIND_ALLOC && e->weight)
      printf(" of=%u", e->weight);
    dump_path(dump->trace, e->context);
  }
}

/* ---- The live set -----------------------------------------------------------------------------*/

struct dump_life {
  uint64_t address, size;
  size_t order;
  bool born;
};

static int dump_compare_lives(const void *left, const void *right) {
  const struct dump_life *a = left, *b = right;
  if (a->address != b->address)
    return a->address < b->address ? -1 : 1;
  return a->order < b->order ? -1 : a->order > b->order;
}

static struct dump_life *dump_collect_lives(const struct dump *dump, size_t *count) {
  struct dump_life *lives = calloc(dump->event_count + 1, sizeof *lives);
  if (!lives)
    abort();
  for (size_t i = 0; i < dump->event_count; i++) {
    const struct trace_event *e = &dump->events[i];
    if (e->kind == SEEP_KIND_ALLOC || e->kind == SEEP_KIND_FREE)
      lives[(*count)++] = (struct dump_life){e->address, e->size, i, e->kind == SEEP_KIND_ALLOC};
  }
  qsort(lives, *count, sizeof *lives, dump_compare_lives);
  return lives;
}

/* A free ends the oldest life of its address: two at once are an inversion of stamps. */
static void dump_live(const struct dump *dump) {
  size_t count = 0, first = 0;
  uint64_t blocks = 0, bytes = 0, strange = 0;
  struct dump_life *lives = dump_collect_lives(dump, &count);
  for (size_t i = 0; i < count; i++) {
    if (i && lives[i].address != lives[i - 1].address)
      first = i;
    while (first < i && !lives[first].born)
      first++;
    if (lives[i].born) {
      blocks++;
      bytes += lives[i].size;
    } else if (first < i) {
      blocks--;
      bytes -= lives[first++].size;
    } else {
      strange++;
    }
  }
  printf("live %" PRIu64 " blocks %" PRIu64 " bytes, %" PRIu64 " frees of nothing\n", blocks, bytes,
         strange);
  free(lives);
}

static int dump_trace(struct trace *trace) {
  struct dump dump = {.trace = trace};
  static const struct trace_visitor visitor = {
      .block = dump_take_block, .events = dump_take_events, .sums = dump_take_sums};
  if (trace_replay(trace, &visitor, &dump, NULL) != TRACE_OK)
    return 1;
  dump_process(trace);
  dump_modules(trace);
  dump_threads(trace);
  dump_marks(trace);
  dump_totals(trace);
  dump_residents(trace);
  dump_damages(trace);
  dump_blocks(&dump);
  dump_events(&dump);
  dump_live(&dump);
  free(dump.events);
  free(dump.sums);
  free(dump.blocks);
  return 0;
}

int main(int argc, char **argv) {
  struct trace *trace;
  struct trace_error error;
  if (argc != 2) {
    fprintf(stderr, "usage: dump TRACE\n");
    return 2;
  }
  if (trace_open(argv[1], &trace, &error) != TRACE_OK) {
    printf("%s\n", trace_status_text(error.status));
    return 0;
  }
  int result = dump_trace(trace);
  trace_close(trace);
  return result;
}
