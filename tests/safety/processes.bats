# SPDX-License-Identifier: Apache-2.0
# Children of all kinds: a trace holds what its own process did.
load ../lib/common
load safety

@test "fork: the children's blocks are not the parent's" {
  same_as_bare "$targets/hazards" fork
  complete
  [[ $(blocks_of 1000) == 0 ]]
  [[ $(blocks_of 100) == 10 ]] # also the one that each child freed, in its own memory
}

@test "fork with SEEP_CHILDREN: each child has a trace of its own" {
  trace=$BATS_TEST_TMPDIR/children.%p.seep record=SEEP_CHILDREN=1
  same_as_bare "$targets/hazards" fork
  local each parents=0 children=0
  for each in children.*.seep; do
    nothing_lost "$each"
    case $(blocks_of 1000 "$each") in
    0) parents=$((parents + 1)) ;;
    1000) children=$((children + 1)) ;;
    esac
  done
  [[ $parents == 1 && $children == 3 ]]
}

@test "fork with SEEP_CHILDREN: a child's trace names its parent's, and when it was forked" {
  trace=$BATS_TEST_TMPDIR/children.%p.seep record=SEEP_CHILDREN=1
  recorded "$targets/hazards" fork
  local each
  for each in children.*.seep; do
    "$seep" info --format json "$each" | jq -c .process
  done >all.json
  jq -s -e 'map(select(.parent_trace_id | not)) as $parents | map(select(.parent_trace_id)) |
    ($parents | length) == 1 and length == 3 and
    all(.parent_trace_id == $parents[0].trace_id and .trace_id != .parent_trace_id and
        .forked_s <= 0 and .forked_s > -10)' all.json
}

@test "fork of a fork of a fork" {
  same_as_bare "$targets/hazards" fork-deep
  complete
}

@test "fork while other threads allocate" {
  same_as_bare "$targets/hazards" fork-threads
  complete
}

@test "vfork and exec, again and again" {
  same_as_bare "$targets/hazards" vfork
  complete
  [[ $(blocks_of 100) == 10 ]]
}

@test "posix_spawn, again and again" {
  same_as_bare "$targets/hazards" spawn
  complete
  [[ $(blocks_of 100) == 10 ]]
}

@test "a daemon is recorded although its parent is gone" {
  trace=$BATS_TEST_TMPDIR/daemon.%p.seep
  recorded "$targets/hazards" daemon "$BATS_TEST_TMPDIR/pid"
  [[ $(cat recorded.status) == 0 ]]
  local waited
  for ((waited = 0; waited < 100; waited++)); do
    [[ -s pid ]] && ! kill -0 "$(cat pid)" 2>/dev/null && break
    sleep 0.1
  done
  [[ $(blocks_of 1000 "daemon.$(cat pid).seep") == 1000 ]]
}

@test "exec: what the second image keeps is in a trace" {
  trace=$BATS_TEST_TMPDIR/exec.%e.%p.seep
  recorded "$targets/hazards" exec
  [[ $(cat recorded.status) == 0 ]]
  local each found=0
  for each in exec.*.seep; do
    [[ $(blocks_of 1000 "$each") == 1000 ]] && found=1
  done
  [[ $found == 1 ]]
}

@test "seep run of a script records the program that the script becomes" {
  printf '#!/bin/sh\nexec "%s" exec again\n' "$targets/hazards" >wrapper.sh
  chmod +x wrapper.sh
  timeout "$limit" "$seep" run -o "$trace" -- ./wrapper.sh
  [[ $(blocks_of 1000) == 1000 ]]
}

@test "children that are not recorded: how many, and roughly how much they allocated" {
  recorded "$targets/hazards" fork
  "$seep" info --format json "$trace" | jq -e '.events | .unrecorded_children == 3 and
    .unrecorded_children_allocations >= 3 * 21000 and .unrecorded_children_allocations < 3 * 60000 and
    .unrecorded_children_bytes > 3 * 1000 * 1000'
  "$seep" info "$trace" | grep '3 forked children were not recorded; they made about .* allocations'
  "$seep" report "$trace" | grep '3 forked children were not recorded; they made about .* allocations'
  [[ $(total unrecorded_children) == 3 ]]
  (($(total unrecorded_children_allocations) >= 3 * 21000))
  (($(total unrecorded_children_bytes) > 3 * 1000 * 1000))
}

