#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
load helper

# program NAME [OPTION...]: builds it from the C text on stdin.
program() {
  local name=$1
  shift
  "${CC:-cc}" -x c -g -O1 -o "$name" - -x none "$@"
}

# finds CHECK WEIGHT TEXT: whether the last answer, JSON in $out, has such a finding.
finds() {
  jq -e --arg check "$1" --arg weight "$2" --arg text "$3" '.findings[] |
    select(.check == $check and .weight == $weight and (.meaning | contains($text)))' \
    <<<"$out" >/dev/null || fails "no $1 $2 '$3'"
}

# seen: all, part or nothing.
seen() {
  jq -r .seen <<<"$out"
}

doctor() {
  split "$SEEP" doctor --format json -- "$@"
}

@test "a program that can be recorded: every check has its line, exit code 0" {
  split "$SEEP" doctor "$PUPPET"
  expect_status 0
  [ -z "$err" ]
  for check in loading privileges sanitizer allocator unwind names seccomp limits ptrace; do
    [[ $out =~ (fine|note)\ +$check ]] || fails "nothing about $check"
  done
  expect_in "$out" "seep sees all"
}

@test "JSON: one object, the same findings as the text" {
  doctor "$PUPPET"
  expect_status 0
  [ "$(seen)" = all ]
  [ "$(jq -r .executable <<<"$out")" = "$(realpath "$PUPPET")" ]
  "$SEEP" doctor "$PUPPET" | grep -c '^  ' >lines
  [ "$(jq '.findings | length' <<<"$out")" -eq "$(cat lines)" ]
}

@test "nothing is executed" {
  printf '#!/bin/sh\ntouch executed\n' >script
  chmod +x script
  doctor ./script
  expect_status 0
  [ ! -e executed ]
}

@test "a script: its interpreter is looked at, also where env finds it" {
  printf '#!/usr/bin/env bash\n' >script
  chmod +x script
  doctor ./script
  [ "$(jq -r .executable <<<"$out")" = "$(realpath "$(command -v bash)")" ]
  printf '#!/no/such/interpreter\n' >script
  split "$SEEP" doctor ./script
  expect_error interpreter
}

@test "statically linked: exit code 1" {
  doctor "$PUPPETS/puppet_static"
  expect_status 1
  finds loading blocks "statically linked"
  [ "$(seen)" = nothing ]
}

@test "a program for another machine" {
  cp "$PUPPET" other
  printf '\xb7' | dd of=other bs=1 seek=18 conv=notrunc status=none # e_machine: AArch64
  doctor ./other
  expect_status 1
  finds loading harms "another kind of machine"
}

@test "a program made with musl runs as it does without seep" {
  command -v musl-gcc >/dev/null || skip "no musl-gcc"
  CC=musl-gcc program with_musl <<<'#include <stdio.h>
int main(void) { puts("made with musl"); return 5; }'
  doctor ./with_musl
  expect_status 1
  finds loading harms "ld-musl"
  split "$SEEP" run -o t.seep -- ./with_musl
  expect_status 5
  [ "$out" = "made with musl" ]
  [ "$(wc -l <err.txt)" -eq 1 ] || fails "not one line"
  expect_in "$err" "another C library"
}

@test "AddressSanitizer: the program runs as it does without seep, and that is said" {
  program sanitized -fsanitize=address <<<'#include <stdio.h>
int main(void) { puts("sanitized"); return 4; }' 2>/dev/null || skip "no libasan"
  doctor ./sanitized
  expect_status 1
  finds sanitizer harms AddressSanitizer
  split "$SEEP" run -o t.seep -- ./sanitized
  expect_status 4
  [ "$out" = sanitized ]
  [ "$(wc -l <err.txt)" -eq 1 ] || fails "not one line"
  expect_in "$err" AddressSanitizer
}

@test "set-user-id: nothing is preloaded" {
  [ "$(id -u)" -eq 0 ] || skip "needs root"
  cp "$PUPPET" privileged
  chown 65534 privileged
  chmod 4755 privileged
  doctor ./privileged
  expect_status 1
  finds privileges blocks setuid
}

