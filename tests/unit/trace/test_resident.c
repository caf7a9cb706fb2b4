/* SPDX-License-Identifier: Apache-2.0
 *
 * What resident memory consists of, from texts as the kernel writes them.
 */
#include <seep/resident.h>

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define TEXT_BYTES 16384

struct text {
  char text[TEXT_BYTES];
  size_t used;
};

/* A mapping: its first line without the offset's number, KiB that are resident, its flags. */
static void put(struct text *text, const char *range, const char *permissions, const char *file,
                uint64_t kib, const char *flags) {
  int bytes =
      snprintf(text->text + text->used, sizeof text->text - text->used,
               "%s %s 00001000 %s\nSize:             999 kB\nRss:       %8" PRIu64
               " kB\nPss:               7 kB\nAnonymous:         5 kB\nShared_Hugetlb:    0 kB\n"
               "Private_Hugetlb:   0 kB\nSwap:              0 kB\nSwapPss:           3 kB\n"
               "THPeligible:    0\nVmFlags: %s \n",
               range, permissions, file, kib, flags);
  assert_true(bytes > 0 && (size_t)bytes < sizeof text->text - text->used);
  text->used += (size_t)bytes;
}

static void take(struct seep_resident_walk *walk, const struct text *text) {
  assert_int_equal(seep_resident_lines(walk, text->text, text->used), text->used);
  seep_resident_end(walk);
}

static struct seep_resident_walk walked(const struct text *text) {
  struct seep_resident_walk walk;
  seep_resident_begin(&walk);
  take(&walk, text);
  return walk;
}

static void expect(const struct seep_resident *found, enum seep_resident_part part, uint64_t kib) {
  if (found->parts[part] != kib * 1024)
    fail_msg("part %d has %" PRIu64 " bytes, not %" PRIu64 " KiB", (int)part, found->parts[part],
             kib);
}

/* A small process, as its kernel shows it: one mapping of each kind. */
static void put_process(struct text *text) {
  put(text, "55d0c0a00000-55d0c0a02000", "r--p", "fe:00 247134      /usr/bin/demo", 1, "rd mr me");
  put(text, "55d0c0a02000-55d0c0a05000", "r-xp", "fe:00 247134      /usr/bin/demo", 2, "rd ex");
  put(text, "55d0c0a05000-55d0c0a06000", "rw-p", "fe:00 247134      /usr/bin/demo", 4, "rd wr");
  put(text, "55d0c0a06000-55d0c0a0a000", "rw-p", "00:00 0 ", 8, "rd wr mr mw me ac");
  put(text, "55d0c2000000-55d0c2100000", "rw-p", "00:00 0        [heap]", 16, "rd wr ac");
  put(text, "7f0004000000-7f0004100000", "rw-p", "00:00 0 ", 32, "rd wr mr mw me nr");
  put(text, "7f0004100000-7f0008000000", "---p", "00:00 0 ", 0, "mr mw me nr");
  put(text, "7f0010000000-7f0010100000", "rw-p", "00:00 0 ", 64, "rd wr mr mw me nr rr");
  put(text, "7f0020000000-7f0020100000", "rw-p", "00:00 0 ", 128, "rd wr mr mw me ac");
  put(text, "7f0030000000-7f0030100000", "r--p", "fe:00 99   /usr/lib/locale/archive", 256, "rd");
  put(text, "7f0040000000-7f0040100000", "rw-s", "fe:00 98          /var/data.db", 512, "rd wr sh");
  put(text, "7f0050000000-7f0050100000", "rw-s", "00:01 97   /dev/zero (deleted)", 1024, "rd wr");
  put(text, "7f0060000000-7f0060100000", "rw-s", "00:05 96   /dev/shm/x.seep.stage", 2048, "rd");
  put(text, "7f0070000000-7f0070100000", "r-xp", "fe:00 95   /opt/seep/libseep.so", 4096, "rd ex");
  put(text, "7f0070100000-7f0070200000", "rw-p", "00:00 0 ", 0, "rd wr"); /* not its own */
  put(text, "7ffd00000000-7ffd00100000", "rw-p", "00:00 0         [stack]", 8192, "rd wr gd ac");
  put(text, "7ffd00200000-7ffd00204000", "r-xp", "00:00 0          [vdso]", 16384, "rd ex");
}

