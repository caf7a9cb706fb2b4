#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Who frees the brothers: the calls that free what a site allocates.
load helper
load sessiond

freeing() {
  "$SEEP" run -o t.seep "$@" -- "$PUPPETS/freeing" 2>run.err || cat run.err
}

plain='def plain: . // "" | sub("\\(.*"; "");' # a function without its parameters

# freed_by FUNCTION: the calls that free what it allocates, by share.
freed_by() {
  "$SEEP" report --format json t.seep |
    jq -c "$plain"'[.sites[] | select(.function | plain == $function).freed_by[]? |
      if .realloc then "realloc in " else "" end + (.function | plain)]' --arg function "$1"
}

@test "the session leak: its freed brothers are all freed by session_logout" {
  sessiond_trace t.seep
  "$SEEP" report --format json t.seep >r.json
  local line
  line=$(grep -n 'feed_leave(session->subscription);' "$root/tests/targets/sessiond/session.c" |
    head -1 | cut -d: -f1)
  jq -e --argjson line "$line" '[.sites[] | select(.verdict == "leak")] | length == 1 and
    (.[0] | .function == "session_create" and .sampled_frees >= 1 and
      (.freed_by | length == 1 and (.[0] | .function == "session_logout" and .share == 1 and
        (.line - $line | . >= 0 and . <= 2) and .samples >= 1 and .median_age_s > 0)))' r.json
  split "$SEEP" report t.seep
  expect_in "$out" "100 % were freed by session_logout (session.c:"
}

@test "operator delete, a wrapper of free, realloc and another thread: named after the caller" {
  freeing
  [ "$(freed_by part_make)" = '["part_delete"]' ]
  [ "$(freed_by wrapped_make)" = '["wrapped_drop"]' ]
  [ "$(freed_by list_make)" = '["realloc in list_grow"]' ]
  [ "$(freed_by letter_make)" = '["letter_read"]' ]
}

@test "every free sampled: as many samples as frees, and nothing else changes" {
  freeing --free-stacks 1
  "$SEEP" report --format json t.seep >all.json
  jq -e "$plain"'[.sites[] | select(.function | plain | . == "part_make" or . == "letter_make") |
    .sampled_frees == 395] == [true, true]' all.json
  jq -e '.totals.sampled_frees == .totals.frees' all.json
  freeing --free-stacks off
  "$SEEP" report --format json t.seep >none.json
  for file in all none; do
    jq '[.sites[] | select((.function // "") | test("_make")) |
      [.function, .allocations, .outstanding_blocks, .temporary_allocations]] | sort' \
      "$file.json" >"$file.figures"
  done
  [ -s all.figures ]
  diff all.figures none.figures
}

@test "off: nobody is named, and it is said" {
  freeing --free-stacks off
  "$SEEP" report --format json t.seep >r.json
  jq -e '.totals.sampled_frees == 0 and ([.sites[] | has("freed_by")] | any | not)' r.json
  split "$SEEP" report t.seep
  [[ $out != *"freed by"* ]]
  expect_in "$("$SEEP" info t.seep)" "free-stacks=off"
}

@test "the HTML and JSON exports say it too" {
  freeing
  "$SEEP" export --format html -o page.html t.seep
  grep -q "freed by part_delete" page.html
  "$SEEP" export --format json -o page.json t.seep
  jq -e "$plain"'[.sites[] | select(.function | plain == "part_make").freed_by[0].function |
    plain] == ["part_delete"]' page.json
}

@test "--free-stacks takes a number or off" {
  split "$SEEP" run --free-stacks often -- true
  expect_error "--free-stacks often: off or a number up to 65535 expected"
  split "$SEEP" run --free-stacks 65536 -- true
  expect_error "--free-stacks 65536"
}
