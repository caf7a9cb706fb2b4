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
# picture of styles a row of q).
without_paths() {
  sed -E 's|^ {7}/.*sample\.c.*$|       SOURCE/sample.c|; s|^ {7}/.*…$|       SOURCE/sample.c|
          s|^\.{7}q+\.*$|.......qqqqqqqqqqqqqqq|'
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
