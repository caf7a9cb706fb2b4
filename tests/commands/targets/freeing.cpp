/* SPDX-License-Identifier: Apache-2.0
 *
 * Blocks of one call each, freed in ways of their own: delete, a wrapper of free, realloc, another
 * thread. A few of each stay.
 */
#include <cstdlib>
#include <pthread.h>

#define NOINLINE __attribute__((noinline))
#define STAY __asm__ volatile("" ::: "memory") /* no call becomes a jump, none is left out */

enum { ROUNDS = 400, KEPT = 5 };

struct part {
  long number[6];
};

static void *volatile kept;

NOINLINE static part *part_make() {
  part *made = new part;
  kept = made;
  return made;
}

NOINLINE static void part_delete(part *part) {
  delete part;
  STAY;
}

NOINLINE static void *wrapped_make() {
  void *made = malloc(40);
  STAY;
  return made;
}

NOINLINE static void xfree(void *block) {
  free(block);
  STAY;
}

NOINLINE static void wrapped_drop(void *block) {
  xfree(block);
  STAY;
}

NOINLINE static void *list_make() {
  void *made = malloc(100);
  STAY;
  return made;
}

NOINLINE static void *list_grow(void *list) {
  void *grown = realloc(list, 5000);
  STAY;
  return grown;
}

NOINLINE static void *letter_make() {
  void *made = malloc(72);
  STAY;
  return made;
}

NOINLINE static void *letter_read(void *letters) {
  for (void **letter = static_cast<void **>(letters); *letter; letter++)
    free(*letter);
  return nullptr;
}

int main() {
  static void *letters[ROUNDS + 1];
  for (int i = 0; i < ROUNDS; i++) {
    part *made = part_make();
    void *wrapped = wrapped_make(), *list = list_grow(list_make());
    letters[i] = letter_make();
    if (i < KEPT) {
      kept = list;
      continue;
    }
    part_delete(made);
    wrapped_drop(wrapped);
    free(list);
  }
  pthread_t reader;
  if (pthread_create(&reader, nullptr, letter_read, letters + KEPT))
    return 1;
  return pthread_join(reader, nullptr);
}
