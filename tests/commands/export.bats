#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
load helper

FORMATS=(pprof folded json html massif speedscope)

@test "without a format, or with one that is none: exit code 2 and one line" {
  puppet_trace t.seep "alloc 1 10"
  split "$SEEP" export t.seep
  expect_error "no --format given"
  split "$SEEP" export --format xml t.seep
  expect_error "--format xml: pprof, folded"
  split "$SEEP" export --format folded --value bytes t.seep
  expect_error "--value bytes: inuse_space"
  split "$SEEP" export --format folded
  expect_error "FILE"
}

@test "a file that is no trace: exit code 2, one line, and no output" {
  echo nonsense >t.seep
  split "$SEEP" export --format html -o out.html t.seep
  expect_error t.seep
  [ ! -e out.html ]
  split "$SEEP" export --format json none.seep
  expect_error none.seep
}

@test "to stdout and to a file: the same bytes, the same each time" {
  puppet_trace t.seep "alloc 10 1000" "thread 5 30" "free 3"
  for format in "${FORMATS[@]}"; do
    split "$SEEP" export --format "$format" -o file t.seep
    expect_status 0
    [ -z "$out$err" ] || fails "$format is not silent"
    "$SEEP" export --format "$format" t.seep >one
    [ -s one ]
    cmp one file || fails "$format"
  done
}

@test "an output that cannot be written: exit code 2 and one line that names it" {
  puppet_trace t.seep "alloc 10 1000"
  split "$SEEP" export --format json -o none/out.json t.seep
  expect_error none/out.json
  for format in "${FORMATS[@]}"; do
    status=0
    "$SEEP" export --format "$format" t.seep >/dev/full 2>err.txt || status=$?
    [ "$status" = 2 ] && [ "$(wc -l <err.txt)" = 1 ] || fails "$format to a full disk: $status"
    split "$SEEP" export --format "$format" -o /dev/full t.seep
    expect_error /dev/full
  done
}

@test "the trace itself is not overwritten" {
  puppet_trace t.seep "alloc 10 1000"
  cp t.seep before
  ln -s t.seep link
  split "$SEEP" export --format json -o link t.seep
  expect_error "is the trace itself"
  cmp t.seep before
}

@test "--from, --to: what was allocated between and still stands" {
  puppet_start "$SEEP" run -o t.seep -- "$PUPPET"
  puppet_do alloc 3 10
  "$SEEP" mark t.seep warm
  puppet_do alloc 20 152
  "$SEEP" mark t.seep after
  puppet_do alloc 2 7
  puppet_wait
  [ "$("$SEEP" export -f folded --from warm --to after t.seep | awk '{n += $NF} END {print n}')" = 3040 ]
  [ "$("$SEEP" export -f folded --to warm t.seep | grep -c 'puppet_take 30$')" = 1 ]
  [ "$("$SEEP" export -f folded --value inuse_objects --from after t.seep | grep puppet_take |
    awk '{print $NF}')" = 2 ]
  split "$SEEP" export -f folded --from nowhere t.seep
  expect_error "no mark 'nowhere'"
  split "$SEEP" export -f folded --from after --to warm t.seep
  expect_error "comes after"
}

@test "--filter and --rules are the report's" {
  puppet_trace t.seep "alloc 10 1000"
  [ "$("$SEEP" export -f folded --filter function:puppet_take t.seep | grep -c .)" = 1 ]
  [ "$("$SEEP" export -f folded --filter '!function:puppet_take' t.seep | grep -c puppet_take)" = 0 ]
  echo "skip-function puppet_take" >rules
  "$SEEP" export -f json --rules rules t.seep | jq -e '[.sites[].function] | index("puppet_take") == null'
  split "$SEEP" export -f json --filter 'blocks>many' t.seep
  expect_error "--filter"
}

@test "massif shows the whole run, and says so" {
  puppet_trace t.seep "alloc 10 1000"
  for option in "--from start" "--to end" "--filter x"; do
    split "$SEEP" export -f massif $option t.seep
    expect_error "massif shows the whole run"
  done
}

@test "a profile does not go to a terminal" {
  command -v script >/dev/null || skip "no script"
  puppet_trace t.seep "alloc 10 1000"
  TERM=dumb script -qec "'$SEEP' export -f pprof t.seep" /dev/null </dev/null >tty.txt || true
  grep -q "not for a terminal" tty.txt
}

@test "json: the report's members, with the same values, and more" {
  puppet_trace t.seep "alloc 10 1000" "thread 5 30" "free 3"
  "$SEEP" report --format json t.seep >report.json
  "$SEEP" export --format json t.seep | jq 'del(.time_line, .intervals)' >rest.json
  jq . report.json | cmp - rest.json
  "$SEEP" export --format json t.seep | jq -e '.intervals | length == 1 and (.[0].sites | length > 0)'
}

@test "the folded values of all stacks add up to the report's totals" {
  puppet_trace t.seep "alloc 10 1000" "thread 5 30" "free 3"
  "$SEEP" report --format json t.seep >r.json
  for pair in inuse_space:outstanding_bytes inuse_objects:outstanding_blocks \
    alloc_space:allocated_bytes alloc_objects:allocations; do
    [ "$("$SEEP" export -f folded --value "${pair%:*}" t.seep | awk '{n += $NF} END {print n}')" = \
      "$(jq ".totals.${pair#*:}" r.json)" ] || fails "$pair"
  done
}

@test "a running target's trace can be exported" {
  puppet_start "$SEEP" run -o t.seep -- "$PUPPET"
  puppet_do alloc 12 100
  "$SEEP" export -f folded "$(target_pid t.seep)" | grep 'puppet_take 1200$'
  puppet_wait
}
