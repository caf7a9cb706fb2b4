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

@test "functions, modules, threads" {
  screen functions service "<Tab><Tab>"
  screen modules service "<Tab><Tab><Tab>"
  screen threads service "<S-Tab>"
}

@test "detail" {
  all_sizes detail service "j<Enter>"
  screen detail-styles --styles --size 80x40 service "j<Enter>"
}

@test "detail: the source folds, another frame's opens" {
  screen detail-source --size 80x40 service "j<Enter>/serve<Enter><Enter><Show>jjj<Enter><Show>/main<Enter><Enter>"
}

@test "detail: a row that the interval does not have" {
  screen detail-gone service "<Enter>]"
}

@test "help" {
  screen help-80x50 --size 80x50 service "?"
  screen help-40x10 --size 40x10 service "?G"
}
