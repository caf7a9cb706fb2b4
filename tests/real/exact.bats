# SPDX-License-Identifier: Apache-2.0
# The totals of deterministic programs are those that valgrind's memcheck counts: every allocation,
# every free, every byte. What the two see differently is named here, and asserted to the byte.
#
# Valgrind is told not to free what libc and libstdc++ keep until the end: no program calls those
# frees, they are valgrind's own.
load real

# valgrind_totals COMMAND...: the same line as seep_totals, with what seep alone sees added: more is
# the allocations that were freed again, more_bytes their bytes; kept_bytes are what blocks that both
# see, and that stay, are larger by.
valgrind_totals() {
  SEEP_OUT=$trace timeout "$limit" valgrind --run-libc-freeres=no --run-cxx-freeres=no \
    --log-file=valgrind.log "$@" >valgrind.out 2>valgrind.err </dev/null || true
  sed 's/,//g' valgrind.log |
    sed -nE 's/.*in use at exit: ([0-9]+) bytes in ([0-9]+) blocks/\1 \2/p
             s/.*usage: ([0-9]+) allocs ([0-9]+) frees ([0-9]+) bytes.*/\1 \2 \3/p' |
    paste -sd ' ' |
    while read -r standing blocks allocations frees bytes; do
      echo "$((allocations + more)) $((frees + more)) $((bytes + more_bytes + kept_bytes))" \
        "$blocks $((standing + kept_bytes))"
    done
}
more=0 more_bytes=0 kept_bytes=0

# seep_totals: allocations, frees, allocated bytes, outstanding blocks and bytes.
seep_totals() {
  jq -r '.totals | [.allocations, .frees, .allocated_bytes, .outstanding_blocks,
                    .outstanding_bytes] | map(tostring) | join(" ")' report.json
}

# record COMMAND...: with the environment that a program sees under valgrind, to the byte (gawk and
# others copy it): LD_PRELOAD is made as long by empty entries.
record() {
  local seen preload theirs
  mapfile -td '' seen < <(SEEP_OUT=$trace timeout "$limit" valgrind -q --log-file=/dev/null env -0)
  theirs=$(printf '%s\n' "${seen[@]}" | sed -n 's/^LD_PRELOAD=//p')
  cp "$library" libseep.so
  preload=$PWD/libseep.so
  ((${#preload} <= ${#theirs}))
  while ((${#preload} < ${#theirs})); do
    preload+=:
  done
  env -i "${seen[@]}" LD_PRELOAD= timeout "$limit" env "LD_PRELOAD=$preload" "$@" \
    >seep.out 2>seep.err </dev/null
}

# by_addresses VALGRIND SEEP: the two differ by one or two blocks of 32,768 bytes that stay, and by
# nothing else. cc1plus has one for every 16 MiB of addresses that its own pages touch.
by_addresses() {
  local -i tables
  local -a theirs=($1) ours=($2)
  ((tables = ours[0] - theirs[0], tables >= -2 && tables <= 2)) &&
    ((ours[1] == theirs[1] && ours[2] - theirs[2] == tables * 32768)) &&
    ((ours[3] - theirs[3] == tables && ours[4] - theirs[4] == tables * 32768))
}
differ=false # or by_addresses

# exact COMMAND...
exact() {
  needs valgrind
  local counted
  counted=$(valgrind_totals "$@")
  [[ $counted == *\ *\ *\ *\ * ]] || { cat valgrind.log && return 1; }
  record "$@"
  cmp valgrind.out seep.out
  whole
  echo "valgrind: $counted" "seep: $(seep_totals)"
  [[ $(seep_totals) == "$counted" ]] || "$differ" "$counted" "$(seep_totals)"
}

@test "exact: jq" {
  exact jq -S '[.[] | {name, total: ([.parts[].size] | add)}] | group_by(.total)' "$inputs/parts.json"
}

@test "exact: xmllint" {
  exact xmllint --format "$inputs/parts.xml"
}

@test "exact: sqlite3" {
  needs sqlite3
  exact sqlite3 :memory: ".read $inputs/parts.sql"
}

@test "exact: gawk" {
  needs gawk
  exact gawk -f "$inputs/words.awk" "$root/LICENSE"
}

@test "exact: cc1plus" {
  needs g++
  # libc has room for 32 exit handlers without an allocation. cc1plus has just as many: with the
  # recorder's own, its last one needs a second table, freed in exit.
  more=1 more_bytes=1040 differ=by_addresses
  exact "$(g++ -print-prog-name=cc1plus)" -quiet -O2 "$inputs/small.cc" -o -
}

@test "exact: every operator new and delete" {
  # Four nothrow forms are asked for too much. libstdc++'s throw an exception (136 bytes) inside and
  # catch it; valgrind's do not.
  more=4 more_bytes=$((4 * 136))
  exact "$targets/everynew"
}

@test "exact: threads that begin and end" {
  # The loader's table of thread-local storage (kept with the stack, for the next thread) has 16
  # bytes a library that has any: libseep.so.
  kept_bytes=16
  exact "$targets/hazards" short-threads
}

@test "exact: coroutines" {
  exact "$targets/hazards" coroutines
}

@test "exact: longjmp" {
  exact "$targets/hazards" longjmp
}
