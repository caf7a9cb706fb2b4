# SPDX-License-Identifier: Apache-2.0
# What is around a process is another than before, or is not there: its user, /proc, processes, the clock.
load ../lib/common
load safety

teardown() {
  exec 8>&- || true
}

# within OPTION... -- COMMAND...: as root, or as the root of a user namespace; skips where there is neither.
within() {
  local options=()
  while [[ $1 != -- ]]; do
    options+=("$1")
    shift
  done
  unshare "${options[@]}" true 2>/dev/null || options+=(-U -r)
  unshare "${options[@]}" true 2>/dev/null || skip "the kernel allows no namespaces here"
  around=(unshare "${options[@]}" "${@:2}")
}

@test "RLIMIT_NPROC: neither a thread nor a child can be had" {
  same_as_bare "$targets/hazards" no-processes
  [[ $(cat recorded.out) == "200 times refused" && $(blocks_of 777) == 200 ]]
  nothing_lost
}

@test "the user changes for good, and the trace's directory is closed to the new one: it goes on" {
  ((EUID == 0)) || skip "needs root"
  mkdir -m 700 closed
  trace=$BATS_TEST_TMPDIR/closed/target.seep
  same_as_bare "$targets/hazards" drop
  [[ $(state) == ended && $(blocks_of 777) == 300 ]]
  [[ $("$seep" report --format json --limit 1 "$trace" | jq .trace.complete) == true ]]
  nothing_lost
}

# It cannot take its stage away at the end: seep run does.
@test "the user changes for good: marks from outside by file and by pid, from no stranger" {
  ((EUID == 0)) || skip "needs root"
  mkdir -m 700 closed
  mkfifo orders
  trace=$BATS_TEST_TMPDIR/closed/target.seep
  "$seep" run -o "$trace" -- "$targets/hazards" drop <orders >recorded.out 2>recorded.err 3>&- &
  local run_pid=$! pid
  exec 8>orders
  until_true grep -q dropped recorded.out
  pid=$("$seep" info --format json "$trace" | jq .trace.pid)
  [[ $(ps -o uid= -p "$pid") -eq 65534 && $(state) == running ]]
  "$seep" mark "$trace" file
  echo >&8
  until_true eval '[[ $(blocks_of 777) == 300 ]]'
  "$seep" mark "$pid" pid
  # shellcheck disable=SC2016
  run setpriv --reuid=65534 --regid=65534 --clear-groups env -C / bash -c 'cat "$1"' - "$trace"
  [[ $status == 1 && $output == *"Permission denied"* ]]
  exec 8>&-
  wait "$run_pid"
  complete
  [[ $(blocks_of 777) == 400 ]]
  "$seep" report --format json --from file --to pid "$trace" | 
    jq -e '[.sites[].outstanding_blocks] | add == 100'
}

@test "children that were to be recorded and cannot be, after the user changed, are counted" {
  ((EUID == 0)) || skip "needs root"
  mkdir -m 700 closed
  trace=$BATS_TEST_TMPDIR/closed/%p.seep record=SEEP_CHILDREN=1
  runs_on "$targets/hazards" drop-fork
  [[ $(grep -c '^seep: .*the trace cannot be made' recorded.err) == 3 ]]
  trace=$(echo closed/*.seep)
  nothing_lost
  [[ $(blocks_of 777) == 200 && $(total unrecorded_children) == 3 ]]
  # 50,000 rounds of two allocations each
  (($(total unrecorded_children_allocations) > 3 * 90000 &&
    $(total unrecorded_children_allocations) <= 3 * 110000))
  "$seep" info "$trace" | grep '3 forked children were not recorded; .* (why not they said on stderr)$'
}

@test "the effective user changes again and again, while threads allocate" {
  ((EUID == 0)) || skip "needs root"
  mkdir -m 700 closed
  trace=$BATS_TEST_TMPDIR/closed/target.seep
  same_as_bare "$targets/hazards" change
  complete
  [[ $(blocks_of 777) == 100 ]]
}

@test "no /proc: nothing is lost, and names are found" {
  command -v mount >/dev/null || skip "needs mount"
  within -m -- bash -c 'mount -t tmpfs none /proc && exec "$@"' -
  "${around[@]}" true || skip "the kernel does not allow to cover /proc"
  same_as_bare "${around[@]}" "$targets/hazards" churn 20000
  complete
  [[ $(of_function hazard_churn) == "40000 40000 0" ]]
  "$seep" info --format json "$trace" | jq -e '.trace.program == "hazards" and .process.executable ==
    "'"$targets/hazards"'"'
  rm "$trace"
  env -u SEEP_LIBRARY "${around[@]}" "$seep" run -o "$trace" -- "$targets/hazards" churn 100
  complete
  rm "$trace"
  record=SEEP_CHILDREN=1 trace=$BATS_TEST_TMPDIR/%p.seep
  runs_on "${around[@]}" "$targets/hazards" fork
  for trace in "$BATS_TEST_TMPDIR"/*.seep; do
    nothing_lost
  done
}

# moved SECONDS: runs in a time namespace; its trace tells how long it ran, and when, as without.
moved() {
  within -T --fork --monotonic="$1" --boottime="$1" --
  local before after
  before=$(date +%s)
  same_as_bare "${around[@]}" "$targets/hazards" churn 20000
  after=$(date +%s)
  complete
  "$seep" info --format json "$trace" | jq -e --argjson from "$before" --argjson to "$after" '.trace |
    (.start | fromdate) >= $from and (.start | fromdate) <= $to and .duration_s < $to - $from + 1'
  rm "$trace"
}

@test "another monotonic time, far ahead and behind: the trace has the real start and length" {
  moved 1000000
  moved -100
}
