#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
load helper

@test "what is installed is whole, and records" {
  DESTDIR=$PWD/root cmake --install "$build" --prefix /usr >installed.txt
  local page wanted=(bin/seep include/seep/seep.h)
  for page in "$root"/docs/man/*.[17]; do
    wanted+=("share/man/man${page##*.}/${page##*/}")
  done
  for page in "${wanted[@]}"; do
    [ -s "root/usr/$page" ] || fails "$page is missing"
  done
  [ "$(find root -name libseep.so | wc -l)" -eq 1 ]
  unset SEEP_LIBRARY
  printf 'alloc 7 100\n' | root/usr/bin/seep run -o t.seep -- "$PUPPET"
  root/usr/bin/seep report --format json t.seep | jq -e '.totals.outstanding_blocks >= 7'
}
