# SPDX-License-Identifier: Apache-2.0
# The table of programs, and how one of its scripts is run and held against its bare run. Source it.
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
source "$here/../lib/common.bash"
export text=$root/LICENSE source=$here/program.c LC_ALL=C.UTF-8 TZ=UTC
ledger=$build/tests/robust/libledger.so ledgercheck=$build/tests/robust/ledgercheck
export services=$here/services # scripts that are too long for a line
# Debian's programs, whatever else there is of the same name.
PATH=/usr/bin:/bin:/usr/sbin:/sbin:$(printf '%s:' /usr/lib/postgresql/*/bin)$PATH
limit=${limit:-120} # seconds: whoever takes longer hangs

# as_user USER COMMAND...: where we are root, as that user; execs.
as_user() {
  ((EUID)) || exec setpriv --reuid="$1" --regid="$1" --init-groups "${@:2}"
  exec "${@:2}"
}

# at_once COUNT COMMAND...: so many of it at the same time; prints what each printed, one after the
# other.
at_once() {
  local i started=()
  for ((i = 0; i < $1; i++)); do
    "${@:2}" >"at_once.$i" & started+=($!)
  done
  wait "${started[@]}"
  cat at_once.*
  rm at_once.*
}
export -f as_user until_true free_port at_once # scripts have them at hand

# robust_script SCRIPT DIRECTORY [WRAPPER...]: leaves out, err and status beside the directory, which
# has the same name each time.
robust_script() {
  local script=$1 work=$2 status=0
  shift 2
  rm -rf "$work/in"
  mkdir "$work/in"
  { (cd "$work/in" && timeout "$limit" "$@" bash "$script" >"$work/out" 2>"$work/err" </dev/null); } \
    2>/dev/null || status=$?
  echo "$status" >"$work/status"
}

# robust_keep WORK NAME
robust_keep() {
  local part
  for part in out err status; do
    mv "$1/$part" "$1/$2.$part"
  done
}

# robust_plain FILE...: without what a recorder says, and without numbers, by which shells name
# processes.
robust_plain() {
  sed -i -E '/^seep( run)?: /d; /^$/d; s/[0-9]+/N/g' "$@"
}

# robust_differs WORK NAME: says what is not the same as bare, if anything.
robust_differs() {
  local part
  robust_plain "$1/bare.err" "$1/$2.err"
  for part in status out err; do
    cmp -s "$1/bare.$part" "$1/$2.$part" || {
      echo "$part differs"
      diff -a "$1/bare.$part" "$1/$2.$part" | head -n 4
    }
  done
}

# robust_hangs WORK HOW: says so where it was ended by us; what hangs alone shows nothing.
robust_hangs() {
  [[ $(<"$1/$2.status") != 124 ]] || echo "$2 did not end within $limit s"
}

# robust_record SCRIPT WORK: the script under seep, with all processes that it starts, and the ledger
# behind the recorder.
robust_record() {
  mkdir -m 1777 "$2/traces" "$2/pages"
  cp "$library" "$ledger" "$2/" # there are users who see neither this checkout nor the build
  SEEP_LIBRARY=$2/${library##*/} SEEP_LEDGER=$2/pages LD_PRELOAD=$2/${ledger##*/} \
    robust_script "$1" "$2" "$seep" run --children -o "$2/traces/%e.%p.seep" --
}

# robust_directory: prints a new one, which everybody may enter.
robust_directory() {
  local made
  made=$(mktemp -d) && chmod 755 "$made" && echo "$made"
}

# robust_totals WORK: says what is not the same in the traces as in the ledger; of some of them, also
# what seep report says otherwise. Leaves the number of processes in WORK/processes.
robust_totals() {
  local counted trace told
  "$ledgercheck" --list "$1/list" "$1/pages" "$1/traces" >"$1/totals" 2>&1 || head -n 6 "$1/totals"
  sed -nE '$ s/ processes.*//p' "$1/totals" >"$1/processes"
  while read -r counted trace; do
    told=$("$seep" report --format json --limit 0 "$trace" | jq -r '.totals | [.allocations, .frees,
      .allocated_bytes, .outstanding_blocks, .outstanding_bytes] | map(tostring) | join(",")')
    [[ $told == "$counted" ]] || echo "${trace##*/}: seep report: $told, counted: $counted"
  done < <(head -n 4 "$1/list")
}

# robust_table [REGEX]: the table's lines whose name matches.
robust_table() {
  grep -v -e '^#' -e '^$' "$here/programs" | grep -E -e "^[^|]*${1:-}"
}

# robust_split LINE: sets name, needs and script.
robust_split() {
  IFS='|' read -r name needs script <<<"$1"
  name=${name% } needs=${needs// /} script=${script# }
}
