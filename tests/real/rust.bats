# SPDX-License-Identifier: Apache-2.0
# A service in Rust, with marks: its leak is found at its own line, however the standard library's
# code was inlined into it.
load real

# sessions_of OPTION...: records the service, built with these options, and leaves report.json.
sessions_of() {
  needs rustc
  rustc "$@" -g -o sessions "$inputs/sessions.rs"
  coproc SERVICE { "$seep" run -o "$trace" -- ./sessions 2>run.err; }
  local mark to=${SERVICE[1]} from=${SERVICE[0]} pid=$SERVICE_PID
  for mark in warm one two three four; do
    echo 300 >&"$to"
    read -r -t 20 _ <&"$from"
    [[ $mark == warm ]] || units=(--units 300)
    "$seep" mark "$trace" "${units[@]}" "$mark"
  done
  eval "exec $to>&-"
  wait "$pid"
  whole
}
units=()

leaks_at_its_line() {
  local line
  line=$(grep -n 'let name = ' "$inputs/sessions.rs" | cut -d: -f1)
  jq -e --argjson line "$line" '[.sites[] | select(.verdict == "leak")] | length == 1 and
    (.[0] | .line == $line and (.file | endswith("sessions.rs")) and
      (.function | test("Server.*open")) and (.evidence | contains("exactly 1 block in 3 units")))' \
    report.json || { jq -c '.sites[] | [.verdict, .function, .file, .line, .evidence]' report.json; return 1; }
}

# Nobody wants to read <T as alloc::slice::hack::ConvertVec>::to_vec.
own_sites() {
  jq -e 'all(.sites[] | select(.file); .file | endswith("sessions.rs"))' report.json ||
    { jq -c '.sites[] | [.function, .file, .line]' report.json; return 1; }
}

@test "optimised: the forgotten name's line is the leak, and sites are the service's own" {
  sessions_of -O
  leaks_at_its_line
  own_sites
}

@test "not optimised" {
  sessions_of -C opt-level=0
  leaks_at_its_line
  own_sites
}

# with_jemalloc OPTION...: the program whose global allocator is jemalloc.
with_jemalloc() {
  needs rustc
  rustc -O -g -o jemalloc "$inputs/jemalloc.rs" "$@" 2>build.err || skip "no jemalloc to link with"
  ./jemalloc >bare.out
}

@test "jemalloc as global allocator, a shared library: every block, at the program's own lines" {
  behind=$(ldconfig -p | awk '$1 == "libjemalloc.so.2" {print $NF; exit}')
  ln -s "$behind" libjemalloc.so
  with_jemalloc -L . -l dylib=jemalloc
  "$seep" run -o "$trace" -- ./jemalloc >run.out
  cmp bare.out run.out
  whole
  jq -e '[.sites[] | select(.function == "jemalloc::forget_some")] |
    (map(.allocations) | add) == 2000 and (map(.outstanding_blocks) | add) == 20 and
    (map(.outstanding_bytes) | add) == 10 * (4321 + 640)' report.json
  jq -e '[.sites[] | select(.function == "jemalloc::grow")] |
    (map(.allocations) | add) == 16 and (map(.outstanding_blocks) | add) == 0' report.json ||
    { jq -c '.sites[] | [.function, .allocations, .outstanding_blocks]' report.json; return 1; }
}

@test "jemalloc as global allocator, inside the program: it runs, and is told that nothing is seen" {
  local archive
  archive=$(ls /usr/lib/*/libjemalloc_pic.a 2>/dev/null) || skip "no libjemalloc_pic.a"
  with_jemalloc -C link-arg="$archive"
  "$seep" run -o "$trace" -- ./jemalloc >run.out 2>run.err
  cmp bare.out run.out
  grep 'allocator of its own inside the executable' run.err
  ! "$seep" doctor ./jemalloc >doctor.out
  grep 'blocks *allocator .*jemalloc' doctor.out
}
