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
static struct page *page; /* NULL: none, nothing is counted */
static __thread struct own own __attribute__((tls_model("initial-exec")));

void offspring_open(void) {
  if (offspring_counting)
    offspring_flush();
  offspring_counting = false;
  long at =
      sys_call6(SYS_mmap, 0, PAGE_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  page = sys_failed(at) ? NULL : (struct page *)at;
}

void offspring_close(void) {
  if (page && !offspring_counting)
    sys_call3(SYS_munmap, page, PAGE_BYTES, 0);
  page = NULL;
  offspring_counting = false;
}

void offspring_begin(void) {
  own = (struct own){0}; /* the rest is its parent's */
  offspring_counting = page != NULL;
}

void offspring_add_child(void) {
  uint64_t *children = page ? &page->children : &stage->unrecorded_children;
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
  if (!page || offspring_counting)
    return;
  stage->unrecorded_children = __atomic_load_n(&page->children, __ATOMIC_RELAXED);
  stage->unrecorded_child_allocations = __atomic_load_n(&page->allocations, __ATOMIC_RELAXED);
  stage->unrecorded_child_bytes = __atomic_load_n(&page->bytes, __ATOMIC_RELAXED);
}
