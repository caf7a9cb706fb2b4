# SPDX-License-Identifier: Apache-2.0
# The kernel's OOM killer loses nothing either: a program that writes down its own truth takes memory
# in a cgroup that has little, until it is killed. Its trace's live set is that truth, up to the
# calls that were under way.
load ../lib/common
load ../lib/memory_group

kills=${SEEP_KILLS:-3}

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
