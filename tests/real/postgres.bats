# SPDX-License-Identifier: Apache-2.0
# postgres under pgbench: a postmaster and a process for each connection, all recorded.
load real

setup_file() {
  export programs
  programs=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | tail -n 1)
  [[ $programs ]] || return 0
  # The server refuses to be root, and its user may see neither this checkout nor bats' directories.
  export cluster=
  cluster=$(mktemp -d /tmp/seep-postgres-XXXXXX)
  chmod 755 "$cluster"
  cp "$seep" "$library" "$cluster/"
  mkdir "$cluster/traces"
  ((EUID != 0)) || chown -R postgres "$cluster"
  (as_owner "$programs/initdb" --no-sync -A trust -U postgres -D "$cluster/data" >"$cluster/initdb.out")
}

teardown_file() {
  [[ ! ${cluster:-} ]] || rm -rf "$cluster"
}

# as_owner COMMAND...: execs, so that signals reach the command.
as_owner() {
  cd "$cluster" || return 1
  ((EUID)) || exec setpriv --reuid=postgres --regid=postgres --init-groups "$@"
  exec "$@"
}

query() {
  timeout 20 "$programs/psql" -h "$cluster" -U postgres -XAtc "$1" postgres
}

load_server() {
  timeout "$limit" "$programs/pgbench" -h "$cluster" -U postgres "$@" postgres >"$cluster/pgbench.out" 2>&1
}

# serve WAY: what the tables hold in the end, in WAY.holds. The load's numbers are fixed by its seed.
serve() {
  way_command "$1" "$programs/postgres" -D "$cluster/data" -k "$cluster" -c listen_addresses= \
    -c fsync=off -c shared_buffers=16MB -c autovacuum=off
  (as_owner timeout "$limit" "${command[@]}") >"$1.out" 2>"$1.err" </dev/null 3>&- &
  service=$!
  until_true query 'SELECT 1'
  load_server -i -q -s 1
  load_server -c 4 -t 100 --random-seed=7
  query 'SELECT count(*), sum(abalance) FROM pgbench_accounts;
         SELECT sum(delta), count(*) FROM pgbench_history;
         SELECT md5(string_agg(tbalance::text, $$,$$ ORDER BY tid)) FROM pgbench_tellers' >"$1.holds"
  service_status TERM
}

# prepare SETTING...: the server and its children are recorded, by copies that its user can read.
prepare() {
  [[ $programs ]] || skip "postgresql is not installed"
  recorder=(--children) settings=(SEEP_CHILDREN=1 "$@")
  seep=$cluster/seep library=$cluster/libseep.so SEEP_LIBRARY=$cluster/libseep.so
  trace=$cluster/traces/%p.seep
  rm -f "$cluster"/traces/*
}

@test "postgres holds the same, and ends the same" {
  prepare
  serve bare
  grep -q '^100000|' bare.holds
  for way in "${ways[@]}"; do
    rm -f "$cluster"/traces/*
    serve "$way"
    cmp bare.holds "$way.holds"
    # the postmaster, its helpers, and a backend for each connection of pgbench
    [[ $(ls "$cluster"/traces/*.seep | wc -l) -ge 8 ]]
    for file in "$cluster"/traces/*.seep; do
      report "$file" >report.json
      jq -e '.trace.complete and .totals.lost_events // 0 == 0' report.json
    done
    file=$(ls -S "$cluster"/traces/*.seep | head -n 1)
    report "$file" >report.json
    named '^[A-Za-z]'
  done
}

@test "postgres: stacks of all its processes agree with unw_step" {
  prepare SEEP_VERIFY=5
  serve preloaded
  local file verified=0
  for file in "$cluster"/traces/*.seep; do
    info_of "$file"
    jq -e '.recorder.disagreements == 0' info.json
    ((verified += $(jq .recorder.verified info.json)))
  done
  ((verified > 2000))
}
