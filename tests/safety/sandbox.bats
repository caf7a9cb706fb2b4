# SPDX-License-Identifier: Apache-2.0
# Programs that put themselves into a sandbox which ends them for a system call that they do not need.
# The recorder makes none of these, goes on with what is left, and says what is lost. hazards keeps 1,000
# blocks in sandbox_keep before it goes in, and as many behind that.
load ../lib/common
load safety

setup_file() {
  ulimit -c 0
}

# says_once TEXT
says_once() {
  [[ $(grep -c '^seep: ' recorded.err) == 1 ]]
  grep -q "^seep: .*$1" recorded.err
}

@test "nothing but the heap is allowed: what has room in the stage is kept, to the block" {
  runs_on "$targets/hazards" sandbox-heap
  says_once "a seccomp filter of the program forbids what writing the trace takes"
  [[ $(of_function sandbox_keep) == "2000 0 2000" ]]
  nothing_lost
}

@test "nothing but the heap, for long: what has no room is counted" {
  runs_on "$targets/hazards" sandbox-heap-long
  says_once "a seccomp filter of the program forbids what writing the trace takes"
  [[ $(of_function sandbox_keep) == "2000 0 2000" && $(total lost_events) == 0 ]]
  local churned
  read -r -a churned <<<"$(of_function hazard_churn)"
  ((churned[0] > 60000 && $(total unrecorded_events) == 2 * 120000 - churned[0] - churned[1]))
}

@test "open files may be written: the trace goes on, and nothing is lost" {
  same_as_bare "$targets/hazards" sandbox-written
  [[ $(state) == ended && $(of_function sandbox_keep) == "2000 0 2000" ]]
  [[ $(of_function hazard_churn) == "120000 120000 0" ]]
  nothing_lost
}

@test "by the system call, for all threads, with a handler that counts what is refused: none" {
  same_as_bare "$targets/hazards" sandbox-trap
  [[ $(cat recorded.out) == "0 traps" ]]
  [[ $(state) == ended && $(of_function sandbox_keep) == "2000 0 2000" ]]
  nothing_lost
}

@test "a thread in the strict mode, which loses the time stamp counter, too: it alone is not recorded" {
  runs_on "$targets/hazards" sandbox-strict
  says_once "a thread goes into seccomp's strict mode"
  [[ $(state) == ended && $(of_function sandbox_keep) == "2000 0 2000" ]]
  [[ $(total unrecorded_events) == 50 && $(total lost_events) == 0 ]]
}

@test "the time stamp counter is forbidden: recording ends there, in order" {
  runs_on "$targets/hazards" sandbox-no-clock
  says_once "the program forbids itself to read the time stamp counter; recording ends here"
  complete
  [[ $(of_function sandbox_keep) == "1000 0 1000" ]]
}

@test "filters that the kernel refuses change nothing" {
  same_as_bare "$targets/hazards" sandbox-refused
  complete
  [[ $(of_function sandbox_keep) == "2000 0 2000" ]]
}

@test "a filter that a service manager puts on before the start: only calls of its usual groups are made" {
  same_as_bare "$targets/hazards" sandbox-inherited
  complete
  [[ $(of_function sandbox_keep) == "2000 0 2000" ]]
}

@test "calls that are refused with an error: what cannot be had is missing, and the trace opens" {
  runs_on "$targets/hazards" seccomp
  "$seep" report "$trace" >/dev/null
}

# login COMMAND...: starts an sshd with that in front, and tries to log in; prints what the client says.
login() {
  local port=$((20000 + RANDOM % 10000)) waited pid
  : >sshd.err # the last one's line is not this one's
  "$@" /usr/sbin/sshd -D -e -f /dev/null -p "$port" -h "$PWD/key" -o ListenAddress=127.0.0.1 \
    -o PidFile=none 2>"$PWD/sshd.err" 3>&- &
  pid=$!
  for ((waited = 0; waited < 200; waited++)); do
    ! grep -q "^Server listening" sshd.err || break
    sleep 0.05
  done
  ssh -F none -p "$port" -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null \
    -o LogLevel=ERROR -o BatchMode=yes -o PubkeyAuthentication=no nobody@127.0.0.1 true 2>&1 || true
  kill "$pid"
  wait "$pid" || true
}

# Before a login sshd works in a child without rights, which may neither write files nor make most system
# calls, and is killed for trying.
@test "sshd: the child in which it hears strangers answers as before" {
  [[ -x /usr/sbin/sshd ]] || skip "needs sshd"
  ((EUID == 0)) || skip "needs root"
  mkdir -p /run/sshd traces
  ssh-keygen -q -t ed25519 -N '' -f key
  login env >bare.out
  grep -q "^nobody@127.0.0.1: Permission denied" bare.out
  login env SEEP_CHILDREN=1 SEEP_OUT="$PWD/traces/%p.seep" LD_PRELOAD="$library" >recorded.out
  cmp bare.out recorded.out
  local each
  for each in traces/*.seep; do
    [[ $(total lost_events "$each") == 0 ]]
  done
}
