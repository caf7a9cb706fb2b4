# SPDX-License-Identifier: Apache-2.0
# No descriptor, no disk, no memory: the program runs on, and what is missing is said.
load ../lib/common
load safety

teardown() {
  [[ ! -d $BATS_TEST_TMPDIR/disk ]] || umount "$BATS_TEST_TMPDIR/disk" 2>/dev/null || true
}

# said_once: one line of ours on stderr.
said_once() {
  [[ $(grep -c '^seep: ' recorded.err) == 1 ]]
}

@test "closefrom(3): nobody's file but ours is written" {
  runs_on "$targets/hazards" closefrom "$BATS_TEST_TMPDIR/own"
  [[ $(cat own) == mine ]]
  "$seep" report "$trace" >/dev/null
}

@test "dup2 over every descriptor: nobody's file but ours is written" {
  runs_on "$targets/hazards" dup2 "$BATS_TEST_TMPDIR/own"
  [[ $(cat own) == mine ]]
  "$seep" report "$trace" >/dev/null
}

@test "a directory that is not there" {
  trace=/nonexistent/target.seep
  runs_on "$targets/hazards" churn
  said_once
}

@test "a file system that is read-only" {
  mkdir disk
  mount -t tmpfs -o ro,size=1m none disk 2>/dev/null || skip "needs the right to mount"
  trace=$BATS_TEST_TMPDIR/disk/target.seep
  runs_on "$targets/hazards" churn
  said_once
}

@test "a disk without room for the stage" {
  mkdir disk
  mount -t tmpfs -o size=32k none disk 2>/dev/null || skip "needs the right to mount"
  trace=$BATS_TEST_TMPDIR/disk/target.seep
  runs_on "$targets/hazards" churn
  said_once
}

@test "a disk that is full after a while: what is missing is counted in the trace" {
  mkdir disk
  mount -t tmpfs -o size=1m none disk 2>/dev/null || skip "needs the right to mount"
  trace=$BATS_TEST_TMPDIR/disk/target.seep record=SEEP_ALL_EVENTS=1
  runs_on "$targets/hazards" churn 2000000
  said_once
  [[ $(total lost_events) -gt 0 ]]
}

# says_into COMMAND...: a run that has something to say, by a shell that has just done COMMAND.
says_into() {
  local status=0
  set -o pipefail
  bare "$targets/hazards" churn 100
  SEEP_OUT=/nonexistent/target.seep LIBRARY=$library env -u LD_PRELOAD bash -c \
    "$1; exec env LD_PRELOAD=\$LIBRARY '$targets/hazards' churn 100" | cat >recorded.out || status=$?
  echo "$status" >recorded.status
  cmp bare.out recorded.out
  cmp bare.status recorded.status
}

@test "RLIMIT_FSIZE: what is said to a file that may not grow ends nobody" {
  says_into "exec 2>said; ulimit -f 0"
}

@test "what is said into a pipe that nobody reads ends nobody" {
  says_into 'exec 2> >(exec true); wait $!'
}

@test "RLIMIT_FSIZE: no SIGXFSZ reaches the program" {
  record=SEEP_ALL_EVENTS=1
  runs_on bash -c "ulimit -f 64; exec '$targets/hazards' churn 1000000"
}

@test "RLIMIT_NOFILE: no descriptor to be had for the stage" {
  runs_on bash -c "exec 3>&-; ulimit -n 4; exec '$targets/hazards' churn"
}

@test "RLIMIT_NOFILE: few descriptors to be had" {
  runs_on bash -c "ulimit -n 16; exec '$targets/hazards' churn"
}

@test "RLIMIT_AS: hardly any memory to be had" {
  local kib
  for kib in 4000 6000 10000 20000; do
    rm -f "$trace" "$trace.stage"
    runs_on bash -c "ulimit -v $kib; exec '$targets/hazards' churn"
  done
}

@test "seccomp: no file can be opened or grown any more" {
  runs_on "$targets/hazards" seccomp
  "$seep" report "$trace" >/dev/null
}

@test "chroot into an empty directory: the trace goes on" {
  ((EUID == 0)) || skip "needs root"
  mkdir empty
  same_as_bare "$targets/hazards" chroot "$BATS_TEST_TMPDIR/empty"
  nothing_lost
}

@test "descriptors are closed, and the way to the trace is gone: what is recorded stays in the stage" {
  ((EUID == 0)) || skip "needs root"
  mkdir empty
  runs_on "$targets/hazards" sandbox "$BATS_TEST_TMPDIR/empty"
  nothing_lost
  [[ $(blocks_of 777) == 3 ]]
}
