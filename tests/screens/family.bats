#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# The viewer on a family: all processes together, and from there each one.
load helper

setup_file() {
  make_traces
}

setup() {
  family=$BATS_FILE_TMPDIR/traces/server
}

# shown [OPTION...] KEYS: the screen of the family afterwards.
shown() {
  TZ=UTC "$script" --size 140x30 "${@:1:$#-1}" "$family/101.seep" "${*: -1}"
}

@test "a family's first screen: sites of all processes, copies with the parent's site" {
  run shown --family ''
  [[ $output == *'server family  4 processes'* ]]
  grep -q '^ *223 KiB .* leak  *2  *101 .*sample_session_create' <<<"$output"
  grep -q '^ *200 KiB .* 1  *100  *[0-9.]* [KM]iB .*sample_cache_fill' <<<"$output"
}

@test "processes: any column sorts, and Enter opens one" {
  run shown --family 'Ps'
  [[ $output == *'▾growth'* && $output == *'102 server'* ]]
  run shown --family 'Pj<Enter>'
  [[ $output == *'server 101, 2 of 4'* && $output == *'sample_session_create'* ]]
  run shown --family 'Pj<Enter><Esc>'
  [[ $output == *'what leaks most there'* ]]
}

@test "a merged site says which processes hold it, and opens there" {
  run shown --family '<Enter>'
  grep -q '^ *148 KiB .*leak.* 101 server' <<<"$output"
  run shown --family '<Enter><Enter>'
  [[ $output == *'server 101, 2 of 4'* && $output == *'stack 1 of'* ]]
}

@test "one process alone: that there are others is said" {
  run shown ''
  [[ $output == *'--family'* ]]
}
