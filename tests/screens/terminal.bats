#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# The viewer in a real terminal: what only curses.c and viewer.c do.
load helper

setup_file() {
  make_traces
}

setup() {
  command -v tmux >/dev/null || skip "no tmux"
  unset NO_COLOR COLORFGBG
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

# view [COLUMNS ROWS]: the viewer on the service's trace; its status goes into "status", what the
# terminal was before and is afterwards into "before" and "after".
view() {
  rm -f status
  terminal "${1:-80}" "${2:-24}" <<END
stty -g >before
"$seep" view "$BATS_FILE_TMPDIR/traces/service.seep" 2>errors
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

# ends STATUS: it has ended with it, and the terminal is as before.
ends() {
  eventually test -e status
  [[ $(<status) == "$1" ]] || { cat status errors; return 1; }
  diff before after
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
  eventually shows "sample_session_create"
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
  # A click on the tenth row of the screen: the second of the table.
  keys -H 1b 5b 4d 20 25 2a
  eventually shows "2/2"
  keys Enter
  eventually shows "stack 1 of 1"
  keys Escape
  eventually shows_not "stack 1 of 1"
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
  keys x Enter
  eventually shows "sample_session_create"
  keys j
  eventually shows "2/2"
  keys q
  ends 0
}

@test "SIGTERM restores the terminal" {
  terminal 80 24 <<END
stty -g >before
sh -c 'echo "\$\$" >pid; exec "$seep" view "$BATS_FILE_TMPDIR/traces/service.seep"'
echo "\$?" >status.new
stty -g >after
mv status.new status
exec cat
END
  eventually shows "sample_session_create"
  kill -TERM "$(<pid)"
  ends 143
}

@test "a terminal that goes away ends it" {
  terminal 80 24 <<END
sh -c 'echo "\$\$" >pid; trap "" HUP; exec "$seep" view "$BATS_FILE_TMPDIR/traces/service.seep"'
END
  eventually shows "sample_session_create"
  tmux -L "$socket" kill-server
  eventually_gone "$(<pid)"
}

@test "colours where there are some, none with NO_COLOR" {
  colored() { tmux -L "$socket" capture-pane -p -e | grep -q $'\e\\[38;5;'; }
  plain() { ! colored; }
  terminal 80 24 <<END
export TERM=tmux-256color
"$seep" view "$BATS_FILE_TMPDIR/traces/service.seep"
clear
read -r line
NO_COLOR=1 "$seep" view "$BATS_FILE_TMPDIR/traces/service.seep"
END
  eventually shows "sample_session_create"
  colored
  keys q
  eventually shows_not "sample_session_create"
  keys x Enter
  eventually shows "sample_session_create"
  plain
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