@test "children that are not recorded count their own children, but not what they execute" {
  timeout "$limit" "$seep" run -o "$trace" -- "$targets/hazards" fork-deep
  [[ $(total unrecorded_children) == 3 ]]
  (($(total unrecorded_children_allocations) > 3 * 20000))
  mv "$trace" deep.seep
  timeout "$limit" "$seep" run -o "$trace" -- "$targets/hazards" exec-at-once
  [[ $(total unrecorded_children) == 20 && $(total unrecorded_children_allocations) == 0 ]]
}

@test "a clone that no handler is told of writes nothing into its parent's trace" {
  same_as_bare "$targets/hazards" clone
  complete
  [[ $(blocks_of 1000) == 0 && $(total unrecorded_children) == 3 ]]
  (($(total unrecorded_children_allocations) > 2500))
}

@test "a clone that no handler is told of has a trace of its own with SEEP_CHILDREN" {
  trace=$BATS_TEST_TMPDIR/clone.%p.seep record=SEEP_CHILDREN=1
  same_as_bare "$targets/hazards" clone
  local each own=0
  for each in clone.*.seep; do
    [[ $(blocks_of 1000 "$each") == 1000 ]] && own=$((own + 1))
  done
  [[ $own == 3 ]]
}

@test "a double fork: the grandchild's blocks are in its own trace" {
  trace=$BATS_TEST_TMPDIR/double.%p.seep record=SEEP_CHILDREN=1
  same_as_bare "$targets/hazards" double-fork
  local each own=0
  for each in double.*.seep; do
    [[ $(blocks_of 1000 "$each") == 1000 ]] && own=$((own + 1))
  done
  [[ $own == 1 ]]
}

@test "fork in a signal handler, wherever the program was" {
  same_as_bare "$targets/hazards" fork-in-handler
  [[ ! -e $trace.stage && $(total unrecorded_children) == 50 ]]
  trace=$BATS_TEST_TMPDIR/handler.%p.seep record=SEEP_CHILDREN=1
  same_as_bare "$targets/hazards" fork-in-handler
}

@test "fork from any thread while others drain" {
  same_as_bare "$targets/hazards" fork-any-thread
  complete
  trace=$BATS_TEST_TMPDIR/any.%p.seep record=SEEP_CHILDREN=1
  same_as_bare "$targets/hazards" fork-any-thread
  local each count=0
  for each in any.*.seep; do
    [[ $("$seep" info --format json "$each" | jq -r .trace.state) == ended ]]
    count=$((count + 1))
  done
  [[ $count == 31 ]]
}

@test "a child that executes another program at once leaves no file" {
  timeout "$limit" "$seep" run -o at-once.%p.seep -- "$targets/hazards" exec-at-once
  [[ $(ls) == at-once.*.seep ]] # one name
  rm at-once.*
  timeout "$limit" "$seep" run --children -o at-once.%p.seep -- "$targets/hazards" exec-at-once
  local each
  for each in at-once.*; do
    "$seep" info --format json "$each" | jq -r '"\(.trace.program) \(.process | has("forked_s"))"'
  done | sort | uniq -c >programs
  [[ $(awk '{ print $1, $2, $3 }' programs) == "1 hazards false"$'\n'"20 true false" ]]
}

@test "exec from a thread that is not the first, while others allocate" {
  trace=$BATS_TEST_TMPDIR/become.%p.seep
  same_as_bare "$targets/hazards" exec-thread
  local each found=0
  for each in become.*.seep; do
    [[ $(blocks_of 1000 "$each") == 1000 ]] && found=$((found + 1))
  done
  [[ $found == 1 ]]
}

@test "the environment is the one that was given" {
  recorded "$targets/hazards" environment
  env SEEP_OUT="$trace" LD_PRELOAD= "$targets/hazards" environment >bare.out
  diff <(grep -v -e '^LD_PRELOAD=' -e '^_=' bare.out) \
    <(grep -v -e '^LD_PRELOAD=' -e '^_=' recorded.out)
  [[ $(grep '^LD_PRELOAD=' recorded.out) == "LD_PRELOAD=$library" ]]
}
