/* SPDX-License-Identifier: Apache-2.0
 *
 * stormcheck TRACE LOG SLACK: holds the live set of a storm's trace against its own log. SLACK is
 * how many calls may have been under way: so many blocks may be in the trace and not in the log.
 * What else differs must be explained by what the trace says it did not record. Prints a line for
 * each class that differs, and a sum; exit status 0: no difference that is not explained.
 */
#include "storm.h"

#include <fcntl.h>
#include <inttypes.h>
#include <kill/live.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

struct difference {
  uint64_t missing, extra, expected;
};

static unsigned check_class(uint64_t size) {
  bool ours = size % STORM_SIZE_STEP == STORM_SIZE_REST;
  return ours ? size / STORM_SIZE_STEP % STORM_CLASSES : 0;
}

static const struct storm_truth *check_map(const char *path) {
  struct stat stat;
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0 || fstat(fd, &stat) || (size_t)stat.st_size != sizeof(struct storm_truth))
    return NULL;
  const struct storm_truth *truth = mmap(NULL, sizeof *truth, PROT_READ, MAP_PRIVATE, fd, 0);
  close(fd);
  return truth != MAP_FAILED && truth->magic == STORM_MAGIC ? truth : NULL;
}

/* Blocks of the log, which the trace must have: taken out, so that what is left is too much. */
static void check_missing(struct live *live, const struct storm_truth *truth,
                          struct difference differences[STORM_CLASSES]) {
  for (uint32_t at = 0; at < STORM_LOG; at++) {
    uint64_t address = atomic_load(&truth->log[at].address),
             size = atomic_load(&truth->log[at].size);
    if (!address || !size)
      continue;
    struct live_block *block = live_find(live, address);
    differences[check_class(size)].expected++;
    if (block && block->balance == 1 && block->size == size)
      block->balance = 0;
    else
      differences[check_class(size)].missing++;
  }
}

static void check_extra(const struct live *live, struct difference differences[STORM_CLASSES]) {
  for (size_t place = 0; place < live->capacity; place++)
    if (live->blocks[place].balance == 1)
      differences[check_class(live->blocks[place].size)].extra++;
}

/* Each call that was not recorded explains one difference: the balance of its address is off. */
static bool check_judge(const struct difference *differences, uint64_t slack, uint64_t unrecorded) {
  uint64_t missing = 0, extra = 0, blocks = 0;
  for (unsigned class = STORM_CHURN; class < STORM_CLASSES; class ++) {
    const struct difference *one = &differences[class];
    if (one->missing || one->extra)
      printf("class %u: %" PRIu64 " missing, %" PRIu64 " too many\n", class, one->missing,
             one->extra);
    blocks += one->expected;
    missing += one->missing;
    extra += one->extra;
  }
  printf("%" PRIu64 " blocks, %" PRIu64 " missing, %" PRIu64 " too many, %" PRIu64
         " calls not recorded\n",
         blocks, missing, extra, unrecorded);
  return missing + extra <= slack + unrecorded && missing <= unrecorded;
}

int main(int count, char **arguments) {
  struct difference differences[STORM_CLASSES] = {{0}};
  struct trace_error error = {0};
  struct live live = {0};
  const struct storm_truth *truth = count == 4 ? check_map(arguments[2]) : NULL;
  enum trace_status status = truth ? live_read(&live, arguments[1], &error) : TRACE_OK;
  if (!truth || status != TRACE_OK) {
    fprintf(stderr, "stormcheck: %s %s\n", truth ? trace_status_text(status) : "no log",
            error.detail);
    return 2;
  }
  check_missing(&live, truth, differences);
  check_extra(&live, differences);
  bool right = check_judge(differences, strtoull(arguments[3], NULL, 10), live.lost);
  live_free(&live);
  return !right;
}
