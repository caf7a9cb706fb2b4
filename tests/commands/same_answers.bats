#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# A target that runs, one that was killed and one that ended in order: of the same run, the report
# says the same. The first two leave blocks as they stood in memory, the third has drained all.
load helper

# Does the same each time, and ends as its argument says: e quick_exit, k SIGKILL, r runs on.
setup_file() {
  cat >"$BATS_FILE_TMPDIR/steady.c" <<'EOF'
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

static void *held[500];

static void *take_small(unsigned i) { return malloc(16 + i % 100); }
static void *take_large(unsigned i) { return calloc(1, 1000 + i % 5000); }

static void use_shortly(unsigned i) {
  void *block = take_small(i);
  block = realloc(block, 300 + i % 7);
  free(block);
}

static void churn(unsigned i) {
  unsigned place = i * 7919 % 500;
  free(held[place]);
  held[place] = i % 3 ? take_small(i) : take_large(i);
  use_shortly(i);
  free(take_large(i * 3));
}

int main(int argc, char **argv) {
  char end = argc > 1 ? *argv[1] : 'e';
  free(malloc(1 << 22));
  for (unsigned i = 0; i < 60001; i++)
    churn(i);
  if (end == 'k')
    raise(SIGKILL);
  while (end == 'r') {
    static const char ready[] = "ready\n";
    if (write(1, ready, sizeof ready - 1) < 0)
      return 1;
    pause();
  }
  quick_exit(0);
}
EOF
  cc -g -O0 -o "$BATS_FILE_TMPDIR/steady" "$BATS_FILE_TMPDIR/steady.c"
}

# figures TRACE: what must not depend on how the target ended. Which frees are sampled is chance.
figures() {
  "$SEEP" report --format json "$1" | jq -S '{
    totals: .totals | del(.sampled_frees),
    sites: [.sites[] | {function, line, outstanding_blocks, outstanding_bytes, allocations,
      allocated_bytes, temporary_allocations}] | sort_by(.function, .line)}'
}

@test "running, killed and ended targets of the same run give the same figures" {
  steady=$BATS_FILE_TMPDIR/steady
  "$SEEP" run -o e.seep -- "$steady" e
  split "$SEEP" run -o k.seep -- "$steady" k
  expect_status 137
  puppet_start "$SEEP" run -o r.seep -- "$steady" r
  puppet_hear ready
  figures r.seep >running.json
  pid=$("$SEEP" report --format json r.seep | jq .trace.pid)
  "$SEEP" report --format json r.seep | jq -e '.trace.complete == false'
  kill -9 "$pid"
  puppet_wait
  figures e.seep >ended.json
  figures k.seep >killed.json
  jq -e '.totals | .allocations > 240000 and .temporary_allocations > 100000' ended.json
  jq -e '.totals.peak_bytes >= 4194304' ended.json
  jq -e '[.sites[].function] | contains(["take_small", "take_large", "use_shortly"])' ended.json
  diff ended.json killed.json
  diff ended.json running.json
  figures r.seep >afterwards.json
  diff ended.json afterwards.json
}