static void expect_process(const struct seep_resident *found) {
  expect(found, SEEP_RESIDENT_PROGRAM, 1 + 2 + 4 + 8);
  expect(found, SEEP_RESIDENT_HEAP, 16 + 32);
  expect(found, SEEP_RESIDENT_ANONYMOUS, 128);
  expect(found, SEEP_RESIDENT_FILES, 256 + 512);
  expect(found, SEEP_RESIDENT_SHARED, 1024);
  expect(found, SEEP_RESIDENT_RECORDER, 64 + 2048 + 4096);
  expect(found, SEEP_RESIDENT_STACKS, 8192);
  expect(found, SEEP_RESIDENT_OTHER, 16384);
  assert_int_equal(seep_resident_bytes(found), 32767 * 1024);
  assert_int_equal(found->mapping_count, 17);
  assert_true(found->heap_start == 0x55d0c2000000 && found->heap_stop == 0x55d0c2100000);
  assert_int_equal(found->window_count, 1);
  assert_int_equal(found->windows[0], 0x7f0004000000 >> 26);
}

static void each_kind_of_mapping_is_told_apart(void **state) {
  struct text text = {.used = 0};
  (void)state;
  put_process(&text);
  struct seep_resident_walk walk = walked(&text);
  expect_process(&walk.found);
}

/* As a recorder reads it: whatever pieces the kernel gives. */
static void pieces_of_any_length_say_the_same(void **state) {
  struct text text = {.used = 0};
  (void)state;
  put_process(&text);
  for (size_t piece = 1; piece < 3000; piece += piece < 300 ? 1 : 97) {
    struct seep_resident_walk walk;
    char buffer[TEXT_BYTES];
    size_t used = 0;
    seep_resident_begin(&walk);
    for (size_t at = 0; at < text.used; at += piece) {
      size_t bytes = text.used - at < piece ? text.used - at : piece;
      memcpy(buffer + used, text.text + at, bytes);
      used += bytes;
      size_t done = seep_resident_lines(&walk, buffer, used);
      used -= done;
      memmove(buffer, buffer + done, used);
    }
    assert_int_equal(used, 0);
    seep_resident_end(&walk);
    expect_process(&walk.found);
  }
}

static void what_is_in_swap_or_in_huge_pages_counts_by_itself(void **state) {
  static const char text[] =
      "7f0000000000-7f0000200000 rw-p 00000000 00:00 0 \nRss:     4 kB\nSwap:   12 kB\n"
      "VmFlags: rd wr \n"
      "7f0000200000-7f0000400000 rw-p 00000000 00:0e 5    /anon_hugepage (deleted)\n"
      "Rss:     0 kB\nShared_Hugetlb:  1024 kB\nPrivate_Hugetlb: 2048 kB\nVmFlags: rd wr ht \n";
  struct seep_resident_walk walk;
  (void)state;
  seep_resident_begin(&walk);
  assert_int_equal(seep_resident_lines(&walk, text, sizeof text - 1), sizeof text - 1);
  seep_resident_end(&walk);
  assert_int_equal(walk.found.swapped_bytes, 12 * 1024);
  expect(&walk.found, SEEP_RESIDENT_ANONYMOUS, 4 + 1024 + 2048);
}

/* ---- Stacks -----------------------------------------------------------------------------------*/

/* Half of what is asked for, and what was asked. */
struct asked {
  uint64_t start, stop;
  int times;
};

static uint64_t half_between(void *data, uint64_t start, uint64_t stop) {
  struct asked *asked = data;
  asked->start = start;
  asked->stop = stop;
  asked->times++;
  return (stop - start) / 2;
}

