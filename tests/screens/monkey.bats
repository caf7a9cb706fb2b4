#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# 300 random keys per trace and size, always the same ones: whatever is pressed, the viewer goes on
# (built with sanitizers, it says what went wrong).
load helper
load monkey

setup_file() {
  make_traces
}

setup() {
  cd "$BATS_TEST_TMPDIR"
}

@test "nothing in it" {
  survives empty
}

@test "one site" {
  survives one
}

@test "many sites" {
  survives many
}

@test "hostile names" {
  survives hostile
}

@test "a service" {
  survives service
}

@test "damaged" {
  survives damaged
}

@test "two traces" {
  survives leaks --old "$BATS_FILE_TMPDIR/traces/service.seep"
}

@test "truncated" {
  survives truncated
}

@test "sampled memory" {
  survives resident
}

@test "recursive" {
  survives recursive
}
