#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
load helper
load sessiond

# ---- Differences ---------------------------------------------------------------------------------

@test "a trace and itself: no differences, 0 even with --exit-code, whatever they are divided by" {
  puppet_units t.seep alloc 10 1000
  for how in none units time; do
    split "$SEEP" diff --exit-code --normalize "$how" t.seep t.seep
    expect_status 0
    expect_in "$out" "no differences"
    [ -z "$err" ]
  done
  "$SEEP" diff --format json t.seep t.seep | jq -e '.sites == [] and .changes.same > 0'
}

@test "two runs of one build: both figures, exit code 1 with --exit-code alone" {
  puppet_trace old.seep "alloc 10 1000"
  puppet_trace new.seep "alloc 12 1000"
  split "$SEEP" diff old.seep new.seep
  expect_status 0
  [[ $out =~ grown\ +10,000\ +12,000\ +\+2,000\ +10\ +12\ +\+2\ +puppet_take ]] || fails "figures"
  split "$SEEP" diff --exit-code --format json new.seep old.seep
  expect_status 1
  jq -e '.changes.shrunk == 1 and (.sites | length) == 1 and (.sites[0] |
    .change == "shrunk" and .function == "puppet_take" and .bytes_difference == -2000 and
    .old.outstanding_bytes == 12000 and .new.outstanding_blocks == 10)' out.txt
}

@test "what was freed is gone, what was not there is new" {
  puppet_trace none.seep "alloc 10 1000" "free 10"
  puppet_trace some.seep "alloc 10 1000"
  split "$SEEP" diff none.seep some.seep
  [[ $out =~ new\ +0\ +10,000 ]] || fails "not new"
  split "$SEEP" diff some.seep none.seep
  [[ $out =~ gone\ +10,000\ +0 ]] || fails "not gone"
}

@test "--tolerance: small differences are none" {
  puppet_trace old.seep "alloc 100 10"
  puppet_trace new.seep "alloc 103 10"
  split "$SEEP" diff --exit-code --tolerance 5 old.seep new.seep
  expect_status 0
  split "$SEEP" diff --exit-code --tolerance 2.5 old.seep new.seep
  expect_status 1
}

@test "another build: calls are found though lines moved, one was added and a function renamed" {
  for number in 1 2; do
    "$SEEP" run -o "$number.seep" -- "$PUPPETS/release_$number/release" 2>/dev/null
  done
  "$SEEP" diff --format json 1.seep 2.seep >d.json
  jq -e '.changes == {same: 4, new: 3, gone: 2, grown: 1, shrunk: 0}' d.json
  jq -e '[.sites[] | [.change, .function, .bytes_difference]] == [
    ["grown", "release_worse", 2000], ["new", "release_added", 700],
    ["new", "release_new_name", 400], ["gone", "release_renamed", -400],
    ["gone", "release_fixed", -200], ["new", "release_order", 20]]' d.json
  jq -e '.sites[0] | .new.line > .old.line and .new.call == .old.call and
    .new.build_id != .old.build_id' d.json
}

@test "another program: nothing is the same, and nothing is mixed up" {
  puppet_trace old.seep "alloc 10 1000"
  "$SEEP" run -o new.seep -- "$PUPPETS/release_1/release" 2>/dev/null
  "$SEEP" diff --format json old.seep new.seep >d.json
  jq -e '.changes.grown == 0 and .changes.shrunk == 0 and .changes.gone == 1' d.json
}

@test "sessiond: the fix makes the leak gone, and nothing else differs" {
  sessiond_trace leak.seep
  sessiond_trace fixed.seep --fixed
  "$SEEP" diff --from warm --to after --normalize units --format json leak.seep fixed.seep >d.json
  jq -e '.sites | length == 1 and (.[0] | .change == "gone" and .function == "session_create" and
    .old.bytes == 152 and .old.blocks == 1 and .new.bytes == 0)' d.json
}

@test "--filter: only what matches is compared" {
  puppet_trace old.seep "alloc 10 1000"
  puppet_trace new.seep "alloc 12 1000"
  "$SEEP" diff --format json --filter 'function:puppet_take size=1000' old.seep new.seep >d.json
  jq -e '.changes.grown == 1 and (.sites | length) == 1' d.json
  "$SEEP" diff --format json --filter 'size<1000' old.seep new.seep >d.json
  jq -e '[.sites[] | select(.function == "puppet_take")] == []' d.json
  split "$SEEP" diff --filter 'size>big' old.seep new.seep
  expect_error "size>big"
}

# ---- What cannot be compared ---------------------------------------------------------------------

@test "--normalize units without units: exit code 2 and one line that names the trace" {
  puppet_units units.seep alloc 10 1000
  puppet_trace none.seep "alloc 10 1000"
  split "$SEEP" diff --normalize units units.seep none.seep
  expect_error "none.seep has none between 'start' and 'end'"
  expect_in "$err" "seep mark --units"
  split "$SEEP" diff --normalize units none.seep units.seep
  expect_error "none.seep has none"
}

@test "--normalize time without a duration: exit code 2 and one line" {
  puppet_units t.seep alloc 10 1000
  split "$SEEP" diff --normalize time --from after --to after t.seep t.seep
  expect_error "duration"
}

@test "a program that allocates nothing is compared like any other" {
  puppet_trace empty.seep
  puppet_trace some.seep "alloc 10 1000"
  split "$SEEP" diff --exit-code empty.seep empty.seep
  expect_status 0
  split "$SEEP" diff --exit-code empty.seep some.seep
  expect_status 1
  [[ $out =~ new\ +0\ +10,000 ]] || fails "not new"
}

@test "wrong usage, no trace, no mark: exit code 2 and one line" {
  puppet_trace t.seep "alloc 1 1"
  echo "my thesis" >thesis.txt
  split "$SEEP" diff
  expect_error "OLD and NEW"
  split "$SEEP" diff t.seep
  expect_error "OLD and NEW"
  split "$SEEP" diff t.seep t.seep t.seep
  expect_error "too much"
  split "$SEEP" diff --normalize nonsense t.seep t.seep
  expect_error "--normalize nonsense"
  split "$SEEP" diff --tolerance 1e3 t.seep t.seep
  expect_error "--tolerance 1e3"
  split "$SEEP" diff --format xml t.seep t.seep
  expect_error "--format xml"
  split "$SEEP" diff --limit few t.seep t.seep
  expect_error "--limit few"
  split "$SEEP" diff t.seep missing.seep
  expect_error "missing.seep"
  split "$SEEP" diff thesis.txt t.seep
  expect_error "thesis.txt"
  split "$SEEP" diff --from nowhere t.seep t.seep
  expect_error "'nowhere'"
  split "$SEEP" diff --from end --to start t.seep t.seep
  expect_error "after"
}

@test "a diff that cannot be written: exit code 2, not 1" {
  puppet_trace old.seep "alloc 10 10"
  puppet_trace new.seep "alloc 20 10"
  for format in text json; do
    status=0
    "$SEEP" diff --exit-code --format "$format" old.seep new.seep >/dev/full 2>err.txt || status=$?
    [ "$status" -eq 2 ]
    [ "$(wc -l <err.txt)" -eq 1 ]
  done
}

@test "--limit: so many rows, and how many more there are" {
  for number in 1 2; do
    "$SEEP" run -o "$number.seep" -- "$PUPPETS/release_$number/release" 2>/dev/null
  done
  split "$SEEP" diff -n 2 1.seep 2.seep
  expect_in "$out" "... and 4 more rows"
  [ "$("$SEEP" diff -n 2 --format json 1.seep 2.seep | jq '.sites | length')" = 2 ]
}
