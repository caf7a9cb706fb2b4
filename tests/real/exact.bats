# SPDX-License-Identifier: Apache-2.0
# The totals of deterministic programs are those that valgrind's memcheck counts: every allocation,
# every free, every byte. What the two see differently is named here, and asserted to the byte.
#
# Valgrind is told not to free what libc and libstdc++ keep until the end: no program calls those
# frees, they are valgrind's own.
load real

# valgrind_totals COMMAND...: the same line as seep_totals.
valgrind_totals() {
  timeout "$limit" valgrind --run-libc-freeres=no --run-cxx-freeres=no --log-file=valgrind.log \
    "$@" >valgrind.out 2>valgrind.err </dev/null || true
  sed 's/,//g' valgrind.log |
    sed -nE 's/.*in use at exit: ([0-9]+) bytes in ([0-9]+) blocks/\1 \2/p
             s/.*usage: ([0-9]+) allocs ([0-9]+) frees ([0-9]+) bytes.*/\1 \2 \3/p' |
    paste -sd ' ' |
    while read -r standing blocks allocations frees bytes; do
      echo "$((allocations - ${less_allocations:-0})) $((frees - ${less_frees:-0}))" \
        "$((bytes - ${less_bytes:-0})) $blocks $standing"
    done
}

# seep_totals [TRACE]: allocations, frees, allocated bytes, outstanding blocks and bytes.
seep_totals() {
  report "$@" | jq -r '.totals | [.allocations, .frees, .allocated_bytes, .outstanding_blocks,
                                  .outstanding_bytes] | map(tostring) | join(" ")'
}

# exact COMMAND...
exact() {
  needs valgrind
  local counted
  counted=$(valgrind_totals "$@")
  [[ $counted == *\ *\ *\ *\ * ]] || { cat valgrind.log && return 1; }
  go run "$@"
  cmp valgrind.out run.out
  whole
  echo "valgrind: $counted" "seep: $(seep_totals)"
  [[ $(seep_totals) == "$counted" ]]
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
  exact "$(g++ -print-prog-name=cc1plus)" -quiet -O2 "$inputs/small.cc" -o -
}

@test "exact: every call of C" {
  exact "$targets/everycall"
}

@test "exact: every operator new and delete" {
  exact "$targets/everynew"
}
