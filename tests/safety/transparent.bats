# SPDX-License-Identifier: Apache-2.0
# Real programs print the same bytes and end in the same way, recorded or not.
load ../lib/common
load safety

@test "ls, sort, awk, bash: same bytes, same status" {
  same_as_bare ls -l "$root"
  rm -f "$trace"*
  same_as_bare sort -r "$root/LICENSE"
  rm -f "$trace"*
  same_as_bare awk '{n[$1]++} END {print length(n)}' "$root/LICENSE"
  rm -f "$trace"*
  same_as_bare bash -c 'x=$(seq 100); echo "${x//1/one}"; exit 3'
}

@test "an error's message and status are the program's" {
  same_as_bare ls /nonexistent
}

@test "a program that aborts" {
  same_as_bare bash -c 'kill -ABRT $$'
}

@test "a program that a signal kills" {
  same_as_bare bash -c 'kill -SEGV $$'
}

@test "without SEEP_OUT the trace is named after the program and stands where it was started" {
  bare "$targets/hazards" churn
  mkdir empty
  cd empty
  timeout "$limit" env LD_PRELOAD="$library" "$targets/hazards" churn >../recorded.out 2>../recorded.err
  cmp ../bare.out ../recorded.out
  cmp ../bare.err ../recorded.err
  [[ $(ls -A) =~ ^seep\.hazards\.[0-9]+\.seep$ ]]
}

@test "traces are nobody else's to read" {
  recorded "$targets/hazards" churn
  [[ $(stat -c %a "$trace") == 600 ]]
}

@test "an orderly end leaves a complete trace and no stage" {
  recorded "$targets/hazards" churn
  complete
  [[ $(total allocations) -gt 100000 && $(total outstanding_blocks) -le 1 ]] # stdout's buffer
}

@test "libfaketime: the program has its time, the trace has the real one" {
  command -v faketime >/dev/null || skip "faketime is not installed"
  local began=$EPOCHSECONDS took
  trace=$BATS_TEST_TMPDIR/%e.seep record=SEEP_CHILDREN=1 # faketime starts it, and waits
  same_as_bare faketime -f '+0 x10000' "$targets/hazards" churn
  took=$("$seep" report --format json hazards.seep | jq '.trace.duration_s | floor')
  ((took <= EPOCHSECONDS - began))
}
