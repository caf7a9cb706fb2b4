/* SPDX-License-Identifier: Apache-2.0 */
#include "trace/definitions.h"
#include "trace/array.h"
#include "trace/counters.h"
#include "trace/field.h"
#include "trace/process.h"
#include "trace/resident.h"

#include <stdlib.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

static enum definitions_result definitions_fields(const struct frame *frame, const uint8_t *payload,
                                                  const struct field_place *places,
                                                  size_t place_count, void *object) {
  switch (field_decode(payload, frame->head.plain_bytes, places, place_count, object)) {
  case FIELD_OK:
    return DEFINITIONS_OK;
  case FIELD_MEMORY:
    return DEFINITIONS_MEMORY;
  default:
    return DEFINITIONS_MALFORMED;
  }
}

/* Takes the later text where there is one. */
static void definitions_replace(char **text, char *later) {
  if (!later)
    return;
  free(*text);
  *text = later;
}

/* ---- Modules ----------------------------------------------------------------------------------*/

struct module_fields {
  uint64_t id, is_recorder;
  struct trace_module module;
};

static const struct field_place module_places[] = {
    {SEEP_TAG_MODULE, FIELD_NUMBER, offsetof(struct module_fields, id)},
    {SEEP_TAG_PATH, FIELD_TEXT, offsetof(struct module_fields, module.path)},
    {SEEP_TAG_BUILD_ID, FIELD_BYTES, offsetof(struct module_fields, module.build_id)},
    {SEEP_TAG_BIAS, FIELD_NUMBER, offsetof(struct module_fields, module.bias)},
    {SEEP_TAG_START, FIELD_NUMBER, offsetof(struct module_fields, module.start)},
    {SEEP_TAG_STOP, FIELD_NUMBER, offsetof(struct module_fields, module.stop)},
    {SEEP_TAG_UNLOAD_STAMP, FIELD_NUMBER, offsetof(struct module_fields, module.unload_stamp)},
    {SEEP_TAG_IS_RECORDER, FIELD_NUMBER, offsetof(struct module_fields, is_recorder)},
};
_Static_assert(offsetof(struct trace_module, build_id_bytes) ==
                   offsetof(struct trace_module, build_id) + sizeof(uint8_t *),
               "FIELD_BYTES puts the length behind the pointer");

/* A later frame of a module adds to the earlier; one that came back is not gone any more. */
static void module_merge(struct trace_module *to, struct trace_module *from) {
  definitions_replace(&to->path, from->path);
  if (from->build_id) {
    free(to->build_id);
    to->build_id = from->build_id;
    to->build_id_bytes = from->build_id_bytes;
  }
  to->bias = from->bias ? from->bias : to->bias;
  to->start = from->start ? from->start : to->start;
  to->stop = from->stop ? from->stop : to->stop;
  to->unload_stamp = from->unload_stamp;
  to->is_recorder |= from->is_recorder;
}

/* Room in an array whose number 0 is "none", for the item that map gives key. */
static uint32_t definitions_intern(struct idmap *map, uint64_t key, void *items, size_t *count,
                                   size_t item_bytes) {
  if (!array_room(items, *count, item_bytes))
    return 0;
  uint32_t index = idmap_intern(map, key);
  if (index && index == *count) {
    char *start;
    memcpy(&start, items, sizeof start);
    memset(start + (*count)++ * item_bytes, 0, item_bytes);
  }
  return index;
}

static enum definitions_result take_module(struct definitions *definitions,
                                           const struct frame *frame, const uint8_t *payload) {
  struct trace *trace = definitions->trace;
  struct module_fields fields = {0};
  enum definitions_result result =
      definitions_fields(frame, payload, module_places, COUNT(module_places), &fields);
  if (result == DEFINITIONS_OK && !fields.id)
    result = DEFINITIONS_MALFORMED;
  fields.module.is_recorder = fields.is_recorder == 1;
  uint32_t index = 0;
  if (result == DEFINITIONS_OK) {
    index = definitions_intern(&definitions->modules, fields.id, &trace->modules,
                               &trace->module_count, sizeof *trace->modules);
    result = index ? DEFINITIONS_OK : DEFINITIONS_MEMORY;
  }
  if (index) {
    module_merge(&trace->modules[index], &fields.module);
    return DEFINITIONS_OK;
  }
  free(fields.module.path);
  free(fields.module.build_id);
  return result;
}

/* ---- Threads ----------------------------------------------------------------------------------*/

struct thread_fields {
  uint64_t serial;
  struct trace_thread thread;
};

