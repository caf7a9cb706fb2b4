#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Makes the forms in which a library and its debug information are shipped.
#   variants.sh PLAIN DIRECTORY BUILD_ID
set -eu
plain=$1 out=$2 id=$3
rm -rf "$out"
mkdir -p "$out"/same "$out"/dot/.debug "$out"/path/opt "$out"/path/usr/lib/debug/opt \
  "$out"/id/opt "$out"/crc "$out"/stripped "$out"/mini "$out"/compressed "$out"/gone \
  "$out/id/usr/lib/debug/.build-id/$(printf %.2s "$id")"

objcopy --only-keep-debug "$plain" "$out/same/subject.debug"
objcopy --strip-all "$plain" "$out/stripped/subject.so"
(cd "$out/same" && objcopy --add-gnu-debuglink=subject.debug ../stripped/subject.so subject.so)

cp "$out/same/subject.so" "$out/dot/subject.so"
cp "$out/same/subject.debug" "$out/dot/.debug/subject.debug"
cp "$out/same/subject.so" "$out/path/opt/subject.so"
cp "$out/same/subject.debug" "$out/path/usr/lib/debug/opt/subject.debug"
cp "$out/stripped/subject.so" "$out/id/opt/subject.so"
cp "$out/same/subject.debug" "$out/id/usr/lib/debug/.build-id/$(printf %.2s "$id")/${id#??}.debug"

cp "$out/same/subject.so" "$out/crc/subject.so"
cp "$out/same/subject.debug" "$out/crc/subject.debug"
echo changed >> "$out/crc/subject.debug"

objcopy --strip-debug "$plain" "$out/mini/table"
objcopy -S --remove-section=.gnu_debugdata --keep-symbol=subject_hidden "$out/mini/table"
xz --keep --stdout "$out/mini/table" > "$out/mini/table.xz"
objcopy --add-section ".gnu_debugdata=$out/mini/table.xz" "$out/stripped/subject.so" \
  "$out/mini/subject.so"

objcopy --compress-debug-sections "$plain" "$out/compressed/subject.so"
