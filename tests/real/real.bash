# SPDX-License-Identifier: Apache-2.0
# What the tests of real programs share. A program is run three ways: bare, with the library
# preloaded, and under seep run; what it prints and its exit status must be the same.
load ../lib/common

limit=100 # seconds, of any one program; most take one or two
inputs=$BATS_TEST_DIRNAME/inputs
ways=(preloaded run)

setup() {
  unset ${!SEEP_*} LD_PRELOAD DEBUGINFOD_URLS
  export SEEP_LIBRARY=$library LC_ALL=C.UTF-8 TZ=UTC
  cd "$BATS_TEST_TMPDIR" || return 1
  trace=$PWD/trace.seep
  service=
}

teardown() {
  service_end
}

# needs PROGRAM...: tests/lib/packages installs them all; a machine without one passes its tests by.
needs() {
  local program
  for program; do
    command -v "$program" >/dev/null || skip "$program is not installed"
  done
}

# way_command WAY COMMAND...: sets $command to COMMAND run that way; $recorder holds further options
# of seep run, $settings the same as variables.
way_command() {
  local way=$1
  shift
  case $way in
  bare) command=("$@") ;;
  preloaded) command=(env "SEEP_OUT=$trace" "LD_PRELOAD=$library" "${settings[@]}" "$@") ;;
  run) command=("$seep" run -o "$trace" "${recorder[@]}" -- "$@") ;;
  esac
}
recorder=() settings=()

# ---- Programs that end by themselves

# go WAY COMMAND...: leaves WAY.out, WAY.err and WAY.status.
go() {
  local way=$1 status=0
  way_command "$@"
  timeout "$limit" "${command[@]}" >"$way.out" 2>"$way.err" </dev/null || status=$?
  echo "$status" >"$way.status"
}

# same COMMAND...: the three ways, and a trace that can be read from each recorded one.
same() {
  local way
  go bare "$@"
  for way in "${ways[@]}"; do
    rm -f "$trace"*
    go "$way" "$@"
    cmp bare.status "$way.status"
    cmp bare.out "$way.out"
    # seep run adds its own two lines behind the program's
    cmp -n "$(stat -c %s bare.err)" bare.err "$way.err"
    [[ $way == run ]] || cmp bare.err "$way.err"
    whole
  done
}

# ---- Services

# service_start WAY COMMAND...: in the background; sets $service to the process to signal.
service_start() {
  local way=$1
  rm -f "$trace"*
  way_command "$@"
  timeout "$limit" "${command[@]}" >"$way.out" 2>"$way.err" </dev/null 3>&- &
  service=$!
}

# service_status [SIGNAL]: ends it, or waits for its own end; the exit status must be 0.
service_status() {
  local pid=$service status=0
  service=
  [[ ! ${1:-} ]] || kill -s "$1" "$pid"
  wait "$pid" || status=$?
  ((status == 0)) || { echo "exit status $status" && cat ./*.err && return 1; }
}

service_end() {
  [[ $service ]] || return 0
  kill -s TERM "$service" 2>/dev/null
  wait "$service" 2>/dev/null
  service=
}

# ---- What the trace says

# The first sites, with three stacks of each: of a compiler they have ten thousands.
report() {
  timeout "$limit" "$seep" report "${1:-$trace}" --limit 20 --format json |
    jq -c 'del(.sites[].stacks[3:])'
}

# whole [TRACE]: it can be read, nothing was lost, and it ended in order.
whole() {
  report "$@" >report.json
  jq -e '.trace.complete and .totals.allocations > 0
         and .totals.lost_events // 0 == 0 and .totals.unmatched_frees == 0' report.json >/dev/null ||
    { jq '.trace, .totals' report.json && return 1; }
}

# named REGEX: one of the first sites of the last report read is that function.
named() {
  jq -e --arg name "$1" 'any(.sites[:10][]; .function // "" | test($name))' report.json >/dev/null ||
    { jq -c '.sites[:10][] | [.function, .module, .outstanding_bytes]' report.json && return 1; }
}

# Every one of the first sites says where it is: by function, or by module and offset.
placed() {
  jq -e 'all(.sites[:10][]; .module and (.function or .stacks[0].frames[0].offset))' \
    report.json >/dev/null
}

# info_of TRACE: leaves info.json; prints what SEEP_VERIFY found.
info_of() {
  "$seep" info --format json "$1" >info.json
  jq -c '.recorder | {captures, verified, verify_skipped, disagreements}' info.json
}
