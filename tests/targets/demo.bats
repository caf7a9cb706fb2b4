# SPDX-License-Identifier: Apache-2.0
# What the README says first to try. It builds the release build of this checkout, if that is not there.
load ../lib/common

setup() {
  cd "$BATS_TEST_TMPDIR"
  export TMPDIR=$BATS_TEST_TMPDIR
}

teardown() {
  [[ ! -s socket ]] || tmux -L "$(<socket)" kill-server 2>/dev/null || true
}

@test "tests/demo prints the leak when there is no terminal" {
  "$root/tests/demo" 60 >report </dev/null
  grep -q '^session_create (session.c:[0-9]*) leaks 1.00 block, 152 bytes per unit' report
}

@test "tests/demo opens the viewer on the leak" {
  command -v tmux >/dev/null || skip "no tmux"
  echo "seep-demo-$$" >socket
  tmux -L "$(<socket)" -f /dev/null new-session -d -x 100 -y 30 \
    env LC_ALL=C.UTF-8 TMPDIR="$TMPDIR" "$root/tests/demo" 60 3>&-
  until_true shows "session_create (session.c:"
  tmux -L "$(<socket)" send-keys q
}

shows() {
  tmux -L "$(<socket)" capture-pane -p | grep -qF "$1"
}
