#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Every view, on every kind of trace, in every size.
load helper

setup_file() {
  make_traces
}

@test "sites: a service" {
  all_sizes sites service ""
}

@test "sites: without UTF-8" {
  screen sites-ascii --ascii service ""
}

@test "sites: what is quiet and what is lit" {
  screen sites-styles --styles --size 100x16 service "]j"
}

@test "sites: as many leaks in sentences as there is room for, or none" {
  screen leaks --size 100x28 leaks "<Show><Size 100 27>"
  screen leaks-none --size 80x14 hostile "<Show>fcafe<Enter>"
}

@test "sites: nothing outstanding" {
  screen sites-empty empty "jkG<Enter>/x<Enter>n"
}

@test "sites: one" {
  screen sites-one one "jjG<Show><Enter>"
}

@test "sites: many, from end to end" {
  screen sites-many many "<PgDn><Show>G<Show>g"
}

@test "sites: 100,000" {
  make_heaps
  screen sites-heaps --size 80x12 heaps "G<Show>g/+0x18d70<Enter>"
}

@test "names that are hostile or long are shown harmless" {
  screen sites-hostile hostile "<Show><Enter>"
  LC_ALL=C none $'[\x01-\x09\x0b-\x1f\x7f]' "$BATS_TEST_TMPDIR/sites-hostile.raw"
  screen sites-hostile-ascii --ascii hostile ""
  LC_ALL=C none '[^ -~]' "$BATS_TEST_TMPDIR/sites-hostile-ascii.raw"
}

@test "a truncated, a damaged and a lossy trace say what is missing" {
  screen truncated --styles --size 80x10 truncated ""
  screen damaged --size 100x10 damaged ""
  screen lossy --styles --size 100x10 lossy ""
}

@test "tree" {
  all_sizes tree service "<Tab>"
  screen tree-empty empty "<Tab><Enter>h"
  screen tree-hostile hostile "<Tab>G<Enter>"
}

@test "tree: folding, climbing" {
  screen tree-folding service "<Tab>j<Enter><Show>k<Enter><Show>lGh"
}

@test "tree: turned round, back, and undone" {
  all_sizes tree-inverted service "<Tab>i"
  screen tree-inverted-folding --size 80x12 service "<Tab>ij<Enter><Show>h<Show>i<Show>u<Show>1i"
  screen tree-inverted-empty --size 80x12 empty "<Tab>i<Enter>"
}

@test "tree: recursion is one row, whichever end is first" {
  screen tree-recursive --size 80x12 recursive "<Tab><Show>i<Show>G<Enter><Show>G<Enter>"
}

@test "functions" {
  screen functions service "6"
}

@test "modules: symbols or why not, where debug information could be" {
  all_sizes modules hostile "7"
  screen modules-open --size 100x24 hostile "7<Enter>jjjjjj<Enter><Show>h<Show>G<Enter>"
  screen modules-detail service "7<Enter>G<Enter>"
  screen modules-empty empty "7<Enter>"
}

@test "threads: what each did, also those that hold nothing" {
  all_sizes threads threads "8"
  screen threads-detail --size 80x20 threads "8r<Show>G<Enter><Show><Esc>fmain<Enter>"
  screen threads-hostile hostile "8"
}

@test "bundles: open to their members, named after the owner" {
  all_sizes bundles bundle "9<Enter>j"
  screen bundles-folding --size 80x20 bundle "9<Show><Enter>jjh<Show>l<Show>j<Enter>"
  screen bundles-none empty "9<Enter>"
  screen bundles-filter --size 80x20 leaks "9jfcache<Enter>"
}

@test "trace: what is missing, and what it is" {
  all_sizes trace lossy "0"
  screen trace-end --size 80x20 --styles damaged "0G"
  screen trace-hostile hostile "0/bel<Enter>"
  screen trace-truncated --size 60x14 truncated "0"
  screen trace-resident --size 80x40 resident "0<Show>4..(.)0"
}

@test "detail" {
  all_sizes detail service "j<Enter>"
  screen detail-styles --styles --size 80x40 service "j<Enter>"
}

@test "detail: the source folds, another frame's opens" {
  screen detail-source --size 80x40 service "j<Enter>/serve<Enter><Enter><Show>jjj<Enter><Show>/main<Enter><Enter>"
}

@test "detail: over time, sizes, ages and lifetimes, addresses" {
  screen detail-profile --size 100x60 threads "<Enter>/over<Enter><Enter>/sizes<Enter><Enter>/ages<Enter><Enter>/addr<Enter><Enter>"
  screen detail-profile-styles --size 60x40 --styles --ascii bundle "j<Enter>/over<Enter><Enter>]"
  screen detail-profile-path --size 80x30 threads "2<Enter>/ages<Enter><Enter>"
}

@test "detail: a row that the interval does not have" {
  screen detail-gone service "<Enter>]"
}

@test "help" {
  screen help-80x50 --size 80x50 service "?"
  screen help-40x10 --size 40x10 service "?G"
}

@test "docs/viewer.md has every key as the help has it" {
  local keys text documented
  cd "$BATS_TEST_TMPDIR"
  set -f # the key ? is no pattern
  "$script" --size 120x200 "$BATS_FILE_TMPDIR/traces/one.seep" "?" |
    sed -n '/^ Moving$/,/^ Columns$/s/^   \(.\{20\}\) \(.*\)$/\1|\2/p' >keys
  [[ $(wc -l <keys) -gt 40 ]]
  while IFS='|' read -r keys text; do
    printf -v documented '`%s` ' $keys
    grep -qF "| $documented| $text |" "$root/docs/viewer.md" || { echo "missing: $documented $text"; return 1; }
  done <keys
}
