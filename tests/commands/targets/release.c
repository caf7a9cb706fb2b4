/* SPDX-License-Identifier: Apache-2.0
 *
 * Two releases of one program, built from this file without and with RELEASE_2: lines have moved,
 * a call was added between two others, a function has another name, one leak is fixed and one is
 * worse.
 */
#include <stdlib.h>
#include <string.h>

static void *release_kept[64];
static size_t release_count;

static void release_keep(void *block) {
  memset(block, 1, 1);
  release_kept[release_count++] = block;
}

#ifdef RELEASE_2
#line 100 /* as if there were more above */
static void release_added(void) {
  release_keep(malloc(700));
}
#define release_renamed release_new_name
#endif

static void release_renamed(void) {
  release_keep(malloc(400));
}

static void release_order(void) {
  release_keep(malloc(10));
  release_keep(malloc(10));
#ifdef RELEASE_2
  release_keep(malloc(20));
#endif
  release_keep(malloc(30));
}

static void release_worse(void) {
  release_keep(malloc(50));
#ifdef RELEASE_2
  for (int i = 0; i < 3; i++)
#else
  for (int i = 0; i < 1; i++)
#endif
    release_keep(malloc(1000));
}

static void release_fixed(void) {
  void *block = malloc(200);
  memset(block, 1, 1);
#ifdef RELEASE_2
  free(block);
#endif
}

int main(void) {
#ifdef RELEASE_2
  release_added();
#endif
  release_renamed();
  release_order();
  release_worse();
  release_fixed();
  return 0;
}
