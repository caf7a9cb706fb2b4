# SPDX-License-Identifier: Apache-2.0
# Real programs that read something, write something, and end.
load real

@test "jq" {
  same jq -S '[.[] | {name, total: ([.parts[].size] | add)}] | group_by(.total)' "$inputs/parts.json"
  named 'jv_|jq_|block|yy'
}

@test "xmllint" {
  same xmllint --format --xpath '//part[@size > 40]' "$inputs/parts.xml"
  same xmllint --format "$inputs/parts.xml"
  named '^xml'
}

@test "sqlite3" {
  needs sqlite3
  same sqlite3 :memory: ".read $inputs/parts.sql"
  placed # its functions are neither exported nor in a symbol table
}

@test "gawk" {
  needs gawk
  same gawk -f "$inputs/words.awk" "$root/LICENSE"
  placed
}

@test "python3, with every object from malloc" {
  export PYTHONMALLOC=malloc PYTHONHASHSEED=1
  same /usr/bin/python3 -I "$inputs/parts.py"
  named '^_?Py'
}

@test "node" {
  needs node
  same node "$inputs/parts.js"
  named 'v8::|node::|uv_|(asn1|ASN1|CRYPTO)_'
}

@test "cc1plus -O2" {
  needs g++
  g++ -E "$inputs/parts.cc" -o parts.ii
  same "$(g++ -print-prog-name=cc1plus)" -quiet -O2 parts.ii -o -
  [[ $(wc -l <bare.out) -gt 1000 ]]
  placed
}

@test "an error is the program's own: message and status" {
  same jq '.[' "$inputs/parts.json"
  [[ $(<bare.status) == 3 && -s bare.err ]]
}

@test "a program with debug information: its sites have file and line" {
  same "$targets/everynew"
  jq -r '.sites[] | select(.module == "everynew") | "\(.file) \(.line)"' report.json >places
  [[ -s places ]]
  while read -r file line; do
    [[ $file == */everynew.cpp ]]
    sed -n "${line}p" "$file" | grep -q 'new\|exception'
  done <places
}