/* Control blocks of the threads, as their slots say. */
static struct seep_resident_walk walked_with(const struct text *text, const uint64_t *pointers,
                                             size_t count, struct asked *asked) {
  static uint64_t tops[8];
  struct seep_resident_walk walk;
  seep_resident_begin(&walk);
  for (size_t i = 0; i < count; i++)
    tops[i] = seep_resident_top(pointers[i]);
  walk.tops = tops;
  walk.top_count = count;
  walk.resident_between = half_between;
  walk.data = asked;
  take(&walk, text);
  return walk;
}

static void a_known_threads_stack_is_a_stack(void **state) {
  static const uint64_t pointers[] = {0x7f0000800640, 0x7f00010006c0, 0x7f0009000000};
  struct text text = {.used = 0};
  struct asked asked = {0};
  (void)state;
  put(&text, "7f0000000000-7f0000001000", "---p", "00:00 0 ", 0, "mr mw me");
  put(&text, "7f0000001000-7f0000801000", "rw-p", "00:00 0 ", 8, "rd wr ac");
  put(&text, "7f0000801000-7f0000802000", "---p", "00:00 0 ", 0, "mr mw me");
  put(&text, "7f0000802000-7f0001001000", "rw-p", "00:00 0 ", 16, "rd wr ac");
  put(&text, "7f0001001000-7f0001002000", "---p", "00:00 0 ", 0, "mr mw me");
  put(&text, "7f0001002000-7f0002000000", "rw-p", "00:00 0 ", 32, "rd wr ac"); /* nobody's */
  struct seep_resident_walk walk = walked_with(&text, pointers, 3, &asked);
  expect(&walk.found, SEEP_RESIDENT_STACKS, 8 + 16);
  expect(&walk.found, SEEP_RESIDENT_ANONYMOUS, 32);
  assert_int_equal(asked.times, 0);
}

/* Before Linux 6.7 the kernel joins a stack with the large block above it. */
static void what_lies_above_a_stack_is_none(void **state) {
  static const uint64_t pointer = 0x7f0000800640;
  struct text text = {.used = 0};
  struct asked asked = {0};
  (void)state;
  put(&text, "7f0000000000-7f0000001000", "---p", "00:00 0 ", 0, "mr mw me");
  put(&text, "7f0000001000-7f0004801000", "rw-p", "00:00 0 ", 20000, "rd wr ac");
  struct seep_resident_walk walk = walked_with(&text, &pointer, 1, &asked);
  expect(&walk.found, SEEP_RESIDENT_STACKS, 4096);
  expect(&walk.found, SEEP_RESIDENT_ANONYMOUS, 20000 - 4096);
  assert_int_equal(asked.times, 1);
  assert_true(asked.start == 0x7f0000001000 && asked.stop == 0x7f0000801000);
}

/* A stack that the program took from its heap: where it begins is not known. */
static void without_a_guard_nothing_is_a_stack(void **state) {
  static const uint64_t pointer = 0x7f0000800640;
  struct text text = {.used = 0};
  struct asked asked = {0};
  (void)state;
  put(&text, "7f0000000000-7f0000001000", "---p", "00:00 0 ", 0, "mr mw me");
  put(&text, "7f0000002000-7f0000801000", "rw-p", "00:00 0 ", 100, "rd wr ac");
  struct seep_resident_walk walk = walked_with(&text, &pointer, 1, &asked);
  expect(&walk.found, SEEP_RESIDENT_STACKS, 0);
  expect(&walk.found, SEEP_RESIDENT_ANONYMOUS, 100);
}