static const struct field_place thread_places[] = {
    {SEEP_TAG_THREAD, FIELD_NUMBER, offsetof(struct thread_fields, serial)},
    {SEEP_TAG_TID, FIELD_NUMBER, offsetof(struct thread_fields, thread.tid)},
    {SEEP_TAG_NAME, FIELD_TEXT, offsetof(struct thread_fields, thread.name)},
    {SEEP_TAG_STAMP, FIELD_NUMBER, offsetof(struct thread_fields, thread.start_stamp)},
    {SEEP_TAG_END_STAMP, FIELD_NUMBER, offsetof(struct thread_fields, thread.end_stamp)},
};

bool definitions_thread(struct definitions *definitions, uint32_t serial, uint32_t *index) {
  struct trace *trace = definitions->trace;
  *index = 0;
  if (serial)
    *index = definitions_intern(&definitions->threads, serial, &trace->threads,
                                &trace->thread_count, sizeof *trace->threads);
  return *index || !serial;
}

static void thread_merge(struct trace_thread *to, struct trace_thread *from) {
  definitions_replace(&to->name, from->name);
  to->tid = from->tid ? from->tid : to->tid;
  to->start_stamp = from->start_stamp ? from->start_stamp : to->start_stamp;
  to->end_stamp = from->end_stamp ? from->end_stamp : to->end_stamp;
}

static enum definitions_result take_thread(struct definitions *definitions,
                                           const struct frame *frame, const uint8_t *payload) {
  struct thread_fields fields = {.serial = frame->head.thread};
  enum definitions_result result =
      definitions_fields(frame, payload, thread_places, COUNT(thread_places), &fields);
  uint32_t index;
  if (result == DEFINITIONS_OK && fields.serial >= UINT32_MAX)
    result = DEFINITIONS_MALFORMED;
  if (result == DEFINITIONS_OK && !definitions_thread(definitions, (uint32_t)fields.serial, &index))
    result = DEFINITIONS_MEMORY;
  if (result == DEFINITIONS_OK)
    thread_merge(&definitions->trace->threads[index], &fields.thread);
  else
    free(fields.thread.name);
  return result;
}

bool thread_describe(struct trace_thread *thread, const struct seep_slot *slot) {
  if (!thread->tid)
    thread->tid = slot->tid;
  if (!thread->start_stamp)
    thread->start_stamp = slot->start_stamp;
  if (!thread->name)
    thread->name = strndup(slot->name, sizeof slot->name);
  return thread->name;
}

/* ---- Marks ------------------------------------------------------------------------------------*/

struct mark_fields {
  uint64_t kind;
  struct trace_mark mark;
};

static const struct field_place mark_places[] = {
    {SEEP_TAG_MARK_KIND, FIELD_NUMBER, offsetof(struct mark_fields, kind)},
    {SEEP_TAG_LABEL, FIELD_TEXT, offsetof(struct mark_fields, mark.label)},
    {SEEP_TAG_UNITS, FIELD_NUMBER, offsetof(struct mark_fields, mark.units)},
    {SEEP_TAG_STAMP, FIELD_NUMBER, offsetof(struct mark_fields, mark.stamp)},
    {SEEP_TAG_REALTIME_NS, FIELD_NUMBER, offsetof(struct mark_fields, mark.realtime_ns)},
};

static enum definitions_result take_mark(struct definitions *definitions, const struct frame *frame,
                                         const uint8_t *payload) {
  struct trace *trace = definitions->trace;
  struct mark_fields fields = {.mark.stamp = frame->head.first_stamp};
  enum definitions_result result =
      definitions_fields(frame, payload, mark_places, COUNT(mark_places), &fields);
  if (result == DEFINITIONS_OK && fields.kind > SEEP_MARK_RESUME)
    result = DEFINITIONS_MALFORMED;
  if (result == DEFINITIONS_OK && !fields.mark.label)
    fields.mark.label = strdup("");
  if (result == DEFINITIONS_OK &&
      (!fields.mark.label || !array_room(&trace->marks, trace->mark_count, sizeof fields.mark)))
    result = DEFINITIONS_MEMORY;
  fields.mark.kind = (enum seep_mark_kind)fields.kind;
  if (result == DEFINITIONS_OK)
    trace->marks[trace->mark_count++] = fields.mark;
  else
    free(fields.mark.label);
  return result;
}

static int mark_compare(const void *left, const void *right) {
  const struct trace_mark *a = left, *b = right;
  if (a->stamp != b->stamp)
    return a->stamp < b->stamp ? -1 : 1;
  if (a->realtime_ns != b->realtime_ns)
    return a->realtime_ns < b->realtime_ns ? -1 : 1;
  return strcmp(a->label, b->label);
}

/* ---- Losses, states, disagreements ------------------------------------------------------------*/

struct loss_fields {
  uint64_t reason, count;
};

