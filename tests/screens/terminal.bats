#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# The viewer in a real terminal: what only curses.c and viewer.c do.
load helper

setup_file() {
  make_traces
}

setup() {
  command -v tmux >/dev/null || skip "no tmux"
  unset NO_COLOR COLORFGBG TERMINFO
  export XDG_CONFIG_HOME=$BATS_TEST_TMPDIR/config # what is remembered is no person's
  cd "$BATS_TEST_TMPDIR"
  socket=seep-screens-$$-$BATS_TEST_NUMBER
}

teardown() {
  tmux -L "$socket" kill-server 2>/dev/null || true
}

# eventually_gone PID: not shown, since there may be no terminal to show it on.
eventually_gone() {
  local i
  for ((i = 0; i < 200; i++)); do
    kill -0 "$1" 2>/dev/null || return 0
    sleep 0.05
  done
  echo "still there"
  return 1
}

# Another server may only come when this one has gone.
close_terminal() {
  local server
  server=$(tmux -L "$socket" display-message -p '#{pid}')
  tmux -L "$socket" kill-server
  eventually_gone "$server"
}

# terminal COLUMNS ROWS: a shell script, on stdin, in a new terminal.
terminal() {
  cat >session.sh
  # The option first: what ends at once is to stay on the screen, too.
  tmux -L "$socket" -f /dev/null set-option -g exit-empty off \; set-option -g remain-on-exit on \; \
    new-session -d -x "$1" -y "$2" env LC_ALL=C.UTF-8 PATH="$PATH" bash session.sh
}

# view [COLUMNS ROWS]: the viewer on the service's trace; its pid goes into "pid", its status into
# "status", what the terminal was before and is afterwards into "before" and "after".
view() {
  rm -f status
  terminal "${1:-80}" "${2:-24}" <<END
stty -g >before
sh -c 'echo "\$\$" >pid; exec "$seep" view "$BATS_FILE_TMPDIR/traces/service.seep" 2>errors'
echo "\$?" >status.new
stty -g >after
mv status.new status
exec cat
END
}

keys() {
  tmux -L "$socket" send-keys "$@"
}

picture() {
  tmux -L "$socket" capture-pane -p
}

# eventually COMMAND...: within ten seconds.
eventually() {
  local i
  for ((i = 0; i < 200; i++)); do
    "$@" && return
    sleep 0.05
  done
  echo "never: $*"
  picture
  return 1
}

shows() {
  picture | grep -qF -e "$1"
}

shows_not() {
  ! shows "$1"
}

# What the terminal itself was told, and stty does not know: the other screen is gone, the cursor is
# seen, keys and the mouse are as usual.
restored() {
  local modes='#{alternate_on} #{cursor_flag} #{mouse_any_flag} #{keypad_flag} #{keypad_cursor_flag}'
  [[ $(tmux -L "$socket" display-message -p "$modes") == "0 1 0 0 0" ]] ||
    { tmux -L "$socket" display-message -p "$modes"; return 1; }
}

# ends STATUS: it has ended with it, and the terminal is as before.
ends() {
  eventually test -e status
  [[ $(<status) == "$1" ]] || { cat status errors; return 1; }
  diff before after
  eventually restored
}

# mouse BUTTON ROW COLUMN: as a terminal tells it; rows and columns from 0.
mouse() {
  keys -H 1b 5b 4d "$(printf '%x' $((32 + $1)))" "$(printf '%x' $((33 + $3)))" \
    "$(printf '%x' $((33 + $2)))"
}

# click ROW COLUMN
click() {
  mouse 0 "$@"
  mouse 3 "$@" # let go
}

@test "starts, shows what scripts show in memory, quits" {
  view
  eventually shows "sample_session_create"
  picture | sed 's/ *$//' >shown
  sed -n '1,24p' "$expected/sites-80x24" >wanted
  diff wanted shown
  keys q
  ends 0
}

