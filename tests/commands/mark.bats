#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
load helper

# marks FILE: label and units of each mark, one a line.
marks() {
  "$SEEP" report --format json "$1" | jq -r '.marks[] | "\(.label) \(.units // "-")"'
}

@test "marks in a running target, by file and by pid, with and without units" {
  puppet_start "$SEEP" run -o t.seep -- "$PUPPET"
  puppet_do alloc 10 100
  split "$SEEP" mark t.seep warm
  expect_status 0
  [ -z "$out$err" ] || fails "not silent"
  puppet_do alloc 20 100
  pid=$(target_pid t.seep)
  split "$SEEP" mark "$pid" --units 20 after
  expect_status 0
  puppet_do alloc 5 100
  puppet_wait
  [ "$(marks t.seep)" = $'warm -\nafter 20' ] || fails "$(marks t.seep)"
  between=$("$SEEP" report --from warm --to after --format json t.seep |
    jq '.sites[] | select(.function == "puppet_take").outstanding_blocks')
  [ "$between" = 20 ]
}

@test "blocks are between the marks they were allocated between, even freed ones' pairs" {
  puppet_start "$SEEP" run -o t.seep -- "$PUPPET"
  puppet_do alloc 10 100
  "$SEEP" mark t.seep one
  puppet_do free 10
  puppet_do alloc 7 50
  puppet_wait
  count() {
    "$SEEP" report --format json "$@" t.seep |
      jq '[.sites[] | select(.function == "puppet_take").outstanding_blocks] | add // 0'
  }
  [ "$(count --to one)" = 10 ]
  [ "$(count --from one)" = 7 ]
  [ "$(count)" = 7 ]
}

@test "what was allocated between two marks is exact, also of what was freed again" {
  puppet_start "$SEEP" run -o t.seep -- "$PUPPET"
  puppet_do alloc 10 100
  local round
  for round in 1 2 3; do
    "$SEEP" mark t.seep "m$round"
    puppet_do alloc $((round * 7)) 50
    sleep 0.1
    puppet_do free $((round * 7))
  done
  "$SEEP" mark t.seep m4
  puppet_do alloc 1000 1
  puppet_wait
  for round in 1 2 3; do
    "$SEEP" report --format json --from "m$round" --to "m$((round + 1))" t.seep >r.json
    jq -e --argjson n $((round * 7)) '.totals.lost_events == 0 and
      ([.sites[] | select(.function == "puppet_take")] | length == 1 and
        (.[0] | .allocations == $n and .allocated_bytes == 50 * $n and .frees == $n))' r.json ||
      fails "$(jq -c '.sites[] | [.function, .allocations, .frees]' r.json)"
  done
}

@test "a finished trace can be marked, and it is noted that nothing runs" {
  puppet_trace t.seep "alloc 1 1"
  split "$SEEP" mark t.seep late
  expect_status 0
  [ "$(wc -l <err.txt)" -eq 1 ]
  expect_in "$err" "runs no more"
  [ "$(marks t.seep)" = "late -" ]
}

@test "a number is a file before it is a pid" {
  puppet_trace 4194304 "alloc 1 1"
  split "$SEEP" mark 4194304 here
  expect_status 0
  [ "$(marks 4194304)" = "here -" ]
}

@test "labels: any text; what --from reads as something else is noted" {
  puppet_trace t.seep "alloc 1 1"
  split "$SEEP" mark t.seep -- --odd
  expect_status 0
  split "$SEEP" mark t.seep "größer, 2 words"
  expect_status 0
  split "$SEEP" mark t.seep "#7"
  expect_status 0
  expect_in "$err" "'#7'"
  [ "$(marks t.seep | wc -l)" -eq 3 ]
  marks t.seep | grep -qx "größer, 2 words -"
  "$SEEP" report --from "größer, 2 words" t.seep >/dev/null
}

@test "a control character in a label does not reach the terminal" {
  puppet_trace t.seep "alloc 1 1"
  "$SEEP" mark t.seep $'red\e[31m\nrow' 2>/dev/null
  for command in info report; do
    split "$SEEP" "$command" t.seep
    expect_status 0
    [[ $out != *$'\e'* ]] || fails "escape sequences"
  done
  "$SEEP" report --format json t.seep | jq -e '.marks | length == 1' >/dev/null
}

@test "wrong usage: exit code 2 and one line" {
  puppet_trace t.seep "alloc 1 1"
  split "$SEEP" mark
  expect_error "FILE|PID"
  split "$SEEP" mark t.seep
  expect_error "LABEL"
  split "$SEEP" mark t.seep a b
  expect_error "'b'"
  split "$SEEP" mark t.seep ""
  expect_error "empty"
  split "$SEEP" mark t.seep "$(printf 'x%.0s' {1..256})"
  expect_error "255"
  for units in -1 1.5 many 99999999999999999999; do
    split "$SEEP" mark t.seep --units="$units" a
    expect_error "--units $units"
  done
  [ -z "$(marks t.seep)" ]
}

@test "no trace, no mark: exit code 2, and the file stays as it was" {
  split "$SEEP" mark missing.seep a
  expect_error "missing.seep"
  [ ! -e missing.seep ]
  echo "my thesis" >thesis.txt
  split "$SEEP" mark thesis.txt a
  expect_error "thesis.txt"
  [ "$(cat thesis.txt)" = "my thesis" ]
  split "$SEEP" mark $$ a
  expect_error "$$"
  split "$SEEP" mark 4194304 a
  expect_error "4194304"
}
