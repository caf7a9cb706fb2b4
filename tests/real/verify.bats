# SPDX-License-Identifier: Apache-2.0
# Every N-th stack of real programs is unwound again by libunwind's unw_step, and must be the same frame
# by frame. Stacks with frames that have no unwind data (JIT code) cannot be compared, and are counted.
# redis and postgres are checked in their own files.
load real

# checked EVERY COMMAND...: leaves info.json.
checked() {
  settings=("SEEP_VERIFY=$1")
  shift
  rm -f "$trace"*
  go bare "$@"
  go preloaded "$@"
  cmp bare.status preloaded.status
  info_of "$trace"
}

# agrees EVERY COMMAND...: stacks were compared, and no two disagree.
agrees() {
  checked "$@"
  jq -e '.recorder.verified > 100 and .recorder.disagreements == 0' info.json
}

@test "jq" {
  agrees 20 jq -S '[.[] | {name, total: ([.parts[].size] | add)}]' "$inputs/parts.json"
}

@test "sqlite3" {
  agrees 20 sqlite3 :memory: ".read $inputs/parts.sql"
}

@test "xmllint" {
  agrees 20 xmllint --format "$inputs/parts.xml"
}

@test "python3, with every object from malloc" {
  export PYTHONMALLOC=malloc PYTHONHASHSEED=1
  agrees 100 /usr/bin/python3 -I "$inputs/parts.py"
}

@test "node: JIT code excepted" {
  needs node
  agrees 50 node "$inputs/parts.js"
}

@test "cc1plus -O2" {
  needs g++
  g++ -E "$inputs/parts.cc" -o parts.ii
  agrees 200 "$(g++ -print-prog-name=cc1plus)" -quiet -O2 parts.ii -o /dev/null
}

@test "clang -O2" {
  needs clang-14
  clang-14 -E -x c++ -std=c++17 "$inputs/parts.cc" -o parts.ii
  agrees 500 clang-14 -cc1 -triple x86_64-pc-linux-gnu -emit-obj -O2 -std=c++17 \
    -fcxx-exceptions -fexceptions -x c++-cpp-output parts.ii -o /dev/null
}

@test "exceptions, longjmp, libraries that come and go" {
  agrees 10 "$targets/exceptions"
  agrees 10 "$targets/hazards" longjmp
  agrees 10 "$targets/hazards" plugins "$targets/plugin.so"
}

@test "coroutines: their outermost frame has no unwind data" {
  checked 10 "$targets/hazards" coroutines
  jq -e '.recorder.verify_skipped > 100 and .recorder.disagreements == 0' info.json
}