@test "an allocator inside the executable: exported, only inside, and none" {
  doctor "$targets/ownmalloc"
  expect_status 1
  finds allocator blocks "of its own"
  program inside <<<'#include <stdlib.h>
void *je_malloc(size_t); void *je_malloc(size_t size) { return calloc(1, size); }
int main(void) { return !je_malloc(1); }'
  doctor ./inside
  expect_status 0
  finds allocator part jemalloc
  [ "$(seen)" = part ]
  split "$SEEP" run -o t.seep -- ./inside
  expect_in "$err" jemalloc
  expect_in "$err" "seep view t.seep"
  strip inside
  doctor ./inside
  finds allocator fine "the C library"
}

@test "an allocator as a shared library is seen through" {
  local library
  library=$(ls /usr/lib/*/libjemalloc.so.2 2>/dev/null) || skip "no jemalloc"
  program linked -Wl,--no-as-needed "$library" <<<'int main(void) { return 0; }'
  doctor ./linked
  expect_status 0
  finds allocator fine jemalloc
}

@test "libraries without unwind tables are named" {
  program libbare.so -shared -fPIC -fno-asynchronous-unwind-tables -nostdlib \
    <<<'int bare(void) { return 0; }'
  program caller -L. -lbare '-Wl,-rpath,$ORIGIN' <<<'int bare(void); int main(void) { return bare(); }'
  doctor ./caller
  expect_status 0
  finds unwind note libbare.so
  [ "$(seen)" = all ]
}

@test "debug information: inside, in a file beside, nowhere" {
  program named <<<'int main(void) { return 0; }'
  doctor ./named
  finds names fine "has debug information"
  objcopy --only-keep-debug named named.debug
  strip named
  doctor ./named
  finds names note "no debug information"
  objcopy --add-gnu-debuglink=named.debug named
  doctor ./named
  finds names fine "has debug information"
}

@test "limits: descriptors and file size" {
  split bash -c "ulimit -n 20; ulimit -f 100; '$SEEP' doctor --format json '$PUPPET'"
  expect_status 0
  finds limits note "20 files"
  finds limits note "the trace can grow to"
}

@test "limits: address space" {
  ! nm -D "$SEEP" | grep -q __asan_init || skip "a sanitizer takes more than there is"
  split bash -c "ulimit -v 200000; '$SEEP' doctor --format json '$PUPPET'"
  expect_status 0
  finds limits note "address space"
}

@test "a running process: recorded, and not" {
  puppet_start env SEEP_OUT=t.seep LD_PRELOAD="$LIBSEEP" "$PUPPET"
  puppet_do alloc 1 1
  doctor "$puppet_pid"
  expect_status 0
  finds recorder fine "$PWD/t.seep"
  puppet_wait
  puppet_start "$PUPPET"
  puppet_do alloc 1 1
  doctor "$puppet_pid"
  expect_status 0
  finds recorder note "is not recorded"
}

@test "a filter of system calls is inherited, and said" {
  program filtered <<<'#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <unistd.h>
int main(int argc, char **argv) {
  struct sock_filter allow = BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
  struct sock_fprog program = {1, &allow};
  prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program))
    return 9;
  execv(argv[1], argv + 1);
  return argc;
}'
  split ./filtered "$SEEP" doctor --format json "$PUPPET"
  finds seccomp note "a filter of system calls is in force"
}

@test "hostile files: an answer, never a crash" {
  head -c 4096 /dev/urandom >noise
  (printf '\x7fELF\x02\x01\x01'; head -c 4096 /dev/urandom) >torn
  for cut in 64 100 1000 5000; do head -c "$cut" "$PUPPET" >"cut.$cut"; done
  chmod +x noise torn cut.*
  for file in noise torn cut.*; do
    split "$SEEP" doctor "./$file"
    [ "$status" -le 2 ] || fails "$file"
  done
}

@test "no such program, wrong usage: exit code 2 and one line" {
  split "$SEEP" doctor
  expect_error COMMAND
  split "$SEEP" doctor no-such-program-anywhere
  expect_error no-such-program-anywhere
  split "$SEEP" doctor 999999999
  expect_error 999999999
  split "$SEEP" doctor --format xml ls
  expect_error "--format xml"
}
