# SPDX-License-Identifier: Apache-2.0
# The session leak from end to end: a server under load, two marks, one answer.
load ../lib/common

setup() {
  cd "$BATS_TEST_TMPDIR"
  trace=$BATS_TEST_TMPDIR/sessiond.seep
}

teardown() {
  sessiond_stop || true
}

# loaded COMMAND...: COMMAND, which becomes a sessiond, under 200 sessions of which 150 expire.
loaded() {
  sessiond_start port "$@" --port 0 --expiry 700
  "$targets/sessionload" --port "$sessiond_port" --sessions 200 --connections 4 --requests 4 \
    --timeout 60 ${marks:-} >load.out
  sessiond_stop
  [[ $(cat load.out) == "sessions 200 logged-out 50 expired 150" ]]
}

recorded() {
  marks="--seep $seep --trace $trace"
  loaded "$seep" run -o "$trace" -- "$targets/sessiond" "$@"
}

between_marks() {
  "$seep" report --from warm --to after --format json --limit 0 "$trace"
}

@test "bare: the load's counts are the same each time, and the end is orderly" {
  loaded "$targets/sessiond"
  loaded "$targets/sessiond" --fixed --threads 1
}

@test "bare: valgrind finds one block of 152 bytes per expired session, none with --fixed" {
  loaded valgrind --log-file=leaks "$targets/sessiond"
  grep 'in use at exit: 22,800 bytes in 150 blocks' leaks
  loaded valgrind --log-file=leaks "$targets/sessiond" --fixed
  grep 'in use at exit: 0 bytes in 0 blocks' leaks
}

@test "between the marks stands what expired sessions left: one site, one block each" {
  recorded
  local line
  line=$(grep -n 'subscription = calloc' "$root/tests/targets/sessiond/session.c" | cut -d: -f1)
  between_marks >report.json
  jq -e --argjson line "$line" '
    [.sites[] | select(.outstanding_blocks > 0)] as $left | ($left | length) == 1 and
    ($left[0] | .function == "session_create" and (.file | endswith("sessiond/session.c")) and
      .line == $line and .outstanding_blocks == 150 and .outstanding_bytes == 22800 and
      .blocks_per_unit == 1 and .bytes_per_unit == 152) and
    .interval.units == 150' report.json
}

@test "a list of all bytes not freed misleads: at the second mark others stand before the leak" {
  recorded
  "$seep" report --to after --format json --limit 0 "$trace" >report.json
  jq -e '[.sites[] | select(.outstanding_bytes > 22800)] | length >= 3' report.json
  jq -e '.sites[0].function | . == "cache_put" or . == "catalog_body"' report.json
}

@test "with --fixed nothing stands between the marks" {
  recorded --fixed
  between_marks >report.json
  jq -e '[.sites[] | select(.outstanding_blocks > 0)] == []' report.json
}

@test "a preloaded library alone, without seep run, gives the same answer" {
  marks="--seep $seep --trace $trace"
  loaded env SEEP_OUT="$trace" LD_PRELOAD="$library" "$targets/sessiond"
  between_marks | jq -e '[.sites[] | select(.outstanding_blocks > 0)] |
    length == 1 and .[0].outstanding_blocks == 150'
}

@test "running, killed, or ended: the same answer" {
  sessiond_start port env SEEP_OUT="$trace" LD_PRELOAD="$library" "$targets/sessiond" \
    --port 0 --expiry 700
  "$targets/sessionload" --port "$sessiond_port" --sessions 200 --connections 4 --requests 4 \
    --timeout 60 --seep "$seep" --trace "$trace"
  "$seep" report --from warm --to after --limit 0 "$trace" >running
  kill -KILL "$sessiond_pid"
  wait "$sessiond_pid" || true
  sessiond_pid=
  "$seep" report --from warm --to after --limit 0 "$trace" >killed
  grep session_create running
  diff <(grep session_create running) <(grep session_create killed)
}
