#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# What seep itself touches: no network, and no file is written but the one that was asked for.
load helper

setup_file() {
  make_traces
}

setup() {
  command -v strace >/dev/null || skip "no strace"
  [[ ! ${SEEP_SANITIZED:-} ]] || skip "sanitizers make calls of their own"
  unset DEBUGINFOD_URLS
  export XDG_CONFIG_HOME=$BATS_TEST_TMPDIR/config # strace's own, too
  cd "$BATS_TEST_TMPDIR"
  traces=$BATS_FILE_TMPDIR/traces
  socket=seep-touches-$$-$BATS_TEST_NUMBER
}

teardown() {
  tmux -L "$socket" kill-server 2>/dev/null || true
}

# traced COMMAND...: its calls that can reach out or change something, in "calls".
traced() {
  strace -f -qq -o calls -e trace=network,open,openat,creat,mkdir,mkdirat,rename,renameat,renameat2,unlink,unlinkat,link,linkat,symlink,symlinkat,truncate,chmod,fchmodat,execve "$@"
}

# only_writes [PATTERN]: the calls reach nobody, change nothing but what PATTERN names, and run no
# other program.
only_writes() {
  [[ -s calls ]]
  none 'socket(\|connect(\|sendto(\|bind(' calls
  [[ $(grep -c 'execve(' calls) == 1 ]]
  grep -E 'O_WRONLY|O_RDWR|O_CREAT|O_TRUNC|creat\(|mkdir|rename|unlink|link|truncate\(|chmod' calls |
    grep -vE '"/dev/(tty|null)"|readlink' | { grep -vE "${1:-^$}" || true; } >changed
  [[ ! -s changed ]] || { cat changed; return 1; }
}

@test "report, info, diff, check and export reach nobody, and write what they were asked to" {
  local trace format
  for trace in service hostile damaged; do
    traced "$seep" report --limit 0 "$traces/$trace.seep" >/dev/null 2>&1
    only_writes
    traced "$seep" info --format json "$traces/$trace.seep" >/dev/null 2>&1
    only_writes
    traced "$seep" diff "$traces/service.seep" "$traces/$trace.seep" >/dev/null 2>&1
    only_writes
    traced "$seep" check --max-bytes 1 "$traces/$trace.seep" >/dev/null 2>&1 || [[ $? == 1 ]]
    only_writes
    for format in pprof html json folded massif speedscope; do
      traced "$seep" export --format "$format" -o "$PWD/$format.out" "$traces/$trace.seep" 2>/dev/null
      only_writes "$PWD/$format.out"
      rm -f "$format.out"
    done
  done
}

@test "the viewer reaches nobody, and writes nothing as long as nothing is changed in it" {
  command -v tmux >/dev/null || skip "no tmux"
  local view
  cat >session.sh <<END
strace -f -qq -o calls -e trace=network,open,openat,creat,mkdir,mkdirat,rename,renameat,renameat2,unlink,unlinkat,link,linkat,symlink,symlinkat,truncate,chmod,fchmodat,execve \
  "$seep" view "$traces/service.seep"
echo \$? >status.new && mv status.new status
exec cat
END
  tmux -L "$socket" -f /dev/null new-session -d -x 100 -y 30 env LC_ALL=C.UTF-8 PATH="$PATH" bash session.sh
  waits "outstanding"
  for view in 2 3 4 5 6 7 8 9 0 1 Enter Escape '?' Escape q; do
    tmux -L "$socket" send-keys "$view"
  done
  for ((i = 0; i < 200; i++)); do
    [[ ! -s status ]] || break
    sleep 0.1
  done
  [[ $(cat status) == 0 ]]
  only_writes
  [[ ! -e $XDG_CONFIG_HOME ]]
}

# waits TEXT: until it is on the screen.
waits() {
  local i
  for ((i = 0; i < 200; i++)); do
    ! tmux -L "$socket" capture-pane -p | grep -q "$1" || return 0
    sleep 0.1
  done
  tmux -L "$socket" capture-pane -p
  return 1
}
