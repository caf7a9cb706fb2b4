/* SPDX-License-Identifier: Apache-2.0
 *
 * The list of the recorder's mappings: threads map and unmap while recordings end and begin.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "arena.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define PAGE 4096
#define LIST 65536 /* mappings that the list has room for */
#define THREADS 3
#define ENDS 3000 /* of recordings, while the threads work */

static atomic_bool over;

/* A file of the recorder's, mapped by it; put there is one byte. */
static char *map_shared(int file) {
  char *at = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  assert_ptr_not_equal(at, MAP_FAILED);
  at[0] = 'x';
  arena_count_shared(at, PAGE);
  return at;
}

static int make_file(void) {
  int file = memfd_create("shared", 0);
  assert_return_code(file, 0);
  assert_return_code(ftruncate(file, PAGE), 0);
  return file;
}

static bool is_mapped(void *at) {
  unsigned char resident;
  return mincore(at, PAGE, &resident) == 0;
}

static void the_end_of_a_recording_takes_what_was_shared(void **unused) {
  (void)unused;
  int file = make_file();
  char *shared = map_shared(file), *own = arena_map(PAGE);
  own[0] = 'o';
  arena_privatize_shared();
  assert_int_equal(shared[0], 0);
  shared[0] = 'y'; /* by one who still holds the address */
  arena_unmap_private();
  assert_false(is_mapped(shared));
  assert_int_equal(own[0], 'o');
  arena_unmap(own, PAGE);
  assert_false(is_mapped(own));
  close(file);
}

/* Is what a thread has mapped still its own, with what it wrote there? */
static void *map_and_look(void *unused) {
  uintptr_t wrong = 0;
  (void)unused;
  while (!atomic_load(&over)) {
    char *at[4];
    for (int i = 0; i < 4; i++)
      if ((at[i] = arena_map(PAGE)))
        memset(at[i], 'o', PAGE);
    for (int i = 0; i < 4; i++) {
      if (!at[i])
        continue;
      wrong += at[i][0] != 'o' || at[i][PAGE - 1] != 'o';
      arena_unmap(at[i], PAGE);
    }
  }
  return (void *)wrong;
}

static void nobody_loses_what_he_maps_while_recordings_end(void **unused) {
  (void)unused;
  pthread_t threads[THREADS];
  int file = make_file();
  for (int i = 0; i < THREADS; i++)
    assert_int_equal(pthread_create(&threads[i], NULL, map_and_look, NULL), 0);
  for (int i = 0; i < ENDS; i++) {
    map_shared(file);
    arena_privatize_shared();
    arena_unmap_private();
  }
  atomic_store(&over, true);
  for (int i = 0; i < THREADS; i++) {
    void *wrong;
    pthread_join(threads[i], &wrong);
    assert_null(wrong);
  }
  close(file);
}

/* One more round than there is room for: the last mapping is still counted. */
static void no_number_of_rounds_uses_the_list_up(void **unused) {
  (void)unused;
  int file = make_file();
  for (int i = 0; i <= LIST; i++) {
    map_shared(file);
    arena_privatize_shared();
    arena_unmap_private();
  }
  close(file);
  size_t before = arena_resident();
  char *last = arena_map(PAGE);
  last[0] = 'o';
  assert_int_equal(arena_resident(), before + PAGE);
  arena_unmap(last, PAGE);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_end_of_a_recording_takes_what_was_shared),
      cmocka_unit_test(nobody_loses_what_he_maps_while_recordings_end),
      cmocka_unit_test(no_number_of_rounds_uses_the_list_up),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
