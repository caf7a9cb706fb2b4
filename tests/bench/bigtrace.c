/* SPDX-License-Identifier: Apache-2.0
 *
 *     bigtrace FILE [MILLIONS-OF-EVENTS [MARKS [CONTEXTS [STANDING]]]]
 *
 * Makes a trace such as a service leaves after a day: of all events (100 million) a fifth was
 * written out, the rest is in the sums of pairs; four threads, 20,000 contexts, marks (1) evenly
 * between them, and at any time about a million live blocks, or STANDING of them: with a tenth of
 * all events none is ever freed. Random numbers are the same each time.
 */
#include "builder.h"
#include <stdio.h>
#include <stdlib.h>

#define THREADS 4
#define BLOCK_PAIRS 6800 /* a drained block: 13,600 events in pairs, and these */
#define BLOCK_ALLOCATIONS 1700
#define BLOCK_ROWS 150
#define TICKS_PER_BLOCK 3000000u

struct making {
  struct builder *builder;
  uint64_t random, stamp, made;
  uint32_t contexts;
  uint64_t *live, standing; /* addresses; 0: none */
};

static uint32_t draw(struct making *m) {
  m->random = m->random * 6364136223846793005ull + 1442695040888963407ull;
  return (uint32_t)(m->random >> 33);
}

static void put_definitions(struct making *m) {
  builder_process(m->builder, &(struct builder_process){.program = "bigtrace"});
  builder_module(m->builder, 1, "/usr/bin/bigtrace", 0x400000, "\x12\x34", 2);
  for (uint32_t id = 1; id <= m->contexts; id++)
    builder_context(m->builder, id, id == 1 ? 0 : 1 + draw(m) % (id - 1), 1, 0x1000 + id * 16, 0);
  for (uint32_t thread = 1; thread <= THREADS; thread++)
    builder_thread(m->builder, thread, 4711 + thread, "worker", 1000, 0);
}

/* An address is the ring's place and the turn, so that it is not used again at once. */
static void put_allocation(struct making *m, uint32_t thread) {
  uint64_t place = m->made % m->standing;
  if (m->live[place])
    builder_free(m->builder, thread, m->stamp++, m->live[place]);
  m->live[place] = 0x7f0000000000 + (place * 8 + m->made / m->standing % 8) * 64;
  m->made++;
  m->stamp += 1 + draw(m) % 1000;
  builder_alloc(m->builder, thread, m->stamp++, m->live[place], 16 + draw(m) % 40 * 8,
                1 + draw(m) % m->contexts);
}

static void put_block(struct making *m, uint32_t thread) {
  for (int i = 0; i < BLOCK_ALLOCATIONS; i++)
    put_allocation(m, thread);
  for (uint32_t row = 0; row < BLOCK_ROWS; row++)
    builder_sum(m->builder, thread,
                &(struct builder_sum){
                    .context = 1 + (draw(m) % (m->contexts / BLOCK_ROWS)) * BLOCK_ROWS + row,
                    .pairs = BLOCK_PAIRS / BLOCK_ROWS,
                    .bytes = 64 * (BLOCK_PAIRS / BLOCK_ROWS),
                    .lifetime_bucket = 3 + row % 5,
                    .size_bucket = 7});
  builder_drain(m->builder, thread);
}

static void put_mark(struct making *m, uint64_t number) {
  char label[24];
  snprintf(label, sizeof label, "%llu", (unsigned long long)number);
  builder_mark(m->builder, SEEP_MARK_LABEL, label, 0, m->stamp++);
}

static void put_events(struct making *m, uint64_t wanted, uint64_t marks) {
  uint64_t per_block = 2 * (BLOCK_PAIRS / BLOCK_ROWS * BLOCK_ROWS + BLOCK_ALLOCATIONS);
  uint64_t blocks = wanted / per_block + 1, marked = 0;
  for (uint64_t block = 0; block < blocks; block++) {
    put_block(m, 1 + (uint32_t)(block % THREADS));
    m->stamp += TICKS_PER_BLOCK;
    if (block + 1 == (marked + 1) * blocks / (marks + 1) && marked < marks)
      put_mark(m, ++marked);
  }
}

static uint64_t number(int count, char **arguments, int index, uint64_t otherwise) {
  return index < count ? strtoull(arguments[index], NULL, 10) : otherwise;
}

int main(int count, char **arguments) {
  if (count < 2)
    return 2;
  struct making m = {.builder = builder_new(arguments[1]),
                     .stamp = 2000,
                     .contexts = (uint32_t)number(count, arguments, 4, 20000),
                     .standing = number(count, arguments, 5, 1 << 20)};
  m.live = m.standing ? calloc(m.standing, sizeof *m.live) : NULL;
  if (!m.live || m.contexts < BLOCK_ROWS)
    return 1;
  builder_compress(m.builder, true);
  put_definitions(&m);
  put_events(&m, number(count, arguments, 2, 100) * 1000000, number(count, arguments, 3, 1));
  builder_end(m.builder, m.stamp, &(struct builder_state){.captures = m.made});
  builder_close(m.builder);
  free(m.live);
  return 0;
}
