#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# The viewer on a family: all processes together, and from there each one.
load helper
load monkey

setup_file() {
  make_traces
}

setup() {
  traces=$BATS_FILE_TMPDIR/traces
  cd "$BATS_TEST_TMPDIR"
}

# shown [OPTION...] KEYS: the screen of a family, or of its process 101, afterwards.
shown() {
  TZ=UTC "$script" --size 140x30 "${@:1:$#-1}" "$traces/server/101.seep" "${*: -1}"
}

@test "merged: the sites of all processes, copies with the parent's site" {
  all_sizes family-merged --family server/101 ''
}

@test "processes: each below its parent" {
  all_sizes family-processes --family server/101 'P'
  screen family-deep --family deep/100 'P'
}

@test "a merged site says which processes hold it, and opens there" {
  all_sizes family-site --family server/101 '<Enter>'
  run shown --family '<Enter>j<Enter>'
  [[ $output == *'server 102, 3 of 4'* && $output == *'stack 1 of'* ]]
}

@test "any column sorts, and Enter opens a process, Escape leads back" {
  run shown --family 'Ps'
  [[ $output == *'▾growth'* && $output == *'102 server'* ]]
  screen family-process --family server/101 'Pj<Enter>'
  run shown --family 'Pj<Enter><Esc>'
  [[ $output == *'what leaks most there'* && $output == *' 2/4'* ]]
}

@test "columns are chosen; of other figures there are none, and that is said" {
  run shown --family 'cU'
  [[ $output == *'there are no other figures here'* ]]
  run shown --family 'cj<Enter><Esc>'
  grep -q '^▾outstanding verdict .* call site, of all' <<<"$output"
  run shown --family 'cj<Enter>U<Esc>U'
  grep -q '^▾outstanding  *growth verdict .* call site, of all' <<<"$output"
  [[ $output == *'there are no other figures here'* ]]
}

@test "views of a trace are the selected process's, and from there those of the family lead back" {
  run shown --family 'Pj8'
  [[ $output == *'server 101, 2 of 4'* && $output == *'main tid 101'* ]]
  run shown --family 'Pj8M'
  [[ $output == *'call site, of all processes'* ]]
  run shown 'P'
  [[ $output == *'seep view --family shows all'* ]]
}

@test "from mark to mark, and by a filter" {
  screen family-interval --family server/101 ']{<Show>fcache<Enter>'
}

@test "what is not there and what is not whole is said" {
  screen family-torn --family torn/100 '<Show>P'
  screen family-orphans --family orphans/101 '<Show>P'
  screen family-alone --family alone/100 '<Show>P'
}

@test "a trace that goes is said when it is read again, and left out" {
  cp -r "$traces/server" goes
  TZ=UTC "$script" --family --size 100x24 goes/101.seep \
    "Pjj<Run rm goes/102.seep><Enter><Show>]<Enter>" >gone
  [ "$(grep -c '^ its trace cannot be opened: No such file' gone)" = 2 ]
  grep -q " 1 process's trace could not be read" gone
  grep -q ' unread .* 102 server' gone
}

@test "hostile names, with UTF-8 and without" {
  screen family-hostile --family hostile/100 '<Show>P<Show>M<Enter>'
  LC_ALL=C none $'[\x01-\x09\x0b-\x1f\x7f]' family-hostile.raw
  screen family-hostile-ascii --ascii --family hostile/100 '<Show>P<Show>M<Enter>'
  LC_ALL=C none '[^ -~]' family-hostile-ascii.raw
}

@test "64 processes" {
  screen family-many --family many/100 '<Show><Enter>G<Show><Esc>PG'
}

@test "those that claim to be each other's children are shown once" {
  TZ=UTC "$script" --family "$traces"/ring/10{1,2}.seep P >ring
  [ "$(grep -c ' snake' ring)" = 3 ] # the title, too
}

@test "what is recorded meanwhile comes in, and the cursor stays on its process" {
  local grows=$traces/grows grown=$traces/grown
  TZ=UTC "$script" --family --size 100x24 "$grows/100.seep" "PG<Show><Run mv $grown/102.seep $grows><Await 74.2 KiB><Show><Run mv $grown/105.seep $grows><Await 105 server>" >comes
  grep -o '[0-9]*/[0-9]*$' comes >cursor
  diff - cursor <<<$'4/4\n4/4\n5/5'
}

@test "one process alone: that there are others is said" {
  run shown ''
  [[ $output == *'process 2 of 4 (parent 100): seep view --family shows all'* ]]
}

@test "300 random keys" {
  local family
  for family in server/101 torn/100 orphans/101 deep/100 hostile/100 alone/100 many/100; do
    survives "$family" --family
  done
}
