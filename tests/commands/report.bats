#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
load helper
load sessiond

# taken KEY [ARGUMENT...]: what the report says of the puppet's own blocks in t.seep.
taken() {
  local key=$1
  shift
  "$SEEP" report --format json "$@" t.seep |
    jq "[.sites[] | select(.function == \"puppet_take\").$key] | add // 0"
}

# ---- Figures -------------------------------------------------------------------------------------

@test "outstanding blocks and bytes, allocations, peak and thread of a site are exact" {
  puppet_trace t.seep "alloc 10 1000" "free 4" "thread 5 1000"
  [ "$(taken outstanding_blocks)" = 11 ]
  [ "$(taken outstanding_bytes)" = 11000 ]
  [ "$(taken allocations)" = 15 ]
  [ "$(taken allocated_bytes)" = 15000 ]
  [ "$(taken peak_bytes)" = 11000 ]
  [ "$(taken threads)" = 2 ]
}

@test "units make figures per unit" {
  puppet_start "$SEEP" run -o t.seep -- "$PUPPET"
  puppet_do alloc 3 10
  "$SEEP" mark t.seep warm
  puppet_do alloc 20 152
  "$SEEP" mark t.seep --units 10 after
  puppet_wait
  [ "$(taken blocks_per_unit --from warm --to after)" = 2 ]
  [ "$(taken bytes_per_unit --from warm --to after)" = 304 ]
  [ "$("$SEEP" report --format json --from warm --to after t.seep | jq .interval.units)" = 10 ]
}

@test "growth without marks is called a leak, and that marks would tell more is said" {
  puppet_start "$SEEP" run -o t.seep -- "$PUPPET"
  for _ in {1..14}; do
    puppet_do alloc 10 1000
    sleep 0.08
  done
  puppet_wait
  split "$SEEP" report t.seep
  expect_in "$out" "puppet_take (puppet.c:"
  expect_in "$out" " leaks: "
  expect_in "$out" "there are no marks:"
}

@test "JSON has every key of the contract, and integers for counts" {
  puppet_start "$SEEP" run -o t.seep -- "$PUPPET"
  puppet_do alloc 3 10
  "$SEEP" mark t.seep --units 4 one
  puppet_wait
  "$SEEP" report --format json t.seep >r.json
  jq -e '.seep == 1' r.json
  jq -e '.trace | has("program", "pid", "command", "start", "duration_s", "complete", "clock")' r.json
  jq -e '.trace | .program == "puppet" and .complete == true and (.command | length == 1)' r.json
  jq -e '.trace.start | test("^[0-9-]{10}T[0-9:]{8}(\\.[0-9]+)?Z$")' r.json
  for key in allocations frees allocated_bytes outstanding_blocks outstanding_bytes peak_bytes \
    temporary_allocations unmatched_frees lost_events unrecorded_events truncated_stacks; do
    jq -e ".totals.$key | type == \"number\" and . == floor" r.json || fails "$key"
  done
  jq -e '.interval | has("from", "to", "duration_s")' r.json
  jq -e '.marks[0] | .label == "one" and .units == 4 and .time_s >= 0' r.json
  jq '.sites[] | select(.function == "puppet_take")' r.json >site.json
  for key in function module file line outstanding_blocks outstanding_bytes allocations \
    allocated_bytes temporary_allocations peak_bytes oldest_s median_age_s threads stacks; do
    jq -e "has(\"$key\")" site.json || fails "$key"
  done
  jq -e '.file | endswith("puppet.c")' site.json
  jq -e '.stacks[0] | has("outstanding_blocks", "outstanding_bytes", "allocations", "frames")' site.json
  jq -e '.stacks[0].frames | map(.function) | index("puppet_take") < index("main")' site.json
  jq -e '.stacks[0].frames[0] | has("function", "module", "offset")' site.json
}

@test "the sum over all sites is the totals' outstanding" {
  puppet_trace t.seep "alloc 10 1000" "thread 5 30" "free 2"
  "$SEEP" report --format json --limit 0 t.seep >r.json
  jq -e '.totals.outstanding_blocks == ([.sites[].outstanding_blocks] | add)' r.json
  jq -e '.totals.outstanding_bytes == ([.sites[].outstanding_bytes] | add)' r.json
  jq -e '.totals.allocations - .totals.frees + .totals.unmatched_frees == .totals.outstanding_blocks' \
    r.json
}

# ---- The page ------------------------------------------------------------------------------------

@test "text: names the site with function, file and line; no colour, nothing on stderr" {
  puppet_trace t.seep "alloc 10 1000"
  split "$SEEP" report t.seep
  expect_status 0
  [ -z "$err" ]
  expect_in "$out" puppet_take
  expect_in "$out" puppet.c
  [[ $out != *$'\e'* ]] || fails "escape sequences"
}

