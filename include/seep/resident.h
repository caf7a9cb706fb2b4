/* SPDX-License-Identifier: Apache-2.0
 *
 * What a process's resident memory consists of, taken from the text of /proc/PID/smaps: one rule
 * for the recorder, which reads its own, and for whoever puts a mark from outside. The text is fed
 * piece by piece and nothing is kept of it; no memory is taken.
 *
 *     seep_resident_begin(&walk);
 *     … read into a buffer behind what is left in it; used bytes are there now
 *     size_t done = seep_resident_lines(&walk, buffer, used);   the rest moves to the front
 *     seep_resident_end(&walk);                                 walk.found is complete
 *
 * How mappings are told apart:
 *   HEAP       [heap]; anonymous memory that is not reserved and begins at a multiple of 64 MiB,
 *              as glibc maps its arenas
 *   STACKS     [stack]; of an anonymous mapping with a known thread's control block in it, what
 *              lies up to the page of that: where an inaccessible mapping (the guard) ends at its
 *              begin, or the kernel keeps huge pages out of it, as it does of MAP_STACK
 *   PROGRAM    private mappings of a file of which one piece can be executed, and the anonymous one
 *              that adjoins its writable end (.bss)
 *   FILES      any other file
 *   SHARED     shared memory of no file, or of one in memory
 *   RECORDER   TRACE.stage, libseep.so, and anonymous memory with MADV_RANDOM, which arena.c gives
 *              to all of its own: nobody else does, and it keeps the kernel from joining ours with
 *              a neighbour's
 *   ANONYMOUS  what is left of private memory without a file: large blocks of malloc, memory that
 *              the program mapped, heaps of other allocators
 *   OTHER      devices, what the kernel maps itself
 */
#ifndef SEEP_RESIDENT_H
#define SEEP_RESIDENT_H

#include <seep/smaps.h>

#define SEEP_RESIDENT_PAGE 4096u
#define SEEP_RESIDENT_WINDOWS 1024 /* 64 GiB of arenas; those beyond count as ANONYMOUS */

struct seep_resident {
  uint64_t parts[SEEP_RESIDENT_PARTS]; /* bytes */
  uint64_t swapped_bytes, mapping_count;
  uint64_t heap_start, heap_stop; /* [heap]; 0: there is none */
  uint32_t window_count;
  uint32_t windows[SEEP_RESIDENT_WINDOWS]; /* ascending */
};

struct seep_resident_walk {
  struct seep_resident found;
  struct seep_mapping now;
  /* Private mappings of one file, one behind the other: what they are, the last of them says. */
  struct {
    uint64_t file, stop, bytes;
    bool code, own, writes;
  } run;
  uint64_t guard_stop; /* end of the last inaccessible mapping */
  /* May be set: first bytes behind stacks of known threads, ascending; and what tells how much
   * between two addresses is resident, for a stack that the kernel joined with what lies above. */
  const uint64_t *tops;
  size_t top_count, next_top;
  uint64_t (*resident_between)(void *data, uint64_t start, uint64_t stop);
  void *data;
};

static inline void seep_resident_begin(struct seep_resident_walk *walk) {
  memset(walk, 0, sizeof *walk);
}

/* The first byte behind the stack of a thread, of its slot's thread_pointer. */
static inline uint64_t seep_resident_top(uint64_t thread_pointer) {
  return (thread_pointer | (SEEP_RESIDENT_PAGE - 1)) + 1;
}

/* ---- What a mapping is ------------------------------------------------------------------------*/

static inline void seep_resident_end_run(struct seep_resident_walk *walk) {
  enum seep_resident_part part = walk->run.own    ? SEEP_RESIDENT_RECORDER
                                 : walk->run.code ? SEEP_RESIDENT_PROGRAM
                                                  : SEEP_RESIDENT_FILES;
  walk->found.parts[part] += walk->run.bytes;
  memset(&walk->run, 0, sizeof walk->run);
}

static inline void seep_resident_add_run(struct seep_resident_walk *walk,
                                         const struct seep_mapping *mapping) {
  if (mapping->file != walk->run.file)
    seep_resident_end_run(walk);
  walk->run.file = mapping->file;
  walk->run.stop = mapping->stop;
  walk->run.bytes += mapping->resident;
  walk->run.code |= mapping->executes;
  walk->run.own |= mapping->name == SEEP_NAME_RECORDER;
  walk->run.writes = mapping->writes;
}

