#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Every view on every trace that is out of the ordinary: nothing, one site, 100,000 sites, a file cut
# off, names of 10,000 characters and names that want to take the terminal over. What each screen
# looks like in full is tested in the views' own files; here every pair shows what it must, in three
# sizes, from end to end, and no screen has a byte that a terminal would act on.
load helper

setup_file() {
  make_traces
}

# KEYS | what the view is known by | what it shows of the trace
table_empty='
1        | call site             | Nothing is outstanding here.
2        | callers, and what     | Nothing is outstanding here.
3        | flame                 | Nothing is outstanding here.
4        | memory over time      | 0 B outstanding
5        | at start              | Nothing differs.
6        | verdict  function     | Nothing is outstanding here.
7        | symbols               | demo
8        | freed thread          | main tid 4711
9        | leaks, with what      | No leak seen.
0        | what is missing       | /usr/bin/demo
1<Enter> | call site             | Nothing is outstanding here.
c        | columns of sites      | [x] outstanding
?        | Moving                | quit'

table_one='
1        | call site             | demo+0x1234
2        | callers, and what     | demo+0x1234
3        | width: outstanding    | demo+0x1234
4        | memory over time      | 456 B
5        | at start              | +456 B in all: 1 new
6        | verdict  function     | (unknown functions) demo
7        | symbols               | 456 B           3
8        | freed thread          | 456 B           3      +456 B
9        | leaks, with what      | No leak seen.
0        | what is missing       | /usr/bin/demo
1<Enter> | allocations           | 3 of 3 blocks
c        | columns of sites      | [x] outstanding
?        | Moving                | quit'

table_truncated='
1        | call site             | sample_cache_fill
2        | callers, and what     | sample_serve
3        | width: outstanding    | sample_serve
4        | memory over time      | 800 KiB
5        | at start              | +800 KiB in all: 1 new
6        | verdict  function     | sample_cache_fill
7        | symbols               | screen_traces
8        | freed thread          | main tid 4711
9        | leaks, with what      | No leak seen.
0        | what is missing       | 1  damaged
1<Enter> | allocations           | sample_cache_fill sample.c
c        | columns of sites      | [x] outstanding
?        | Moving                | quit'

table_hostile='
1        | call site             | xxxxxxxx
2        | callers, and what     | xxxxxxxx
3        | width: outstanding    | xxxxxxxx
4        | memory over time      | 1.46 KiB
5        | at start              | xxxxxxxx
6        | verdict  function     | (unknown functions)
7        | symbols               | xxxxxxxx
8        | freed thread          | tid 4711
9        | leaks, with what      | No leak seen.
0        | what is missing       | damaged
1<Enter> | allocations           | 5 of 5 blocks
c        | columns of sites      | [x] outstanding
?        | Moving                | quit'

table_heaps='
1        | call site             | 1/100,000
2        | callers, and what     | 1/100,001
3        | width: outstanding    | 100,000 more
4        | memory over time      | 3.73 GiB
5        | at start              | 100000 new
6        | verdict  function     | (unknown functions) demo
7        | symbols               | 100,000
8        | freed thread          | 100,000
9        | leaks, with what      | No leak seen.
0        | what is missing       | /usr/bin/demo
1<Enter> | allocations           | grew once
c        | columns of sites      | [x] outstanding
?        | Moving                | quit'

# shows_all FILE TEXT...: the first screen in FILE has them.
shows_all() {
  local text
  for text in "${@:2}"; do
    sed '/^---- /q' "$1" | grep -qF -e "$text" || { echo "not shown: $text"; cat "$1"; return 1; }
  done
}

# fits FILE: its screens have as many rows as they say, and none of them is wider.
fits() {
  local size rows widest number=0
  while read -r size; do
    number=$((number + 1))
    read -r rows widest < <(awk -v number=$number '/^---- / { seen++; next } seen == number - 1' "$1" |
      LC_ALL=C.UTF-8 wc -lL)
    [[ $rows == "${size#* x }" && $widest -gt 0 && $widest -le ${size% x *} ]] ||
      { echo "$size: $rows rows, $widest columns"; cat "$1"; return 1; }
  done < <(sed -n 's/^---- //p' "$1")
}

# look TRACE KEYS KNOWN SHOWN [OPTION...]: in three sizes, from end to end.
look() {
  local got=$BATS_TEST_TMPDIR/got
  local way="$2<Show><Size 40 10>G<Show>g<Size 200 60>"
  TZ=UTC "$script" "${@:5}" "$BATS_FILE_TMPDIR/traces/$1.seep" "$way" >"$got" ||
    { echo "$* ended with $?"; return 1; }
  [[ $(grep -c '^---- ' "$got") == 3 ]]
  shows_all "$got" "$3" "$4"
  fits "$got"
  LC_ALL=C none $'[\x01-\x09\x0b-\x1f\x7f]' "$got"
  LC_ALL=C none $'\xc2[\x80-\x9f]' "$got"
  [[ " $* " != *" --ascii "* ]] || LC_ALL=C none '[^ -~]' "$got"
}

# look_at TRACE: in all views, with UTF-8 and without.
look_at() {
  local keys known shown table=table_$1
  while IFS='|' read -r keys known shown; do
    [[ $keys ]] || continue
    look "$1" "${keys%% *}" "$(trim "$known")" "$(trim "$shown")"
    # Sanitizers take seconds for 100,000 sites; without UTF-8 they see the others.
    [[ $1 != heaps || ! ${SEEP_SANITIZED:-} ]] || continue
    look "$1" "${keys%% *}" "$(trim "$known")" "$(trim "$shown")" --ascii
  done <<<"${!table}"
}

trim() {
  sed -E 's/^ +| +$//g' <<<"$1"
}

@test "a trace of nothing" {
  look_at empty
}

@test "a trace of one site" {
  look_at one
}

@test "a truncated trace" {
  look_at truncated
}

@test "names of 10,000 characters, and names with terminal escapes" {
  look_at hostile
}

@test "100,000 sites" {
  make_heaps
  look_at heaps
}

@test "the tables have every view" {
  local trace table views
  # Those of a family are in family.bats: they need more than one trace.
  views=$(ls "$root"/viewer/screen/view_*.c | grep -vc 'view_\(merged\|processes\|holders\)')
  for trace in empty one truncated hostile heaps; do
    table=table_$trace
    # The functions are the sites' file.
    [[ $(grep -c '|' <<<"${!table}") == $((views + 1)) ]]
  done
}
