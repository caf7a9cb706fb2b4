#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
load helper

@test "allocations made during a pause are not recorded, frees of recorded blocks are" {
  puppet_start "$SEEP" run -o t.seep -- "$PUPPET"
  puppet_do alloc 10 100
  split "$SEEP" pause t.seep
  expect_status 0
  [ -z "$out$err" ] || fails "not silent"
  puppet_do alloc 40 100
  puppet_do free 3
  puppet_wait
  [ "$status" -eq 0 ]
  "$SEEP" report --format json t.seep >report.json
  taken='[.sites[] | select(.function == "puppet_take")]'
  [ "$(jq "$taken | map(.allocations) | add" report.json)" = 10 ]
  [ "$(jq "$taken | map(.outstanding_blocks) | add" report.json)" = 7 ]
}

@test "by pid" {
  puppet_start "$SEEP" run -o t.seep -- "$PUPPET"
  puppet_do alloc 1 1
  split "$SEEP" pause "$(target_pid t.seep)"
  expect_status 0
  puppet_do alloc 9 1
  puppet_wait
  [ "$("$SEEP" report --format json t.seep |
    jq '.sites[] | select(.function == "puppet_take").allocations')" = 1 ]
}

@test "a target that runs no more cannot be paused: exit code 2, trace unchanged" {
  puppet_trace t.seep "alloc 1 1"
  cp t.seep before
  split "$SEEP" pause t.seep
  expect_error "runs no more"
  cmp before t.seep
}

@test "wrong usage and no trace: exit code 2 and one line" {
  split "$SEEP" pause
  expect_error "FILE|PID"
  split "$SEEP" pause a b
  expect_error "'b'"
  split "$SEEP" pause missing.seep
  expect_error "missing.seep"
  echo "my thesis" >thesis.txt
  split "$SEEP" pause thesis.txt
  expect_error "thesis.txt"
  split "$SEEP" pause $$
  expect_error "$$"
}
