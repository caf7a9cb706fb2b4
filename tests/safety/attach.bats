# SPDX-License-Identifier: Apache-2.0
# Processes that are recorded from the middle of their lives: what they do is what they would have
# done, and what they allocate from then on is in the trace.
load ../lib/common

limit=60

setup() {
  unset ${!SEEP_*} LD_PRELOAD
  export SEEP_LIBRARY=$library LC_ALL=C.UTF-8 TZ=UTC
  cd "$BATS_TEST_TMPDIR" || return 1
  trace=$PWD/target.seep
  started=()
}

teardown() {
  local pid
  for pid in "${started[@]}"; do
    kill "$pid" 2>/dev/null || true
    wait "$pid" 2>/dev/null || true
  done
}

# start COMMAND...: with stdin and stdout on pipes: tell and hear; sets $pid.
start() {
  coproc TARGET { exec "$@" 2>target.err; }
  pid=$TARGET_PID
  started+=("$pid")
  exec {to}>&"${TARGET[1]}" {from}<&"${TARGET[0]}"
  eval "exec ${TARGET[1]}>&- ${TARGET[0]}<&-"
}

tell() {
  echo "$*" >&"$to"
}

hear() {
  read -r -t "$limit" heard <&"$from" || { echo "no answer"; return 1; }
}

expect() {
  hear
  [[ $heard == "$1" ]] || { echo "expected '$1', heard '$heard'"; return 1; }
}

# finish: closes its stdin; it must end with status 0.
finish() {
  local status=0
  exec {to}>&-
  wait "$pid" || status=$?
  started=()
  [[ $status == 0 && ! -s target.err ]] || { echo "status $status"; cat target.err; return 1; }
}

attach() {
  timeout "$limit" "$seep" attach "$@" 2>attach.err || { cat attach.err; return 1; }
}

detach() {
  timeout "$limit" "$seep" detach "$@" 2>detach.err || { cat detach.err; return 1; }
}

total() {
  "$seep" report --format json --limit 1 "${2:-$trace}" | jq ".totals.$1"
}

# holds BLOCKS BYTES [TRACE]: exactly that is outstanding, and nothing was lost.
holds() {
  "$seep" report --format json --limit 1 "${3:-$trace}" >report.json
  jq -e ".totals.outstanding_blocks == $1 and .totals.outstanding_bytes == $2
         and .totals.lost_events // 0 == 0 and .totals.unrecorded_events // 0 == 0" report.json ||
    { echo "expected $1 blocks, $2 bytes" && jq .totals report.json && return 1; }
}

# attach_waiting CALL: over a wait in that call, allocations, and another wait.
attach_waiting() {
  start "$targets/waits" "$1"
  expect waiting
  attach -o "$trace" "$pid"
  tell
  expect "$1 ok"
  expect waiting
  detach "$pid"
  tell
  expect "$1 ok"
  finish
  [[ $(blocks_by waits_take) == 10 ]]
  rm -f "$trace"
}

# In parts, so that a failure says more.
attach_waiting_part() {
  local call number=0
  for call in $("$targets/waits" --list); do
    ((number++ % 3 == $1)) || continue
    attach_waiting "$call"
  done
}

@test "attached to and detached from in every kind of system call: none gives EINTR (1 of 3)" {
  attach_waiting_part 0
}

@test "attached to and detached from in every kind of system call: none gives EINTR (2 of 3)" {
  attach_waiting_part 1
}

@test "attached to and detached from in every kind of system call: none gives EINTR (3 of 3)" {
  attach_waiting_part 2
}

# exact PROGRAM: threads that allocate all the time, and know what they have.
exact() {
  local number
  start "$1" 3
  tell go # nothing is held: an order like any other
  hear
  for number in 1 2 3; do
    SEEP_VERIFY=50 attach -o "$PWD/$number.seep" "$pid"
    tell renew
    expect ok
    sleep 0.3
    tell hold
    hear
    detach "$PWD/$number.seep"
    # shellcheck disable=SC2086
    holds $heard "$PWD/$number.seep"
    jq -e '.totals.allocations > 10000' report.json
    "$seep" info --format json "$PWD/$number.seep" >info.json
    jq -e '.recorder.verified > 100 and .recorder.disagreements == 0' info.json
    [[ ! -e $number.seep.stage ]]
    tell go
    expect ok
  done
  finish
}

@test "threads that allocate all the time: what they have is in the trace, to the byte" {
  exact "$targets/steady"
}

@test "the same, with calls that are bound lazily, in a program that is not position-independent" {
  exact "$targets/steady_lazy"
}

