#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# The viewer on a target that runs: it is marked, paused, and watched to its end.
load helper

setup() {
  cd "$BATS_TEST_TMPDIR"
  traces=$BATS_FILE_TMPDIR/traces
  mkdir -p "$traces"
}

# A target that does little, and lasts as long as the test lets it.
start_target() {
  mkfifo "$1.fifo"
  "$seep" run -o "$traces/$1.seep" -- cat "$1.fifo" >"$1.out" 2>&1 3>&- &
  exec 9>"$1.fifo" # from now on it waits for us
  local i
  for ((i = 0; i < 200; i++)); do
    "$seep" info "$traces/$1.seep" 2>/dev/null | grep -q '^state  *running$' && return
    sleep 0.05
  done
  return 1
}

end_target() {
  exec 9>&-
  wait
}

@test "a mark is asked for and put, recording is paused and goes on" {
  start_target marked
  "$script" --size 80x12 "$traces/marked.seep" "mhalf<Enter>x<Enter><Backspace>12<Enter>" >shown
  grep -q "marked: half" shown
  "$seep" info "$traces/marked.seep" | grep -q "mark   half (12 units)"
  "$script" --size 80x12 "$traces/marked.seep" "p" | grep -q "recording is paused"
  "$seep" info "$traces/marked.seep" | grep -q "pause  "
  "$script" --size 80x12 "$traces/marked.seep" "p" | grep -q "recording goes on"
  "$seep" info "$traces/marked.seep" | grep -q "resume "
  end_target
}