@test "progress is shown on a terminal alone" {
  command -v script >/dev/null || skip "no script"
  puppet_trace t.seep "alloc 5000 10"
  TERM=xterm script -qec "'$SEEP' report t.seep >/dev/null" /dev/null </dev/null >on.txt
  grep -q "reading \[" on.txt
  TERM=dumb script -qec "'$SEEP' report t.seep >/dev/null" /dev/null </dev/null >dumb.txt
  [ ! -s dumb.txt ]
}

@test "two reports of one trace are the same bytes, in every form" {
  puppet_trace t.seep "alloc 10 1000" "thread 7 33" "free 3" "alloc 10 20"
  for by in site tree module function thread; do
    for format in text json; do
      "$SEEP" report --by "$by" --format "$format" t.seep >one
      "$SEEP" report --by "$by" --format "$format" t.seep >two
      [ -s one ]
      cmp one two
    done
  done
  for sort in outstanding blocks growth allocated temporary peak; do
    "$SEEP" report --sort "$sort" t.seep >one
    "$SEEP" report --sort "$sort" t.seep >two
    cmp one two
  done
}

@test "--limit: so many rows; 0: all" {
  puppet_trace t.seep "alloc 10 1000"
  [ "$("$SEEP" report --format json --limit 1 --by tree t.seep | jq '.rows | length')" = 1 ]
  all=$("$SEEP" report --format json --limit 0 --by tree t.seep | jq '.rows | length')
  [ "$all" -gt 3 ]
}

@test "--filter keeps what matches" {
  puppet_trace t.seep "alloc 10 1000"
  [ "$(taken outstanding_blocks --filter function:puppet_take)" = 10 ]
  [ "$(taken outstanding_blocks --filter '!function:puppet_take')" = 0 ]
  [ "$(taken outstanding_blocks --filter 'blocks>10')" = 0 ]
  split "$SEEP" report --filter 'blocks>many' t.seep
  expect_error "--filter"
}

@test "--filter: by verdict and by the size of blocks, whatever rows are by" {
  sessiond_trace t.seep
  "$SEEP" report --format json --filter verdict:leak t.seep >r.json
  jq -e '.sites | length == 1 and .[0].function == "session_create" and .[0].verdict == "leak"' r.json
  "$SEEP" report --format json --filter '!verdict:leak' t.seep >rest.json
  "$SEEP" report --format json t.seep >all.json
  jq -se '(.[0].sites | length) == 1 + (.[1].sites | length) and
    (.[1].sites | all(.verdict != "leak"))' all.json rest.json
  "$SEEP" report --format json --by thread --filter 'verdict:leak size<=152' t.seep |
    jq -e --argjson leaked "$(jq '.sites[0].outstanding_bytes' r.json)" \
      '[.rows[].outstanding_bytes] | add == $leaked'
  "$SEEP" report --format json --filter 'size>=4KiB' t.seep |
    jq -e '.sites | length > 0 and all(.outstanding_bytes >= 4096 * .outstanding_blocks)'
}

@test "--rules: more frames that are not the service's own" {
  puppet_trace t.seep "alloc 10 1000"
  echo "skip-function puppet_take" >rules
  "$SEEP" report --format json --rules rules t.seep >r.json
  jq -e '.sites[] | select(.function == "puppet_alloc").outstanding_blocks == 10' r.json
  echo "no rule" >rules
  split "$SEEP" report --rules rules t.seep
  expect_error "rules"
  split "$SEEP" report --rules /no/such/rules t.seep
  expect_error "/no/such/rules"
}

@test "marks by label, number and time; unknown and exchanged ones: exit code 2" {
  puppet_start "$SEEP" run -o t.seep -- "$PUPPET"
  puppet_do alloc 1 10
  "$SEEP" mark t.seep first
  puppet_do alloc 2 10
  "$SEEP" mark t.seep second
  puppet_do alloc 4 10
  puppet_wait
  [ "$(taken outstanding_blocks --from first --to second)" = 2 ]
  [ "$(taken outstanding_blocks --from '#1' --to '#2')" = 2 ]
  [ "$(taken outstanding_blocks --from second --to end)" = 4 ]
  [ "$(taken outstanding_blocks --from start --to first)" = 1 ]
  [ "$(taken outstanding_blocks --from +0s)" = 7 ]
  split "$SEEP" report --from nowhere t.seep
  expect_error "'nowhere'"
  split "$SEEP" report --from '#3' t.seep
  expect_error "'#3'"
  split "$SEEP" report --from second --to first t.seep
  expect_error "after"
}