@test "the same, with all that is bound read-only" {
  exact "$targets/steady_now"
}

@test "it ends while it is recorded: the trace is complete" {
  start "$targets/steady" 2
  attach -o "$trace" "$pid"
  tell renew
  expect ok
  finish
  "$seep" info --format json "$trace" | jq -e '.trace.state == "ended" and .trace.complete'
  [[ ! -e $trace.stage ]]
}

@test "it is killed while it is recorded: nothing is lost" {
  start "$targets/steady" 2
  attach -o "$trace" "$pid"
  tell renew
  expect ok
  sleep 0.2
  tell hold
  hear
  kill -KILL "$pid"
  wait "$pid" || true
  # shellcheck disable=SC2086
  holds $heard
  "$seep" info --format json "$trace" | jq -e '.trace.state == "died"'
}

@test "the trace says when it began, and counts frees of blocks from before" {
  start "$targets/steady" 1
  sleep 1
  attach -o "$trace" "$pid"
  grep -q 'blocks from before are not seen' attach.err
  tell renew
  expect ok
  detach "$pid"
  "$seep" info --format json "$trace" | jq -e '.process.attached_s >= 1'
  "$seep" report "$trace" | grep -q 'recording began .* after the process started'
  [[ $(total unmatched_frees) -gt 100 ]]
  finish
}

@test "twenty rounds: no descriptor, no mapping and no memory is left behind" {
  local round descriptors mappings memory
  start "$targets/steady" 2
  for round in $(seq 22); do
    attach -o "$PWD/$round.seep" "$pid"
    detach "$pid"
    ((round != 2)) || {
      descriptors=$(ls /proc/$pid/fd | wc -l)
      mappings=$(wc -l </proc/$pid/maps)
      memory=$(awk '/VmRSS/ { print $2 }' /proc/$pid/status)
    }
  done
  [[ $(ls /proc/$pid/fd | wc -l) == "$descriptors" ]]
  echo "mappings: $mappings, then $(wc -l </proc/$pid/maps)"
  (($(wc -l </proc/$pid/maps) <= mappings + 12))
  echo "KiB: $memory, then $(awk '/VmRSS/ { print $2 }' /proc/$pid/status)"
  (($(awk '/VmRSS/ { print $2 }' /proc/$pid/status) < memory + 4096))
  finish
}

# calls_led: how many words of the program's own data lead into the recorder.
calls_led() {
  python3 - "$pid" "$(realpath "$library")" <<'END'
import array, os, sys
pid, library = sys.argv[1], os.stat(sys.argv[2])
code, data = [], []
program = os.readlink(f"/proc/{pid}/exe")
with open(f"/proc/{pid}/maps") as maps:
    for line in maps:
        span, rights, _, _, inode, *name = line.split(None, 5)
        start, stop = (int(part, 16) for part in span.split("-"))
        if "x" in rights and int(inode) == library.st_ino:
            code.append((start, stop))
        if "x" not in rights and name and name[0].strip() == program:
            data.append((start, stop))
with open(f"/proc/{pid}/mem", "rb") as memory:
    words = array.array("Q")
    for start, stop in data:
        memory.seek(start)
        words.frombytes(memory.read(stop - start))
assert data and (code or sys.exit(print("no recorder")))
print(sum(any(start <= word < stop for start, stop in code) for word in words))
END
}

@test "its calls lead into the recorder while attached, and none does after" {
  local way
  for way in "" _lazy _now; do
    [[ -x $targets/steady$way ]] || continue
    start "$targets/steady$way" 2
    attach -o "$PWD/way$way.seep" "$pid"
    run calls_led
    echo "$output words"
    ((output >= 2))
    detach "$pid"
    run calls_led
    echo "$output words"
    [[ $output == 0 ]]
    finish
  done
}

@test "seep attach is killed at any moment: the process runs on, and can be attached to" {
  local round
  start "$targets/steady" 2
  for round in $(seq 8); do
    "$seep" attach -o "$PWD/$round.seep" "$pid" 2>/dev/null &
    sleep "0.0$((RANDOM % 9))$((RANDOM % 10))"
    kill -KILL $! 2>/dev/null || true
    wait $! 2>/dev/null || true
    sleep 0.05
    tell renew
    expect ok
    "$seep" detach "$pid" 2>/dev/null || true
  done
  attach -o "$trace" "$pid"
  tell renew
  expect ok
  tell hold
  hear
  detach "$pid"
  # shellcheck disable=SC2086
  holds $heard
  tell go
  expect ok
  finish
}