static const struct field_place loss_places[] = {
    {SEEP_TAG_LOSS_REASON, FIELD_NUMBER, offsetof(struct loss_fields, reason)},
    {SEEP_TAG_LOSS_COUNT, FIELD_NUMBER, offsetof(struct loss_fields, count)},
};

static enum definitions_result take_loss(struct definitions *definitions, const struct frame *frame,
                                         const uint8_t *payload) {
  struct loss_fields fields = {0};
  enum definitions_result result =
      definitions_fields(frame, payload, loss_places, COUNT(loss_places), &fields);
  if (result != DEFINITIONS_OK)
    return result;
  uint64_t *sum =
      fields.reason == SEEP_LOSS_WRITE ? &definitions->lost_writing : &definitions->lost_otherwise;
  *sum += fields.count;
  return DEFINITIONS_OK;
}

static enum definitions_result take_state(struct definitions *definitions,
                                          const struct frame *frame, const uint8_t *payload) {
  struct counters_fields fields = {0};
  enum definitions_result result =
      definitions_fields(frame, payload, counters_places, counters_place_count, &fields);
  if (result != DEFINITIONS_OK)
    return result;
  counters_raise(&definitions->trace->counters, &fields.counters);
  clock_note(&definitions->pairs, fields.stamp, fields.monotonic_ns);
  definitions->ended |= frame->head.type == SEEP_FRAME_END;
  definitions->folded |= fields.folded != 0;
  if (frame->head.rss_kib) /* the header says it too, and was seen by the caller */
    return DEFINITIONS_OK;
  bool added = definitions_add_sample(definitions->trace, frame->head.last_stamp, fields.rss_kib);
  return added ? DEFINITIONS_OK : DEFINITIONS_MEMORY;
}

bool definitions_add_sample(struct trace *trace, uint64_t stamp, uint64_t rss_kib) {
  if (!rss_kib)
    return true;
  if (!array_room(&trace->samples, trace->sample_count, sizeof *trace->samples))
    return false;
  trace->samples[trace->sample_count++] = (struct trace_sample){stamp, rss_kib};
  return true;
}

static int sample_compare(const void *left, const void *right) {
  const struct trace_sample *a = left, *b = right;
  if (a->stamp != b->stamp)
    return a->stamp < b->stamp ? -1 : 1;
  return a->rss_kib < b->rss_kib ? -1 : a->rss_kib > b->rss_kib;
}

struct disagreement_fields {
  uint64_t stamp;
  uint8_t *ours;
  size_t our_bytes;
  uint8_t *theirs;
  size_t their_bytes;
};

static const struct field_place disagreement_places[] = {
    {SEEP_TAG_STAMP, FIELD_NUMBER, offsetof(struct disagreement_fields, stamp)},
    {SEEP_TAG_STACK_OURS, FIELD_BYTES, offsetof(struct disagreement_fields, ours)},
    {SEEP_TAG_STACK_THEIRS, FIELD_BYTES, offsetof(struct disagreement_fields, theirs)},
};

static enum definitions_result take_disagreement(struct definitions *definitions,
                                                 const struct frame *frame,
                                                 const uint8_t *payload) {
  struct trace *trace = definitions->trace;
  struct disagreement_fields fields = {.stamp = frame->head.first_stamp};
  enum definitions_result result =
      definitions_fields(frame, payload, disagreement_places, COUNT(disagreement_places), &fields);
  if (result == DEFINITIONS_OK &&
      !array_room(&trace->disagreements, trace->disagreement_count, sizeof *trace->disagreements))
    result = DEFINITIONS_MEMORY;
  if (result != DEFINITIONS_OK) {
    free(fields.ours);
    free(fields.theirs);
    return result;
  }
  trace->disagreements[trace->disagreement_count++] = (struct trace_disagreement){
      .stamp = fields.stamp,
      .ours = (uint64_t *)fields.ours, /* from malloc, so aligned */
      .our_count = fields.our_bytes / sizeof(uint64_t),
      .theirs = (uint64_t *)fields.theirs,
      .their_count = fields.their_bytes / sizeof(uint64_t),
  };
  return DEFINITIONS_OK;
}

/* ---- All of them ------------------------------------------------------------------------------*/

static enum definitions_result take_process(struct definitions *definitions,
                                            const struct frame *frame, const uint8_t *payload) {
  struct process_clock clock = {0};
  if (definitions->has_process) /* it stands once; a second one is not this trace's */
    return DEFINITIONS_MALFORMED;
  enum definitions_result result =
      process_decode(&definitions->trace->process, &clock, payload, frame->head.plain_bytes);
  definitions->has_process = result == DEFINITIONS_OK;
  definitions->rate_estimate = clock.rate_estimate;
  clock_note(&definitions->pairs, clock.stamp, clock.monotonic_ns);
  return result;
}

