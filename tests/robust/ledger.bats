# SPDX-License-Identifier: Apache-2.0
# The ledger counts what a program knows of its own calls, and its check sees a trace that is wrong.
load ../lib/common
load ../safety/safety

setup() {
  trace=$BATS_TEST_TMPDIR/traces/%e.%p.seep
  ledgercheck=$build/tests/robust/ledgercheck
  behind=$build/tests/robust/libledger.so
  mkdir "$BATS_TEST_TMPDIR/traces" "$BATS_TEST_TMPDIR/pages"
  record="SEEP_LEDGER=$BATS_TEST_TMPDIR/pages SEEP_CHILDREN=1"
  cd "$BATS_TEST_TMPDIR"
}

# counted COMMAND...: runs on as if it were bare, and its traces have what the ledger has counted.
counted() {
  runs_on "$@"
  run "$ledgercheck" --list list pages traces
  echo "$output"
  [[ $status == 0 ]]
}

# ours: the first line of the list is what the program prints of itself.
ours() {
  jq -r '[.allocations, .frees, .allocated_bytes, .outstanding_blocks, .outstanding_bytes]
         | map(tostring) | join(",")' recorded.out | cmp - <(cut -d' ' -f1 list)
}

@test "every function of C: what the program knows, the ledger counts, the trace has" {
  counted "$targets/everycall"
  ours
}

@test "threads, forks, execs, exceptions, thread ends: the ledger's figures are the trace's" {
  local hazard
  counted "$targets/exceptions"
  for hazard in fork fork-deep fork-threads vfork spawn daemon exec clone double-fork exec-thread \
    fork-any-thread inherit short-threads thread-destructors atexit quick-exit longjmp; do
    rm -rf traces/* pages/*
    counted "$targets/hazards" "$hazard"
  done
}

@test "operators that come with a library: looking for them is not the program's allocation" {
  counted "$targets/hazards" latecomer "$targets/latecomer.so"
  [[ $output == "1 processes, 0 wrong" ]]
}

@test "a trace that says how much it lacks: as much is missing, and no more" {
  counted "$targets/hazards" sandbox-heap-long
  [[ $output == "hazards "*": says that "*" events are not in the trace"*"1 processes, 0 wrong" ]]
  # 100 allocations more were counted: behind 40 bytes of the page, or before the end, if that was seen.
  local page=(pages/*) at counted
  for at in 40 $((40 + 2 * 5 * 8 + 2 * 8 + 8)); do
    counted=$(od -An -t u8 -j "$at" -N 8 "${page[0]}")
    ((counted)) || continue
    perl -e 'print pack("Q", $ARGV[0])' $((counted + 100)) |
      dd of="${page[0]}" bs=1 seek="$at" conv=notrunc status=none
  done
  run "$ledgercheck" pages traces
  echo "$output"
  [[ $status == 1 && $output == *"events with those that it says to lack: "* ]]
}

@test "a trace whose figures are not the ledger's is found, and one that is missing" {
  counted "$targets/hazards" churn 100
  local page=(pages/*)
  # Allocations stand behind 40 bytes of the page, frees behind 56; both in what was before the end.
  local before=$((40 + 2 * 5 * 8 + 2 * 8 + 8)) allocations
  allocations=$(od -An -t u8 -j "$before" -N 8 "${page[0]}")
  printf '\001' | dd of="${page[0]}" bs=1 seek=$((before + 7)) conv=notrunc status=none
  run "$ledgercheck" pages traces
  echo "$output"
  [[ $status == 1 && $output == *"allocations: $((allocations)) in the trace, "*" counted"* ]]
  rm traces/*
  run "$ledgercheck" pages traces
  [[ $status == 1 && $output == *"no trace, "* ]]
}
