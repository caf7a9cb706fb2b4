# SPDX-License-Identifier: Apache-2.0
# The injector does what it says it does: all else here rests on its word.
load ../lib/common

setup() {
  cd "$BATS_TEST_TMPDIR" || return 1
  injector=$build/tests/accuracy/libinject.so
  trace=$PWD/trace.seep
}

# recorded EVERY SITE: shape-lru, 600 units of which each frees 8 blocks of scratch_use.
recorded() {
  rm -f "$trace"*
  SEEP_OUT=$trace LD_PRELOAD=$injector:$library INJECT_EVERY=$1 INJECT_SITE=$2 \
    INJECT_TRUTH=$PWD/truth.%p "$targets/shapes/shape-lru" --units 600 --marks 3 >shape.out
  mv truth.* truth
  "$seep" report --from warm --to m3 --limit 0 --format json "$trace" >report.json
  jq '.sites[] | select(.function == "scratch_use")' report.json >site.json
}

# Numbers of struct inject_truth.
truth() {
  od -v -A n -t u8 -w8 truth | sed -n "$(($1 + 1))p" | tr -d ' '
}

# chain DEPTH: where scratch_use calls malloc and its callers, behind the injector's own frame.
chain() {
  local frames module offset
  frames=$(jq -r '.stacks[0].frames[] | select(.module != "libinject.so" and (.inlined | not)) |
    "\(.module) \(.offset)"' site.json | head -n "$1")
  while read -r module offset; do
    printf '%s+0x%x\n' "$module" "$offset"
  done <<<"$frames" | paste -sd,
}

@test "without a site all is freed" {
  recorded 1 ""
  jq -e '.allocations == 4800 and .outstanding_blocks == 0' site.json
  [[ $(truth 1) == 0 && $(truth 3) == 0 ]]
}

@test "of a site each tenth free is swallowed, and the recorder sees exactly these blocks stand" {
  recorded 1 ""
  site=$(chain 1)
  recorded 10 "$site"
  [[ $(truth 1) == 4800 && $(truth 2) == 4800 && $(truth 3) == 480 ]]
  jq -e --argjson bytes "$(truth 4)" \
    '.outstanding_blocks == 480 and .outstanding_bytes == $bytes' site.json
}

@test "callers tell stacks apart that share the call of malloc" {
  recorded 1 ""
  site=$(chain 3)
  recorded 2 "$site"
  [[ $(truth 3) == 2400 ]]
  recorded 2 "${site%+*}+0x1"
  [[ $(truth 1) == 0 && $(truth 3) == 0 ]]
  jq -e '.outstanding_blocks == 0' site.json
}