# ---- Any state of a trace ------------------------------------------------------------------------

# What the three states must agree on.
answers() {
  "$SEEP" report --format json "$1" |
    jq -S '[.sites[] | select(.function == "puppet_take") |
            {outstanding_blocks, outstanding_bytes, allocations, allocated_bytes, threads,
             stacks: [.stacks[] | {outstanding_blocks, frames: [.frames[].function]}]}]'
}

@test "the same answers from a running trace, after SIGKILL, and after an end in order" {
  for way in run preload; do
    rm -f t.seep*
    if [ "$way" = run ]; then
      puppet_start "$SEEP" run -o t.seep -- "$PUPPET"
    else
      puppet_start env SEEP_OUT=t.seep LD_PRELOAD="$LIBSEEP" "$PUPPET"
    fi
    puppet_do alloc 1000 48
    puppet_do thread 10 100
    puppet_do free 500
    answers t.seep >running
    kill -KILL "$(target_pid t.seep)"
    puppet_wait
    [ "$status" -eq 137 ]
    answers t.seep >killed
    puppet_trace ended.seep "alloc 1000 48" "thread 10 100" "free 500"
    answers ended.seep >ended
    [ "$(jq '.[0].outstanding_blocks' running)" = 510 ] || fails "$(cat running)"
    diff running killed
    diff running ended
  done
}

@test "complete is false while a target runs" {
  puppet_start "$SEEP" run -o t.seep -- "$PUPPET"
  puppet_do alloc 1 1
  [ "$("$SEEP" report --format json t.seep | jq .trace.complete)" = false ]
}

@test "damage: the rest is reported with exit code 0, what is missing said with its offset" {
  puppet_trace t.seep "alloc 2000 100" "free 1000" "alloc 30 7"
  size=$(stat -c %s t.seep)
  cp t.seep damaged.seep
  printf 'XXXXXXXXXXXXXXXX' |
    dd of=damaged.seep bs=1 seek=$((size / 2)) conv=notrunc 2>/dev/null
  split "$SEEP" report damaged.seep
  expect_status 0
  [ -n "$out" ]
  [[ $err =~ damaged\.seep:.*offset\ [0-9]+ ]] || fails "no offset"
  head -c $((size - 20)) t.seep >torn.seep
  split "$SEEP" report torn.seep
  expect_status 0
  [[ $err =~ torn\.seep:.*offset\ [0-9]+ ]] || fails "no offset"
}

@test "much damage: some lines and a count, not thousands" {
  puppet_trace t.seep "alloc 2000 100"
  for ((i = 0; i < 50; i++)); do
    head -c 100 /dev/urandom
    cat t.seep
  done >junk
  cat t.seep junk >damaged.seep
  split "$SEEP" report damaged.seep
  expect_status 0
  [ "$(wc -l <err.txt)" -le 7 ] || fails "too many lines"
  expect_in "$err" "more places"
}

@test "no trace: exit code 2 and one line that names it" {
  : >empty
  echo "my thesis" >thesis.txt
  mkdir directory
  head -c 100000 /dev/urandom >noise
  for name in missing.seep empty thesis.txt directory noise /dev/null; do
    split "$SEEP" report "$name"
    expect_error "$name"
  done
}

@test "no right to read it: exit code 2 and one line" {
  puppet_trace t.seep "alloc 1 1"
  chmod 0 t.seep
  if [ "$(id -u)" -eq 0 ]; then
    chmod 711 "$BATS_TEST_TMPDIR"
    command -v setpriv >/dev/null || skip "root reads everything"
    reader() { setpriv --reuid 65534 --clear-groups "$@"; }
    reader test -x "$SEEP" || skip "others cannot execute this build"
    split reader "$SEEP" report "$PWD/t.seep"
  else
    split "$SEEP" report "$PWD/t.seep"
  fi
  expect_error "Permission denied"
}

@test "wrong usage: exit code 2 and one line" {
  split "$SEEP" report
  expect_error FILE
  split "$SEEP" report a b
  expect_error "'b'"
  for option in --by --sort --format; do
    split "$SEEP" report "$option" nonsense t.seep
    expect_error "$option nonsense"
  done
  split "$SEEP" report --limit -1 t.seep
  expect_error "--limit -1"
}

@test "a report that cannot be written: exit code 2" {
  puppet_trace t.seep "alloc 10 10"
  for format in text json; do
    status=0
    "$SEEP" report --format "$format" t.seep >/dev/full 2>err.txt || status=$?
    [ "$status" -eq 2 ]
    [ "$(wc -l <err.txt)" -eq 1 ]
  done
}
