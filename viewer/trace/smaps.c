/* SPDX-License-Identifier: Apache-2.0 */
#include "trace/smaps.h"
#include "trace/liveness.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SMAPS_TEXT (64u << 10) /* more than any line has */
#define SMAPS_PAGES 512        /* looked at together */
#define SMAPS_PRESENT (1ull << 63)

static int smaps_open(uint32_t pid, const char *name) {
  char path[64];
  snprintf(path, sizeof path, "/proc/%" PRIu32 "/%s", pid, name);
  return open(path, O_RDONLY | O_CLOEXEC);
}

/* data: an open /proc/PID/pagemap, a word for each page. */
static uint64_t smaps_between(void *data, uint64_t start, uint64_t stop) {
  uint64_t words[SMAPS_PAGES], page = start / SEEP_RESIDENT_PAGE, resident = 0;
  uint64_t end = stop / SEEP_RESIDENT_PAGE;
  while (page < end) {
    size_t wanted = end - page < SMAPS_PAGES ? (size_t)(end - page) : SMAPS_PAGES;
    ssize_t got = pread(*(int *)data, words, wanted * sizeof *words, (off_t)(page * sizeof *words));
    if (got < (ssize_t)sizeof *words)
      break;
    for (size_t i = 0; i < (size_t)got / sizeof *words; i++)
      resident += words[i] & SMAPS_PRESENT ? SEEP_RESIDENT_PAGE : 0;
    page += (uint64_t)got / sizeof *words;
  }
  return resident;
}

static int smaps_compare(const void *left, const void *right) {
  const uint64_t *a = left, *b = right;
  return *a < *b ? -1 : *a > *b;
}

/* Ends of the stacks of the stage's threads, ascending; NULL: no memory, or there are none. */
static uint64_t *smaps_tops(struct snapshot *stage, size_t *count) {
  *count = 0;
  if (snapshot_look(stage) != SNAPSHOT_OK || !stage->slot_count)
    return NULL;
  uint64_t *tops = calloc(stage->slot_count, sizeof *tops);
  for (size_t i = 0; tops && i < stage->slot_count; i++)
    if (stage->slots[i].head.thread_pointer)
      tops[(*count)++] = seep_resident_top(stage->slots[i].head.thread_pointer);
  if (tops)
    qsort(tops, *count, sizeof *tops, smaps_compare);
  return tops;
}

/* What was not read to its end counts for nothing. */
static bool smaps_walk(struct seep_resident_walk *walk, int fd) {
  char *text = malloc(SMAPS_TEXT);
  size_t used = 0;
  ssize_t got = text ? 1 : -1;
  while (got > 0 && used < SMAPS_TEXT) {
    got = read(fd, text + used, SMAPS_TEXT - used);
    used += got > 0 ? (size_t)got : 0;
    size_t done = seep_resident_lines(walk, text, used);
    used -= done;
    memmove(text, text + done, used);
  }
  free(text);
  seep_resident_end(walk);
  return got == 0 && !used && walk->found.mapping_count;
}

bool smaps_read(struct snapshot *stage, struct seep_resident *found) {
  struct seep_resident_walk walk;
  uint32_t pid = liveness_pid(&stage->file, &stage->head);
  int fd = pid ? smaps_open(pid, "smaps") : -1;
  if (fd < 0)
    return false;
  int pages = smaps_open(pid, "pagemap");
  seep_resident_begin(&walk);
  uint64_t *tops = smaps_tops(stage, &walk.top_count);
  walk.tops = tops;
  if (pages >= 0) {
    walk.resident_between = smaps_between;
    walk.data = &pages;
  }
  bool whole = smaps_walk(&walk, fd);
  free(tops);
  close(fd);
  if (pages >= 0)
    close(pages);
  *found = walk.found;
  return whole;
}
