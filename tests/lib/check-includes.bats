# SPDX-License-Identifier: Apache-2.0
# The check of the include direction finds what it is there for.
load common

setup() {
  tree=$BATS_TEST_TMPDIR/tree
  mkdir -p "$tree"/{include/seep,preload,viewer/{trace,symbols,analysis,report,screen,commands}}
  touch "$tree"/include/seep/format.h "$tree"/preload/stage.h "$tree"/viewer/{trace/trace,screen/view}.h
}

check() {
  run "$root/tests/lib/check-includes" "$tree"
  echo "$output"
}

@test "includes towards the format are right" {
  echo '#include <seep/format.h>' >"$tree/viewer/trace/a.c"
  echo '#include "trace/trace.h"' >"$tree/viewer/screen/b.c"
  echo '#include <curses.h>' >"$tree/viewer/screen/c.c"
  check
  [[ $status == 0 && -z $output ]]
}

@test "an include away from the format is found" {
  printf '\n#include "screen/view.h"\n' >"$tree/viewer/trace/a.c"
  check
  [[ $status == 1 && $output == "viewer/trace/a.c:2: includes screen/view.h of viewer/screen" ]]
}

@test "an include of the recorder from outside is found, however it is spelled" {
  echo '  #  include "../../preload/stage.h"' >"$tree/viewer/trace/a.c"
  check
  [[ $status == 1 && $output == *"viewer/trace/a.c:1: includes ../../preload/stage.h"* ]]
}

@test "a second file that knows curses is found, and one in the wrong folder" {
  echo '#include <curses.h>' >"$tree/viewer/screen/a.c"
  echo '#include <ncursesw/curses.h>' >"$tree/viewer/screen/b.c"
  check
  [[ $status == 1 && $output == *"2 files include"* ]]
  rm "$tree"/viewer/screen/?.c
  echo '#include <curses.h>' >"$tree/viewer/report/a.c"
  check
  [[ $status == 1 && $output == *"viewer/report/a.c: includes"* ]]
}
