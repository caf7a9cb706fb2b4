# SPDX-License-Identifier: Apache-2.0
# Random keys, always the same ones. What they write (y, e) is left in the test's own directory.

# action_keys: every key of the viewer's table of actions, but those that quit or suspend; for the
# mouse, some places.
action_keys() {
  "$script" --actions | awk '
    $1 == "QUIT" || $1 == "SUSPEND" { next }
    {
      for (i = 2; i <= NF; i++)
        if ($i == "<Click>") print "<Click 9 5>\n<Click 1 1>"
        else if ($i ~ /^<Wheel/) print substr($i, 1, length($i) - 1) " 9 9>"
        else print $i
    }'
}

# What is no action, or stands for what is typed; and what opens and leaves things, more often.
more_keys=(x 1 e t "<Backspace>" "<^U>" "<Enter>" "<Enter>" "<Esc>" "<Esc>" "<Esc>")

# random_keys SEED: 300 keys.
random_keys() {
  { action_keys; printf '%s\n' "${more_keys[@]}"; } | awk -v seed="$1" '
    { keys[NR] = $0 }
    END {
      srand(seed)
      for (i = 0; i < 300; i++) printf "%s", keys[1 + int(rand() * NR)]
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
