#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Reports of a process and its children as one.
load helper

# family_of COMMAND...: records it and its children into traces t.PID.seep; $master is the parent's.
family_of() {
  "$SEEP" run --children -o t.%p.seep -- "$@" >/dev/null 2>run.err || { cat run.err; return 1; }
  find_master
}

find_master() {
  local each
  for each in t.*.seep; do
    if "$SEEP" info --format json "$each" | jq -e '.trace.program != "true" and
        (.process | has("forked_s") | not)' >/dev/null; then
      master=$each
    fi
  done
}

# children: the traces of those that were forked.
children() {
  local each
  for each in t.*.seep; do
    [ "$each" = "$master" ] || echo "$each"
  done
}

workers_start() {
  puppet_start "$SEEP" run --children -o t.%p.seep -- "$targets/workers" "$1"
  puppet_do 0
  find_master
}

# site FUNCTION EXPRESSION: of that function's only row in family.json.
site() {
  jq -e ".sites | map(select(.function == \"$1\")) | if length == 1 then .[0] | $2 else error end" \
    family.json
}

@test "merged: the sums are those of the members' own reports" {
  family_of "$targets/hazards" fork
  "$SEEP" report --family --format json "$master" >family.json
  local each key
  for each in t.*.seep; do
    "$SEEP" report --format json "$each"
  done >each.json
  for key in allocations frees allocated_bytes freed_bytes outstanding_blocks outstanding_bytes; do
    [ "$(jq ".run.$key" family.json)" = "$(jq -s "map(.totals.$key) | add" each.json)" ]
  done
  jq -e --slurpfile each each.json '
    (.sites | map(.outstanding_bytes) | add) == ($each | map(.totals.outstanding_bytes) | add) and
    (.sites | map(.allocations) | add) == ($each | map(.totals.allocations) | add) and
    .totals.outstanding_bytes == .run.outstanding_bytes' family.json
  jq -e '.family.processes == 4 and .family.unread == 0 and .family.parents_missing == 0' family.json
  site process_keep '.processes == 4 and .holding_processes == 4 and
    .outstanding_blocks == 3 * 1000 + 9 and .most_bytes == 1000 * 1000'
}

@test "a block counts in the process that allocated it: copies are inherited, whoever frees first" {
  family_of "$targets/hazards" inherit
  "$SEEP" report --family --format json "$master" >family.json
  # The child has all 100 and frees 50; the grandchild has the 50 that are left, and frees one.
  site children_inherit '.outstanding_blocks == 50 and .allocations == 100 and
    .inherited == {blocks: 150, bytes: 45000, freed_blocks: 51, freed_bytes: 15300}'
  site children_keep '.outstanding_blocks == 2000 and .processes == 2 and
    .inherited == {blocks: 1000, bytes: 1000000, freed_blocks: 0, freed_bytes: 0}'
  jq -e '.processes | map(select(.came_by == "fork") | .inherited.blocks) | sort == [100, 1050]' \
    family.json
  # What the parent freed right behind the fork the child still has.
  jq -e '.processes | map(select(.came_by == "fork") | .inherited.freed_blocks) | sort == [1, 50]' \
    family.json
}

@test "a child's own report names what it inherited, by its parent's sites" {
  family_of "$targets/hazards" inherit
  local each found=0
  for each in $(children); do
    "$SEEP" report "$each" >child.txt
    "$SEEP" report --format json "$each" >child.json
    jq -e '.totals.outstanding_blocks == 1000' child.json
    jq -e '.inherited.blocks == 100' child.json || continue
    found=1
    grep 'inherited over the fork from pid .*: 100 blocks, 29.3 KiB; 50 of them freed since' child.txt
    grep ' 29.3 KiB  *100  *50  children_inherit children.c' child.txt
    jq -e '.inherited.sites | length == 1 and .[0].function == "children_inherit" and
      .[0].freed_blocks == 50' child.json
    refute grep -q 'children_inherit.*leaks' child.txt
  done
  [ $found = 1 ]
}

@test "without the parent's trace the children are one family, and what is missing is said" {
  family_of "$targets/hazards" fork
  rm "$master"
  set -- $(children)
  "$SEEP" report --family "$1" >family.txt
  grep '^family of hazards  3 processes' family.txt
  grep '3 processes were forked from one whose trace is not here' family.txt
  "$SEEP" report --family --format json "$1" | jq -e '.family.parents_missing == 3 and
    all(.processes[]; .parent_missing and (has("inherited") | not))'
  "$SEEP" report "$1" >child.txt
  refute grep -q 'inherited' child.txt
  grep 'frees were of blocks whose allocation was not recorded' child.txt
}

@test "split: a row for each process" {
  family_of "$targets/hazards" fork
  "$SEEP" report --by process "$master" >split.txt
  [ "$(grep -c ' ended .* t\.[0-9]*\.seep$' split.txt)" = 4 ]
  refute grep -q 'process_keep' split.txt
  "$SEEP" report --by process --format json "$master" >split.json
  jq -e --arg master "$master" '.by == "process" and (has("sites") | not) and
    (.processes | length) == 4 and .processes[0].path == $master and
    all(.processes[1:][]; .parent == $master and .came_by == "fork" and .state == "ended" and
      .parent_pid == '"$(target_pid "$master")"')' split.json
}

