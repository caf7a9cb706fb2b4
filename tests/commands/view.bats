#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
load helper

@test "without a terminal: exit code 2 and one line" {
  puppet_trace t.seep "alloc 10 1000"
  split "$SEEP" view t.seep </dev/null
  expect_error "no terminal"
}

@test "wrong usage: exit code 2 and one line" {
  split "$SEEP" view
  expect_error "FILE|PID"
  split "$SEEP" view a b c
  expect_error "'c'"
}

@test "opens on the largest site, q ends it with 0" {
  puppet_trace t.seep "alloc 10 100000"
  terminal <<END
"$SEEP" view t.seep
echo "\$?" >status.txt
END
  wait_until shows puppet_take
  keys q
  wait_until test -s status.txt
  [ "$(cat status.txt)" = 0 ]
}

@test "a file that is no trace: exit code 2, the terminal stays as it was" {
  echo "my thesis" >thesis.txt
  terminal <<END
"$SEEP" view thesis.txt 2>err.txt
echo "\$?" >status.txt
END
  wait_until test -s status.txt
  [ "$(cat status.txt)" = 2 ]
  [ "$(wc -l <err.txt)" -eq 1 ]
  grep -q thesis.txt err.txt
}

@test "follows a running target, by pid" {
  puppet_start env SEEP_OUT=t.seep LD_PRELOAD="$LIBSEEP" "$PUPPET"
  puppet_do alloc 10 100000
  terminal <<END
"$SEEP" view "$puppet_pid"
echo "\$?" >status.txt
END
  wait_until shows puppet_take
  puppet_do alloc 1 100000
  wait_until shows "in 11 blocks"
  keys q
  wait_until test -s status.txt
  [ "$(cat status.txt)" = 0 ]
}

@test "SIGTERM ends it with 128 + 15" {
  puppet_trace t.seep "alloc 10 100000"
  terminal <<END
sh -c 'echo "\$\$" >pid.txt; exec "$SEEP" view t.seep'
echo "\$?" >status.txt
END
  wait_until shows puppet_take
  kill -TERM "$(cat pid.txt)"
  wait_until test -s status.txt
  [ "$(cat status.txt)" = 143 ]
}
