#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# What all tables have in common: order by any column, figures, columns that are chosen.
load helper

setup_file() {
  make_traces
}

# table SCREENS NUMBER HEADING: headings and rows of the table on the NUMBER-th screen of a file, by
# its last heading.
table() {
  awk -v number="$2" '/^---- / { seen++; next } seen == number - 1' "$1" |
    sed -n "/[▾▴ ]$3\$/,\$p" | sed '/^$/,$d'
}

# where LINE HEADING: the column of the screen that a heading begins at, in a line with headings.
where() {
  local before=${1%%"$2"*}
  [[ $before != "$1" ]] || { echo "no heading $2: $1" >&2; return 1; }
  echo ${#before}
}

# headings TRACE VIEW HEADING...: a click on each of them sorts by it, another one turns the order
# round.
headings() {
  local got=$BATS_TEST_TMPDIR/got way last=${*: -1} first=$3 heading other line row at
  LC_ALL=C.UTF-8
  "$script" --size 190x20 "$BATS_FILE_TMPDIR/traces/$1.seep" "$2" >"$got"
  line=$(table "$got" 1 "$last" | head -1)
  row=$(($(grep -nF "$line" "$got" | head -1 | cut -d: -f1) - 1))
  for heading in "${@:3}"; do
    at=$(where "$line" "$heading")
    other=$(where "$line" "$([[ $heading == "$last" ]] && echo "$first" || echo "$last")")
    way="$2<Click $row $other><Click $row $at><Show><Click $row $at>"
    "$script" --size 190x20 "$BATS_FILE_TMPDIR/traces/$1.seep" "$way" >"$got"
    table "$got" 1 "$last" >down
    table "$got" 2 "$last" >up
    head -1 down | grep -qF "▾$heading" || { echo "not by $heading"; cat "$got"; return 1; }
    head -1 up | grep -qF "▴$heading" || { echo "not turned round: $heading"; cat "$got"; return 1; }
    [[ $(wc -l <down) -ge 3 ]]
    [[ $(tail -n +2 down) != "$(tail -n +2 up)" ]] || { echo "as before: $heading"; cat "$got"; return 1; }
  done
}

@test "a click on any heading sorts by it, another one turns it round" {
  cd "$BATS_TEST_TMPDIR"
  headings leaks 1 outstanding blocks growth allocated allocations peak temporary verdict "call site"
  headings long 1UUU bytes/hour blocks/hour outstanding verdict "call site"
  headings leaks 1UUU outstanding oldest "median age" threads blocks verdict "call site"
  headings leaks 6 outstanding blocks growth allocated allocations peak temporary verdict function
  headings leaks 2 outstanding blocks growth allocated allocations temporary "callers, and what they call"
  headings leaks 2i outstanding blocks growth allocated allocations temporary "what allocates, and its callers"
  headings leaks 9 outstanding blocks growth allocated sites "leaks, with what leaks in step"
  headings leaks "5]" change bytes blocks old new "call site"
  headings hostile 7 outstanding blocks growth allocated symbols build-id module
  headings threads 8 outstanding blocks growth allocated freed events "others' freed" began ended thread
}

@test "s goes through the columns in order, S back, and r turns round" {
  screen tables-threads --size 130x10 threads "8ssss<Show>ss<Show>r<Show>ss<Show>s<Show>SS"
  screen tables-modules --size 100x12 hostile "7sss<Show>r<Show>s<Show>SS"
  screen tables-bundles --size 100x12 leaks "9s<Show>ss<Show>r"
  screen tables-tree --size 100x14 leaks "2s<Show>r<Show>lj<Enter><Show>S"
}

@test "sites by verdict: what should be looked at first comes first" {
  screen tables-verdicts --size 100x12 service "sss<Show>r"
}

@test "an order is undone and done again, one that is a table's own as well" {
  screen tables-undo --size 130x10 threads "8sssss<Show>r<Show>uu<Show>u<^R><^R>"
}

@test "what a table is sorted by holds for the figures of all others" {
  screen tables-shared --size 100x12 leaks "9ss<Show>1<Show>8sssss<Show>1"
}

@test "other figures in all tables: blocks, per unit, per hour, ages" {
  screen tables-units-threads --size 100x10 long "8U<Show>UU<Show>UU"
  screen tables-units-modules --size 100x10 long "7UU<Show>U"
  screen tables-units-bundles --size 100x10 long "9UU<Show>U"
}

@test "columns are chosen for each table" {
  screen tables-columns --size 100x28 threads "8cj<Enter>/others<Enter><Enter><Show><Esc><Show>1<Show>7<Show>U8U"
  screen tables-columns-diff --size 90x14 leaks "5]c/old<Enter><Enter><Esc><Show>cg<Enter>j<Enter>j<Enter><Esc>"
}

@test "where there is no table nothing is sorted, chosen or turned" {
  screen tables-none --size 80x12 leaks "4c<Show>4s<Show>0r<Show>0U<Show>1<Enter>s"
}

@test "what rows are sorted by is seen on a narrow screen" {
  screen tables-narrow --size 40x10 threads "8s<Show>sss<Show>ssss"
  screen tables-narrow-sites --size 60x10 leaks "sssssssss"
}
