# SPDX-License-Identifier: Apache-2.0
# Every way for a process to end: it ends as it did, and its trace has all that two threads did, down to
# the last call. hazards end knows what that is: each has kept 300 blocks in ending_keep and freed 100 of
# them, and has churned 5,000 rounds of two blocks; where handlers run, they keep and free as many again.
load ../lib/common
load safety

setup_file() {
  ulimit -c 0
}

# ends STATE ALLOCATIONS WAY...: ends in each way, and the trace has that state and that many.
ends() {
  local wanted=$1 kept=$2 way
  shift 2
  for way in "$@"; do
    rm -f "$trace"*
    echo "-- $way"
    same_as_bare "$targets/hazards" end "$way"
    holds "$wanted" "$kept"
  done
}

# holds STATE ALLOCATIONS [TRACE]
holds() {
  "$seep" report --format json --limit 0 "${3:-$trace}" |
    jq -r "[.trace.state, $(sums_of ending_keep), $(sums_of hazard_churn), .totals.lost_events,
            .totals.unrecorded_events] | join(\", \")" >held
  cat held
  [[ $(cat held) == "$1, $2 $(($2 / 3)) $(($2 / 3 * 2)), 20000 20000 0, 0, 0" ]]
}

@test "main returns, exit and quick_exit: handlers run, their blocks count, nothing is left over" {
  ends ended 900 return exit quick_exit
  complete
}

@test "exit and quick_exit in a thread that is not the first" {
  ends ended 900 "thread exit" "thread quick_exit"
  complete
}

@test "_exit and exit_group, in main and in a thread: nobody is told, and nothing is lost" {
  ends died 600 _exit "thread _exit" exit_group "thread exit_group"
}

@test "faults in main: null pointer, stack overflow, bus error, division by zero, bad instruction, breakpoint" {
  ends died 600 "null pointer" "stack overflow" "bus error" "division by zero" "illegal instruction" \
    breakpoint abort
}

@test "the same faults in a thread" {
  ends died 600 "thread null pointer" "thread stack overflow" "thread bus error" \
    "thread division by zero" "thread illegal instruction" "thread breakpoint" "thread abort"
}

@test "file size exceeded and a broken pipe, in main and in a thread" {
  ends died 600 "file limit" "thread file limit" "broken pipe" "thread broken pipe"
}

@test "CPU time exceeded, while it allocates" {
  bare "$targets/hazards" end "CPU limit"
  recorded "$targets/hazards" end "CPU limit"
  cmp bare.status recorded.status
  cmp bare.err recorded.err
  [[ $(state) == died && $(of_function ending_keep) == "600 200 400" ]]
  nothing_lost
}

@test "every signal that ends a process" {
  ends died 600 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 24 25 26 27 29 30 31 34 64
}

@test "exec, in main and in a thread: what the first image did is in a trace of its own" {
  local way
  for way in exec "thread exec"; do
    rm -f "$trace"*
    same_as_bare "$targets/hazards" end "$way"
    holds died 600 "$trace.1"
  done
}

@test "main goes first with pthread_exit: it runs on, can be marked, and is complete in the end" {
  same_as_bare "$targets/hazards" main-first
  complete
  [[ $(of_function ending_keep) == "900 300 600" ]]
  rm "$trace"
  mkfifo go
  SEEP_OUT=$trace LD_PRELOAD=$library "$targets/hazards" main-first "$PWD/go" >recorded.out 3>&- &
  local pid=$! waited
  for ((waited = 0; waited < 200; waited++)); do
    [[ $(awk '/^State/ { print $2 }' "/proc/$pid/status") != Z ]] || break
    sleep 0.05
  done
  [[ $(state) == running ]]
  "$seep" mark "$trace" "without main"
  "$seep" mark "$pid" "by its number"
  echo >go
  wait "$pid"
  complete
  "$seep" info --format json "$trace" |
    jq -e '(.marks | map(.label)) == ["without main", "by its number"]'
}

@test "threads that are cancelled while they allocate" {
  same_as_bare "$targets/hazards" cancelled
  complete
  [[ $(of_function ending_keep) == "6000 2000 4000" ]]
  [[ $(of_function ending_until_cancelled) == "20 20 0" ]] # their handlers have freed these
}
