#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# The viewer on a target that runs: it is marked, paused, and watched to its end.
load helper
load ../lib/memory_group

setup() {
  cd "$BATS_TEST_TMPDIR"
  traces=$BATS_FILE_TMPDIR/traces
  mkdir -p "$traces"
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

# ends COMMAND SHOWN [SCRIPT]: the viewer on a shell that runs SCRIPT: it waits for a line of
# wait.fifo, and ends with status 3. COMMAND (PID is the target's) ends it; then SHOWN must stand on
# the screen, and the cursor where it was.
ends() {
  mkfifo wait.fifo
  "$seep" run -o "$traces/ends.seep" -- sh -c "${3:-read -r line <wait.fifo; exit 3}" >out 2>&1 3>&- &
  local i
  for ((i = 0; i < 200; i++)); do
    "$seep" info "$traces/ends.seep" 2>/dev/null | grep -q '^state  *running$' && break
    sleep 0.05
  done
  pid=$("$seep" info "$traces/ends.seep" | sed -n 's/^process  *\([0-9]*\).*/\1/p')
  echo "${1//PID/$pid}" >end.sh
  "$script" --size 90x12 "$traces/ends.seep" "<Await running>0jj<Show><Run sh end.sh><Await $2>" >shown || {
    cat shown
    return 1
  }
  wait || true
  [[ $(grep -c ' 3/[0-9]*$' shown) == 2 ]] || { cat shown; return 1; }
  rm -f wait.fifo "$traces"/ends.seep*
}

@test "a target that ends is told with its status or signal, and the screen stays" {
  if ! ends "echo >wait.fifo" "ended with status 3"; then
    ! grep -q "ended," shown || skip "this kernel does not tell how a process ended"
    return 1
  fi
  ends "kill -TERM PID" "killed by SIGTERM"
  ends "kill -KILL PID" "killed by SIGKILL"
}

@test "a target that the OOM killer ended is said to be out of memory" {
  make_group || skip "no memory cgroup can be made here"
  local status=0
  ends "echo >wait.fifo" ", out of memory" \
    "echo \$\$ >$group/cgroup.procs; read -r line <wait.fifo; while :; do kept=\$kept\${kept:-x}; done" ||
    status=1
  rmdir "$group"
  ((status == 0)) && none "perhaps" shown
}

@test "a target that runs has a pulse: what waits in the stage, and how long ago it was less" {
  start_target pulse
  "$script" --size 80x24 "$traces/pulse.seep" "<Await running>0<Await waiting>" >shown || {
    cat shown
    return 1
  }
  grep -q "the recorder now" shown
  grep -qE "[0-9] +waiting +events that stand in the stage" shown
  grep -qE "(ms|s|min) +drained +ago" shown
  end_target
  "$script" --size 80x24 "$traces/pulse.seep" "0" >shown
  none "the recorder now" shown
}
