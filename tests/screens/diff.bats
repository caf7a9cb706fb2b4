#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# The difference: between the ends of the interval, and between two traces.
load helper

setup_file() {
  make_traces
}

# between NAME OLD NEW KEYS [OPTION...]
between() {
  screen "$1" "${@:5}" --old "$BATS_FILE_TMPDIR/traces/$2.seep" "$3" "$4"
}

@test "two marks, in all sizes" {
  all_sizes diff leaks "5]"
}

@test "two marks: without UTF-8; what is lit" {
  screen diff-styles --ascii --styles --size 70x16 leaks "5]{"
}

@test "two marks, any trace" {
  every_trace diff "5"
}

@test "two marks of 100,000 sites" {
  make_heaps
  screen diff-heaps --size 80x14 heaps "5G"
}

@test "two traces come up with their difference; the other views are the newer one's" {
  between diff-two service leaks "<Show>1<Show>5" --size 90x16
}

@test "two traces: what is gone has shrunk to nothing" {
  between diff-gone leaks one "<Show>j<Enter>" --size 90x16
}

@test "two traces: of one, in which nothing differs" {
  between diff-same service service "j<Enter>" --size 80x12
}

@test "two traces: per unit, per hour, per run" {
  between diff-normal service leaks "U<Show>U<Show>U<Show>U]<Show>u" --size 90x14
}

@test "sort: by every column, back, turned round, by a click on a heading" {
  between diff-sort service leaks "s<Show>s<Show>SS<Show>r<Show>r<Click 8 40><Show><Click 8 2>" --size 90x14
}

@test "the interval goes by the names of marks in both" {
  between diff-interval service leaks "]<Show>{<Show>4l(5" --size 90x14
}

@test "search, filter, detail" {
  between diff-search service leaks "/session<Enter><Show>fcache<Enter><Show>F<Enter>" --size 90x14
}

@test "a trace that grows beside one that does not" {
  cp "$BATS_FILE_TMPDIR/traces/grows-1.seep" "$BATS_FILE_TMPDIR/traces/live.seep"
  between diff-live service live "<Show><Copy $BATS_FILE_TMPDIR/traces/grows-2.seep>" --size 90x14
}

@test "an older trace that cannot be read" {
  run "$script" --old /nonesuch "$BATS_FILE_TMPDIR/traces/service.seep" ""
  [[ $status == 2 && $output == *"cannot be opened"* ]] || { echo "$output"; return 1; }
}
