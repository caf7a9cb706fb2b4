# SPDX-License-Identifier: Apache-2.0
# The kernel's OOM killer loses nothing either: a program that writes down its own truth takes memory
# in a cgroup that has little, until it is killed. Its trace's live set is that truth, up to the
# calls that were under way.
load ../lib/common

kills=${SEEP_KILLS:-3}
limit_bytes=$((48 << 20))

# Either version of cgroups; leaves group, and the file that counts its OOM kills.
make_group() {
  local memory=/sys/fs/cgroup/memory top=/sys/fs/cgroup
  if [[ -w $memory/cgroup.procs ]] && mkdir "$memory/seep-oom-$$" 2>/dev/null; then
    group=$memory/seep-oom-$$ events=memory.oom_control
    echo "$limit_bytes" >"$group/memory.limit_in_bytes"
  elif [[ -w $top/cgroup.subtree_control ]] && mkdir "$top/seep-oom-$$" 2>/dev/null; then
    group=$top/seep-oom-$$ events=memory.events
    echo "$limit_bytes" >"$group/memory.max" 2>/dev/null || return 1
    echo 0 >"$group/memory.swap.max" 2>/dev/null || true
  else
    return 1
  fi
}

setup() {
  group=
  make_group || skip "no memory cgroup can be made here"
  trace=$BATS_TEST_TMPDIR/killed.seep
  truth=$BATS_TEST_TMPDIR/truth
  killcheck=$build/tests/kill/killcheck
}

teardown() {
  [[ ! $group ]] || rmdir "$group"
}

oom_kills() {
  awk '$1 == "oom_kill" { print $2 }' "$group/$events"
}

# A shell that joins the group and becomes the program.
truth_in_group() {
  SEEP_OUT=$trace LIBRARY=$library timeout 60 bash -c \
    'echo $$ >"$1" && exec env LD_PRELOAD="$LIBRARY" "${@:2}"' \
    join "$group/cgroup.procs" "$targets/truth" "$truth" "$@"
}

@test "killed by the OOM killer, 4 threads: the trace is the truth" {
  local nth status
  for ((nth = 1; nth <= kills; nth++)); do
    rm -f "$trace" "$trace.stage" "$truth"
    status=0
    truth_in_group 4 60000000 "$nth" hoard || status=$?
    echo "OOM kill $nth: status $status, $(oom_kills) counted by the kernel"
    ((status == 137 && $(oom_kills) == nth))
    "$killcheck" "$trace" "$truth"
    "$killcheck" --fold "$trace" "$truth"
  done
}
