#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
load helper

# ---- Status --------------------------------------------------------------------------------------

@test "ends with the target's exit status" {
  for code in 0 1 3 255; do
    split "$SEEP" run -o t.seep -- "$PUPPET" <<<"exit $code"
    expect_status "$code"
  done
}

@test "ends with 128 + n after signal n" {
  for signal in 6 9 11 15; do
    split "$SEEP" run -o t.seep -- "$PUPPET" <<<"raise $signal"
    expect_status $((128 + signal))
    expect_in "$err" "signal $signal"
  done
}

@test "a target that is not there: 127, and what a shell says" {
  split "$SEEP" run -o t.seep -- no-such-command-anywhere
  expect_status 127
  expect_in "$err" "no-such-command-anywhere: command not found"
  split "$SEEP" run -o t.seep -- ./nothing
  expect_status 127
  expect_in "$err" "./nothing: No such file or directory"
  [ "$(wc -l <err.txt)" -eq 1 ]
  [ ! -e t.seep ]
}

@test "a target that cannot be executed: 126, and what a shell says" {
  echo "echo no" >script
  split "$SEEP" run -o t.seep -- ./script
  expect_status 126
  expect_in "$err" "./script: Permission denied"
  split "$SEEP" run -o t.seep -- /tmp
  expect_status 126
  expect_in "$err" "/tmp: Is a directory"
}

@test "a script whose interpreter is missing: 127" {
  printf '#!/no/such/interpreter\n' >script
  chmod +x script
  split "$SEEP" run -o t.seep -- ./script
  expect_status 127
  expect_in "$err" "interpreter"
}

@test "a script without #! runs as in a shell" {
  echo "exit 5" >script
  chmod +x script
  split "$SEEP" run -o t.seep -- ./script
  expect_status 5
}

# ---- What passes through -------------------------------------------------------------------------

@test "arguments, stdin and stdout are the target's; stderr gets two lines more" {
  split "$SEEP" run -o t.seep -- sh -c 'cat; echo "$0|$1"; echo noise >&2' a "b c" <<<"through"
  expect_status 0
  [ "$out" = $'through\na|b c' ] || fails "stdout changed"
  [ "$(wc -l <err.txt)" -eq 3 ] || fails "not two lines more"
  [ "$(head -1 err.txt)" = noise ]
}

@test "options behind the command are the command's" {
  split "$SEEP" run -o t.seep sh -c 'echo "$@"' x --depth --help
  expect_status 0
  [ "$out" = "--depth --help" ]
}

@test "the two lines: events, bytes, losses, the end; and the command to look at it" {
  split "$SEEP" run -o t.seep -- "$PUPPET" <<<"alloc 5 100"
  [[ ${err%%$'\n'*} =~ t\.seep:\ [0-9,]+\ events.*\([0-9,]+\ bytes\).*none\ lost.*exit\ status\ 0 ]] ||
    fails "first line"
  expect_in "${err##*$'\n'}" "seep view t.seep"
}

@test "the command to look at it is quoted for a shell" {
  split "$SEEP" run -o "it's a trace.seep" -- "$PUPPET" </dev/null
  [ -s "it's a trace.seep" ]
  eval "words=(${err##*seep view })"
  [ "${words[0]}" = "it's a trace.seep" ] || fails "not quoted"
}

@test "stderr may be closed" {
  status=0
  "$SEEP" run -o t.seep -- "$PUPPET" 2>&- <<<"exit 4" >/dev/null || status=$?
  [ "$status" -eq 4 ]
  [ -s t.seep ]
}

@test "inherited signal settings reach the target unchanged" {
  # ignored: HUP (as by nohup); blocked: none
  settings='grep -E "^Sig(Blk|Ign)" /proc/self/status'
  (trap '' HUP; sh -c "$settings") >bare.txt
  (trap '' HUP; "$SEEP" run -o t.seep -- sh -c "$settings") >out.txt 2>err.txt
  diff bare.txt out.txt
}

@test "an existing LD_PRELOAD stays, behind the library" {
  libc=$(ldd "$PUPPET" | awk '/libc\.so/ {print $3}')
  ASAN_OPTIONS=${ASAN_OPTIONS:-}:verify_asan_link_order=0 LD_PRELOAD=$libc split "$SEEP" run -o t.seep -- sh -c 'echo "$LD_PRELOAD"'
  [ "$out" = "$(realpath "$LIBSEEP"):$libc" ]
}

