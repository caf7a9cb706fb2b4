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

# It prints its descriptors, threads, names, signals, masks, handlers, timers, limits, directory, locale,
# rounding, children and environment, at the start, after much work, in a thread, in a child, at the end.
@test "what a process sees of itself is what it sees without a recorder" {
  same_as_bare "$targets/hazards" visible
  complete
  [[ $(grep -c '^----' recorded.out) == 5 ]]
}

# calls_of NAME COMMAND...: leaves in NAME.calls how often each system call is made.
calls_of() {
  strace -f -qq -o "$1.log" env "${@:2}" >/dev/null
  sed -nE 's/^[0-9]+ +([a-z0-9_]+)\(.*/\1/p' "$1.log" | sort | uniq -c | awk '{print $2, $1}' >"$1.calls"
}

# What the recorder calls at all; whatever else there is must be called as often as without it.
@test "it starts no thread, installs no handler, opens no port: its system calls are of few kinds" {
  strace -qq true >/dev/null 2>&1 || skip "needs strace, and the right to trace"
  local hazard its='^(clock_gettime|close|fallocate|fcntl|fstat|getpid|getppid|getrandom|gettid|madvise|mmap|mprotect|munmap|newfstatat|openat|prctl|pread64|prlimit64|read|readlink|renameat2?|rt_sigprocmask|sched_getaffinity|sysinfo|uname|unlink|write) '
  for hazard in churn fork atexit; do
    rm -f "$trace"*
    calls_of bare "$targets/hazards" "$hazard"
    calls_of recorded LD_PRELOAD="$library" SEEP_OUT="$trace" "$targets/hazards" "$hazard"
    grep -q '^execve ' recorded.calls
    diff <(grep -vE "$its" bare.calls) <(grep -vE "$its" recorded.calls)
    complete
  done
}

@test "while a thread keeps the recorder busy, another is given the descriptors that are next" {
  record=SEEP_ALL_EVENTS=1
  same_as_bare "$targets/hazards" numbers
  [[ $(cat recorded.out) == "0 other numbers" ]]
  nothing_lost
}

@test "with stacks by libunwind, too, descriptors are those that are next" {
  record=SEEP_UNWIND=libunwind
  same_as_bare "$targets/hazards" visible
  rm "$trace"
  record=SEEP_VERIFY=1
  same_as_bare "$targets/hazards" visible
  "$seep" info --format json "$trace" | jq -e '.recorder.verified > 100 and .recorder.disagreements == 0'
}

# chained OTHER: with another preloaded library behind the recorder, and in front of it, the
# program does what it does with the other alone, and is recorded to the block.
chained() {
  local other=$1 order kept=$library
  for order in "$library:$other" "$other:$library"; do
    rm -f "$trace"*
    bare env LD_PRELOAD="$other" "$targets/hazards" others
    library=$order
    recorded "$targets/hazards" others
    library=$kept
    cmp bare.status recorded.status
    cmp bare.out recorded.out
    cmp bare.err recorded.err
    complete
    [[ $(of_function hazard_churn) == "10000 10000 0" ]]
  done
}

# preloaded NAME: the file of a library that Debian has.
preloaded() {
  find /usr/lib -name "$1" 2>/dev/null | grep -m 1 . || skip "needs $1"
}

@test "with libfaketime on either side: its time for the program, the true one for the trace" {
  local faketime
  faketime=$(preloaded libfaketimeMT.so.1)
  export FAKETIME="@2001-02-03 04:05:06 x9"
  chained "$faketime"
  grep -q "^2001-02-03" recorded.out
  "$seep" info --format json "$trace" | jq -e '.trace.start > "2024" and .trace.duration_s < 100'
}

@test "with libeatmydata on either side" {
  local eatmydata
  eatmydata=$(preloaded libeatmydata.so)
  chained "$eatmydata"
}

@test "with stdbuf's library on either side" {
  local stdbuf
  stdbuf=$(preloaded libstdbuf.so)
  export _STDBUF_O=0
  chained "$stdbuf"
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

@test "a link that stands where the trace or its stage is to be is never followed" {
  local at
  for at in "$trace" "$trace.stage"; do
    echo mine >own
    for to in own nowhere; do
      ln -s "$to" "$at"
      runs_on "$targets/hazards" churn
      [[ $(cat own) == mine && ! -e nowhere ]]
      rm -f "$trace"* "$at"
    done
  done
}

@test "two programs that are given one name: the second says so, and leaves the trace alone" {
  mkfifo orders
  SEEP_OUT=$trace LD_PRELOAD=$library "$targets/hazards" drop <orders >first.out 2>first.err 3>&- &
  local first=$!
  exec 8>orders
  until_true grep -q dropped first.out
  runs_on "$targets/hazards" churn 20000
  [[ $(grep -c "^seep: $trace: .*running" recorded.err) == 1 && $(ls "$trace"*) == "$trace"$'\n'"$trace.stage" ]]
  exec 8>&-
  wait "$first"
  [[ ! -s first.err && $("$seep" info --format json "$trace" | jq .trace.pid) == "$first" ]]
  [[ $(state) == ended && $(blocks_of 777) == 300 ]]
  nothing_lost
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
