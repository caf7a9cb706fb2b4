# SPDX-License-Identifier: Apache-2.0
# Threads at the edges of their lives.
load ../lib/common
load safety

@test "threads with the smallest stack there is" {
  same_as_bare "$targets/hazards" tiny-stacks
  complete
}

# Each has 48 KiB of the stage.
@test "2,000 threads alive at once: each block of each is there" {
  (($(df --output=avail -k . | tail -n 1) > 200 << 10)) || skip "needs 200 MiB of disk"
  same_as_bare "$targets/hazards" alive
  complete
  [[ $(blocks_of 100) == 2000 ]]
  "$seep" info --format json "$trace" | jq -e '.recorder.peak_threads >= 2000'
}

@test "10,000 threads in turn: nothing lost, their slots are used again" {
  same_as_bare "$targets/hazards" short-threads
  complete
  [[ $(blocks_of 100) == 0 ]]
  "$seep" info --format json "$trace" | tee info.json | jq .recorder
  jq -e '.recorder | .peak_threads <= 3 and .peak_bytes > 0 and .peak_bytes <= .budget_bytes' info.json
  [[ $(stat -c %s "$trace") -lt $((10000 * 1024)) ]]
}

@test "threads that allocate while the process ends" {
  local nth
  for ((nth = 0; nth < 10; nth++)); do
    rm -f "$trace" "$trace.stage"
    same_as_bare "$targets/hazards" threads-at-exit
    "$seep" report "$trace" >/dev/null
  done
}

@test "thread destructors that allocate, in every round there is" {
  same_as_bare "$targets/hazards" thread-destructors
  # Threads that have had their last destructor share a few states: some may find all of them busy.
  local events=$(($(total allocations) + $(total frees))) passed_over=$(total unrecorded_events)
  echo "$events events, $passed_over not recorded"
  [[ $(total lost_events) == 0 ]] && ((passed_over * 1000 < events))
}

@test "atexit, on_exit and destructors allocate: each block is there" {
  same_as_bare "$targets/hazards" atexit
  nothing_lost
  [[ $(blocks_of 777) == 4 ]]
}

@test "quick_exit passes the recorder's end by: nothing is lost" {
  same_as_bare "$targets/hazards" quick-exit
  nothing_lost
  [[ $(blocks_of 777) == 1 ]]
}

# Recorded and not recorded add up to what the program counted itself.
adds_up() {
  local calls counted
  calls=$(sed -nE 's/^([0-9]+) calls$/\1/p' recorded.err)
  counted=$(($(total allocations) + $(total frees) + $(total unrecorded_events)))
  echo "$calls calls, $counted counted, $(total unrecorded_events) of them not recorded"
  [[ $calls == "$counted" ]]
}

@test "signal handlers that allocate: what is not recorded is counted" {
  behind=$targets/bump.so
  recorded "$targets/hazards" signal-handlers
  [[ $(cat recorded.status) == 0 ]]
  adds_up
}

@test "signal handlers that allocate on a stack of their own" {
  behind=$targets/bump.so
  recorded "$targets/hazards" signal-stack
  [[ $(cat recorded.status) == 0 ]]
  adds_up
}

@test "two libraries that take turns in one place, thousands of times, have their names to the end" {
  SEEP_OUT=$trace LD_PRELOAD=$library "$targets/reload" 3000 "$targets"/plugin_{a,b}.so 2>err
  [[ ! -s err ]]
  nothing_lost
  [[ $(blocks_by site_plugin_a) == 3000 && $(blocks_by site_plugin_b) == 3000 && $(blocks_by reload_own) == 1 ]]
  "$seep" info --format json "$trace" >info.json
  jq -e '.modules | length < 100' info.json
}

@test "more libraries than are told apart: the program's own stacks keep their names, and that is said" {
  local number
  mkdir links
  for number in $(seq 4200); do
    ln -s "$targets/plugin_a.so" "links/$number.so"
  done
  SEEP_OUT=$trace LD_PRELOAD=$library "$targets/reload" 1 links/*.so 2>err
  [[ $(wc -l <err) == 1 && $(<err) == *"more than 4,095 libraries"* ]]
  nothing_lost
  "$seep" report --format json --limit 0 "$trace" >report.json
  (($(blocks_by site_plugin_a) > 4000)) && [[ $(blocks_by reload_own) == 1 && $(blocks_by main) -ge 4201 ]]
  jq -e '[.sites[].stacks[].frames[].module] | any(. == "[libraries beyond the first 4,095]")' report.json
  jq -e '.totals.outstanding_blocks > 4200' report.json
}

@test "libraries come and go while threads allocate" {
  same_as_bare "$targets/hazards" plugins "$targets/plugin.so"
  nothing_lost
  [[ $(blocks_of 333) == 0 ]]
}