/* Adjoins the writable end of a file's mappings. */
static inline bool seep_resident_is_bss(const struct seep_resident_walk *walk,
                                        const struct seep_mapping *mapping) {
  return walk->run.file && walk->run.writes && mapping->writes && walk->run.stop == mapping->start;
}

static inline bool seep_resident_is_arena(const struct seep_mapping *mapping) {
  return mapping->unreserved && mapping->writes &&
         mapping->start % (1u << SEEP_RESIDENT_WINDOW_BITS) == 0;
}

/* false: there is no room to note it. */
static inline bool seep_resident_add_windows(struct seep_resident *found,
                                             const struct seep_mapping *mapping) {
  uint64_t first = mapping->start >> SEEP_RESIDENT_WINDOW_BITS;
  uint64_t last = (mapping->stop - 1) >> SEEP_RESIDENT_WINDOW_BITS;
  if (last - first >= SEEP_RESIDENT_WINDOWS - found->window_count)
    return false;
  for (uint64_t window = first; window <= last; window++)
    found->windows[found->window_count++] = (uint32_t)window;
  return true;
}

/* The end of the topmost stack of a known thread in the mapping; its start: there is none. */
static inline uint64_t seep_resident_stack_stop(struct seep_resident_walk *walk,
                                                const struct seep_mapping *mapping) {
  uint64_t stop = mapping->start;
  bool may = mapping->writes && (mapping->small || walk->guard_stop == mapping->start);
  while (walk->next_top < walk->top_count && walk->tops[walk->next_top] <= mapping->start)
    walk->next_top++;
  for (; walk->next_top < walk->top_count && walk->tops[walk->next_top] <= mapping->stop;
       walk->next_top++)
    stop = may ? walk->tops[walk->next_top] : stop;
  return stop;
}

/* Bytes of the mapping that are stacks. */
static inline uint64_t seep_resident_in_stacks(struct seep_resident_walk *walk,
                                               const struct seep_mapping *mapping) {
  uint64_t stop = seep_resident_stack_stop(walk, mapping);
  if (stop == mapping->stop)
    return mapping->resident;
  if (stop == mapping->start || !walk->resident_between)
    return 0;
  uint64_t bytes = walk->resident_between(walk->data, mapping->start, stop);
  return bytes < mapping->resident ? bytes : mapping->resident;
}

/* Private, without a file. */
static inline void seep_resident_add_anonymous(struct seep_resident_walk *walk,
                                               const struct seep_mapping *mapping) {
  struct seep_resident *found = &walk->found;
  uint64_t stacks = 0;
  enum seep_resident_part part = SEEP_RESIDENT_ANONYMOUS;
  if (mapping->random)
    part = SEEP_RESIDENT_RECORDER;
  else if (seep_resident_is_arena(mapping) && seep_resident_add_windows(found, mapping))
    part = SEEP_RESIDENT_HEAP;
  else
    stacks = seep_resident_in_stacks(walk, mapping);
  found->parts[SEEP_RESIDENT_STACKS] += stacks;
  found->parts[part] += mapping->resident - stacks;
}

static inline void seep_resident_add_heap(struct seep_resident *found,
                                          const struct seep_mapping *mapping) {
  found->parts[SEEP_RESIDENT_HEAP] += mapping->resident;
  if (!found->heap_stop || mapping->start < found->heap_start)
    found->heap_start = mapping->start;
  if (mapping->stop > found->heap_stop)
    found->heap_stop = mapping->stop;
}

static inline void seep_resident_add_private(struct seep_resident_walk *walk,
                                             const struct seep_mapping *mapping) {
  struct seep_resident *found = &walk->found;
  switch (mapping->name) {
  case SEEP_NAME_HEAP:
    seep_resident_add_heap(found, mapping);
    break;
  case SEEP_NAME_STACK:
    found->parts[SEEP_RESIDENT_STACKS] += mapping->resident;
    break;
  case SEEP_NAME_DEVICE:
  case SEEP_NAME_KERNEL:
    found->parts[SEEP_RESIDENT_OTHER] += mapping->resident;
    break;
  default:
    seep_resident_add_anonymous(walk, mapping);
  }
}

