#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
load helper

@test "text: the process, its end, marks, modules with build-ids, what the recorder cost" {
  puppet_trace t.seep "alloc 10 1000"
  "$SEEP" mark t.seep --units 5 one 2>/dev/null
  split "$SEEP" info t.seep
  expect_status 0
  [ -z "$err" ]
  expect_in "$out" puppet
  expect_in "$out" one
  expect_in "$out" "$(readelf -n "$PUPPET" | awk '/Build ID/ {print $3}')"
  expect_in "$out" libc.so.6
  [[ $out != *$'\e'* ]] || fails "escape sequences"
}

@test "text: the options of the recording, in one line" {
  "$SEEP" run --children --depth 3 -o t.seep -- "$PUPPET" </dev/null 2>run.err
  split "$SEEP" info t.seep
  expect_status 0
  grep -qx 'options        children=1 depth=3' out.txt
}

@test "JSON is one object, and the same every time" {
  puppet_trace t.seep "alloc 10 1000"
  "$SEEP" info --format json t.seep >one
  "$SEEP" info --format json t.seep >two
  cmp one two
  jq -e 'type == "object"' one
}

@test "a running trace, and one whose target was killed" {
  puppet_start env SEEP_OUT=t.seep LD_PRELOAD="$LIBSEEP" "$PUPPET"
  puppet_do alloc 100 10
  split "$SEEP" info t.seep
  expect_status 0
  running=$out
  split "$SEEP" info "$puppet_pid"
  expect_status 0
  kill -KILL "$puppet_pid"
  puppet_wait
  split "$SEEP" info t.seep
  expect_status 0
  [ "$out" != "$running" ] || fails "running and killed look the same"
}

@test "damage is said with its offset, with exit code 0" {
  puppet_trace t.seep "alloc 2000 100"
  printf 'noise behind the end' >>t.seep
  split "$SEEP" info t.seep
  expect_status 0
  [[ $err =~ offset\ [0-9]+ ]] || fails "no offset"
}

@test "no trace, wrong usage: exit code 2 and one line" {
  echo "my thesis" >thesis.txt
  for name in missing.seep thesis.txt . /dev/null; do
    split "$SEEP" info "$name"
    expect_error "$name"
  done
  split "$SEEP" info
  expect_error FILE
  split "$SEEP" info --format xml t.seep
  expect_error "--format xml"
}

@test "modules: what names their addresses, or why nothing does" {
  puppet_trace t.seep "alloc 2000 100"
  split "$SEEP" info t.seep
  expect_status 0
  [[ $out =~ puppet:\ debug\ information ]] || fails "the target has debug information"
  [[ ! $out =~ not\ looked\ at ]] || fails "a module was not looked at"
}
