/* SPDX-License-Identifier: Apache-2.0
 *
 * Damaged binaries: whatever is read from them, looking up ends and gives an answer.
 */
#include "fake.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct damage {
  char path[64];
  unsigned char *bytes;
  size_t count;
};

static void damage_init(struct damage *damage, const char *path) {
  FILE *file = fopen(path, "rb");
  assert_non_null(file);
  damage->bytes = malloc(1 << 20);
  damage->count = fread(damage->bytes, 1, 1 << 20, file);
  assert_in_range(damage->count, 1000, (1 << 20) - 1);
  fclose(file);
  strcpy(damage->path, "/tmp/seep-damage-XXXXXX");
  close(mkstemp(damage->path));
}

static void damage_write(const struct damage *damage, size_t count) {
  FILE *file = fopen(damage->path, "wb");
  assert_int_equal(fwrite(damage->bytes, 1, count, file), count);
  fclose(file);
}

static void damage_release(struct damage *damage) {
  unlink(damage->path);
  free(damage->bytes);
}

/* Looks up addresses all over the file; the build-id is not asked for, so that it is read. Returns
 * how many had a function. */
static size_t damage_look(const struct damage *damage) {
  struct fake fake;
  size_t named = 0;
  fake_init(&fake, damage->path);
  fake.modules[1].build_id_bytes = 0;
  for (uint64_t offset = 0x1000; offset < 0x1400; offset += 5)
    fake_add(&fake, 1, offset, 0);
  struct symbols *symbols = symbols_new(&fake.trace, NULL);
  for (uint32_t context = 0; context < fake.trace.context_count; context++) {
    const struct symbol *symbol = symbols_look_up(symbols, context);
    assert_in_range(symbol->frame_count, 1, 64);
    for (size_t i = 0; i < symbol->frame_count; i++)
      named += symbol->frames[i].function && strlen(symbol->frames[i].function) > 0;
  }
  symbols_free(symbols);
  fake_release(&fake);
  return named;
}

static void test_truncated(void **state) {
  struct damage damage;
  damage_init(&damage, *state);
  damage_write(&damage, damage.count);
  assert_true(damage_look(&damage) > 5); /* undamaged, it names */
  for (size_t count = 0; count < damage.count; count += damage.count / 97 + 1) {
    damage_write(&damage, count);
    damage_look(&damage);
  }
  damage_release(&damage);
}

/* Bytes changed at random, all over the file or in one place. */
static void test_flipped(void **state) {
  struct damage damage;
  damage_init(&damage, *state);
  unsigned char *sound = malloc(damage.count);
  memcpy(sound, damage.bytes, damage.count);
  srand(7);
  for (int round = 0; round < 400; round++) {
    size_t first = 0, span = damage.count;
    if (round % 2) {
      span = damage.count / 50;
      first = (size_t)rand() % (damage.count - span);
    }
    memcpy(damage.bytes, sound, damage.count);
    for (int i = 0; i < 1 + round / 10; i++)
      damage.bytes[first + (size_t)rand() % span] = (unsigned char)rand();
    damage_write(&damage, damage.count);
    damage_look(&damage);
  }
  free(sound);
  damage_release(&damage);
}

int main(void) {
  static char c[] = SUBJECT_BUILD "/subject.so", cxx[] = SUBJECT_BUILD "/subject_cxx.so",
              table[] = SUBJECT_BUILD "/subjects/mini/subject.so";
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_prestate(test_truncated, c),
      cmocka_unit_test_prestate(test_flipped, c),
      cmocka_unit_test_prestate(test_truncated, cxx),
      cmocka_unit_test_prestate(test_flipped, cxx),
      cmocka_unit_test_prestate(test_truncated, table),
      cmocka_unit_test_prestate(test_flipped, table),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
