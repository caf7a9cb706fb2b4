# SPDX-License-Identifier: Apache-2.0
# What the tests of exports share: a directory of their own, and traces of the puppet.

load ../commands/helper

# needs TOOL: the test is skipped where the tool is not installed.
needs() {
  command -v "$1" >/dev/null || skip "no $1"
}

# marked_trace FILE: 20 blocks of 152 bytes and 4 units of work between warm and after, 3 blocks
# before, of which one is freed between them.
marked_trace() {
  puppet_start "$SEEP" run -o "$1" -- "$PUPPET"
  puppet_do alloc 3 1000
  "$SEEP" mark "$1" warm
  puppet_do alloc 20 152
  puppet_do free 1
  "$SEEP" mark "$1" --units 4 after
  puppet_wait
}
