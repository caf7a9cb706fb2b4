#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# The view of the time line, and the strip above the others.
load helper

setup_file() {
  make_traces
}

@test "in all sizes" {
  all_sizes time resident "4"
}

@test "without UTF-8; what is lit" {
  screen time-styles --ascii --styles --size 70x16 resident "4.(.)"
}

@test "any trace" {
  every_trace time "4l"
}

@test "100,000 sites" {
  make_heaps
  screen time-heaps --size 80x16 heaps "4lll(G"
}

@test "the strip shows what was resident as dots" {
  screen time-strip --size 100x36 resident ""
}

@test "moving: moments, far, ends, marks" {
  screen time-moving --size 80x16 resident "4ll<Show>h<Show>LL<Show>H<Show>G<Show>,<Show>,<Show>.<Show>gj<Down>k"
}

@test "the ends of the interval at the cursor; all views follow" {
  screen time-ends --size 80x16 resident "4.(<Show>.)<Show>1<Show>uu<Show>4g)"
}

@test "the interval by Enter, in either order; Esc lets go of the first end" {
  screen time-enter --size 80x16 resident "4..<Enter><Show>,<Enter><Show>l<Enter><Esc><Show><Esc>"
}

@test "the interval by mouse" {
  screen time-mouse --size 80x16 resident "4<Click 8 40><Click 8 40><Show><Click 8 60><Click 8 60>"
}

@test "zoom: in, as far as it goes, and out; it follows the cursor" {
  screen time-zoom --size 80x16 resident "4.+<Show>+<Show>..<Show>--<Show>"
  screen time-zoom-undone --size 80x16 resident "4.++u<Show>uu<^R>"
}

@test "search finds marks" {
  screen time-search --size 80x16 service "4/after<Enter>"
}

@test "a trace that grows: the cursor stays at its time" {
  cp "$BATS_FILE_TMPDIR/traces/grows-1.seep" "$BATS_FILE_TMPDIR/traces/live.seep"
  screen time-live --size 80x16 live "4.(<Show><Copy $BATS_FILE_TMPDIR/traces/grows-2.seep>"
}
