# SPDX-License-Identifier: Apache-2.0
# What the tests of all commands share. SEEP and LIBSEEP may name an installed pair; else they are
# those of the build tree that SEEP_BUILD names.

source "$BATS_TEST_DIRNAME/../lib/common.bash"
build=$(realpath "$build")
: "${SEEP:=$build/viewer/commands/seep}" "${LIBSEEP:=$build/preload/libseep.so}"
PUPPETS=$build/tests/commands/targets
PUPPET=$PUPPETS/puppet

# Every test has a directory of its own, and no setting of the caller's.
setup() {
  unset ${!SEEP_*} LD_PRELOAD NO_COLOR
  export SEEP_LIBRARY=$LIBSEEP LC_ALL=C.UTF-8 TZ=UTC
  export XDG_CONFIG_HOME=$BATS_TEST_TMPDIR/config
  cd "$BATS_TEST_TMPDIR" || return 1
}

# Only what the test itself has started.
teardown() {
  puppet_end
  tmux -L "seep$$" kill-server 2>/dev/null || true
}

# Runs a command; stdout, stderr and status stay apart: $out, $err, $status.
split() {
  status=0
  "$@" >out.txt 2>err.txt || status=$?
  out=$(<out.txt)
  err=$(<err.txt)
}

# fails MESSAGE...: says why, with what the last split saw.
fails() {
  printf '%s\n' "$*" "status: $status" "stdout: $out" "stderr: $err"
  return 1
}

expect_status() {
  [ "$status" -eq "$1" ] || fails "expected status $1"
}

# expect_error TEXT: exit code 2, nothing on stdout, one line on stderr that has TEXT in it.
expect_error() {
  expect_status 2
  [ -z "$out" ] || fails "stdout is not empty"
  [ "$(wc -l <err.txt)" -eq 1 ] || fails "not one line on stderr"
  expect_in "$err" "$1"
}

# expect_in TEXT PART
expect_in() {
  [[ $1 == *"$2"* ]] || fails "'$2' is missing"
}

# refute COMMAND...: holds when the command fails (a plain "!" is overlooked by bats).
refute() {
  ! "$@" || { echo "should fail: $*"; return 1; }
}

# ---- A puppet on strings -------------------------------------------------------------------------

# puppet_start COMMAND...: starts it with stdin and stdout on pipes, its stderr in puppet.err.
puppet_start() {
  coproc PUPPET_STRINGS { exec "$@" 2>puppet.err; }
  puppet_pid=$PUPPET_STRINGS_PID
  exec {puppet_in}>&"${PUPPET_STRINGS[1]}" {puppet_out}<&"${PUPPET_STRINGS[0]}"
  eval "exec ${PUPPET_STRINGS[1]}>&- ${PUPPET_STRINGS[0]}<&-"
}

# puppet_do ORDER...: gives an order and waits for its answer, at most 10 seconds.
puppet_do() {
  echo "$*" >&"$puppet_in"
  puppet_hear ok
}

puppet_hear() {
  local line
  read -r -t 10 line <&"$puppet_out" || { echo "no answer"; cat puppet.err; return 1; }
  [ "$line" = "$1" ] || { echo "expected '$1', heard '$line'"; return 1; }
}

# Closes the puppet's stdin, which ends it, and waits for that.
puppet_wait() {
  [ -z "${puppet_in:-}" ] || exec {puppet_in}>&-
  puppet_in=
  puppet_reap
}

# Waits for the end of a puppet that something else ends: $status is what it ended with.
puppet_reap() {
  status=0
  wait "$puppet_pid" || status=$?
  puppet_pid=
}

puppet_end() {
  [ -n "${puppet_pid:-}" ] || return 0
  [ -z "${puppet_in:-}" ] || exec {puppet_in}>&-
  kill "$puppet_pid" 2>/dev/null || true
  wait "$puppet_pid" 2>/dev/null || true
  puppet_pid=
}

# wait_until COMMAND...: until it is true, at most 10 seconds.
wait_until() {
  local i
  for ((i = 0; i < 200; i++)); do
    "$@" && return 0
    sleep 0.05
  done
  echo "never: $*"
  return 1
}

# ---- A terminal ----------------------------------------------------------------------------------

# terminal [COMMAND...]: one of 100 × 30 that runs the command, or the script on stdin.
terminal() {
  command -v tmux >/dev/null || skip "no tmux"
  [ $# -gt 0 ] || cat >session.sh
  [ $# -gt 0 ] || set -- bash session.sh
  tmux -L "seep$$" -f /dev/null new-session -d -x 100 -y 30 "$@"
}

keys() {
  tmux -L "seep$$" send-keys "$@"
}

# shows PATTERN: whether it is on the screen.
shows() {
  tmux -L "seep$$" capture-pane -p | grep -q -e "$1"
}

# ---- Traces --------------------------------------------------------------------------------------

# puppet_trace FILE ORDER...: the trace of a puppet that was given these orders.
puppet_trace() {
  local file=$1
  shift
  printf '%s\n' "$@" | "$SEEP" run -o "$file" -- "$PUPPET" >/dev/null 2>run.err || {
    cat run.err
    return 1
  }
}

# target_pid FILE: of the process that wrote it.
target_pid() {
  "$SEEP" info --format json "$1" | jq .trace.pid
}