@test "columns, order and theme are remembered; without a change nothing is written" {
  view
  eventually shows "sample_session_create"
  keys j q
  ends 0
  [[ ! -e $XDG_CONFIG_HOME ]]
  close_terminal
  view
  eventually shows "sample_session_create"
  keys s T U q
  ends 0
  [[ $(<"$XDG_CONFIG_HOME/seep/view") == $'figures blocks\nsort blocks\nreverse no\ntheme dark' ]]
  [[ $(find "$XDG_CONFIG_HOME" -type f -printf '%m %f\n') == "600 view" ]]
  close_terminal
  view
  eventually shows "▾blocks"
  keys q
}

@test "resizing while it draws" {
  view
  eventually shows "sample_session_create"
  local i
  for i in 40x10 120x40 20x5 200x60 60x12; do
    tmux -L "$socket" resize-window -x "${i%x*}" -y "${i#*x}"
    keys j k
  done
  keys '?'
  eventually shows "one row down"
  keys Escape
  eventually shows "sample.c:14"
  keys q
  ends 0
}

@test "the arrow keys and the mouse arrive" {
  view
  eventually shows "1/2"
  keys Down
  eventually shows "2/2"
  keys Home
  eventually shows "1/2"
  click 9 10
  eventually shows "2/2"
  click 9 10 # what is selected opens
  eventually shows "stack 1 of 1"
  keys Escape
  eventually shows_not "stack 1 of 1"
  keys Enter
  eventually shows "stack 1 of 1"
  keys Escape
  eventually shows "2/2"
  mouse 64 9 10 # the wheel
  eventually shows "1/2"
  mouse 65 9 10
  eventually shows "2/2"
  click 7 30 # the heading "blocks"
  eventually shows "▾blocks"
  click 7 30
  eventually shows "▴blocks"
  keys q
  ends 0
}

@test "^L draws anew over what others wrote" {
  local tty
  view
  eventually shows "sample_session_create"
  tty=$(tmux -L "$socket" display-message -p '#{pane_tty}')
  printf '\033[3;3Hgarbage\033[8;8Hgarbage' >"$tty"
  eventually shows "garbage"
  keys C-l
  eventually shows_not "garbage"
  picture | sed 's/ *$//' >shown
  sed -n '1,24p' "$expected/sites-80x24" >wanted
  diff wanted shown
  keys q
  ends 0
}

@test "^Z stops it and gives the terminal back; fg goes on" {
  terminal 80 24 <<END
set -m
stty -g >before
"$seep" view "$BATS_FILE_TMPDIR/traces/service.seep"
echo "\$?" >stopped
stty -g >after-stop
read -r line
fg
echo "\$?" >status.new
stty -g >after
mv status.new status
exec cat
END
  eventually shows "sample_session_create"
  keys C-z
  eventually test -s after-stop
  [[ $(<stopped) == 148 ]]
  diff before after-stop
  eventually restored
  tmux -L "$socket" resize-window -x 100 -y 30
  keys x Enter
  eventually shows "sample_session_create"
  picture | grep -q "{ to .*1/2$" # a hint more has room in 100 columns
  keys j
  eventually shows "2/2"
  keys q
  ends 0
}

@test "signals that end it restore the terminal" {
  local signal
  for signal in "TERM 143" "HUP 129" "INT 130" "QUIT 131"; do
    view
    eventually shows "sample_session_create"
    kill "-${signal% *}" "$(<pid)"
    ends "${signal#* }"
    close_terminal
  done
}

@test "a terminal that goes away ends it, with SIGHUP or without" {
  local trap
  for trap in 'trap "" HUP;' ''; do
    terminal 80 24 <<END
sh -c 'echo "\$\$" >pid; $trap exec "$seep" view "$BATS_FILE_TMPDIR/traces/service.seep"'
END
    eventually shows "sample_session_create"
    close_terminal
    eventually_gone "$(<pid)"
  done
}

# looks NAME [VARIABLE=VALUE...]: how a row, the sentence of the leak and a growth look on a terminal
# of that name: what the terminal was told, with e for the escape character.
looks() {
  terminal 110 24 <<END
export TERM=$1 TERMINFO=$PWD/terminfo $(printf '%q ' "${@:2}")
"$seep" view "$BATS_FILE_TMPDIR/traces/service.seep"
END
  eventually shows "sample_session_create" >&2
  tmux -L "$socket" capture-pane -p -e | sed -n '6p;9,10p' | tr '\033' e
  keys q
  close_terminal >&2
}

