# SPDX-License-Identifier: Apache-2.0
# Runs a program bare and recorded, and holds the one against the other. Load it after common.bash.

limit=30 # seconds: whoever takes longer hangs

setup() {
  trace=$BATS_TEST_TMPDIR/target.seep
  cd "$BATS_TEST_TMPDIR"
}

# bare COMMAND...: leaves bare.out, bare.err, bare.status.
bare() {
  local status=0
  timeout "$limit" "$@" >bare.out 2>bare.err </dev/null || status=$?
  echo "$status" >bare.status
}

# recorded COMMAND...: leaves recorded.out, recorded.err, recorded.status. behind: what is to be
# preloaded behind the recorder; record: more variables for it.
recorded() {
  local status=0
  timeout "$limit" env SEEP_OUT="$trace" ${record:-} LD_PRELOAD="$library${behind:+:$behind}" \
    "$@" >recorded.out 2>recorded.err </dev/null || status=$?
  echo "$status" >recorded.status
  echo "recorded: status $status, stderr:"
  cat recorded.err
}

# same_as_bare COMMAND...: status, stdout and stderr are to the byte what they are without recorder.
same_as_bare() {
  bare "$@"
  recorded "$@"
  cmp bare.status recorded.status
  cmp bare.out recorded.out
  cmp bare.err recorded.err
}

# runs_on COMMAND...: the recorder may complain, on stderr, in lines that start with "seep: ".
runs_on() {
  bare "$@"
  recorded "$@"
  cmp bare.status recorded.status
  cmp bare.out recorded.out
  grep -v '^seep: ' recorded.err | cmp bare.err -
}

# total NAME [TRACE]: one of the trace's totals.
total() {
  local trace=${2:-$trace}
  "$seep" report --format json --limit 1 "$trace" | jq -e ".totals.$1"
}

# blocks_of BYTES [TRACE]: outstanding blocks whose stack holds no others than blocks of this size.
blocks_of() {
  local trace=${2:-$trace}
  "$seep" report --format json --limit 0 "$trace" |
    jq "[.sites[].stacks[] | select(.outstanding_blocks > 0 and
         .outstanding_bytes == .outstanding_blocks * $1) | .outstanding_blocks] | add // 0"
}

# of_function NAME [TRACE]: allocations, frees and outstanding blocks of the call sites in a function.
of_function() {
  local trace=${2:-$trace}
  "$seep" report --format json --limit 0 "$trace" | jq -r "$(sums_of "$1")"
}

# The same as a filter of jq.
sums_of() {
  echo "([.sites[] | select(.function == \"$1\") | [.allocations, .frees, .outstanding_blocks]] |
         transpose | map(add) | join(\" \"))"
}

# state [TRACE]: running, ended or died.
state() {
  "$seep" info --format json "${1:-$trace}" | jq -r .trace.state
}

# nothing_lost [TRACE]
nothing_lost() {
  local trace=${1:-$trace}
  [[ $(total lost_events "$trace") == 0 && $(total unrecorded_events "$trace") == 0 ]]
}

# complete: the trace ended in order, no stage was left, nothing is missing.
complete() {
  [[ ! -e $trace.stage ]]
  [[ $("$seep" report --format json --limit 1 "$trace" | jq .trace.complete) == true ]]
  nothing_lost
}
