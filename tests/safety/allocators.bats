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
  jq -e '.totals | .pool_blocks == 10 and .pool_bytes == 480' report.json
  "$seep" report "$trace" | grep -E '^ +in pools +10 blocks +480 bytes'
}

# told_by TARGET: every block of its arenas, and nothing else, is what the program says it is.
told_by() {
  same_as_bare "$targets/$1"
  complete
  "$seep" report --format json --limit 0 "$trace" >report.json
  jq -S . recorded.out >expected.json
  jq '[.sites[] | select(.function | test("^(exercise_|pool_)"))] |
    {allocations: map(.allocations) | add, allocated_bytes: map(.allocated_bytes) | add,
     outstanding_blocks: map(.outstanding_blocks) | add,
     outstanding_bytes: map(.outstanding_bytes) | add}' report.json |
    jq -S --slurpfile all report.json '. + {frees: $all[0].totals.frees}' | diff expected.json -
  jq -e --slurpfile expected expected.json '.totals | .unmatched_frees == 0 and .replaced == 0 and
    .pool_blocks == $expected[0].outstanding_blocks and
    .pool_bytes == $expected[0].outstanding_bytes' report.json
}

@test "pools that the service tells of: single blocks, reset, trim, change, move, destroy" {
  told_by arenas
}

@test "pools: the same, pair by pair in the trace, and with stacks by libunwind" {
  record="SEEP_ALL_EVENTS=1" told_by arenas
  rm -f "$trace"*
  record="SEEP_UNWIND=libunwind" told_by arenas
}

@test "Valgrind's client requests: taken as what seep/seep.h says" {
  [[ -x $targets/arenas_valgrind ]] || skip "no <valgrind/memcheck.h>"
  record="SEEP_CLIENT_REQUESTS=1" told_by arenas_valgrind
  rm -f "$trace"*
  record="SEEP_CLIENT_REQUESTS=1" told_by arenas_fixed
}

@test "Valgrind's client requests: what Valgrind says has leaked is what is outstanding" {
  [[ -x $targets/arenas_valgrind ]] || skip "no <valgrind/memcheck.h>"
  command -v valgrind >/dev/null || skip "no valgrind"
  valgrind --leak-check=full "$targets/arenas_valgrind" >truth.json 2>leaks
  sed -nE 's/,//g; s/^.* (definitely|indirectly|possibly) lost: ([0-9]+) bytes in ([0-9]+) blocks/\2 \3/p
    s/^.* still reachable: ([0-9]+) bytes in ([0-9]+) blocks/\1 \2/p' leaks |
    awk '{bytes += $1; blocks += $2} END {print blocks, bytes}' >leaked
  record="SEEP_CLIENT_REQUESTS=1" recorded "$targets/arenas_valgrind"
  echo "$(total pool_blocks) $(total pool_bytes)" | diff leaked -
}

@test "Valgrind's client requests: without the option nothing is patched" {
  [[ -x $targets/arenas_valgrind ]] || skip "no <valgrind/memcheck.h>"
  same_as_bare "$targets/arenas_valgrind"
  complete
  [[ $(total outstanding_blocks) == 0 ]]
}

@test "client requests: registers and red zone stay, from many threads, stacks are whole" {
  record="SEEP_CLIENT_REQUESTS=1" same_as_bare "$targets/requests"
  complete
  [[ $(total pool_blocks) == 1200 && $(total pool_bytes) == 57600 ]]
  [[ $(total truncated_stacks) == 0 && $(total unmatched_frees) == 0 ]]
}

@test "client requests of a module that is loaded later: not taken, and said" {
  record="SEEP_CLIENT_REQUESTS=1" runs_on "$targets/requests" "$targets/asking.so"
  [[ $(grep -c 'asking.so: was loaded after the start' recorded.err) == 1 ]]
  complete
  [[ $(total pool_blocks) == 1200 ]]
}

@test "client requests where a thread runs before the program does: nothing is patched, and said" {
  behind=$targets/asking_early.so
  record="SEEP_CLIENT_REQUESTS=1" runs_on "$targets/requests"
  [[ $(grep -c '^seep: .*cannot be taken' recorded.err) == 1 && $(wc -l <recorded.err) == 1 ]]
  complete
  "$seep" report --format json "$trace" | jq -e '.totals.pool_blocks == null'
}

@test "seep/seep.h: for C and for C++, and nothing without the recorder" {
  for language in c c++; do
    echo '#include <seep/seep.h>
int main(void) {
  static char pool, other, block;
  seep_pool_create(&pool);
  seep_pool_alloc(&pool, &block, 1);
  seep_pool_change(&pool, &block, &block, 2);
  seep_pool_trim(&pool, &block, 1);
  seep_pool_move(&pool, &other);
  seep_pool_free(&other, &block);
  seep_pool_reset(&other);
  seep_pool_destroy(&other);
  seep_alloc(&block, 1);
  seep_free(&block);
  return seep_mark("here", 0) + 1;
}' | "${CC:-cc}" -x "$language" -Wall -Wextra -Werror -I "$root/include" -o header -
    bare ./header
    [[ $(<bare.status) == 0 ]]
    rm -f "$trace"*
    recorded ./header
    [[ $(<recorded.status) == 1 ]]
    complete
    [[ $(total unmatched_frees) == 0 && $(total outstanding_blocks) == 0 ]]
  done
}
