#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
load helper
load sessiond

# ---- Limits --------------------------------------------------------------------------------------

@test "sessiond leaks and is over the budget; --fixed keeps to it" {
  sessiond_trace leak.seep
  split "$SEEP" check --max-bytes-per-unit 0 --from warm --to after leak.seep
  expect_status 1
  [ "$(grep -c '^over budget: ' out.txt)" = 1 ]
  expect_in "$out" "over budget: session_create session.c:"
  expect_in "$out" "9,120 bytes in 60 blocks (per unit: 152.00 in 1.00); at most 0 bytes/unit"
  expect_in "$out" "failed: 1 of 1"
  [ -z "$err" ]
  sessiond_trace fixed.seep --fixed
  split "$SEEP" check --max-bytes-per-unit 0 --from warm --to after fixed.seep
  expect_status 0
  expect_in "$out" "passed: 0 of 0"
}

@test "no leaks: the leaking site with its evidence, and neither cache nor table" {
  sessiond_trace leak.seep
  split "$SEEP" check --no-leaks leak.seep
  expect_status 1
  [ "$(grep -c '^over budget: ' out.txt)" = 1 ]
  expect_in "$out" "over budget: session_create session.c:"
  expect_in "$out" "; a leak: "
  expect_in "$out" "exactly 1 block per unit"
  split "$SEEP" check --no-leaks --format json --from warm --to after leak.seep
  expect_status 1
  jq -e '.within == false and .budget.no_leaks and (.sites | length) == 1 and
    (.sites[0] | .broken == ["no_leaks"] and .confidence > 0.5 and
      (.evidence | contains("blocks allocated between warm and after")))' out.txt
  sessiond_trace fixed.seep --fixed
  split "$SEEP" check --no-leaks fixed.seep
  expect_status 0
  expect_in "$out" "passed: 0 of"
}

@test "--filter: what does not match is not looked at" {
  sessiond_trace leak.seep
  split "$SEEP" check --no-leaks --filter 'verdict:leak size>=152' leak.seep
  expect_status 1
  expect_in "$out" "failed: 1 of 1"
  for filter in '!verdict:leak' 'verdict:leak size>152' 'file:*/cache.c'; do
    split "$SEEP" check --no-leaks --filter "$filter" leak.seep
    expect_status 0
  done
  split "$SEEP" check --no-leaks --filter verdict:bug leak.seep
  expect_error "verdicts are unknown, leak"
}

@test "a leak that is suppressed or in the baseline breaks nothing" {
  sessiond_trace leak.seep
  echo leak:session_create >known
  split "$SEEP" check --no-leaks --suppressions known leak.seep
  expect_status 0
  "$SEEP" check --write-baseline accepted leak.seep
  split "$SEEP" check --no-leaks --baseline accepted leak.seep
  expect_status 0
  expect_in "$out" "accepted by the baseline: 1 site"
}

@test "a limit may be reached and not exceeded" {
  puppet_units t.seep alloc 20 152
  for limit in "bytes 3040 3039" "bytes-per-unit 304 303.9" "blocks-per-unit 2 1.99"; do
    read -r name enough little <<<"$limit"
    split "$SEEP" check "--max-$name" "$enough" --from warm --to after t.seep
    expect_status 0
    split "$SEEP" check "--max-$name" "$little" --from warm --to after t.seep
    expect_status 1
    expect_in "$out" "puppet_take puppet.c:"
    expect_in "$out" "at most $little"
  done
}

@test "JSON says the same" {
  puppet_units t.seep alloc 20 152
  split "$SEEP" check --max-blocks-per-unit 0.5 --format json --from warm --to after t.seep
  expect_status 1
  jq -e '.within == false and .interval.units == 10 and (.sites | length) == 1 and
    (.sites[0] | .function == "puppet_take" and .outstanding_bytes == 3040 and
      .blocks_per_unit == 2 and .broken == ["max_blocks_per_unit"])' out.txt
  split "$SEEP" check --max-bytes 4000 --format json t.seep
  expect_status 0
  jq -e '.within == true and .sites == []' out.txt
}

@test "a budget per unit without units: exit code 2 and one line" {
  puppet_trace t.seep "alloc 10 1000"
  for option in --max-bytes-per-unit --max-blocks-per-unit; do
    split "$SEEP" check "$option" 0 t.seep
    expect_error "t.seep has none between 'start' and 'end'"
  done
  puppet_units units.seep alloc 10 1000
  "$SEEP" check --write-baseline accepted units.seep
  split "$SEEP" check --baseline accepted t.seep
  expect_error "needs units"
}

@test "a program that allocates nothing keeps to any budget" {
  puppet_trace t.seep
  split "$SEEP" check --max-bytes 0 t.seep
  expect_status 0
}

