# SPDX-License-Identifier: Apache-2.0
# What the tests of screens share.

source "$BATS_TEST_DIRNAME/../lib/common.bash"
script=$build/tests/screens/screen_script
expected=$BATS_TEST_DIRNAME/expected

# The traces are the same for all tests of a file.
make_traces() {
  traces=$BATS_FILE_TMPDIR/traces
  mkdir -p "$traces"
  "$build/tests/screens/screen_traces" "$traces"
}

# Where sources stand differs from checkout to checkout, and so does how far that reaches (in a
# picture of styles a row of q); a trace is as large as the path in it is long.
without_paths() {
  sed -E 's|^ {7}/.*sample\.c.*$|       SOURCE/sample.c|; s,^ {7}/.*(…|~)$,       SOURCE/sample.c,
          s|^\.{7}q+\.*$|.......qqqqqqqqqqqqqqq|
          s|^(.* server.*)  /.*$|\1  TRACE|
          s%^ (trace file|bytes/record)( +).*% \1\2SIZE%'
}

# screen NAME [OPTION...] TRACE KEYS: what screen_script prints must be expected/NAME; with
# SCREENS_UPDATE set, it becomes that.
screen() {
  local name=$1 count=$#
  local trace=${*:count-1:1} keys=${*:count:1}
  local got=$BATS_TEST_TMPDIR/$name
  TZ=UTC "$script" "${@:2:count-3}" "$BATS_FILE_TMPDIR/traces/$trace.seep" "$keys" >"$got.raw"
  without_paths <"$got.raw" >"$got"
  if [[ ${SCREENS_UPDATE:-} ]]; then
    mkdir -p "$expected"
    cp "$got" "$expected/$name"
  fi
  diff -u "$expected/$name" "$got"
}

# all_sizes NAME TRACE KEYS
all_sizes() {
  screen "$1-80x24" "${@:2}"
  screen "$1-40x10" --size 40x10 "${@:2}"
  screen "$1-200x60" --size 200x60 "${@:2}"
}

# every_trace VIEW KEYS: what KEYS lead to, of traces that are out of the ordinary.
every_trace() {
  local trace
  for trace in empty one hostile truncated; do
    screen "$1-$trace" "$trace" "$2"
  done
  LC_ALL=C none $'[\x01-\x09\x0b-\x1f\x7f]' "$BATS_TEST_TMPDIR/$1-hostile.raw"
  screen "$1-hostile-ascii" --ascii hostile "$2"
  LC_ALL=C none '[^ -~]' "$BATS_TEST_TMPDIR/$1-hostile-ascii.raw"
}

# make_heaps: the trace of 100,000 sites.
make_heaps() {
  "$build/tests/screens/screen_traces" "$BATS_FILE_TMPDIR/traces" heaps
}

# none BYTES FILE: the file has none of these bytes.
none() {
  [[ -s $2 && $(grep -c -e "$1" "$2") == 0 ]]
}

# start_target NAME: a target that does little, and lasts as long as the test lets it; its trace is
# NAME.seep in the folder $traces.
start_target() {
  mkfifo "$1.fifo"
  "$seep" run -o "$traces/$1.seep" -- cat "$1.fifo" >"$1.out" 2>&1 3>&- &
  exec 9>"$1.fifo" # from now on it waits for us
  local i
  for ((i = 0; i < 200; i++)); do
    "$seep" info "$traces/$1.seep" 2>/dev/null | grep -q '^state  *running$' && return
    sleep 0.05
  done
  return 1
}

end_target() {
  exec 9>&-
  wait
}