# inside LIBRARY FUNCTION: holds the target's only other thread where it next calls that; until outside.
inside() {
  local tid at
  tid=$(ls "/proc/$pid/task" | grep -vx "$pid")
  at=$(grep -m1 "$1" "/proc/$pid/maps" | cut -d- -f1)
  mkfifo leave && : >inside.out
  "$targets/inside" "$tid" $((0x$at + 0x$(address_of "$1" "$2"))) <leave >inside.out &
  holder=$!
  started=("$holder" "${started[@]}") # it goes first: whom it holds cannot end
  exec {leave}>leave
  until grep -q inside inside.out; do
    kill -0 "$holder" 2>/dev/null || break
    sleep 0.01
  done
  grep -q inside inside.out || { wait "$holder" || [[ $? != 77 ]] || skip "no debug registers here"; false; }
}

outside() {
  exec {leave}>&-
  wait "$holder"
}

# address_of LIBRARY FUNCTION: in the library that the target has; libc has no symbols but its own.
address_of() {
  local file
  file=$(awk -v name="$1" '$0 ~ name { print $6; exit }' "/proc/$pid/maps")
  { nm "$file" 2>/dev/null && nm -D "$file"; } |
    awk -v name="$2" '{ sub(/@.*/, "", $3) } $3 == name { print $1; exit }'
}

# exact_again: another recording of it is as exact as any.
exact_again() {
  attach -o again.seep "$pid"
  tell renew
  expect ok
  tell hold
  hear
  detach "$pid"
  # shellcheck disable=SC2086
  holds $heard again.seep
  tell go
  expect ok
  finish
}

@test "a thread is in the recorder's code meanwhile: what it works with stays until it is out" {
  start "$targets/steady" 1
  attach -o "$trace" "$pid"
  inside libseep columns_encode
  run timeout "$limit" "$seep" detach --timeout 0.5 "$pid"
  [[ $status == 2 && $output == *"still has a thread in the recorder's code"* ]]
  run timeout "$limit" "$seep" attach --timeout 0.5 -o again.seep "$pid"
  [[ $status == 2 && $output == *"is recorded already"* && ! -e again.seep ]]
  outside
  detach "$pid"
  "$seep" info --format json "$trace" | jq -e '.trace.state == "ended" and .trace.complete'
  [[ $(total lost_events) == 0 && ! -e $trace.stage ]]
  exact_again
}

@test "a thread is in the real malloc meanwhile, and comes back in another recording" {
  start "$targets/steady" 1
  attach -o "$trace" "$pid"
  inside libc.so malloc
  detach "$pid"
  attach -o between.seep "$pid"
  outside
  detach "$pid"
  exact_again
}

@test "vector registers, errno and the signal mask of the thread that attaches stay as they were" {
  start "$targets/state"
  expect ready
  attach -o "$trace" "$pid"
  detach "$pid"
  attach -o "$trace" "$pid"
  tell
  expect same
  finish
}

# loader_program: builds ./loader, which opens plugin.so as only its own RUNPATH finds it.
loader_program() {
  mkdir -p plugins
  cc -O1 -shared -fPIC -fno-builtin -o plugins/plugin.so -x c - <<<'#include <stdlib.h>
#include <string.h>
static void *kept[100];
void plugin_take(void) { for (int i = 0; i < 100; i++) kept[i] = malloc(333); }
void plugin_give(void) { for (int i = 0; i < 50; i++) free(kept[i]); free(strdup("text")); }'
  cc -g -O1 -o loader -Wl,-rpath,"$PWD/plugins" -Wl,--enable-new-dtags -x c - <<<'#include <dlfcn.h>
#include <stdio.h>
#include <unistd.h>
int main(void) {
  char order;
  void *plugin = NULL;
  while (read(0, &order, 1) == 1) {
    if (order == 108) plugin = dlopen("plugin.so", RTLD_NOW);
    if (order == 117) plugin = dlclose(plugin) ? plugin : NULL;
    void (*call)(void) = NULL;
    if (order == 116) call = dlsym(plugin, "plugin_take");
    if (order == 103) call = dlsym(plugin, "plugin_give");
    if (call) call();
    if (order == 10) dprintf(1, plugin ? "loaded\n" : "not loaded\n");
  }
}'
}

@test "a library that comes later is found where its caller looks, and what it allocates is seen" {
  loader_program
  start ./loader
  attach -o "$trace" "$pid"
  tell lt
  expect loaded
  tell g
  expect loaded
  tell u
  expect "not loaded"
  tell lt
  expect loaded
  detach "$pid"
  [[ $(blocks_by plugin_take) == 150 ]]
  [[ $(total unmatched_frees) == 0 ]]
  tell gu
  expect "not loaded"
  attach -o "$PWD/again.seep" "$pid"
  tell lt
  expect loaded
  detach "$pid"
  [[ $(blocks_by plugin_take again.seep) == 100 ]]
  finish
}

