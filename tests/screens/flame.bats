#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# The flame graph.
load helper

setup_file() {
  make_traces
}

@test "in all sizes" {
  all_sizes flame service "3"
}

@test "without UTF-8; what is lit" {
  screen flame-styles --ascii --styles --size 60x14 service "3"
}

@test "any trace" {
  every_trace flame "3jj"
}

@test "100,000 sites" {
  make_heaps
  screen flame-heaps --size 80x12 heaps "3jj<Show>lll<Enter>"
}

@test "moving: calls, callers, neighbours, ends" {
  screen flame-moving --size 80x16 service "3jj<Show>l<Show>hj<Show>kk<Show>G<Show>g<PgDn><PgUp>"
}

@test "zoom in, out, and back through the history" {
  screen flame-zoom --size 80x16 service "3jj<Enter><Show>j<Esc><Show>u<Show>G<Enter><Show><Esc>"
}

@test "the mouse selects a cell, and opens it when pointed at again" {
  screen flame-mouse --size 80x16 service "3<Click 9 70><Show><Click 8 5><Click 8 5>"
}

@test "widths by every figure" {
  screen flame-widths --size 100x14 leaks "3s<Show>s<Show>s<Show>s<Show>s"
}

@test "search lights cells" {
  screen flame-search --styles --size 80x14 service "3/cache<Enter><Show>n"
}

@test "the interval and the filter" {
  screen flame-interval --size 80x14 service "3]<Show>fcache<Enter><Show>["
}

@test "recursion is folded" {
  screen flame-recursive --size 80x12 recursive "3jj<Show>l"
  screen flame-inverted --size 80x12 recursive "3i<Show>jj"
}

@test "a long name takes more than one line" {
  screen flame-long --size 80x40 hostile "3jl"
}

@test "a trace that grows: selection and zoom stay" {
  cp "$BATS_FILE_TMPDIR/traces/grows-1.seep" "$BATS_FILE_TMPDIR/traces/live.seep"
  screen flame-live --size 80x16 live \
    "3jj<Enter>G<Show><Copy $BATS_FILE_TMPDIR/traces/grows-2.seep>"
}
