# SPDX-License-Identifier: Apache-2.0
# Other allocators: behind the recorder, and by their own entry points.
load ../lib/common
load safety

# library NAME: the path of a shared library, as the loader finds it.
library_of() {
  ldconfig -p | awk -v name="$1" '$1 == name && /x86-64/ {print $NF; exit}'
}

# What the program says of its calls is what the trace says of them: the allocator's own start, and
# libstdc++'s, are not among the program's functions.
entries() {
  [[ -x $targets/entries_$1 ]] || skip "no $1"
  same_as_bare "$targets/entries_$1"
  complete
  "$seep" report --format json --limit 0 "$trace" |
    jq '[.sites[] | select(.function // "" | startswith("exercise_"))] |
      {allocations: map(.allocations) | add, allocated_bytes: map(.allocated_bytes) | add,
       outstanding_blocks: map(.outstanding_blocks) | add,
       outstanding_bytes: map(.outstanding_bytes) | add}' >sum.json
  jq -S 'del(.frees)' recorded.out | tee expected.json
  diff expected.json <(jq -S . sum.json)
  [[ $(total unmatched_frees) == 0 ]]
}

@test "jemalloc's own entry points: same results, exact totals" {
  entries jemalloc
}

@test "tcmalloc's own entry points: same results, exact totals" {
  entries tcmalloc
}

@test "mimalloc's own entry points: same results, exact totals" {
  entries mimalloc
}

# preloaded LIBRARY: programs go on working, and are recorded without a loss.
preloaded() {
  behind=$(library_of "$1")
  [[ $behind ]] || skip "no $1"
  same_as_bare "$targets/hazards" churn
  complete
  [[ $(total allocations) -gt 100000 ]]
  rm -f "$trace"*
  same_as_bare perl -e '%h = map {$_ => "x" x $_} 1 .. 2000; print length(join("", values %h))'
  complete
}

@test "jemalloc preloaded behind the recorder" {
  preloaded libjemalloc.so.2
}

@test "tcmalloc preloaded behind the recorder" {
  preloaded libtcmalloc_minimal.so.4
}

@test "mimalloc preloaded behind the recorder" {
  preloaded libmimalloc.so.2
}

@test "a program that looks for jemalloc, without one: what it finds works and is recorded" {
  "${CC:-cc}" -x c -O1 -g -o weak - <<'END'
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
void *mallocx(size_t, int) __attribute__((weak));
void *rallocx(void *, size_t, int) __attribute__((weak));
void sdallocx(void *, size_t, int) __attribute__((weak));
int main(void) {
  char *block = mallocx ? mallocx(100, 6) : aligned_alloc(64, 128);
  if ((uintptr_t)block % 64)
    return 1;
  block = rallocx ? rallocx(block, 1000, 0) : realloc(block, 1000);
  if (sdallocx)
    sdallocx(block, 1000, 0);
  else
    free(block);
  block = mallocx ? mallocx(500, 0) : malloc(500);
  return puts("done") < 0 || !block;
}
END
  same_as_bare ./weak
  complete
  [[ $(blocks_of 500) == 1 && $(total unmatched_frees) == 0 ]]
}

@test "blocks of a pool that the service tells of: apart from the memory that they lie in" {
  same_as_bare "$targets/ownpool"
  complete
  [[ $(total unmatched_frees) == 0 && $(total replaced) == 0 ]]
  "$seep" report --format json --limit 0 "$trace" >report.json
  jq -e '.sites[] | select(.function == "request_begin") |
    .allocations == 1000 and .outstanding_blocks == 10 and .outstanding_bytes == 480' report.json
  jq -e '.sites[] | select(.function == "pool_make") | .outstanding_blocks == 1' report.json
}
