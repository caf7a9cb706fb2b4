#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
load helper

# attach OPERAND...: which must succeed.
attach() {
  split "$SEEP" attach "$@"
  expect_status 0
}

@test "by file, and again: the second time there is nothing to detach" {
  puppet_start "$PUPPET"
  attach -o t.seep "$puppet_pid"
  split "$SEEP" detach t.seep
  expect_status 0
  [ -z "$out" ]
  split "$SEEP" detach t.seep
  expect_error "t.seep"
  split "$SEEP" detach "$puppet_pid"
  expect_error "not recorded"
  puppet_do alloc 1 1
}

@test "attached to again: a trace of its own, with what came since" {
  puppet_start "$PUPPET"
  for round in 1 2 3; do
    attach -o "$round.seep" "$puppet_pid"
    puppet_do alloc $((10 * round)) 10
    puppet_do thread $((10 * round)) 10
    "$SEEP" detach "$puppet_pid" 2>/dev/null
    [ "$("$SEEP" report --format json "$round.seep" |
      jq '[.sites[] | select(.function == "puppet_take").allocations] | add')" = $((20 * round)) ]
  done
  [ "$(for round in 1 2 3; do
    "$SEEP" info --format json "$round.seep" | jq .process.trace_id
  done | sort -u | wc -l)" = 3 ]
}

@test "what was recorded from its start is not detached from" {
  puppet_start env SEEP_OUT=t.seep LD_PRELOAD="$LIBSEEP" "$PUPPET"
  puppet_do alloc 1 1
  split "$SEEP" detach "$puppet_pid"
  expect_error "from its start"
  puppet_do alloc 1 1
  puppet_wait
  [ "$("$SEEP" report --format json t.seep |
    jq '.sites[] | select(.function == "puppet_take").allocations')" = 2 ]
}

@test "forked children of an attached process are not recorded, and run on" {
  puppet_start "$PUPPET"
  attach -o t.seep "$puppet_pid"
  puppet_do alloc 1 10
  puppet_do fork 100 10
  puppet_do fork 100 10
  "$SEEP" detach "$puppet_pid" 2>/dev/null
  puppet_do fork 100 10
  puppet_wait
  [ "$status" -eq 0 ]
  [ "$(echo ./*.seep)" = ./t.seep ]
  "$SEEP" report --format json t.seep >report.json
  [ "$(jq .totals.outstanding_blocks report.json)" = 1 ] || fails "$(jq .totals report.json)"
  jq -e '.warnings | any(contains("2 forked children"))' report.json
}

@test "wrong usage and no trace: exit code 2 and one line" {
  split "$SEEP" detach
  expect_error "FILE|PID"
  split "$SEEP" detach a b
  expect_error "'b'"
  split "$SEEP" detach missing.seep
  expect_error "missing.seep"
  split "$SEEP" detach $$
  expect_error "$$"
  split "$SEEP" detach --timeout 0 1
  expect_error "--timeout"
}