@test "as process 1 of a container: signals arrive, orphans are waited for" {
  unshare --fork --pid true 2>/dev/null || skip "no right to make a pid namespace"
  puppet_start unshare --fork --pid --kill-child --mount-proc "$SEEP" run -o t.seep -- \
    sh -c '(sh -c "exit 0" &) ; sleep 0.3; grep -c zombie /proc/*/status | grep -v ":0" >&2
           exec "$0"' "$PUPPET"
  puppet_do catch
  kill -TERM "$(pgrep -P "$puppet_pid")"
  puppet_hear "got 15"
  puppet_wait
  [ "$status" -eq 0 ]
  refute grep /proc/ puppet.err
  grep -q "seep view t.seep" puppet.err
}

# ---- Options -------------------------------------------------------------------------------------

@test "wrong usage: exit code 2, one line, and no target is started" {
  split "$SEEP" run
  expect_error "COMMAND"
  split "$SEEP" run --depth many -- touch started
  expect_error "--depth many"
  split "$SEEP" run --unwind guess -- touch started
  expect_error "--unwind guess"
  for size in 1000 12x M 5MM 0G; do
    split "$SEEP" run --max-size $size -- touch started
    expect_error "--max-size $size"
  done
  split "$SEEP" run --frobnicate -- touch started
  expect_error "--frobnicate"
  split "$SEEP" run -o '' -- touch started
  expect_error "empty"
  split "$SEEP" run -o
  expect_error "-o"
  [ ! -e started ]
}

@test "options become the library's variables" {
  split "$SEEP" run -o t.seep --children --depth 7 --all-events --unwind libunwind --mmap \
    --max-size 20M --client-requests -- sh -c 'echo $SEEP_CHILDREN $SEEP_DEPTH $SEEP_ALL_EVENTS $SEEP_UNWIND \
      $SEEP_MMAP $SEEP_MAX_SIZE $SEEP_CLIENT_REQUESTS $SEEP_OUT'
  [ "$out" = "1 7 1 libunwind 1 20M 1 $PWD/t.seep" ]
}

@test "without an option the caller's variables count" {
  SEEP_OUT=mine.seep SEEP_DEPTH=9 split "$SEEP" run -- "$PUPPET" <<<"alloc 1 1"
  [ -s mine.seep ]
  "$SEEP" info mine.seep | grep -q "depth=9"
}

@test "--depth cuts stacks and the trace says so" {
  split "$SEEP" run -o t.seep --depth 1 -- "$PUPPET" <<<"alloc 20 100"
  [ "$("$SEEP" report --format json t.seep | jq '.totals.truncated_stacks >= 20')" = true ]
  [ "$("$SEEP" report --format json t.seep | jq '[.sites[].stacks[].frames | length] | max')" = 1 ]
}

# ---- Names ---------------------------------------------------------------------------------------

