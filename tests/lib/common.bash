# SPDX-License-Identifier: Apache-2.0
# What test scripts share: source it from a script, `load ../lib/common` from bats. SEEP_BUILD names
# the build directory; without it the release build of this checkout is meant.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
build=${SEEP_BUILD:-$root/build/release}
seep=$build/viewer/commands/seep
library=$build/preload/libseep.so
targets=$build/tests/targets
export SEEP_LIBRARY=$library

# sessiond_start OUTPUT COMMAND...: starts COMMAND, which must end up in a sessiond, and sets
# sessiond_pid (of COMMAND) and sessiond_port.
sessiond_start() {
  local output=$1 waited
  shift
  : >"$output"
  "$@" >"$output" 3>&- & # bats waits for whoever holds its descriptor 3
  sessiond_pid=$!
  sessiond_port=
  for ((waited = 0; waited < 200; waited++)); do
    sessiond_port=$(head -n 1 "$output")
    [[ $sessiond_port ]] && return 0
    kill -0 "$sessiond_pid" 2>/dev/null || break
    sleep 0.05
  done
  echo "sessiond did not start" >&2
  return 1
}

# sessiond_stop: SIGTERM; returns its exit status. Does nothing when none runs.
sessiond_stop() {
  local pid=${sessiond_pid:-}
  [[ $pid ]] || return 0
  sessiond_pid=
  kill -TERM "$pid" 2>/dev/null
  wait "$pid"
}

# ---- Traces

# blocks_by FUNCTION [TRACE]: outstanding blocks whose stack goes through the function.
blocks_by() {
  "$seep" report --format json --limit 0 "${2:-$trace}" |
    jq "[.sites[].stacks[] | select(any(.frames[]; .function == \"$1\")) | .outstanding_blocks] | add // 0"
}

# ---- Waiting and ports

# until_true COMMAND...: waits up to half a minute for it to succeed.
until_true() {
  local waited
  for ((waited = 0; waited < 600; waited++)); do
    "$@" >/dev/null 2>&1 && return 0
    sleep 0.05
  done
  echo "not within half a minute: $*"
  tail -n 5 ./*.err 2>/dev/null
  return 1
}

# free_port: prints a port of 127.0.0.1 that nobody listens on.
free_port() {
  local port
  for port in $(shuf -i 20000-29999 -n 50); do
    (: <"/dev/tcp/127.0.0.1/$port") 2>/dev/null || { echo "$port" && return; }
  done
}
