# SPDX-License-Identifier: Apache-2.0
# What recording costs, as far as it does not depend on the machine: instructions, system calls, bytes.
# Times are measured by hand (measure). Each figure is the difference of two runs of which one does more,
# so that starting and ending do not count.
load ../lib/common

setup() {
  synthetic=$build/tests/bench/synthetic
  trace=$BATS_TEST_TMPDIR/t.seep
  cd "$BATS_TEST_TMPDIR"
}

# instructions EVENTS DEPTH [VARIABLE...]: of a whole run, with these variables.
instructions() {
  env "${@:3}" valgrind --tool=callgrind --callgrind-out-file=/dev/null --log-file=counted \
    "$synthetic" stacks "$2" 1 "$1"
  sed -nE 's/.*Collected : ([0-9]+)$/\1/p' counted
}

# instructions_each DEPTH: what the recorder adds to one event.
instructions_each() {
  local events bare=() recorded=()
  for events in 50000 150000; do
    bare+=("$(instructions "$events" "$1")")
    recorded+=("$(instructions "$events" "$1" LD_PRELOAD="$library" SEEP_OUT="$trace")")
  done
  echo $((((recorded[1] - recorded[0]) - (bare[1] - bare[0])) / 100000))
}

@test "an event costs a bounded number of instructions, however deep its stack is" {
  command -v valgrind >/dev/null || skip "no valgrind"
  local flat deep
  flat=$(instructions_each 5)
  deep=$(instructions_each 50)
  echo "$flat instructions with 5 frames, $deep with 50"
  ((flat > 50 && flat < 1000 && deep < flat * 3 / 2))
}

# calls EVENTS: how many system calls a run makes.
calls() {
  strace -f -qq -c -o calls env LD_PRELOAD="$library" SEEP_OUT="$trace" "$synthetic" stacks 20 1 "$1"
  awk '$NF == "total" {print $4}' calls
}

@test "system calls are made by the thousand events, not by the event" {
  command -v strace >/dev/null || skip "no strace"
  strace -qq true >/dev/null 2>&1 || skip "strace may not trace"
  local few many
  few=$(calls 100000)
  many=$(calls 500000)
  echo "$few calls with 100,000 events, $many with 500,000"
  ((few > 0 && many > few && many - few < 400000 / 500))
}

@test "a trace takes at most half a byte per event" {
  local depth
  for depth in 5 20 50; do
    SEEP_OUT=$trace LD_PRELOAD=$library "$synthetic" stacks "$depth" 1 500000
    "$seep" info --format json "$trace" | jq .events | tee events
    jq -e '.records >= 500000 and .bytes_per_record <= 0.5' events
    (($(stat -c %s "$trace") * 2 <= 500000))
    rm "$trace"
  done
}
