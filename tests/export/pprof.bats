#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Profiles, opened with the tool that they are for.
load export

# top FILE TYPE [OPTION...]: "FUNCTION FLAT" of every function, exactly, without those of 0.
top() {
  local file=$1 type=$2 unit=B
  shift 2
  [[ $type == *_space ]] || unit=count
  go tool pprof -top -unit=$unit -sample_index="$type" -nodecount=0 -nodefraction=0 \
    -edgefraction=0 "$@" "$file" 2>/dev/null |
    sed -nE 's/^ +(-?[0-9]+)B? +[-0-9.]+% +[-0-9.]+% +-?[0-9]+B? +[-0-9.]+% +(.*)/\2 \1/p' |
    sed 's/ (inline)//' | grep -v ' 0$' | sort
}

# flat KEY [OPTION...]: the same from the report: what each stack's innermost function has.
flat() {
  local key=$1
  shift
  "$SEEP" report --format json "$@" t.seep |
    jq -r "[.sites[].stacks[] | {f: .frames[0].function, v: .$key}] | group_by(.f)[] |
      {f: .[0].f, v: (map(.v) | add)} | select(.v != 0) | \"\\(.f) \\(.v)\"" | sort
}

@test "-top has the report's bytes and blocks, function by function" {
  needs go
  puppet_trace t.seep "alloc 10 1001" "thread 5 30" "free 3"
  "$SEEP" export -f pprof -o p.pb t.seep
  flat outstanding_bytes >expected
  grep -q "puppet_take" expected
  top p.pb inuse_space | diff expected -
  flat outstanding_blocks >expected
  top p.pb inuse_objects | diff expected -
  flat allocations >expected
  top p.pb alloc_objects | diff expected -
}

@test "-top of alloc_space adds up to the report's total" {
  needs go
  puppet_trace t.seep "alloc 10 1001" "thread 5 30" "free 3"
  "$SEEP" export -f pprof -o p.pb t.seep
  [ "$(top p.pb alloc_space | awk '{n += $NF} END {print n}')" = \
    "$("$SEEP" report --format json t.seep | jq .totals.allocated_bytes)" ]
}

@test "the default is what is outstanding; the file and its build-id are named" {
  needs go
  puppet_trace t.seep "alloc 10 1001"
  "$SEEP" export -f pprof -o p.pb t.seep
  go tool pprof -top p.pb >top.txt 2>&1
  grep -q '^Type: inuse_space' top.txt
  grep -q '^File: puppet' top.txt
  id=$("$SEEP" info --format json t.seep | jq -r '.modules[] | select(.path | endswith("puppet")).build_id')
  [ -n "$id" ]
  grep -q "^Build ID: $id" top.txt
}

@test "an interval is exported as the report has it" {
  needs go
  marked_trace t.seep
  "$SEEP" export -f pprof --from warm --to after -o p.pb t.seep
  flat outstanding_bytes --from warm --to after >expected
  grep -qx "puppet_take 3040" expected
  top p.pb inuse_space | diff expected -
}

@test "-base: the profile at one mark less that at another is the growth between them" {
  needs go
  marked_trace t.seep
  "$SEEP" export -f pprof --to warm -o warm.pb t.seep
  "$SEEP" export -f pprof --to after -o after.pb t.seep
  growth=$("$SEEP" report --format json --from warm --to after t.seep |
    jq '[.sites[] | select(.function == "puppet_take").growth_bytes] | add')
  [ "$growth" = 2040 ]
  [ "$(top after.pb inuse_space -base=warm.pb)" = "puppet_take $growth" ]
}

@test "-list shows the line of the call with its bytes" {
  needs go
  puppet_trace t.seep "alloc 10 1001" "free 3"
  "$SEEP" export -f pprof -o p.pb t.seep
  go tool pprof -unit=B -list '^puppet_take$' p.pb >list.txt 2>&1
  grep -qE '^ +7007B +7007B +[0-9]+:.*malloc\(size\)' list.txt
}

@test "the web listing shows source and code with the report's bytes" {
  needs go
  puppet_trace t.seep "alloc 10 1001" "free 3"
  "$SEEP" export -f pprof -o p.pb t.seep
  go tool pprof -unit=B -weblist '^puppet_take$' -output w.html p.pb
  sed 's/<[^>]*>//g' w.html >w.txt
  grep -qE '7007B +7007B +void \*block = malloc\(size\);.*CALL' w.txt
}
