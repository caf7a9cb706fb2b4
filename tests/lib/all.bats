# SPDX-License-Identifier: Apache-2.0
# tests/all counts what its parts say, and a part that breaks off is a failure.
load common

setup() {
  tree=$BATS_TEST_TMPDIR/tree
  mkdir -p "$tree"/tests/{lib,area,script}
  cp "$root/tests/all" "$tree/tests/"
  cp "$root"/tests/lib/packages* "$tree/tests/lib/"
}

# script TEXT: the body of tests/script/run.
script() {
  printf '#!/usr/bin/env bash\n%s\n' "$1" >"$tree/tests/script/run"
  chmod +x "$tree/tests/script/run"
}

# all PART...: leaves status, output, and the last line in sum.
all() {
  run "$tree/tests/all" "$@"
  echo "$output"
  sum=${lines[-1]}
}

@test "bats: passed, failed and skipped" {
  printf '@test "a" { true; }\n@test "b" { false; }\n@test "c" { skip; }\n' >"$tree/tests/area/x.bats"
  all area
  [[ $status == 1 && $sum == "1 passed, 1 failed, 1 skipped" ]]
}

@test "bats: a file that cannot be read is a failure" {
  echo '@test "a" {' >"$tree/tests/area/x.bats"
  all area
  [[ $status == 1 && $sum == "0 passed, 1 failed, 0 skipped" ]]
}

@test "a script: its sum, or its status" {
  script 'echo "3 passed, 0 failed, 2 skipped"'
  all script-run
  [[ $status == 0 && $sum == "3 passed, 0 failed, 2 skipped" ]]
  script 'echo done'
  all script-run
  [[ $status == 0 && $sum == "1 passed, 0 failed, 0 skipped" ]]
  script 'exit 77'
  all script-run
  [[ $status == 0 && $sum == "0 passed, 0 failed, 1 skipped" ]]
}

@test "a script that says well and ends badly is a failure" {
  script 'echo "3 passed, 0 failed"; exit 1'
  all script-run
  [[ $status == 1 && $sum == "3 passed, 1 failed, 0 skipped" ]]
}

@test "several parts add up; the build directory is handed over, a preloaded library is not" {
  printf '@test "a" { [[ $SEEP_BUILD == */build/release && -z ${LD_PRELOAD-} ]]; }\n' \
    >"$tree/tests/area/x.bats"
  script 'echo "3 passed, 0 failed"'
  all area script-run
  [[ $status == 0 && $sum == "4 passed, 0 failed, 0 skipped" ]]
}

@test "a part that nobody knows runs nothing and fails" {
  all nonsense
  [[ $status == 1 ]]
}
