#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
load helper

@test "after a pause, allocations are recorded again" {
  puppet_start "$SEEP" run -o t.seep -- "$PUPPET"
  puppet_do alloc 10 100
  "$SEEP" pause t.seep
  puppet_do alloc 40 100
  split "$SEEP" resume t.seep
  expect_status 0
  [ -z "$out$err" ] || fails "not silent"
  puppet_do alloc 5 100
  puppet_wait
  "$SEEP" report --format json t.seep >report.json
  [ "$(jq '[.sites[] | select(.function == "puppet_take").allocations] | add' report.json)" = 15 ]
  [ "$(jq '.totals.unmatched_frees' report.json)" = 0 ]
}

@test "frees of blocks taken in the pause are not counted against recorded ones" {
  puppet_start "$SEEP" run -o t.seep -- "$PUPPET"
  puppet_do alloc 1 1
  "$SEEP" pause t.seep
  puppet_do alloc 6 100
  "$SEEP" resume t.seep
  puppet_do alloc 4 100
  puppet_do free 6
  puppet_wait
  "$SEEP" report --format json t.seep >report.json
  taken='[.sites[] | select(.function == "puppet_take")]'
  [ "$(jq "$taken | map(.outstanding_blocks) | add" report.json)" = 4 ]
}

@test "without a pause before, it changes nothing" {
  puppet_start "$SEEP" run -o t.seep -- "$PUPPET"
  puppet_do alloc 2 2
  split "$SEEP" resume t.seep
  expect_status 0
  puppet_do alloc 3 2
  puppet_wait
  [ "$("$SEEP" report --format json t.seep |
    jq '[.sites[] | select(.function == "puppet_take").allocations] | add')" = 5 ]
}

@test "wrong usage, no trace, a target that runs no more: exit code 2 and one line" {
  split "$SEEP" resume
  expect_error "FILE|PID"
  split "$SEEP" resume missing.seep
  expect_error "missing.seep"
  split "$SEEP" resume $$
  expect_error "$$"
  puppet_trace t.seep "alloc 1 1"
  split "$SEEP" resume t.seep
  expect_error "runs no more"
}
