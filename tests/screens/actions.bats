#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# What keys do.
load helper

setup_file() {
  make_traces
}

@test "moving: rows, pages, ends" {
  screen moving --size 60x12 many "jjk<Show><PgDn><PgDn><PgUp><Show>G<Up><Show>g<Down><End><Home><^F>b<Space>"
}

@test "pointing: a click selects, the wheel scrolls, a second click opens" {
  screen pointing --size 60x12 many "<Click 6 9><Show><WheelDown 5 5><Show><WheelUp 5 5><Click 3 0><Show><Click 4 0>"
}

@test "search as it is typed, on with n, back with N" {
  screen search --styles --size 60x12 many "/b1<Show><Enter>n<Show>N"
}

@test "search: Esc goes back to where it began" {
  screen search-cancelled --size 60x12 many "jj/b1<Esc>"
}

@test "search: what is not there" {
  screen search-nothing --size 60x12 many "n<Show>/nowhere<Show><Enter>n"
}

@test "filter is kept visible, and undone with one key" {
  screen filter --size 80x12 service "fcache<Show><Enter><Show><Tab><Show>F"
}

@test "filter: what is none is told, and the prompt stays" {
  screen filter-wrong --size 80x12 service "fbytes><Enter>"
}

@test "sort: by every column, and back; reversed" {
  screen sort --size 120x12 service "s<Show>s<Show>s<Show>sss<Show>S<Show>Sr"
}

@test "other figures: blocks, per unit, per hour, ages, bytes" {
  screen figures --size 80x12 long "U<Show>U<Show>U<Show>U<Show>U"
}

@test "columns are chosen, and are a set of figures from then on" {
  screen columns --size 100x24 service "cjj<Enter>G<Enter><Show><Esc><Show>U<Show>2<Show>UUUUU"
  screen columns-none --size 100x12 one "cgg<Enter>j<Enter>j<Enter>j<Enter>j<Enter>j<Enter>j<Enter>j<Enter><Esc>"
}

@test "a heading that is pointed at sorts; again: turned round" {
  screen heading --size 100x12 service "<Click 2 40><Show><Click 2 40><Show>2<Click 2 8><Show><Click 2 90>"
}

@test "the theme is told" {
  screen theme --size 80x12 service "T<Show>TTT"
}

@test "figures per hour are passed over where the interval is shorter than a minute" {
  screen figures-without-hours --size 80x12 service "UU<Show>U"
}

@test "figures per unit are passed over where the interval has none" {
  screen figures-without-units --size 80x12 one "U"
}

@test "interval: both ends, as far as they go" {
  screen interval --size 80x16 service "]<Show>{<Show>]]<Show>[[[<Show>{{{<Show>}}}}"
}

@test "interval: from the command line" {
  screen interval-options --size 80x16 --from warm --to after service ""
  run "$script" --from nowhere "$BATS_FILE_TMPDIR/traces/service.seep" ""
  [[ $status == 2 && $output == *nowhere* ]]
  run "$script" --from after --to warm "$BATS_FILE_TMPDIR/traces/service.seep" ""
  [[ $status == 2 && $output == *before* ]]
}

@test "back: detail, help, and nothing behind" {
  screen back --size 80x12 service "<Enter>?<Show><Esc><Show>h<Show><Esc>"
}

@test "the cursor stays on its row when the order, the interval or the view change" {
  screen cursor --size 80x12 service "js<Show>]<Show><Tab><S-Tab>"
}

@test "a row that has no detail says why" {
  screen bare --size 80x12 threads "3<Enter><Show>8G<Enter><Show>1<Enter>"
}

@test "a view by its key" {
  screen views --size 80x14 service "2<Show>3<Show>4<Show>5<Show>1"
}

@test "undo, and redo: view, detail, interval, order, filter" {
  screen undo --size 80x16 service "2]sfcache<Enter><Show>u<Show>u<Show>uu<Show>u<^R><^R><Show><^R><^R><^R>"
  screen undo-detail --size 80x16 service "j<Enter>/serve<Enter><Esc>u<Show><^R><Show>u1<Show>u"
}

@test "quit, also from a detail; not from a prompt" {
  screen quit service "<Enter>q"
  screen quit-prompt --size 60x12 service "/q"
  screen quit-c service "<^C>"
}

@test "redraw changes nothing" {
  screen redraw --size 60x12 service "<^L>"
}

@test "resize: smaller than anything fits into, and back" {
  screen resize --styles service "j<Size 3 2><Show><Size 1 1><Show><Enter><Size 20 6><Show><Size 60 12>"
}

@test "a trace that grows: the cursor stays on its row, the interval and the order stay" {
  cp "$BATS_FILE_TMPDIR/traces/grows-1.seep" "$BATS_FILE_TMPDIR/traces/live.seep"
  screen live --size 80x16 live "sj<Show><Copy $BATS_FILE_TMPDIR/traces/grows-2.seep><Show>"
  cp "$BATS_FILE_TMPDIR/traces/grows-1.seep" "$BATS_FILE_TMPDIR/traces/live.seep"
  screen live-interval --size 80x16 live "]<Show><Copy $BATS_FILE_TMPDIR/traces/grows-2.seep>"
}

@test "a trace that grows: a detail follows, its cursor stays" {
  cp "$BATS_FILE_TMPDIR/traces/grows-1.seep" "$BATS_FILE_TMPDIR/traces/live.seep"
  screen live-detail --size 80x30 live \
    "j<Enter>/serve<Enter><Show><Copy $BATS_FILE_TMPDIR/traces/grows-2.seep>"
}

@test "copy: what is shown goes to the terminal, the whole view to a file, never over one" {
  cd "$BATS_TEST_TMPDIR"
  screen copy --size 70x12 service "y<Show><Enter>"
  screen copy-file --size 60x12 many "ymany.txt<Enter><Show>ymany.txt<Enter>"
  [[ $(wc -l <many.txt) == 3003 && $(grep -c 'demo+0x' many.txt) == 3000 ]]
}

@test "export: format and file are asked for, the command writes the same" {
  cd "$BATS_TEST_TMPDIR"
  local format
  screen export --size 80x12 service "enonsense<Enter><Show><^U>folded<Enter><Show><^U><Enter><Show>out<Enter>"
  "$seep" export --format folded "$BATS_FILE_TMPDIR/traces/service.seep" | cmp - out
  for format in pprof json html massif speedscope; do
    screen export-format --size 80x12 service "e<^U>$format<Enter><^U>viewed<Enter>"
    "$seep" export --format "$format" -o written "$BATS_FILE_TMPDIR/traces/service.seep"
    cmp <(sed "s,$BATS_FILE_TMPDIR/traces/,," written) <(sed "s,$BATS_FILE_TMPDIR/traces/,," viewed)
  done
  screen export-interval --size 80x12 --from warm service "e<^U>folded<Enter><^U>later<Enter>"
  "$seep" export --from warm --format folded "$BATS_FILE_TMPDIR/traces/service.seep" | cmp - later
  screen export-nowhere --size 80x12 service "e<Enter><^U>/nowhere/at/all<Enter>"
}

@test "edit: the source of a row, of a frame, of the line under the cursor" {
  screen edit --size 80x40 service "E<Enter>E/serve<Enter>E<Enter>jjE/over<Enter>E"
  screen edit-none --size 60x12 hostile "E0E"
}

@test "mark and pause: only where a target runs" {
  screen mark-ended --size 60x12 service "m<Show>p"
}