@test "given several files, the family is these alone; from another directory it is not found" {
  family_of "$targets/hazards" fork
  set -- $(children)
  "$SEEP" report --family --format json "$master" "$1" | jq -e '.family.processes == 2'
  mkdir elsewhere
  mv "$1" elsewhere
  "$SEEP" report --family --format json "$master" | jq -e '.family.processes == 3'
  "$SEEP" report --family --format json "$master" "elsewhere/$1" |
    jq -e '.family.processes == 2 and .family.parents_missing == 0'
}

@test "what has nothing to do with the family is passed over" {
  family_of "$targets/hazards" fork
  puppet_trace other.seep "alloc 1 1"
  echo nothing >nothing.seep
  : >empty.seep
  ln -s "$master" link.seep
  cp "$master" copy.seep
  mkfifo pipe.seep
  "$SEEP" report --family --format json "$master" | jq -e '.family.processes == 4'
}

@test "a member that cannot be read is said, and left out" {
  family_of "$targets/hazards" fork
  set -- $(children)
  chmod 000 "$1"
  [ "$(id -u)" != 0 ] || skip "root reads everything"
  "$SEEP" report --family --format json "$master" | jq -e '.family.processes == 3'
}

@test "a program that a child executes belongs to the family" {
  family_of "$targets/hazards" exec-at-once
  "$SEEP" report --by process --format json "$master" >split.json
  jq -e --arg master "$master" '.family.processes == 21 and
    ([.processes[] | select(.program == "true" and .came_by == "exec" and .parent == $master)] |
     length) == 20' split.json
}

@test "a mark is put into every running process, and units are the family's" {
  workers_start 3
  puppet_do 100
  "$SEEP" mark "$master" warm
  puppet_do 1000
  "$SEEP" mark --units 5000 "$master" after
  puppet_do 100
  puppet_wait
  local each
  for each in t.*.seep; do
    "$SEEP" info --format json "$each" | jq -e '[.marks[].label] == ["warm", "after"]'
  done
  "$SEEP" report --family --from warm --to after --format json "$master" >family.json
  site workers_leak '.outstanding_blocks == 5000 and .processes == 3 and .most_bytes == 120000 and
    .blocks_per_unit == 1 and .bytes_per_unit == 40 and .leaking_processes >= 1 and
    .verdict == "leak"'
  jq -e '.interval.units == 5000' family.json
  "$SEEP" report --family --from warm --to after "$master" >family.txt
  grep 'workers_leak .* leaks in [123] of 3 processes that use it; most in pid' family.txt
}

@test "a mark of one process alone says the moment for all" {
  workers_start 2
  puppet_do 100
  "$SEEP" mark --alone "$master" warm
  puppet_do 1000
  set -- $(children)
  "$SEEP" mark --alone "$1" after
  puppet_do 10
  puppet_wait
  [ "$("$SEEP" info --format json "$1" | jq -c '[.marks[].label]')" = '["after"]' ]
  "$SEEP" report --family --from warm --to after --format json "$master" >family.json
  # Without a mark of its own a process may count a block of records on the wrong side.
  site workers_leak '.outstanding_blocks == 4000'
  split "$SEEP" report --family --from nowhere "$master"
  expect_error "has no mark 'nowhere'"
}

@test "a running family is read as it stands" {
  workers_start 2
  puppet_do 10
  "$SEEP" report --family --format json "$master" >family.json
  jq -e 'all(.processes[]; .state == "running")' family.json
  site workers_leak '.outstanding_blocks == 40'
  puppet_wait
}

@test "blocks of the master's that its workers free at their end are the master's site's" {
  workers_start 2
  puppet_wait
  "$SEEP" report --family --format json "$master" >family.json
  site workers_fill '.outstanding_blocks == 50 and .processes == 1 and .inherited.blocks == 100 and
    .inherited.freed_blocks == 100'
}

@test "the viewer follows a running family, and opens one of its processes" {
  workers_start 2
  puppet_do 10
  terminal <<END
"$SEEP" view --family "$master"
echo "\$?" >status.txt
END
  wait_until shows 'family  3 processes, 3 running'
  wait_until shows '▾outstanding .* call site, of all processes'
  keys P
  wait_until shows 'what leaks most there'
  before=$(held)
  [ "$before" -gt 40 ]
  puppet_do 10
  wait_until eval '[ "$(held)" = $((before + 40)) ]'
  keys Down Enter
  wait_until shows ', [23] of 3'
  keys Escape
  wait_until shows 'what leaks most there'
  keys q
  wait_until test -s status.txt
  [ "$(cat status.txt)" = 0 ]
  puppet_wait
}

# held: the blocks that stand in all processes, as the screen has it.
held() {
  tmux -L "seep$$" capture-pane -p | sed -n 's/.* in \([0-9]*\) blocks outstanding.*/\1/p'
}

@test "wrong usage" {
  split "$SEEP" report --family --by tree x.seep
  expect_error "--family goes with --by site or process"
  split "$SEEP" report --family nothing.seep
  expect_error "nothing.seep cannot be opened"
  echo nothing >nothing.seep
  split "$SEEP" report --by process nothing.seep
  expect_error "nothing.seep is no seep trace"
}
