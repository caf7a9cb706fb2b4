# SPDX-License-Identifier: Apache-2.0
# libseep.so can be copied into any glibc container, and shadows nothing of its target's but what it
# is there for.
load ../lib/common

@test "libseep.so needs libc alone" {
  run bash -c "readelf -d '$library' | sed -nE 's/.*NEEDED.*\[(.*)\]/\1/p' | grep -v '^ld-linux'"
  [[ $output == libc.so.6 ]]
}

@test "libseep.so needs no glibc that is newer than 2.34" {
  run bash -c "objdump -T '$library' | grep -o 'GLIBC_[0-9.]*' | sort -Vu | tail -n 1"
  [[ $output == GLIBC_2.* && $(printf '%s\n' "$output" GLIBC_2.34 | sort -V | tail -n 1) == GLIBC_2.34 ]]
}

@test "libseep.so exports the interposed functions and its API, nothing else" {
  nm -D --defined-only "$library" | awk '{print $3}' | sed 's/@.*//' | grep -v '^SEEP' |
    LC_ALL=C sort >"$BATS_TEST_TMPDIR/exports"
  diff "$BATS_TEST_DIRNAME/exports" "$BATS_TEST_TMPDIR/exports"
}

@test "the list of exports is the recorder's list of functions, the public header's and seep attach's entry" {
  {
    sed -nE 's/^ +X\([a-z_ ]+\*?, ?([A-Za-z_0-9]+), .*/\1/p' "$root"/preload/{functions,allocators}.h
    sed -nE 's/^__attribute__\(\(weak\)\) (int|void) ([a-z_]+)\(.*/\2/p' "$root/include/seep/seep.h"
    sed -nE 's/^#define SEEP_ATTACH_ENTRY "(.*)"/\1/p' "$root/include/seep/attach.h"
  } | LC_ALL=C sort | diff "$BATS_TEST_DIRNAME/exports" -
}

@test "libseep.so calls no allocator, no stdio, nothing that ends the process" {
  run bash -c "nm -D --undefined-only '$library' | awk '{print \$NF}' | sed 's/@.*//' |
    grep -xE '(m|c|re)alloc|reallocarray|free|.*memalign|f?printf|v?d?printf|fopen|fwrite|puts|exit|_exit|abort|__assert_fail|pthread_mutex_lock|syslog'"
  echo "$output"
  [[ $status == 1 && -z $output ]]
}

@test "libseep.so needs no executable stack and no text relocations" {
  run readelf -lW "$library"
  [[ $output =~ GNU_STACK.*RW\ +0x ]]
  ! readelf -d "$library" | grep TEXTREL
}
