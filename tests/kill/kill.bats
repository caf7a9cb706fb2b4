# SPDX-License-Identifier: Apache-2.0
# SIGKILL loses nothing: a program that writes down its own truth is killed at a random moment, and
# the live set of its trace is that truth, up to the calls that were under way.
load ../lib/common

kills=${SEEP_KILLS:-30} # a test; SEEP_KILLS=200 makes a thousand in all

setup() {
  trace=$BATS_TEST_TMPDIR/killed.seep
  truth=$BATS_TEST_TMPDIR/truth
  killcheck=$build/tests/kill/killcheck
}

truth_preloaded() {
  timeout 20 env SEEP_OUT="$trace" LD_PRELOAD="$library" "$targets/truth" "$truth" "$@"
}

truth_run() {
  timeout 20 "$seep" run -o "$trace" -- "$targets/truth" "$truth" "$@"
}

# The same, while seep mark puts marks from outside, as fast as it can.
truth_marked() {
  local pid status=0
  truth_preloaded "$@" &
  pid=$!
  while kill -0 "$pid" 2>/dev/null; do
    "$seep" mark "$trace" outside >/dev/null 2>&1
  done
  wait "$pid" || status=$?
  return "$status"
}

# kill_often HOW THREADS [SCENE...]: each time after another 1 to 50 ms.
kill_often() {
  local nth status after how=$1 threads=$2
  shift 2
  for ((nth = 1; nth <= kills; nth++)); do
    rm -f "$trace" "$trace.stage" "$truth"
    after=$((1000 + (RANDOM * 32768 + RANDOM) % 49000))
    status=0
    "$how" "$threads" "$after" "$nth" "$@" 2>"$BATS_TEST_TMPDIR/stderr" || status=$?
    echo "kill $nth after $after us, status $status"
    cat "$BATS_TEST_TMPDIR/stderr"
    ((status == 137))
    "$killcheck" "$trace" "$truth"
    # The same answer when the stage has been folded into the trace.
    "$killcheck" --fold "$trace" "$truth"
    [[ ! -e $trace.stage ]]
  done
}

@test "killed with SIGKILL, preloaded, 1 thread: the trace is the truth" {
  kill_often truth_preloaded 1
}

@test "killed with SIGKILL, preloaded, 4 threads: the trace is the truth" {
  kill_often truth_preloaded 4
}

@test "killed with SIGKILL, under seep run, 1 thread: the trace is the truth" {
  kill_often truth_run 1
}

@test "killed with SIGKILL, under seep run, 4 threads: the trace is the truth" {
  kill_often truth_run 4
}

@test "killed with SIGKILL while threads and children come and go, on ever new stacks, under marks" {
  kill_often truth_marked 4 births stacks forks marks
}

@test "ended in order without freeing, 4 threads: the trace is the truth" {
  truth_preloaded 4 0 1
  [[ ! -e $trace.stage ]]
  "$killcheck" "$trace" "$truth"
}

@test "killcheck sees a block too much and a block missing" {
  truth_preloaded 1 0 1
  "$killcheck" "$trace" "$truth"
  # The last block of the truth gets another size, then is forgotten.
  local size=$(stat -c %s "$truth") last
  for ((last = size - 16; last > 0; last -= 16)); do
    [[ $(od -An -t u8 -j "$last" -N 8 "$truth") -ne 0 ]] && break
  done
  printf '\377' | dd of="$truth" bs=1 seek=$((last + 8)) conv=notrunc status=none
  run "$killcheck" "$trace" "$truth"
  [[ $status == 1 && $output == *missing* && $output == *"too much"* ]]
  head -c 8 /dev/zero | dd of="$truth" bs=1 seek="$last" conv=notrunc status=none
  run "$killcheck" "$trace" "$truth"
  [[ $status == 1 && $output != *missing* && $output == *"too much"* ]]
}