@test "256, 16, 8 and no colours, on dark and light backgrounds, NO_COLOR" {
  cat >terminals <<'END'
seep-16|sixteen colours,
	colors#16, pairs#256, use=tmux-256color,
seep-8|eight colours,
	colors#8, pairs#64, setaf=\E[3%p1%dm, setab=\E[4%p1%dm, use=tmux-256color,
seep-0|no colours,
	colors@, pairs@, setaf@, setab@, op@, use=tmux-256color,
END
  tic -x -o terminfo terminals
  cp -r "$(dirname "$(find /lib/terminfo /usr/share/terminfo -name tmux-256color 2>/dev/null | head -1)")" terminfo/
  # Terminal and variables | the leak's sentence | the selected row | growth
  local terminal leak cursor growth
  while IFS='|' read -r terminal leak cursor growth; do
    # shellcheck disable=SC2086
    looks $terminal >looks
    sed -n 1p looks | grep -qF "e[1m${leak}sample_session_create" &&
      sed -n 2p looks | grep -qF "${cursor}     800 KiB" &&
      sed -n 3p looks | grep -qF "${growth}+148 KiB" || { echo "$terminal"; cat looks; return 1; }
  done <<'END'
tmux-256color|e[38;5;203m|e[38;5;255me[48;5;24m|e[38;5;215m
tmux-256color COLORFGBG=0;15|e[38;5;160m|e[38;5;16me[48;5;153m|e[38;5;130m
seep-16|e[91m|e[97me[100m|e[93m
seep-16 COLORFGBG=0;15|e[31m|e[30me[47m|e[33m
seep-8|e[31m|e[0;7me[39me[49m|e[35m
seep-0||e[0;7me[39me[49m|e[1m
tmux-256color NO_COLOR=1||e[0;7me[39me[49m|e[1m
END
}

@test "T changes the colours at once" {
  accent() { tmux -L "$socket" capture-pane -p -e | grep -qF $'\e[38;5;'"$1"'msample_session_create'; }
  no_accent() { ! tmux -L "$socket" capture-pane -p -e | grep -qF $'\e[38;5;'; }
  terminal 80 24 <<END
TERM=tmux-256color "$seep" view "$BATS_FILE_TMPDIR/traces/service.seep"
END
  eventually accent 203
  keys T T
  eventually accent 160
  keys T
  eventually no_accent
  keys T
  eventually accent 203
  keys q
}

@test "a terminal that is not known, or none: one line, status 2" {
  # What ncurses keeps of a terminal that it cannot use is its own affair.
  terminal 80 24 <<END
export ASAN_OPTIONS="\${ASAN_OPTIONS:-}:detect_leaks=0"
TERM=nonesuch "$seep" view "$BATS_FILE_TMPDIR/traces/service.seep" 2>errors
echo "\$?" >status
END
  eventually test -s status
  [[ $(<status) == 2 && $(wc -l <errors) == 1 && $(<errors) == *nonesuch* ]] || {
    cat status errors
    return 1
  }
}

@test "the editor has the terminal, and gives it back" {
  printf '#!/bin/sh\nstty -g >during\necho "$@" >edited\nread -r line\n' >editor
  chmod +x editor
  terminal 80 24 <<END
export EDITOR=./editor VISUAL=
stty -g >before
"$seep" view "$BATS_FILE_TMPDIR/traces/service.seep" 2>errors
echo "\$?" >status.new
stty -g >after
mv status.new status
exec cat
END
  eventually shows "1/2"
  keys E
  eventually test -s edited
  [[ $(<edited) == "+"*sample.c ]]
  diff before during
  restored
  keys x Enter
  eventually shows "1/2"
  keys j
  eventually shows "2/2"
  keys q
  ends 0
}

@test "what is copied reaches the terminal's clipboard" {
  view
  eventually shows "1/2"
  tmux -L "$socket" set-option -s set-clipboard on
  keys y Enter
  eventually shows "copied"
  copied() { tmux -L "$socket" show-buffer 2>/dev/null | grep -q "sample_session_create"; }
  eventually copied
  keys q
  ends 0
}
