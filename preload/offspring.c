/* SPDX-License-Identifier: Apache-2.0 */
#include "offspring.h"
#include "stage.h"
#include "sys.h"

#include <sys/mman.h>

#define PAGE_BYTES 4096
#define TELL_SHARE 16   /* told after one more in so many */
#define TELL_MOST 4096u /* allocations that are not told yet */

struct page {
  uint64_t children, allocations, bytes;
};

struct own {
  uint64_t told, allocations, bytes; /* the last two: since they were told */
};

bool offspring_counting;
/* NULL: none, nothing is counted. Of the recording before it stays where it is: a thread that was
 * just forking when that ended may be at it. */
static struct page *_Atomic page;
static struct page *page_before;
static _Atomic bool is_open;
static __thread struct own own __attribute__((tls_model("initial-exec")));

static struct page *map_page(void) {
  long at =
      sys_call6(SYS_mmap, 0, PAGE_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  return sys_failed(at) ? NULL : (struct page *)at;
}

void offspring_open(void) {
  if (offspring_counting)
    offspring_flush();
  offspring_counting = false;
  if (page_before)
    sys_call3(SYS_munmap, page_before, PAGE_BYTES, 0);
  page_before = page; /* in a child: its parent's */
  page = map_page();
  is_open = true;
}

void offspring_close(void) {
  is_open = false;
}

void offspring_begin(void) {
  own = (struct own){0}; /* the rest is its parent's */
  offspring_counting = is_open && page;
}

void offspring_add_child(void) {
  struct page *shared = page;
  uint64_t *children = shared ? &shared->children : &stage->unrecorded_children;
  __atomic_fetch_add(children, 1, __ATOMIC_RELAXED);
}

void offspring_flush(void) {
  if (!offspring_counting || !own.allocations)
    return;
  __atomic_fetch_add(&page->allocations, own.allocations, __ATOMIC_RELAXED);
  __atomic_fetch_add(&page->bytes, own.bytes, __ATOMIC_RELAXED);
  own = (struct own){.told = own.told + own.allocations};
}

void offspring_add(size_t bytes) {
  own.allocations++;
  own.bytes += bytes;
  if (own.allocations > own.told / TELL_SHARE || own.allocations >= TELL_MOST)
    offspring_flush();
}

void offspring_tell(void) {
  const struct page *shared = page;
  if (!shared || offspring_counting)
    return;
  stage_set(&stage->unrecorded_children, __atomic_load_n(&shared->children, __ATOMIC_RELAXED));
  stage_set(&stage->unrecorded_child_allocations,
            __atomic_load_n(&shared->allocations, __ATOMIC_RELAXED));
  stage_set(&stage->unrecorded_child_bytes, __atomic_load_n(&shared->bytes, __ATOMIC_RELAXED));
}
