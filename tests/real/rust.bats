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
