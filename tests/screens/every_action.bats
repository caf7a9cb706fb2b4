#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Every action of the viewer, by each of its keys: what the screen shows afterwards and did not show
# before. The program says which actions and keys there are; one without a row here fails.
load helper

setup_file() {
  make_traces
}

# ACTION | trace | keys that lead to where it is tried | what it brings, or what another key brings
actions='
DOWN            | many    |                        | 2/3,000 or 4/3,000
UP              | many    | G                      | 2,999/3,000 or 2,997/3,000
PAGE_DOWN       | many    |                        | 15/3,000
PAGE_UP         | many    | G                      | 2,986/3,000
FIRST           | many    | G                      | 1/3,000
LAST            | many    |                        | 3,000/3,000
LEFT            | service | <Enter>                | 1/2
RIGHT           | service |                        | allocations
FAR_LEFT        | service | 4L                     | start at 0 s
FAR_RIGHT       | service | 4                      | +6.68s at 6.68 s
POINT           | many    | jjj                    | 2/3,000
OPEN            | service |                        | stack 1 of 2
BACK            | service | <Enter>                | 1/2
UNDO            | service | fcache<Enter>          | 1,200 blocks outstanding
REDO            | service | fcache<Enter>u         | in 200 blocks
NEXT_VIEW       | service |                        | callers, and what they call
PREVIOUS_VIEW   | service | 3                      | callers, and what they call
SORT            | service |                        | ▾blocks
SORT_BACK       | service | ss                     | ▾blocks
REVERSE         | service |                        | ▴outstanding
INVERT          | service | 2                      | what allocates, and its callers
COLUMNS         | service |                        | [x] outstanding
UNITS           | service |                        | allocations▾outstanding
VIEW_SITES      | service | 2                      | verdict  call site
VIEW_TREE       | service |                        | callers, and what they call
VIEW_FLAME      | service |                        | width: outstanding
VIEW_TIME       | service |                        | memory over time
VIEW_DIFF       | service |                        | at start
VIEW_FUNCTIONS  | service |                        | verdict  function
VIEW_MODULES    | service |                        | symbols                     module
VIEW_THREADS    | service |                        | main tid 4711
VIEW_BUNDLES    | service |                        | leaks, with what leaks in step
VIEW_TRACE      | service |                        | what is missing
VIEW_MERGED     | server/101 | P                   | call site, of all processes
VIEW_PROCESSES  | server/101 |                     | what leaks most
SEARCH          | service |                        | /█
SEARCH_NEXT     | many    | /+0x2<Enter>           | 23/3,000
SEARCH_PREVIOUS | many    | /+0x2<Enter>           | 3,000/3,000
FILTER          | service |                        | filter: █
UNFILTER        | service | fcache<Enter>          | 1,200 blocks outstanding
FROM_BACK       | service | ]                      | start → end
FROM_FORWARD    | service |                        | warm → end
TO_BACK         | service |                        | start → after
TO_FORWARD      | service | {                      | start → end
FROM_HERE       | service | 4l                     | +1.49s → end
TO_HERE         | service | 4                      | start → start
MARK_BACK       | service | 4.                     | start at 0 s
MARK_FORWARD    | service | 4<Home>                | warm at 12.0 s
ZOOM_IN         | service | 4                      | 22.5 s
ZOOM_OUT        | service | 4++                    | 22.5 s
COPY            | service |                        | write to file
EXPORT          | service |                        | export as: pprof
EDIT            | service |                        | ---- edit sample.c
MARK            | running |                        | label: █
PAUSE           | running |                        | recording is paused
HELP            | service |                        | one row down
THEME           | service |                        | theme dark
REDRAW          | service |                        | ---- redraw
SUSPEND         | service |                        | ---- suspend
QUIT            | service |                        | ---- quit'

# press TRACE KEYS KEY: what is shown before and after KEY, into the files "before" and "after".
press() {
  local key=$3
  case $key in
  '<Click>') key='<Click 9 9>' ;;
  '<Wheel'*) key="${key%>} 9 5>" ;;
  esac
  local family=()
  [[ $1 != */* ]] || family=(--family)
  TZ=UTC "$script" "${family[@]}" "$traces/$1.seep" "$2<Show>$key" >shown
  sed '/^---- 80 x 24$/q' shown >before
  sed '1,/^---- 80 x 24$/d' shown >after
}

# brings TEXT KEY: one of the texts is in "after" and not in "before".
brings() {
  local text
  while read -r text; do
    grep -qF -e "$text" after && ! grep -qF -e "$text" before && return
  done <<<"${1// or /$'\n'}"
  echo "$2 does not bring: $1"
  cat shown
  return 1
}

trim() {
  sed -E 's/^ +| +$//g' <<<"$1"
}

@test "every action does what it says, by each of its keys" {
  local action trace way text key keys
  cd "$BATS_TEST_TMPDIR"
  traces=$BATS_FILE_TMPDIR/traces
  start_target running
  "$script" --actions >keys
  while IFS='|' read -r action trace way text; do
    [[ $action ]] || continue
    keys=$(sed -n "s/^${action%% *} //p" keys)
    [[ $keys ]] || { echo "there is no action $action"; return 1; }
    for key in $keys; do
      press "${trace// /}" "$(trim "$way")" "$key"
      brings "$(trim "$text")" "$action ($key)"
    done
  done <<<"$actions"
  end_target
}

@test "there is a row for every action" {
  diff <("$script" --actions | cut -d' ' -f1 | sort) \
    <(sed -n 's/^\([A-Z_]*\) *|.*/\1/p' <<<"$actions" | sort)
}