@test "the default name holds the program and its pid" {
  split "$SEEP" run -- "$PUPPET" </dev/null
  names=(seep.puppet.*.seep)
  [[ ${#names[@]} -eq 1 && ${names[0]} =~ ^seep\.puppet\.[0-9]+\.seep$ ]] || fails "${names[*]}"
  expect_in "$err" "seep view ${names[0]}"
}

@test "%p, %e, %t, %% and other percent signs in a name" {
  before=$(date +%s)
  split "$SEEP" run -o '100%%-%e-%p-%t-%x%.seep' -- "$PUPPET" </dev/null
  names=(100*)
  [[ ${#names[@]} -eq 1 && ${names[0]} =~ ^100%-puppet-[0-9]+-([0-9]+)-%x%.seep$ ]] ||
    fails "${names[*]}"
  [ "${BASH_REMATCH[1]}" -ge "$before" ]
  expect_in "$err" "${names[0]}"
}

@test "a directory whose name looks like a template, a glob and has spaces" {
  mkdir 'a %p [x]*?'
  cd 'a %p [x]*?'
  split "$SEEP" run -o 't-%p.seep' -- "$PUPPET" </dev/null
  names=(t-*.seep)
  [ -s "${names[0]}" ] || fails "no trace"
  expect_in "$err" "seep view ${names[0]}"
}

@test "a target that changes its directory writes where run was called" {
  split "$SEEP" run -o t.seep -- sh -c "cd / && exec '$PUPPET'" <<<"alloc 1 1"
  expect_status 0
  [ -s t.seep ] || fails "no trace"
}

@test "a wrapper that executes the service leaves the service's trace" {
  split "$SEEP" run -o t.seep -- sh -c 'x=1; exec "$0"' "$PUPPET" <<<"alloc 12 10"
  [ "$("$SEEP" info --format json t.seep | jq -r .trace.program)" = puppet ]
  split "$SEEP" run -- sh -c 'x=1; exec "$0"' "$PUPPET" <<<"alloc 12 10"
  expect_in "$err" "seep view seep.puppet."
  [ -z "$(find . -name '*.stage')" ] || fails "$(ls)"
}

# ---- What stands in the way ----------------------------------------------------------------------

@test "an older trace of that name is kept as FILE.old, and that is said in one line" {
  puppet_trace t.seep "alloc 3 100"
  cp t.seep first
  split "$SEEP" run -o t.seep -- "$PUPPET" </dev/null
  expect_status 0
  cmp first t.seep.old
  [ "$(grep -c t.seep.old err.txt)" -eq 1 ]
  split "$SEEP" run -o t.seep -- "$PUPPET" </dev/null
  expect_status 0
  refute cmp -s first t.seep.old
}

@test "an empty file, as from mktemp, is replaced" {
  : >t.seep
  split "$SEEP" run -o t.seep -- "$PUPPET" </dev/null
  expect_status 0
  [ -s t.seep ]
  [ ! -e t.seep.old ]
}

@test "what is no trace is never replaced, and no target started" {
  echo "my thesis" >t.seep
  ln -s t.seep link.seep
  mkdir directory.seep
  for name in t.seep link.seep directory.seep /dev/null; do
    split "$SEEP" run -o "$name" -- touch started
    expect_error "$name"
  done
  [ "$(cat t.seep)" = "my thesis" ]
  [ -L link.seep ]
  [ -d directory.seep ]
  [ ! -e started ]
}

@test "an older trace stays where it is when FILE.old is something else" {
  puppet_trace t.seep "alloc 3 100"
  cp t.seep first
  echo "my thesis" >t.seep.old
  split "$SEEP" run -o t.seep -- touch started
  expect_error t.seep.old
  cmp first t.seep
  [ "$(cat t.seep.old)" = "my thesis" ]
  [ ! -e started ]
}

@test "a trace that is being written is not taken away" {
  puppet_start "$SEEP" run -o t.seep -- "$PUPPET"
  puppet_do alloc 1 1
  split "$SEEP" run -o t.seep -- touch started
  expect_error "running"
  [ ! -e started ]
  [ -s t.seep ]
  [ ! -e t.seep.old ]
  puppet_wait
  [ "$status" -eq 0 ]
}

# ---- The end -------------------------------------------------------------------------------------

@test "no stage is left, neither after an end in order nor after SIGKILL" {
  split "$SEEP" run -o t.seep -- "$PUPPET" <<<"alloc 5 5"
  [ ! -e t.seep.stage ]
  split "$SEEP" run -o t.seep -- "$PUPPET" < <(printf 'alloc 5 5\nraise 9\n')
  expect_status 137
  [ ! -e t.seep.stage ]
  [ "$("$SEEP" report --format json t.seep |
    jq '.sites[] | select(.function == "puppet_take").outstanding_blocks')" = 5 ]
}

@test "child processes are not recorded unless asked for, and that is said" {
  split "$SEEP" run -o t.seep -- "$PUPPET" <<<"fork 5 5"
  expect_in "$err" "--children"
  [ "$(ls | grep -c '^t.*seep$')" -eq 1 ]
  split "$SEEP" run -o c.seep --children -- "$PUPPET" <<<"fork 5 5"
  [ "$(ls | grep -c '^c.*seep$')" -eq 2 ] || fails "$(ls)"
  [[ $err != *"--children"* ]] || fails "says that children are missing"
}

@test "a service that goes into the background: run ends, the daemon's trace has its own name" {
  puppet_start "$SEEP" run -o t.seep -- "$PUPPET"
  puppet_do daemon 3 30
  wait_until grep -q "seep view t.seep" puppet.err
  puppet_do alloc 4 40
  traces=(t.*.seep)
  kill -0 "$(target_pid "${traces[0]}")"
  puppet_wait
  [ "$status" -eq 0 ]
  wait_until refute test -e "${traces[0]}.stage"
  [ "$("$SEEP" report --format json "${traces[0]}" | jq .trace.complete)" = true ]
  [ ! -e t.seep.stage ]
}

@test "a statically linked target runs, and that nothing is recorded is said with the reason" {
  split "$SEEP" run -o t.seep -- "$PUPPETS/puppet_static" <<<"exit 6"
  expect_status 6
  expect_in "$err" "statically linked"
  [ "$(wc -l <err.txt)" -eq 1 ]
  [ ! -e t.seep ]
}

@test "no library: exit code 2, and no target is started" {
  SEEP_LIBRARY=/no/libseep.so split "$SEEP" run -o t.seep -- touch started
  expect_error "/no/libseep.so"
  mkdir "a b"
  cp "$LIBSEEP" "a b/"
  SEEP_LIBRARY="a b/libseep.so" split "$SEEP" run -o t.seep -- touch started
  expect_error "space"
  [ ! -e started ]
}

@test "the library is found beside an installed seep and in the build tree" {
  unset SEEP_LIBRARY
  split "$build/viewer/commands/seep" run -o t.seep -- sh -c 'echo "$LD_PRELOAD"'
  [ "$out" = "$(realpath "$build/preload/libseep.so")" ]
  mkdir -p usr/bin usr/lib
  cp "$SEEP" usr/bin/
  cp "$LIBSEEP" usr/lib/
  split usr/bin/seep run -o u.seep -- sh -c 'echo "$LD_PRELOAD"'
  [ "$out" = "$PWD/usr/lib/libseep.so" ]
}

@test "nowhere to write: the target runs on, and one line of the library says what is missing" {
  split "$SEEP" run -o /no/such/directory/t.seep -- "$PUPPET" < <(printf 'alloc 9 9\nexit 3\n')
  expect_status 3
  [ "$out" = ok ]
  [ "$(grep -c /no/such/directory err.txt)" -eq 1 ] || fails "not one line about it"
}

@test "a full disk: the target runs on, and it is said" {
  [ "$(id -u)" -eq 0 ] || skip "needs root"
  mkdir disk
  mount -t tmpfs -o size=256k none disk || skip "cannot mount"
  dd if=/dev/zero of=disk/filler bs=1k count=250 2>/dev/null || true
  split "$SEEP" run -o disk/t.seep -- "$PUPPET" < <(printf 'alloc 50000 9\nfree 50000\nexit 3\n')
  umount disk
  expect_status 3
  [ "$out" = $'ok\nok' ]
  [ -n "$err" ] || fails "silent"
}

# ---- Signals -------------------------------------------------------------------------------------

@test "signals sent to seep run reach the target, each once, and do not end seep" {
  puppet_start "$SEEP" run -o t.seep -- "$PUPPET"
  puppet_do catch
  for signal in 1 2 3 10 12 14 15; do
    kill -"$signal" "$puppet_pid"
    puppet_hear "$(printf 'got %02d' "$signal")"
  done
  puppet_do alloc 1 1
  puppet_wait
  [ "$status" -eq 0 ]
  [ -s t.seep ]
}

@test "a target ended by a signal that was sent to seep run" {
  puppet_start "$SEEP" run -o t.seep -- "$PUPPET"
  puppet_do alloc 4 4
  kill -TERM "$puppet_pid"
  puppet_reap
  [ "$status" -eq 143 ]
  grep -q "signal 15" puppet.err
}

# Two signals that meet before the target runs would look like one: while the wrapper is stopped it
# cannot send the second, and later it must not.
@test "on a terminal: the target has it, Ctrl-C reaches it once, seep says its lines" {
  terminal <<END
sh -c 'echo "\$\$" >pid.txt; exec "$SEEP" run -o t.seep -- "$PUPPET"' 2>err.txt >out.txt
echo "\$?" >status.txt
END
  keys "catch" Enter
  wait_until grep -q ok out.txt
  kill -STOP "$(cat pid.txt)"
  keys C-c
  wait_until grep -q "got 02" out.txt
  kill -CONT "$(cat pid.txt)"
  keys "exit 3" Enter
  wait_until test -s status.txt
  [ "$(cat status.txt)" = 3 ]
  [ "$(grep -c "got 02" out.txt)" -eq 1 ]
  grep -q "seep view t.seep" err.txt
}

# puppet_state REGEX: whether the state that ps shows of the terminal's puppet matches.
puppet_state() {
  ps -o stat=,comm= -t "$(tmux -L "seep$$" display-message -p '#{pane_tty}')" |
    grep -q "^$1.*puppet"
}

@test "on a terminal: Ctrl-Z stops seep and its target, fg continues both" {
  terminal bash --norc -i
  keys "'$SEEP' run -o t.seep -- '$PUPPET'" Enter
  wait_until puppet_state "S.*+"
  keys "alloc 1 1" Enter
  wait_until shows "^ok"
  keys C-z
  wait_until puppet_state T
  wait_until shows Stopped
  keys "jobs >jobs.txt" Enter
  wait_until grep -q Stopped jobs.txt
  keys "fg" Enter
  wait_until puppet_state "S.*+"
  keys "exit 7" Enter
  wait_until shows "seep view"
  keys 'echo "$?" >status.txt; exit' Enter
  wait_until test -s status.txt
  [ "$(cat status.txt)" = 7 ]
}

@test "stdin, stdout and stderr of the target are the terminal" {
  command -v script >/dev/null || skip "no script"
  script -qec "'$SEEP' run -o t.seep -- sh -c 'test -t 0 && test -t 1 && test -t 2; echo tty \$?'" \
    /dev/null </dev/null >out.txt
  grep -q "tty 0" out.txt
}
