# SPDX-License-Identifier: Apache-2.0
# The check of docs/promises.md and docs/preload-safety.md finds what it is there for.
load common

setup() {
  tree=$BATS_TEST_TMPDIR/tree
  mkdir -p "$tree"/{docs,tests/safety,tests/unit,tests/storm}
  printf '# It\n\nIt **never** ends. It is quick\nand small.\n\n| `it run` | runs |\n' >"$tree/README.md"
  promises '> It never ends.
> It is quick and small.
' '- ends: "at the end"
- `tests/unit/small_test.c`: "it_is_small", "it_is_quick"
' '> `it run`: runs
' '- `tests/storm/run`
'
  printf '| hazard | answer | test |\n|---|---|---|\n| a | b | ends: "at the end" |\n' \
    >"$tree/docs/preload-safety.md"
  printf '# first\n@test "at the end" {\n  true\n}\n' >"$tree/tests/safety/ends.bats"
  printf 'cmocka_unit_test(it_is_small), cmocka_unit_test_setup(it_is_quick, setup)\n' \
    >"$tree/tests/unit/small_test.c"
  install -m 755 /dev/null "$tree/tests/storm/run"
}

# promises PART...
promises() {
  printf '# Promises\n\n## One\n\n' >"$tree/docs/promises.md"
  printf '%s\n' "$@" >>"$tree/docs/promises.md"
}

# complains TEXT: of this, and of nothing else.
complains() {
  run "$root/tests/lib/check-promises" "$tree"
  echo "$output"
  [[ $status == 1 && ${#lines[@]} == 1 && $output == *"$1"* ]]
}

@test "this checkout: each promise and each hazard has its tests" {
  run "$root/tests/lib/check-promises"
  echo "$output"
  [[ $status == 0 && -z $output ]]
}

@test "what has tests that are there is right" {
  run "$root/tests/lib/check-promises" "$tree"
  echo "$output"
  [[ $status == 0 && -z $output ]]
}

@test "a sentence that is added to the README, and one that is no longer there" {
  printf '\nIt sings.\n' >>"$tree/README.md"
  complains "not quoted, with a test that fails if it is not so: It sings."
  sed -i '/sings/d; s/ It is quick$/ It was quick/' "$tree/README.md"
  run "$root/tests/lib/check-promises" "$tree"
  [[ $status == 1 && $output == *"is not in README.md: It is quick and small."* ]]
}

@test "a row of a table that is added to the README" {
  printf '| `it stops` | ends it |\n' >>"$tree/README.md"
  complains 'not quoted, with a test that fails if it is not so: `it stops`: ends it'
}

@test "tests that are not there: renamed, of another file, without a file, no script" {
  sed -i '$d' "$tree/docs/preload-safety.md"
  sed -i 's/at the end/at an end/' "$tree/tests/safety/ends.bats"
  complains 'tests/safety/ends.bats has no test "at the end"'
  sed -i 's/at an end/at the end/' "$tree/tests/safety/ends.bats"
  sed -i 's/^- ends:/- starts:/' "$tree/docs/promises.md"
  complains "there is no file tests/safety/starts.bats"
  sed -i 's/^- starts:/- ends: "at the end",/' "$tree/docs/promises.md"
  sed -i 's/end", "at/end"; "at/' "$tree/docs/promises.md"
  complains 'a test without a file: "at the end"'
  sed -i 's/end"; .*/end"/; s/it_is_quick"/it_is"/' "$tree/docs/promises.md"
  complains 'tests/unit/small_test.c has no test "it_is"'
  sed -i 's/it_is"/it_is_quick"/' "$tree/docs/promises.md"
  chmod -x "$tree/tests/storm/run"
  complains "no test of tests/storm/run is named"
}

@test "a promise without a test, unless it is none" {
  promises '> It never ends.
> It is quick and small.
' '- ends: "at the end"
' '> `it run`: runs
'
  complains 'no test for: `it run`: runs'
  promises '> It never ends.
> It is quick and small.
' '- ends: "at the end"
' '## What promises nothing
' '> `it run`: runs
'
  run "$root/tests/lib/check-promises" "$tree"
  [[ $status == 0 && -z $output ]]
}

@test "a hazard without answer or test" {
  echo '| c | d | well tested |' >>"$tree/docs/preload-safety.md"
  complains "no test for: c"
  sed -i '$d' "$tree/docs/preload-safety.md"
  echo '| c | | ends: "at the end" |' >>"$tree/docs/preload-safety.md"
  complains "not hazard, answer and test: | c |"
}
