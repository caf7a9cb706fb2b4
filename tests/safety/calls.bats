# SPDX-License-Identifier: Apache-2.0
# Every interposed function does what it did, and is recorded once.
load ../lib/common
load safety

# What the program says of its own calls is what the trace says.
exact() {
  local name
  for name in allocations frees allocated_bytes outstanding_blocks outstanding_bytes; do
    echo "$name: expected $(jq ".$name" recorded.out), recorded $(total "$name")"
    [[ $(jq ".$name" recorded.out) == "$(total "$name")" ]]
  done
}

@test "every function of C: same results, exact totals" {
  same_as_bare "$targets/everycall"
  complete
  exact
}

@test "every function of C, with mappings and all events recorded: exact totals" {
  record="SEEP_MMAP=1 SEEP_ALL_EVENTS=1"
  same_as_bare "$targets/everycall"
  complete
  exact
}

@test "mappings: what stays of them, shrunk or whole" {
  record=SEEP_MMAP=1
  same_as_bare "$targets/hazards" mappings
  complete
  [[ $(total mapped_bytes) == $(((5 + 3) << 20)) && $(total maps) == 2 ]]
}

@test "every function of C, unwound by libunwind, which allocates too: exact totals" {
  record="SEEP_UNWIND=libunwind"
  same_as_bare "$targets/everycall"
  complete
  exact
}

# What libstdc++ allocates besides: its emergency pool, before main, never freed; and an exception
# for each of the four calls that find no memory, which its nothrow forms catch.
@test "every operator new and delete: same results, exact totals but for libstdc++'s own" {
  same_as_bare "$targets/everynew"
  complete
  local pool=72704 exceptions=4 exception=136
  [[ $(total allocations) == $(($(jq .allocations recorded.out) + 1 + exceptions)) ]]
  [[ $(total frees) == $(($(jq .frees recorded.out) + exceptions)) ]]
  [[ $(total allocated_bytes) == \
    $(($(jq .allocated_bytes recorded.out) + pool + exceptions * exception)) ]]
  [[ $(total outstanding_blocks) == $(($(jq .outstanding_blocks recorded.out) + 1)) ]]
  [[ $(total outstanding_bytes) == $(($(jq .outstanding_bytes recorded.out) + pool)) ]]
}

@test "operators new are named, not the malloc inside them" {
  recorded "$targets/everynew"
  "$seep" report --format json --limit 0 "$trace" |
    jq -e '.sites[] | select(.outstanding_bytes == 1000) | .function == "main" and
           (.file | endswith("everynew.cpp"))'
}

@test "exceptions are thrown through frames that allocate, and out of operator new" {
  same_as_bare "$targets/exceptions"
  complete
  [[ $(total outstanding_blocks) == 2 ]] # libstdc++'s pool, stdout's buffer
}

@test "calls that succeed keep errno, calls that fail set it" {
  same_as_bare "$targets/hazards" errno
  complete
  record=SEEP_CHILDREN=1 trace=$BATS_TEST_TMPDIR/%p.seep
  same_as_bare "$targets/hazards" errno
}

@test "malloc_usable_size says what it says without a recorder" {
  same_as_bare "$targets/hazards" usable-size
  complete
}

@test "allocations before the recorder is ready and after it has ended" {
  behind=$targets/early.so
  same_as_bare "$targets/hazards" churn 100
  nothing_lost
  [[ $(blocks_of 1111) == 1 ]]
}

@test "another allocator behind the recorder goes on working" {
  behind=$targets/bump.so
  same_as_bare "$targets/hazards" churn
  complete
}

@test "an allocator inside the program: it runs, and is told that nothing is seen" {
  runs_on "$targets/ownmalloc"
  [[ $(grep -c 'ownmalloc: has an allocator of its own' recorded.err) == 1 ]]
}

@test "an allocator preloaded in front of the recorder: it works, and is told to stand behind" {
  bare env LD_PRELOAD="$targets/bump.so" "$targets/hazards" churn
  timeout "$limit" env SEEP_OUT="$trace" LD_PRELOAD="$targets/bump.so:$library" \
    "$targets/hazards" churn >recorded.out 2>recorded.err
  cmp bare.out recorded.out
  [[ $(cat recorded.err) == *"bump.so: stands in front of libseep.so"*"put libseep.so first"* ]]
}

@test "Valgrind takes the program's allocations: it runs, and is told that nothing is seen" {
  runs_on valgrind -q --log-file=/dev/null "$targets/hazards" churn 100
  [[ $(cat recorded.err) == *"hazards: its allocations are taken over before they arrive at"* ]]
}

@test "coroutines switch stacks between two allocations" {
  same_as_bare "$targets/hazards" coroutines
  complete
}

@test "all events: each is written, and no figure is another" {
  local how
  for how in 0 1; do
    record=SEEP_ALL_EVENTS=$how trace=$BATS_TEST_TMPDIR/$how.seep
    same_as_bare "$targets/hazards" churn 20000
    complete
    "$seep" report --format json --limit 0 "$trace" |
      jq '(.totals | del(.sampled_frees, .sampled_frees_unmatched)),
        [.sites[] | [.function, .allocations, .frees, .temporary_allocations]]' >"$how"
  done
  diff 0 1
  # Each of 80,000 takes some bits; pairs that cancel are one sum.
  echo "$(stat -c %s 0.seep) and $(stat -c %s 1.seep) bytes"
  (($(stat -c %s 1.seep) > 4 * $(stat -c %s 0.seep)))
}

@test "a stack of 5,000 frames is whole, up to the first" {
  same_as_bare "$targets/hazards" deep 5000
  complete
  "$seep" report --format json --limit 0 "$trace" | jq -e '(.totals.truncated_stacks == 0) and
    ([.sites[].stacks[] | select(.outstanding_bytes == 777) | .frames | map(.function)] | length == 1 and
      (.[0] | (map(select(. == "call_descend")) | length) == 5001 and .[-1] == "_start"))'
}

@test "code without unwind tables is followed by frame pointers, and marked as a guess" {
  same_as_bare "$targets/hazards" jit
  complete
  "$seep" report --format json --limit 0 "$trace" | jq -e '[.sites[].stacks[] |
    select(.outstanding_blocks == 40) | .frames | map(if .guess then "guess" else .function end) |
    index("jit_keep") as $at | .[$at:$at + 5]] == [["jit_keep", "guess", "jit_run", "jit_made", "main"]]'
  "$seep" report --limit 0 "$trace" | grep -E '^ +\[jit\]\+0x[0-9a-f]+ \(guess\)$'
}

@test "a hook that a handler leaves by siglongjmp, out of the real malloc: what comes later is recorded" {
  behind=$targets/leaping.so
  same_as_bare "$targets/hazards" left
  complete
  [[ $(blocks_of 777) == 100 && $(blocks_of 4242) == 0 ]]
}

@test "longjmp leaves frames that had allocated" {
  same_as_bare "$targets/hazards" longjmp
  complete
}