/* glibc 2.42 has guards that are no mappings: stacks join, marked as the kernel marks MAP_STACK. */
static void stacks_that_join_are_all_stacks(void **state) {
  static const uint64_t pointers[] = {0x7f0000800640, 0x7f00010006c0};
  struct text text = {.used = 0};
  struct asked asked = {0};
  (void)state;
  put(&text, "7f0000001000-7f0001001000", "rw-p", "00:00 0 ", 48, "rd wr ac nh");
  struct seep_resident_walk walk = walked_with(&text, pointers, 2, &asked);
  expect(&walk.found, SEEP_RESIDENT_STACKS, 48);
}

/* ---- Odd texts --------------------------------------------------------------------------------*/

static void more_arenas_than_there_is_room_for_are_anonymous_memory(void **state) {
  struct seep_resident_walk walk;
  char line[200];
  (void)state;
  seep_resident_begin(&walk);
  for (uint64_t i = 0; i < SEEP_RESIDENT_WINDOWS + 10; i++) {
    uint64_t start = 0x700000000000 + (i << 27);
    int bytes = snprintf(line, sizeof line,
                         "%" PRIx64 "-%" PRIx64 " rw-p 0 00:00 0 \nRss: 4 kB\nVmFlags: rd wr nr \n",
                         start, start + 8192);
    seep_resident_lines(&walk, line, (size_t)bytes);
  }
  seep_resident_end(&walk);
  assert_int_equal(walk.found.window_count, SEEP_RESIDENT_WINDOWS);
  expect(&walk.found, SEEP_RESIDENT_HEAP, SEEP_RESIDENT_WINDOWS * 4);
  expect(&walk.found, SEEP_RESIDENT_ANONYMOUS, 40);
}

static void a_text_without_sense_is_harmless(void **state) {
  static const char text[] =
      "\n-\n0-\nRss:\nRss: 7\n ffff\nVmFlags:\nVmFlags: n\nSwap: x kB\n[heap]\n"
      "ffffffffffffffffffffffff-0 rw-p 0 00:00 0 \nVmFlags: nr nr \n";
  struct seep_resident_walk walk;
  (void)state;
  seep_resident_begin(&walk);
  assert_int_equal(seep_resident_lines(&walk, text, sizeof text - 1), sizeof text - 1);
  seep_resident_end(&walk);
}

/* What this kernel writes of this process: all that it calls resident is in one of the parts. */
static void the_parts_are_all_that_the_kernel_says(void **state) {
  static char text[1 << 20];
  struct seep_resident_walk walk;
  uint64_t resident = 0, kib;
  (void)state;
  FILE *smaps = fopen("/proc/self/smaps", "re");
  if (!smaps)
    skip();
  size_t bytes = fread(text, 1, sizeof text - 1, smaps);
  fclose(smaps);
  assert_true(bytes > 0 && bytes < sizeof text - 1);
  for (const char *line = text; line; line = strchr(line + 1, '\n'))
    if (sscanf(line, "\nRss: %" SCNu64, &kib) == 1)
      resident += kib * 1024;
  seep_resident_begin(&walk);
  assert_int_equal(seep_resident_lines(&walk, text, bytes), bytes);
  seep_resident_end(&walk);
  assert_int_equal(seep_resident_bytes(&walk.found), resident);
  assert_true(walk.found.parts[SEEP_RESIDENT_STACKS] && walk.found.parts[SEEP_RESIDENT_PROGRAM]);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(each_kind_of_mapping_is_told_apart),
      cmocka_unit_test(pieces_of_any_length_say_the_same),
      cmocka_unit_test(what_is_in_swap_or_in_huge_pages_counts_by_itself),
      cmocka_unit_test(a_known_threads_stack_is_a_stack),
      cmocka_unit_test(what_lies_above_a_stack_is_none),
      cmocka_unit_test(without_a_guard_nothing_is_a_stack),
      cmocka_unit_test(stacks_that_join_are_all_stacks),
      cmocka_unit_test(more_arenas_than_there_is_room_for_are_anonymous_memory),
      cmocka_unit_test(a_text_without_sense_is_harmless),
      cmocka_unit_test(the_parts_are_all_that_the_kernel_says),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
