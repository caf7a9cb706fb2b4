/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/live.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

static void live_keeps_every_field(void **state) {
  (void)state;
  struct live live;
  struct live_block older, found;
  live_init(&live);
  const struct live_block block = {
      .address = 0x7fffdeadbeef, .size = LIVE_SIZE_MAX, .stamp = UINT64_MAX, .place = UINT32_MAX};
  assert_int_equal(live_put(&live, &block, &older), LIVE_NEW);
  assert_true(live_find(&live, block.address, &found));
  assert_int_equal(found.address, block.address);
  assert_int_equal(found.size, block.size);
  assert_int_equal(found.stamp, block.stamp);
  assert_int_equal(found.place, block.place);
  assert_false(found.contested);
  assert_false(live_find(&live, block.address + 16, &found));
  live_release(&live);
}

static void live_replaces_and_tells(void **state) {
  (void)state;
  struct live live;
  struct live_block older, found;
  live_init(&live);
  assert_int_equal(
      live_put(&live, &(struct live_block){.address = 0x10, .size = 5, .stamp = 1, .place = 1},
               &older),
      LIVE_NEW);
  assert_int_equal(
      live_put(&live, &(struct live_block){.address = 0x10, .size = 7, .stamp = 2, .place = 3},
               &older),
      LIVE_REPLACED);
  assert_int_equal(older.size, 5);
  assert_int_equal(older.place, 1);
  assert_true(live_take(&live, 0x10, &found));
  assert_int_equal(found.size, 7);
  assert_true(found.contested);
  assert_false(live_take(&live, 0x10, &found));
  live_release(&live);
}

#define MODEL 4096

/* Random puts and takes against a plain array: few addresses, so that probes collide, wrap and
 * shift back all the time. */
static void live_agrees_with_a_model(void **state) {
  (void)state;
  struct live live;
  uint64_t sizes[MODEL] = {0}; /* 0: not live */
  unsigned seed = 7;
  live_init(&live);
  for (int i = 0; i < 300000; i++) {
    unsigned slot = (unsigned)rand_r(&seed) % MODEL;
    uint64_t address = 0x7f0000000000 + (uint64_t)slot * 4096;
    struct live_block block = {.address = address, .size = (uint64_t)i + 1, .place = 9}, other;
    bool grow = i % 20000 < 10000 ? rand_r(&seed) % 4 : rand_r(&seed) % 4 == 0;
    if (grow) {
      enum live_put put = live_put(&live, &block, &other);
      assert_int_equal(put, sizes[slot] ? LIVE_REPLACED : LIVE_NEW);
      if (sizes[slot])
        assert_int_equal(other.size, sizes[slot]);
      sizes[slot] = block.size;
    } else {
      assert_int_equal(live_take(&live, address, &other), sizes[slot] != 0);
      if (sizes[slot])
        assert_int_equal(other.size, sizes[slot]);
      sizes[slot] = 0;
    }
  }
  for (unsigned slot = 0; slot < MODEL; slot++) {
    struct live_block found;
    assert_int_equal(live_find(&live, 0x7f0000000000 + (uint64_t)slot * 4096, &found),
                     sizes[slot] != 0);
  }
  live_release(&live);
}

static void live_add_size(void *data, const struct live_block *block) {
  *(uint64_t *)data += block->size;
}

static void live_drains_every_block_once(void **state) {
  (void)state;
  struct live live;
  struct live_block older;
  uint64_t sum = 0, again = 0;
  live_init(&live);
  for (uint64_t i = 1; i <= 100000; i++) {
    struct live_block block = {.address = i * 48, .size = i, .place = 1};
    live_prefetch(&live, block.address);
    assert_int_equal(live_put(&live, &block, &older), LIVE_NEW);
  }
  for (unsigned shard = 0; shard < LIVE_SHARDS; shard++)
    live_drain_shard(&live, shard, live_add_size, &sum);
  for (unsigned shard = 0; shard < LIVE_SHARDS; shard++)
    live_drain_shard(&live, shard, live_add_size, &again);
  assert_int_equal(sum, 100000ull * 100001 / 2);
  assert_int_equal(again, 0);
  live_release(&live);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(live_keeps_every_field),
      cmocka_unit_test(live_replaces_and_tells),
      cmocka_unit_test(live_agrees_with_a_model),
      cmocka_unit_test(live_drains_every_block_once),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
