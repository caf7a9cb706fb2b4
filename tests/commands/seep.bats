#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
load helper

COMMANDS=(run attach detach mark pause resume view report diff check export info doctor)
MAN=$BATS_TEST_DIRNAME/../../docs/man

@test "without a command: exit code 2 and one line" {
  split "$SEEP"
  expect_error "no command"
}

@test "an unknown command: exit code 2 and one line that names it" {
  split "$SEEP" frobnicate x y
  expect_error "'frobnicate'"
  split "$SEEP" help frobnicate
  expect_error "'frobnicate'"
}

@test "--version says the name and a number" {
  split "$SEEP" --version
  expect_status 0
  [[ $out =~ ^seep\ [0-9]+\.[0-9]+\.[0-9]+$ ]] || fails "no version"
  [ -z "$err" ]
}

@test "--help lists every command" {
  split "$SEEP" --help
  expect_status 0
  [ -z "$err" ]
  for command in "${COMMANDS[@]}"; do
    expect_in "$out" "  $command "
  done
}

@test "the help of every command: the same by both ways, at most 80 columns, on stdout" {
  for command in "${COMMANDS[@]}"; do
    split "$SEEP" "$command" --help
    expect_status 0
    [ -z "$err" ]
    expect_in "$out" "Usage: seep $command"
    by_option=$out
    split "$SEEP" help "$command"
    [ "$out" = "$by_option" ] || fails "help $command differs from $command --help"
    [ "$(awk 'length > 80' <<<"$out")" = "" ] || fails "$command --help is too wide"
  done
}

@test "every command knows --version and refuses unknown options with one line" {
  for command in "${COMMANDS[@]}"; do
    split "$SEEP" "$command" --version
    expect_status 0
    expect_in "$out" "seep "
    split "$SEEP" "$command" --frobnicate
    expect_error "--frobnicate"
    split "$SEEP" "$command" -Z
    expect_error "-Z"
  done
}

@test "output that cannot be written is an error" {
  status=0
  "$SEEP" --help >/dev/full 2>err.txt || status=$?
  [ "$status" -eq 2 ]
  grep -q "standard output" err.txt
}

@test "man pages: one per command and for the library, without warnings" {
  command -v man >/dev/null || skip "no man"
  for page in seep.1 "${COMMANDS[@]/#/seep-}" libseep.7; do
    [[ $page == *.* ]] || page=$page.1
    [ -s "$MAN/$page" ] || fails "$page is missing"
    MANROFFSEQ='' MANWIDTH=80 man --warnings -E UTF-8 -l -Tutf8 -Z "$MAN/$page" >/dev/null 2>warnings
    [ ! -s warnings ] || fails "$page: $(cat warnings)"
  done
}

@test "man pages name every long option that --help has" {
  for command in "${COMMANDS[@]}"; do
    while read -r option; do
      sed 's/Fl Fl /--/g' "$MAN/seep-$command.1" | grep -q -e "$option" ||
        fails "seep-$command.1 lacks $option"
    done < <("$SEEP" "$command" --help | grep -o -e '^ .*  --[a-z-]*' | grep -o -e '--[a-z-]*')
  done
}
