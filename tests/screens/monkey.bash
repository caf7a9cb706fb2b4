# SPDX-License-Identifier: Apache-2.0
# Random keys, always the same ones. What they write (y, e) is left in the test's own directory.

# random_keys SEED: 300 keys, all but those that quit, suspend or write files.
random_keys() {
  awk -v seed="$1" 'BEGIN {
    srand(seed)
    count = split("j k g G n N s S r u U F <^R> 1 2 3 4 5 6 7 8 9 0 [ ] { } h l H L ( ) , . + - b ? / f c T x 1 e t y E m p <Enter> <Enter> <Esc> <Esc> " \
                  "<Tab> <S-Tab> <PgDn> <PgUp> <Home> <End> <Space> <Backspace> <^L> <^U> <Click 9 5> " \
                  "<Click 1 1> <WheelDown 9 9> <WheelUp 9 9>", keys, / +/)
    # Names with numbers in them were split: put them together again.
    for (i = 1; i <= count; i++) {
      key = keys[i]
      while (key ~ /^</ && key !~ />$/) key = key " " keys[++i]
      whole[++total] = key
    }
    for (i = 0; i < 300; i++) printf "%s", whole[1 + int(rand() * total)]
  }'
}

# survives TRACE [OPTION...]
survives() {
  local size keys seed=0
  for size in 80x24 40x10 200x60 7x4; do
    keys=$(random_keys $((++seed)))
    timeout 60 "$script" "${@:2}" --size "$size" "$BATS_FILE_TMPDIR/traces/$1.seep" "$keys" >shown 2>&1 || {
      echo "$1, $size, keys $keys"
      tail -n 30 shown
      return 1
    }
    tail -n 1 shown | grep -q "^---- ${size%x*} x ${size#*x}$"
  done
}