static inline void seep_resident_add_shared(struct seep_resident *found,
                                            const struct seep_mapping *mapping) {
  static const uint8_t parts[] = {
      [SEEP_NAME_NONE] = SEEP_RESIDENT_SHARED,   [SEEP_NAME_FILE] = SEEP_RESIDENT_FILES,
      [SEEP_NAME_MEMORY] = SEEP_RESIDENT_SHARED, [SEEP_NAME_DEVICE] = SEEP_RESIDENT_OTHER,
      [SEEP_NAME_KERNEL] = SEEP_RESIDENT_OTHER,  [SEEP_NAME_HEAP] = SEEP_RESIDENT_OTHER,
      [SEEP_NAME_STACK] = SEEP_RESIDENT_OTHER,   [SEEP_NAME_STAGE] = SEEP_RESIDENT_RECORDER,
      [SEEP_NAME_RECORDER] = SEEP_RESIDENT_FILES};
  found->parts[parts[mapping->name]] += mapping->resident;
}

static inline bool seep_resident_is_run(const struct seep_mapping *mapping) {
  return mapping->name == SEEP_NAME_FILE || mapping->name == SEEP_NAME_STAGE ||
         mapping->name == SEEP_NAME_RECORDER;
}

/* Of the mapping under way, all has been seen. */
static inline void seep_resident_close(struct seep_resident_walk *walk) {
  const struct seep_mapping *mapping = &walk->now;
  if (!mapping->open)
    return;
  walk->found.mapping_count++;
  walk->found.swapped_bytes += mapping->swapped;
  bool bss = !mapping->shared && mapping->name == SEEP_NAME_NONE && !mapping->random &&
             seep_resident_is_bss(walk, mapping);
  if (bss) {
    walk->run.bytes += mapping->resident;
    walk->run.writes = false;
  } else if (!mapping->shared && seep_resident_is_run(mapping)) {
    seep_resident_add_run(walk, mapping);
  } else {
    seep_resident_end_run(walk);
    if (mapping->shared)
      seep_resident_add_shared(&walk->found, mapping);
    else
      seep_resident_add_private(walk, mapping);
  }
  if (!mapping->reads && !mapping->writes && !mapping->executes)
    walk->guard_stop = mapping->stop;
  walk->now.open = false;
}

/* ---- The text ---------------------------------------------------------------------------------*/

static inline void seep_resident_line(struct seep_resident_walk *walk, struct seep_text text) {
  bool head = text.at < text.end && (*text.at < 'A' || *text.at > 'Z');
  if (head) {
    seep_resident_close(walk);
    seep_mapping_begin(&walk->now, text);
  } else {
    seep_mapping_add(&walk->now, text);
  }
}

/* Takes the whole lines of a text; returns the bytes that they had. */
static inline size_t seep_resident_lines(struct seep_resident_walk *walk, const char *text,
                                         size_t bytes) {
  size_t done = 0;
  const char *end;
  while ((end = memchr(text + done, '\n', bytes - done))) {
    seep_resident_line(walk, (struct seep_text){text + done, end});
    done = (size_t)(end - text) + 1;
  }
  return done;
}

static inline void seep_resident_end(struct seep_resident_walk *walk) {
  seep_resident_close(walk);
  seep_resident_end_run(walk);
}

static inline uint64_t seep_resident_bytes(const struct seep_resident *found) {
  uint64_t bytes = 0;
  for (int part = 0; part < SEEP_RESIDENT_PARTS; part++)
    bytes += found->parts[part];
  return bytes;
}

/* ---- The frame --------------------------------------------------------------------------------*/

/* Tells the fields of a RESIDENT frame, one by one. */
static inline void seep_resident_fields(const struct seep_resident *found,
                                        void (*put)(void *data, enum seep_tag tag,
                                                    const void *value, size_t bytes),
                                        void *data) {
  uint64_t all = seep_resident_bytes(found);
  put(data, SEEP_TAG_RESIDENT_BYTES, &all, sizeof all);
  for (int part = 0; part < SEEP_RESIDENT_PARTS; part++)
    put(data, (enum seep_tag)(SEEP_TAG_RESIDENT_HEAP + part), &found->parts[part],
        sizeof found->parts[part]);
  put(data, SEEP_TAG_SWAPPED_BYTES, &found->swapped_bytes, sizeof found->swapped_bytes);
  put(data, SEEP_TAG_MAPPING_COUNT, &found->mapping_count, sizeof found->mapping_count);
  put(data, SEEP_TAG_HEAP_START, &found->heap_start, sizeof found->heap_start);
  put(data, SEEP_TAG_HEAP_STOP, &found->heap_stop, sizeof found->heap_stop);
  put(data, SEEP_TAG_HEAP_WINDOWS, found->windows, found->window_count * sizeof *found->windows);
}

#endif