@test "quick_exit and exec while it is recorded: what was recorded is in the trace" {
  cc -g -O1 -fno-builtin -o leaver -x c - <<<'#include <stdlib.h>
#include <unistd.h>
static void *kept[10];
__attribute__((noinline)) static void leaver_take(void) {
  for (int i = 0; i < 10; i++) kept[i] = malloc(44);
}
static void at_exit(void) { leaver_take(); }
int main(int argc, char **argv) {
  char order;
  atexit(at_exit);
  if (read(0, &order, 1) != 1) return 3;
  leaver_take();
  if (order == 113) quick_exit(0);
  if (order == 101) execl("/bin/true", "true", NULL);
  return 0;
}'
  local way blocks
  for way in q:10 e:10 r:20; do
    start ./leaver
    attach -o "$PWD/${way%:*}.seep" "$pid"
    tell "${way%:*}"
    finish
    [[ $(blocks_by leaver_take "${way%:*}.seep") == "${way#*:}" ]]
  done
}

# The innermost process below PID.
innermost() {
  local at=$1 below
  while below=$(pgrep -o -P "$at"); do
    at=$below
  done
  echo "$at"
}

@test "in a container, by its host pid: no file is put there, and the trace is found below its root" {
  box=(bwrap --ro-bind /usr /usr --symlink usr/lib /lib --symlink usr/lib64 /lib64 --proc /proc
    --tmpfs /tmp --unshare-pid --ro-bind "$targets" /targets)
  command -v bwrap >/dev/null && "${box[@]}" /usr/bin/true 2>/dev/null || skip "no containers here"
  start "${box[@]}" /targets/steady 2
  tell renew
  expect ok
  inside=$(innermost "$pid")
  attach -o /tmp/inside.seep "$inside"
  grep -q "/proc/$inside/root/tmp/inside.seep" attach.err
  grep -q 'memfd:libseep.so' "/proc/$inside/maps"
  [[ $(ls "/proc/$inside/root/tmp") == inside.seep*inside.seep.stage ]]
  tell renew
  expect ok
  tell hold
  hear
  detach "$inside"
  # shellcheck disable=SC2086
  holds $heard "/proc/$inside/root/tmp/inside.seep"
  tell go
  expect ok
  attach -o /tmp/again.seep "$inside"
  detach "$inside"
  finish
}

# Waits for a line where the loader's lock is held: in a callback of dl_iterate_phdr, or in the
# constructor of a library that is being opened.
holder_program() {
  cc -O1 -shared -fPIC -o slow.so -x c - <<<'#include <unistd.h>
__attribute__((constructor)) static void wait_for_line(void) {
  char byte = 0;
  while (byte != 10) if (read(0, &byte, 1) != 1) _exit(4);
}'
  cc -O1 -o holder -x c - <<<'#define _GNU_SOURCE
#include <dlfcn.h>
#include <link.h>
#include <stdlib.h>
#include <unistd.h>
static int hold(struct dl_phdr_info *info, size_t size, void *data) {
  char byte = 0;
  (void)info, (void)size, (void)data;
  if (write(1, "held\n", 5) < 0) _exit(3);
  while (byte != 10) if (read(0, &byte, 1) != 1) _exit(4);
  return 1;
}
int main(int argc, char **argv) {
  char byte;
  if (argc > 1 && write(1, "held\n", 5) == 5) dlopen("./slow.so", RTLD_NOW);
  else dl_iterate_phdr(hold, NULL);
  if (write(1, "free\n", 5) < 0) return 3;
  for (int i = 0; i < 7 && read(0, &byte, 1) == 1; i++) if (!malloc(5)) return 5;
  return 0;
}'
}

@test "where the loader's lock is held it waits, gives up, and leaves no trace" {
  local way
  holder_program
  for way in "" constructor; do
    # shellcheck disable=SC2086
    start ./holder $way
    expect held
    run timeout "$limit" "$seep" attach --timeout 1 -o "$trace" "$pid"
    [[ $status == 2 && $output == *"did not come to a point"* ]]
    ! grep -q libseep "/proc/$pid/maps"
    timeout "$limit" "$seep" attach --timeout 30 -o "$trace" "$pid" 2>attach.err &
    waiting=$!
    sleep 0.5
    tell
    expect free
    wait "$waiting"
    tell aaaaaa
    finish
    rm -f "$trace"
  done
}
