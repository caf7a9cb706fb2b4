#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Massif files, opened with ms_print.
load export

# A trace of 100,000 bytes that stood for a while, and 30 that still do. The mark keeps what stands
# at it from being cancelled against its frees.
peaked_trace() {
  puppet_start "$SEEP" run -o t.seep -- "$PUPPET"
  puppet_do alloc 100 1000
  "$SEEP" mark t.seep full
  sleep 0.2
  puppet_do free 100
  puppet_do alloc 3 10
  puppet_wait
}

@test "ms_print opens it: command, graph, the peak's tree" {
  needs ms_print
  peaked_trace
  "$SEEP" export -f massif -o m.out t.seep
  ms_print m.out >page.txt 2>err.txt
  [ ! -s err.txt ] || { cat err.txt; false; }
  grep -q '^Command: .*puppet' page.txt
  grep -q 'Detailed snapshots: \[[0-9]* (peak)\]' page.txt
  grep -qE '[0-9.]+% \(100,000B\) 0x[0-9A-F]+: puppet_take \(puppet.c:[0-9]+\)' page.txt
  grep -qE -- '->.*: main \(puppet.c:[0-9]+\)' page.txt
}

@test "the peak is the highest step of the time line, and its tree has all of it" {
  needs ms_print
  peaked_trace
  "$SEEP" export -f massif -o m.out t.seep
  highest=$("$SEEP" export -f json t.seep | jq '[.time_line[].outstanding_bytes] | max')
  [ "$highest" -ge 100000 ]
  [ "$(grep -B3 -x 'heap_tree=peak' m.out | sed -n 's/^mem_heap_B=//p')" = "$highest" ]
  [ "$(grep -A1 -x 'heap_tree=peak' m.out | sed -nE 's/^n[0-9]+: ([0-9]+) .*/\1/p')" = "$highest" ]
}
