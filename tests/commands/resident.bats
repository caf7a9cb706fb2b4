#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# What resident memory consists of, from the kernel's own figures to the report.
load helper

# grown LIBRARY [VARIABLE...]: starts growing and waits until it has grown; it goes on.
grown() {
  mkfifo orders
  head -c 16M /dev/zero >file
  env "${@:2}" SEEP_OUT=t.seep LD_PRELOAD="$1" "$PUPPETS/growing" file <orders >answers 2>said 3>&- &
  growing_pid=$!
  exec 8>orders
  until_true grep -q grown answers
}

# ended: lets it end, and in order.
ended() {
  exec 8>&-
  wait "$growing_pid"
}

# growth FILTER: holds for what the report says of the interval.
growth() {
  "$SEEP" report --format json --from warm --to after t.seep | jq -e ".resident | $1"
}

@test "growth of resident memory is divided: blocks, stacks, files, shared memory" {
  grown "$LIBSEEP"
  ended
  "$SEEP" report --format json --from warm --to after t.seep | jq .resident
  growth 'def MiB: . / 1048576; .growth |
    (.blocks_bytes | MiB >= 32 and MiB < 32.1) and (.files_bytes | MiB == 16) and
    (.shared_bytes | MiB >= 8 and MiB < 8.5) and (.anonymous_bytes | MiB >= 4 and MiB < 5) and
    (.stacks_bytes | MiB >= 2 and MiB < 2.5) and .headers_bytes >= 32 * 8192 and
    .bytes == ([to_entries[] | select(.key != "bytes") | .value] | add)'
  split "$SEEP" report --from warm --to after t.seep
  expect_in "$out" "resident memory grew "
  expect_in "$out" "are recorded blocks"
}

# The recorder for faults is told that no time is left: at once, before the first page of text, behind it.
@test "a reading that would take too long is given up in the target, and a mark reads from outside" {
  local nth
  for nth in 1 2 3; do
    rm -f t.seep* orders
    grown "$build/preload/libseep_faulty.so" FAULT_BUSY="$nth"
    growth '.growth == null and (.sentence | test("not known: this trace has no reading of it"))'
    "$SEEP" mark t.seep outside
    "$SEEP" info --format json t.seep | jq -e '.resident | length == 1 and .[0].bytes > 60 * 1048576'
    ended
    [ ! -s said ]
    "$SEEP" report --format json t.seep | jq -e '.trace.complete and
      (.totals | .lost_events == 0 and .unrecorded_events == 0 and .outstanding_blocks >= 16384)'
    "$SEEP" info --format json t.seep | jq -e '.resident | length == 1'
  done
}
