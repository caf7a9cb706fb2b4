#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
load helper

# program NAME [OPTION...]: builds it from the C text on stdin.
program() {
  local name=$1
  shift
  "${CC:-cc}" -x c -g -O1 -o "$name" - -x none "$@"
}

# attach OPERAND...: which must succeed.
attach() {
  split "$SEEP" attach "$@"
  expect_status 0
}

# refused TEXT [OPTION...]: attaching to the puppet is refused with that text, and it runs on.
refused() {
  local text=$1
  shift
  split "$SEEP" attach -o t.seep "$@" "$puppet_pid"
  expect_error "$text"
  [ ! -e t.seep ] || fails "left a trace"
}

@test "attach, allocate, detach: what came between is in the trace" {
  puppet_start "$PUPPET"
  puppet_do alloc 5 100
  split "$SEEP" attach -o t.seep "$puppet_pid"
  expect_status 0
  [ -z "$out" ]
  expect_in "$err" "$PWD/t.seep"
  expect_in "$err" "blocks from before are not seen"
  puppet_do alloc 10 200
  puppet_do free 7
  split "$SEEP" detach "$puppet_pid"
  expect_status 0
  expect_in "$err" "t.seep is complete"
  puppet_do alloc 3 300
  puppet_wait
  [ "$status" -eq 0 ]
  [ ! -s puppet.err ] || fails "$(cat puppet.err)"
  "$SEEP" report --format json t.seep >report.json
  [ "$(jq -c '.totals | [.outstanding_blocks, .outstanding_bytes, .allocations, .unmatched_frees]' \
    report.json)" = '[8,1600,10,5]' ] || fails "$(jq .totals report.json)"
  jq -e '.trace.complete and (.warnings | any(contains("recording began")))' report.json
}

@test "by default the trace is named after program and process, in this directory" {
  puppet_start "$PUPPET"
  attach "$puppet_pid"
  [ -e "seep.puppet.$puppet_pid.seep" ]
}

@test "options go to the recorder: depth, all events, unwinder" {
  puppet_start "$PUPPET"
  "$SEEP" attach -o t.seep --depth 1 --all-events --unwind libunwind --free-stacks off --mmap \
    --timeout 20 "$puppet_pid" 2>/dev/null
  puppet_do alloc 2 10
  puppet_do free 2
  "$SEEP" detach "$puppet_pid" 2>/dev/null
  "$SEEP" info --format json t.seep >info.json
  for option in depth=1 all-events=1 unwind=libunwind free-stacks=off mmap=1; do
    jq -e --arg option "$option" '.recorder.options | contains($option)' info.json
  done
}

@test "marks and a pause, as in any recording" {
  puppet_start "$PUPPET"
  attach -o t.seep "$puppet_pid"
  puppet_do alloc 2 10
  "$SEEP" mark "$puppet_pid" warm
  "$SEEP" pause t.seep
  puppet_do alloc 40 10
  "$SEEP" resume t.seep
  puppet_do alloc 3 10
  "$SEEP" detach t.seep 2>/dev/null
  [ "$("$SEEP" report --format json --from warm t.seep | jq .totals.allocations)" = 3 ] ||
    "$SEEP" report --format json t.seep | jq '.totals.allocations == 5' | grep true
}

@test "what is recorded already is refused: attached to, and preloaded" {
  puppet_start "$PUPPET"
  attach -o first.seep "$puppet_pid"
  refused "recorded already, to $PWD/first.seep"
  puppet_end
  puppet_start env SEEP_OUT=second.seep LD_PRELOAD="$LIBSEEP" "$PUPPET"
  puppet_do alloc 1 1
  refused "recorded already, to $PWD/second.seep"
}

@test "a trace that cannot be made: said, and the process runs on unpatched" {
  puppet_start "$PUPPET"
  split "$SEEP" attach -o /nowhere/t.seep "$puppet_pid"
  expect_error "No such file or directory"
  puppet_do alloc 1 1
  attach -o t.seep "$puppet_pid"
  puppet_wait
  [ ! -s puppet.err ] || fails "$(cat puppet.err)"
}

@test "stopped processes are refused" {
  puppet_start "$PUPPET"
  kill -STOP "$puppet_pid"
  wait_until grep -q '^State:.T' "/proc/$puppet_pid/status"
  refused "is stopped"
  kill -CONT "$puppet_pid"
}

@test "traced processes are refused" {
  command -v strace >/dev/null || skip "no strace"
  puppet_start "$PUPPET"
  strace -p "$puppet_pid" -o /dev/null 3>&- &
  wait_until grep -q '^TracerPid:.[1-9]' "/proc/$puppet_pid/status"
  refused "traced by another process"
  kill $!
}

@test "statically linked programs, and those with an allocator of their own, are refused" {
  program static -static <<<'#include <unistd.h>
int main(void) { char c; return read(0, &c, 1) < 0; }'
  puppet_start ./static
  refused "statically linked"
  puppet_end
  program own -rdynamic -fno-builtin <<<'#include <unistd.h>
static char memory[1 << 20], *next = memory;
void *malloc(unsigned long size) { return (next += (size + 31) & ~15ul) - size; }
void free(void *block) { (void)block; }
int main(void) { char c; return read(0, malloc(1), 1) < 0 || read(0, &c, 1) < 0; }'
  puppet_start ./own
  refused "an allocator of its own"
}

@test "a seccomp filter in force is refused, unless despite it" {
  program filtered <<<'#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <unistd.h>
int main(void) {
  struct sock_filter allow = {BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ALLOW};
  struct sock_fprog filter = {1, &allow};
  prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter))
    return 1;
  char c;
  while (read(0, &c, 1) == 1)
    if (c == 10 && malloc(7) && write(1, "ok\n", 3) != 3)
      return 1;
  return 0;
}'
  puppet_start ./filtered
  puppet_do x
  refused "seccomp"
  attach --despite-seccomp -o t.seep "$puppet_pid"
  puppet_do x
  split "$SEEP" detach "$puppet_pid"
  expect_error "seccomp"
  "$SEEP" detach --despite-seccomp "$puppet_pid" 2>/dev/null
  [ "$("$SEEP" report --format json t.seep | jq .totals.outstanding_bytes)" = 7 ]
}

@test "processes of another user are refused to all but root" {
  [ "$EUID" -eq 0 ] && command -v setpriv >/dev/null || skip "needs root"
  puppet_start "$PUPPET"
  mkdir open
  cp "$SEEP" "$LIBSEEP" open/
  chmod -R o+rX open "$BATS_TEST_TMPDIR"
  split setpriv --reuid=65534 --regid=65534 --clear-groups env SEEP_LIBRARY= bash -c \
    "cd /tmp && exec '$PWD/open/seep' attach -o /tmp/t.seep $puppet_pid"
  [ "$status" -ne 0 ]
}

@test "wrong usage and no such process: exit code 2 and one line" {
  split "$SEEP" attach
  expect_error "PID"
  split "$SEEP" attach 1 2
  expect_error "'2'"
  split "$SEEP" attach puppet
  expect_error "'puppet'"
  split "$SEEP" attach --timeout soon 1
  expect_error "--timeout"
  split "$SEEP" attach --depth x 1
  expect_error "--depth"
  split "$SEEP" attach 4194304
  expect_error "4194304"
}