@test "what is missing from a trace is said" {
  puppet_trace t.seep "alloc 1000 100"
  head -c $(($(stat -c %s t.seep) - 20)) t.seep >torn.seep
  split "$SEEP" check --max-bytes 1000000 torn.seep
  expect_in "$out" "warning: "
}

# ---- Suppressions --------------------------------------------------------------------------------

@test "suppressions: function, file or module of any frame; what they took is said" {
  puppet_trace t.seep "alloc 10 1000"
  for pattern in puppet_take '^puppet_a*oc$' 'commands/targets/puppet.c$' '/puppet$' '^main$'; do
    printf '# known\n\nleak:%s\n' "$pattern" >known
    split "$SEEP" check --max-bytes 0 --suppressions known t.seep
    expect_status 0
    expect_in "$out" "suppressed: leak:$pattern: 10,000 bytes in 10 blocks"
  done
  echo 'leak:^take' >known
  split "$SEEP" check --max-bytes 0 --suppressions known t.seep
  expect_status 1
  refute grep suppressed out.txt
}

@test "suppressions that cannot be read: exit code 2 and one line with the place" {
  puppet_trace t.seep "alloc 1 1"
  printf 'leak:a\nrace:b\n' >wrong
  split "$SEEP" check --max-bytes 0 --suppressions wrong t.seep
  expect_error "line 2"
  split "$SEEP" check --max-bytes 0 --suppressions /no/such/file t.seep
  expect_error "/no/such/file"
}

# ---- Baselines -----------------------------------------------------------------------------------

@test "a baseline accepts what stood when it was written, and no more" {
  puppet_units t.seep alloc 20 152
  split "$SEEP" check --write-baseline accepted --from warm --to after t.seep
  expect_status 0
  expect_in "$err" "accepted accepts 1 site"
  split "$SEEP" check --baseline accepted --from warm --to after t.seep
  expect_status 0
  expect_in "$out" "accepted by the baseline: 1 site"
  puppet_units more.seep alloc 21 152
  split "$SEEP" check --baseline accepted --from warm --to after more.seep
  expect_status 1
  expect_in "$out" "; the baseline accepts 304 in 2 per unit"
  split "$SEEP" check --baseline accepted --tolerance 5 --from warm --to after more.seep
  expect_status 0
  split "$SEEP" check --baseline accepted --max-bytes 4000 --from warm --to after more.seep
  expect_status 0
}

@test "a baseline holds for another build" {
  for number in 1 2; do
    "$SEEP" run -o "$number.seep" -- "$PUPPETS/release_$number/release" 2>/dev/null
  done
  "$SEEP" check --write-baseline accepted 1.seep
  split "$SEEP" check --baseline accepted --format json 2.seep
  expect_status 1
  jq -e '.accepted == 4 and [.sites[].function] ==
    ["release_worse", "release_added", "release_new_name", "release_order"]' out.txt
  jq -e '.sites[0].accepted == {bytes: 1000, blocks: 1}' out.txt
}

@test "what is suppressed is not written into a baseline" {
  puppet_trace t.seep "alloc 10 1000"
  echo leak:puppet_take >known
  "$SEEP" check --write-baseline accepted --suppressions known t.seep
  refute grep puppet_take accepted
}

@test "baselines that cannot be read or written: exit code 2 and one line" {
  puppet_trace t.seep "alloc 1 1"
  echo "my thesis" >thesis.txt
  split "$SEEP" check --baseline thesis.txt t.seep
  expect_error "line 1"
  split "$SEEP" check --baseline /no/such/file t.seep
  expect_error "/no/such/file"
  split "$SEEP" check --write-baseline /no/such/folder/file t.seep
  expect_error "/no/such/folder/file"
  split "$SEEP" check --write-baseline /dev/full t.seep
  expect_error "/dev/full"
}

# ---- Usage ---------------------------------------------------------------------------------------

@test "wrong usage: exit code 2 and one line" {
  puppet_trace t.seep "alloc 1 1"
  split "$SEEP" check
  expect_error "FILE|PID"
  split "$SEEP" check t.seep
  expect_error "no budget given"
  split "$SEEP" check --max-bytes 0 --write-baseline accepted t.seep
  expect_error "--write-baseline"
  for value in -1 many "" 1.2.3 0x10 1e9; do
    split "$SEEP" check "--max-bytes=$value" t.seep
    expect_error "--max-bytes $value"
  done
  split "$SEEP" check --max-bytes 0 missing.seep
  expect_error "missing.seep"
  split "$SEEP" check --max-bytes 0 --to nowhere t.seep
  expect_error "'nowhere'"
}

@test "an answer that cannot be written: exit code 2, not 1" {
  puppet_trace t.seep "alloc 10 10"
  for format in text json; do
    status=0
    "$SEEP" check --max-bytes 0 --format "$format" t.seep >/dev/full 2>err.txt || status=$?
    [ "$status" -eq 2 ]
    [ "$(wc -l <err.txt)" -eq 1 ]
  done
}
