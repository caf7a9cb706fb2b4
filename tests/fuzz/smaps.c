/* SPDX-License-Identifier: Apache-2.0
 *
 * The text of /proc/PID/smaps, in which names of files are whoever's made them. The first byte says
 * in what pieces it is read, the next eight where threads have their control blocks: whatever the
 * pieces, the same is found, and it is all that the mappings have.
 */
#include "target.h"

#include <seep/resident.h>

#define TOPS 4
#define TOPS_STEP 0x801000ull

static uint64_t nothing_between(void *data, uint64_t start, uint64_t stop) {
  (void)data;
  must(start < stop);
  return (stop - start) / 3;
}

static void walk_begin(struct seep_resident_walk *walk, const uint64_t *tops) {
  seep_resident_begin(walk);
  walk->tops = tops;
  walk->top_count = TOPS;
  walk->resident_between = nothing_between;
}

/* Each piece ends where its memory does. */
static void walk_pieces(struct seep_resident_walk *walk, const uint8_t *data, size_t bytes,
                        size_t piece) {
  char *text = NULL;
  size_t used = 0;
  for (size_t at = 0; at < bytes; at += piece) {
    size_t more = bytes - at < piece ? bytes - at : piece;
    text = realloc(text, used + more);
    must(text);
    memcpy(text + used, data + at, more);
    used += more;
    size_t done = seep_resident_lines(walk, text, used);
    must(done <= used);
    used -= done;
    memmove(text, text + done, used);
  }
  free(text);
  seep_resident_end(walk);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes) {
  struct seep_resident_walk whole, pieces;
  uint64_t tops[TOPS], first;
  if (bytes < 1 + sizeof first)
    return 0;
  size_t piece = 1 + data[0];
  memcpy(&first, data + 1, sizeof first);
  for (int i = 0; i < TOPS; i++)
    tops[i] = (first & 0x7fffffff0000) + (uint64_t)i * TOPS_STEP;
  data += 1 + sizeof first;
  bytes -= 1 + sizeof first;
  walk_begin(&whole, tops);
  walk_pieces(&whole, data, bytes, bytes + 1);
  walk_begin(&pieces, tops);
  walk_pieces(&pieces, data, bytes, piece);
  must(!memcmp(whole.found.parts, pieces.found.parts, sizeof whole.found.parts));
  must(whole.found.window_count == pieces.found.window_count &&
       whole.found.window_count <= SEEP_RESIDENT_WINDOWS);
  return 0;
}
