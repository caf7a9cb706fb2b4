/* SPDX-License-Identifier: Apache-2.0 */
#include "page.h"
#include "blocks.h"

#include <fcntl.h>
#include <preload/sys.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <time.h>

#define PATH_BYTES 512
#define RECORDERS BLOCKS_OWNERS /* owner of blocks that the recorder took */

/* Wiped in a forked child, whose page is another: so it is found out at its first call, by whatever
 * way it was forked. */
struct life {
  struct ledger *_Atomic page;
  _Atomic int is_beginning;
};

static struct life *life;
static char directory[PATH_BYTES]; /* as at the start: programs overwrite their environment */
static uint32_t images;            /* which of them this process is: the owner of its blocks */
static struct ledger nowhere;      /* no file can be made: counts for nobody */
/* Calls of the recorder before this process had a page. */
static struct ledger_figures early;

/* A thread may be ended between two of these. The recorder has noted a free before and an
 * allocation after it comes here, and bytes are compared where the numbers of calls are equal: so
 * the number comes last for a free and first for an allocation, and a half counted call never looks
 * whole. */
static void add(uint64_t *figure, uint64_t more) {
  __atomic_fetch_add(figure, more, __ATOMIC_RELAXED);
}

static long map(int flags, long descriptor) {
  return sys_call6(SYS_mmap, 0, sizeof(struct ledger), PROT_READ | PROT_WRITE, flags, descriptor,
                   0);
}

void page_start(void) {
  const char *named = getenv(LEDGER_VARIABLE);
  if (named)
    strncpy(directory, named, sizeof directory - 1);
  long at = map(MAP_PRIVATE | MAP_ANONYMOUS, -1);
  static struct life without;
  life = &without;
  if (!sys_failed(at) && !sys_call3(SYS_madvise, at, 4096, MADV_WIPEONFORK))
    life = (struct life *)at;
}

static uint64_t now_ns(void) {
  struct timespec now = {0, 0};
  sys_call3(SYS_clock_gettime, CLOCK_REALTIME, &now, 0);
  return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

/* No stdio in here: nothing may allocate. */
static char *put_number(char *out, uint64_t number) {
  char digits[20];
  int count = 0;
  do {
    digits[count++] = (char)('0' + number % 10);
    number /= 10;
  } while (number);
  while (count)
    *out++ = digits[--count];
  return out;
}

static long create(uint64_t pid, uint64_t start_ns) {
  char path[PATH_BYTES + 64];
  size_t length = strlen(directory);
  memcpy(path, directory, length);
  char *end = path + length;
  *end++ = '/';
  end = put_number(end, pid);
  *end++ = '.';
  end = put_number(end, start_ns);
  *end = '\0';
  long file = sys_call4(SYS_openat, AT_FDCWD, path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
  if (!sys_failed(file) && sys_call3(SYS_ftruncate, file, sizeof(struct ledger), 0)) {
    sys_call3(SYS_close, file, 0, 0);
    return -1;
  }
  return file;
}

static struct ledger *make(void) {
  uint64_t pid = (uint64_t)sys_call3(SYS_getpid, 0, 0, 0), start_ns = now_ns();
  long file = create(pid, start_ns);
  if (sys_failed(file))
    return &nowhere;
  long at = map(MAP_SHARED, file);
  sys_call3(SYS_close, file, 0, 0);
  if (sys_failed(at))
    return &nowhere;
  struct ledger *page = (struct ledger *)at;
  page->pid = (uint32_t)pid;
  page->forked = images > 0;
  page->start_ns = start_ns;
  sys_call3(SYS_prctl, PR_GET_NAME, page->name, 0);
  page->recorder = early;
  page->magic = LEDGER_MAGIC;
  return page;
}

static struct ledger *begin(void) {
  if (!atomic_exchange(&life->is_beginning, 1)) {
    struct ledger *page = make();
    early = (struct ledger_figures){0};
    images++;
    atomic_store(&life->page, page);
  }
  while (!atomic_load(&life->page))
    __builtin_ia32_pause();
  return atomic_load(&life->page);
}

static struct ledger *current(void) {
  struct ledger *page = atomic_load_explicit(&life->page, memory_order_acquire);
  return page ? page : begin();
}

/* The recorder's own calls do not begin a page: a trace begins with the target's. */
static struct ledger_figures *figures(bool is_recorders) {
  if (!is_recorders)
    return &current()->now;
  struct ledger *page = atomic_load(&life->page);
  return page ? &page->recorder : &early;
}

void page_count_allocation(const void *block, size_t size, bool is_recorders) {
  if (!block)
    return;
  struct ledger_figures *all = figures(is_recorders);
  blocks_put(block, (struct blocks_entry){size, is_recorders ? RECORDERS : images});
  add(&all->allocations, 1);
  add(&all->allocated_bytes, size);
}

static void count_given_back(struct blocks_entry entry) {
  struct ledger *page = atomic_load(&life->page);
  if (!page || entry.owner != images)
    return;
  add(&page->given_back, 1);
  add(&page->given_back_bytes, entry.size);
}

void page_count_free(struct blocks_entry entry, bool is_recorders) {
  struct ledger_figures *all = figures(is_recorders);
  bool known = entry.owner == (is_recorders ? RECORDERS : images);
  if (known)
    add(&all->freed_bytes, entry.size);
  else
    add(&all->unknown_frees, 1);
  add(&all->frees, 1); /* last */
  if (is_recorders)
    count_given_back(entry);
}

void page_count_realloc(bool is_recorders) {
  if (!is_recorders)
    add(&current()->reallocs, 1);
}

void page_note_end(bool is_over) {
  struct ledger *page = atomic_load(&life->page);
  if (!page)
    return;
  struct ledger_figures *end = is_over ? &page->after_end : &page->before_end;
  *end = page->now;
  *(is_over ? &page->is_over : &page->is_ending) = 1;
}
