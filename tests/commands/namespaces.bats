#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Targets in namespaces of their own, asked and marked from outside and from inside.
load helper

# started OPTION...: a puppet in new namespaces; inner_pid is its pid out here, and inside runs a command
# in its namespaces.
started() {
  unshare "$@" --fork true 2>/dev/null || skip "the kernel allows no such namespaces here"
  puppet_start unshare "$@" --fork env SEEP_OUT="$PWD/t.seep" LD_PRELOAD="$LIBSEEP" "$PUPPET"
  puppet_do alloc 10 1000
  inner_pid=$(<"/proc/$puppet_pid/task/$puppet_pid/children")
  inner_pid=${inner_pid// /}
  inside=(nsenter --target "$inner_pid" --preserve-credentials)
  [[ " $* " != *" --user "* ]] || inside+=(--user)
  [[ " $* " != *" --pid "* ]] || inside+=(--pid)
  [[ " $* " != *" --mount"* ]] || inside+=(--mount)
  [[ " $* " != *" --time "* ]] || inside+=(--time)
}

# asked_and_marked PID_INSIDE: by file and by pid, from both sides.
asked_and_marked() {
  "$SEEP" info --format json t.seep | jq -e --argjson pid "$1" '.trace | .state == "running" and .pid == $pid'
  "$SEEP" mark t.seep outside-file
  "$SEEP" mark "$inner_pid" outside-pid
  puppet_do alloc 5 1000
  "${inside[@]}" "$SEEP" mark "$PWD/t.seep" inside-file
  "${inside[@]}" "$SEEP" mark "$1" inside-pid
  [ "$("${inside[@]}" "$SEEP" info --format json "$1" | jq -r .trace.state)" = running ]
  "$SEEP" report --format json --from outside-pid --to inside-file "$inner_pid" |
    jq -e '[.sites[].outstanding_blocks] | add == 5'
  puppet_wait
  "$SEEP" info --format json t.seep | jq -e '.trace.state == "ended" and ([.marks[].label] ==
    ["outside-file", "outside-pid", "inside-file", "inside-pid"])'
  "$SEEP" report --format json t.seep | jq -e '.trace.complete and (.totals |
    .lost_events == 0 and .unrecorded_events == 0 and .outstanding_blocks == 15)'
}

@test "its own users, processes, mounts and network" {
  started --user --map-root-user --pid --mount-proc --net
  asked_and_marked 1
}

@test "its own processes and mounts, as root" {
  started --pid --mount-proc
  asked_and_marked 1
}

@test "another monotonic time: marks from outside stand where they were put" {
  started --user --map-root-user --time --monotonic=1000000 --boottime=1000000
  asked_and_marked "$inner_pid"
}