static enum definitions_result take_contexts(struct definitions *definitions,
                                             const struct frame *frame, const uint8_t *payload) {
  switch (contexts_decode(&definitions->contexts, payload, frame->head.plain_bytes)) {
  case CONTEXTS_OK:
    return DEFINITIONS_OK;
  case CONTEXTS_MEMORY:
    return DEFINITIONS_MEMORY;
  default:
    return DEFINITIONS_MALFORMED;
  }
}

static enum definitions_result take_resident(struct definitions *definitions,
                                             const struct frame *frame, const uint8_t *payload) {
  return resident_take(definitions->trace, frame, payload);
}

typedef enum definitions_result definitions_take_fn(struct definitions *definitions,
                                                    const struct frame *frame,
                                                    const uint8_t *payload);

static definitions_take_fn *const takers[] = {
    [SEEP_FRAME_PROCESS] = take_process,
    [SEEP_FRAME_MODULE] = take_module,
    [SEEP_FRAME_CONTEXTS] = take_contexts,
    [SEEP_FRAME_MARK] = take_mark,
    [SEEP_FRAME_THREAD] = take_thread,
    [SEEP_FRAME_LOSS] = take_loss,
    [SEEP_FRAME_STATE] = take_state,
    [SEEP_FRAME_END] = take_state,
    [SEEP_FRAME_DISAGREEMENT] = take_disagreement,
    [SEEP_FRAME_RESIDENT] = take_resident,
};

bool definitions_wants(uint16_t type) {
  return type < COUNT(takers) && takers[type];
}

enum definitions_result definitions_take(struct definitions *definitions, const struct frame *frame,
                                         const uint8_t *payload) {
  return takers[frame->head.type](definitions, frame, payload);
}

bool definitions_start(struct definitions *definitions, struct trace *trace) {
  *definitions = (struct definitions){.trace = trace};
  trace->module_count = trace->thread_count = 1;
  if (!array_room(&trace->modules, 0, sizeof *trace->modules) ||
      !array_room(&trace->threads, 0, sizeof *trace->threads))
    return false;
  trace->modules[0] = (struct trace_module){0};
  trace->threads[0] = (struct trace_thread){0};
  return true;
}

static bool definitions_fill_texts(struct trace *trace) {
  bool filled = true;
  for (size_t i = 0; i < trace->module_count; i++)
    if (!trace->modules[i].path)
      filled &= (trace->modules[i].path = strdup("")) != NULL;
  for (size_t i = 0; i < trace->thread_count; i++)
    if (!trace->threads[i].name)
      filled &= (trace->threads[i].name = strdup("")) != NULL;
  return filled;
}

static void definitions_leave_out_recorder(struct definitions *definitions) {
  const struct trace *trace = definitions->trace;
  struct contexts *contexts = &definitions->contexts;
  for (size_t i = 0; i < contexts->count; i++)
    contexts->rows[i].left_out =
        trace->modules[idmap_find(&definitions->modules, contexts->rows[i].module)].is_recorder;
}

/* From the recorder's module ids to indexes. */
static size_t definitions_resolve_modules(const struct definitions *definitions) {
  struct trace *trace = definitions->trace;
  size_t missing = 0;
  for (size_t i = 1; i < trace->context_count; i++) {
    struct trace_context *node = &trace->contexts[i];
    uint32_t id = node->module;
    node->module = id ? idmap_find(&definitions->modules, id) : 0;
    missing += id && !node->module;
  }
  return missing;
}

static void definitions_sort(struct trace *trace) {
  if (trace->mark_count)
    qsort(trace->marks, trace->mark_count, sizeof *trace->marks, mark_compare);
  if (trace->sample_count)
    qsort(trace->samples, trace->sample_count, sizeof *trace->samples, sample_compare);
  resident_finish(trace);
}

bool definitions_finish(struct definitions *definitions, size_t *orphans) {
  struct trace *trace = definitions->trace;
  definitions_sort(trace);
  definitions_leave_out_recorder(definitions);
  if (!definitions_fill_texts(trace) ||
      !idmap_order(&definitions->modules, trace->modules, sizeof *trace->modules) ||
      !idmap_order(&definitions->threads, trace->threads, sizeof *trace->threads) ||
      !contexts_finish(&definitions->contexts, &trace->contexts, &trace->context_count, orphans))
    return false;
  *orphans += definitions_resolve_modules(definitions);
  return true;
}

void definitions_free(struct definitions *definitions) {
  idmap_free(&definitions->modules);
  idmap_free(&definitions->threads);
  contexts_free(&definitions->contexts);
}
