#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# The viewer on traces of real programs, recorded here under a small load: 300 random keys per size,
# and every view from end to end, sorted, filtered and left again.
load helper
load monkey

setup() {
  cd "$BATS_TEST_TMPDIR"
  mkdir -p "$BATS_FILE_TMPDIR/traces"
  unset LD_PRELOAD ${!SEEP_OUT*}
}

# needs PROGRAM...
needs() {
  local program
  for program; do
    command -v "$program" >/dev/null || skip "$program is not installed"
  done
}

# record NAME COMMAND...
record() {
  timeout 60 "$seep" run -o "$BATS_FILE_TMPDIR/traces/$1.seep" -- "${@:2}" >out 2>&1 </dev/null 3>&-
}

until_true() {
  local i
  for ((i = 0; i < 200; i++)); do
    "$@" >/dev/null 2>&1 && return
    sleep 0.05
  done
  return 1
}

# tours TRACE: each view by its key: to both ends, by two orders, turned round, a row opened and
# left, filtered and not; and at last back to the first view, with all of its rows.
tours() {
  local key keys=
  for key in 1 2 3 4 5 6 7 8 9 0; do
    keys+="${key}Ggs<End><Home>SrGr<Enter><PgDn><Esc>fa<Enter>gGF"
  done
  timeout 60 "$script" "$BATS_FILE_TMPDIR/traces/$1.seep" "1<Show>${keys}1g" >shown 2>&1 || {
    tail -n 30 shown
    return 1
  }
  # The figures of the whole run, before and afterwards.
  [[ $(grep -c ' blocks outstanding, ' shown) == 2 ]]
  [[ $(grep ' blocks outstanding, ' shown | sort -u | wc -l) == 1 ]]
}

@test "redis" {
  needs redis-server redis-benchmark redis-cli
  timeout 60 "$seep" run -o "$BATS_FILE_TMPDIR/traces/redis.seep" -- redis-server --port 0 \
    --unixsocket "$PWD/redis.sock" --save "" --appendonly no --dir "$PWD" >out 2>&1 </dev/null 3>&- &
  until_true redis-cli -s "$PWD/redis.sock" ping
  timeout 20 redis-benchmark -s "$PWD/redis.sock" -q -P 16 -n 2000 -t set,lpush >benchmark
  redis-cli -s "$PWD/redis.sock" shutdown nosave || true
  wait
  tours redis
  survives redis
}

@test "nginx" {
  needs nginx
  mkdir -p html
  seq 2000 >html/index.html
  cat >nginx.conf <<END
daemon off; master_process off; pid $PWD/nginx.pid; error_log stderr warn;
events { worker_connections 64; }
http { access_log off; gzip on; client_body_temp_path $PWD/b; proxy_temp_path $PWD/p;
  fastcgi_temp_path $PWD/f; uwsgi_temp_path $PWD/u; scgi_temp_path $PWD/s;
  server { listen unix:$PWD/nginx.sock; root $PWD/html; } }
END
  timeout 60 "$seep" run -o "$BATS_FILE_TMPDIR/traces/nginx.seep" -- \
    nginx -p "$PWD" -e stderr -c "$PWD/nginx.conf" >out 2>&1 </dev/null 3>&- &
  until_true test -S nginx.sock
  until_true test -s nginx.pid
  kill -TERM "$(<nginx.pid)"
  wait
  tours nginx
  survives nginx
}

@test "nginx with its workers, as a family" {
  needs nginx curl
  local traces=$BATS_FILE_TMPDIR/traces/family pid keys
  mkdir -p "$traces" html
  seq 2000 >html/index.html
  cat >nginx.conf <<END
daemon off; worker_processes 2; pid $PWD/nginx.pid; error_log stderr crit; user $(id -un);
events { worker_connections 64; }
http { access_log off; gzip on; client_body_temp_path $PWD/b; proxy_temp_path $PWD/p;
  fastcgi_temp_path $PWD/f; uwsgi_temp_path $PWD/u; scgi_temp_path $PWD/s;
  server { listen unix:$PWD/nginx.sock; root $PWD/html; } }
END
  timeout 60 "$seep" run --children -o "$traces/%p.seep" -- \
    nginx -p "$PWD" -e stderr -c "$PWD/nginx.conf" >out 2>&1 </dev/null 3>&- &
  until_true test -S nginx.sock
  until_true test -s nginx.pid
  pid=$(<nginx.pid)
  until_true curl -sf --unix-socket nginx.sock http://nginx/ -o page
  kill -KILL "$(pgrep -P "$pid" | head -n 1)" # another comes in its place
  until_true eval '[[ $(ls "$traces"/*.seep | wc -l) == 4 ]]'
  until_true curl -sf --unix-socket nginx.sock http://nginx/ -o page
  kill -TERM "$pid"
  wait
  keys=Ggs'<End><Home>SrGr<Enter><PgDn><Enter><Esc><Esc>fngx<Enter>gGF'
  timeout 60 "$script" --family "$traces/$pid.seep" "M<Show>${keys}P${keys}Mg" >shown 2>&1
  [[ $(grep -c '^ nginx family  4 processes, 3 ended ' shown) == 2 ]]
  [[ $(grep ' blocks outstanding, ' shown | sort -u | wc -l) == 1 ]]
  survives "family/$pid" --family
}

@test "postgres" {
  local programs cluster
  programs=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | tail -n 1)
  [[ $programs ]] || skip "postgresql is not installed"
  # It refuses to be root, and its user may see neither this checkout nor bats' directories.
  cluster=$(mktemp -d /tmp/seep-postgres-XXXXXX)
  chmod 755 "$cluster"
  cp "$seep" "$library" "$cluster/"
  owner=()
  ((EUID)) || owner=(setpriv --reuid=postgres --regid=postgres --init-groups)
  ((EUID)) || chown -R postgres "$cluster"
  (cd "$cluster" && "${owner[@]}" "$programs/initdb" --no-sync -A trust -D data >initdb.out 2>&1)
  (cd "$cluster" && echo "SELECT count(*) FROM pg_class" |
    SEEP_LIBRARY=$cluster/libseep.so timeout 60 "${owner[@]}" ./seep run -o "$cluster/pg.seep" -- \
      "$programs/postgres" --single -D data postgres >out 2>&1 3>&-)
  mv "$cluster/pg.seep" "$BATS_FILE_TMPDIR/traces/postgres.seep"
  rm -rf "$cluster"
  tours postgres
  survives postgres
}

@test "cc1plus" {
  needs g++
  echo 'template <class T> T twice(T x) { return x + x; } int main() { return twice(1) + (int)twice(1.0); }' >small.cc
  record cc1plus "$(g++ -print-prog-name=cc1plus)" -quiet -O1 small.cc -o small.s
  tours cc1plus
  survives cc1plus
}

@test "python3" {
  needs python3
  record python3 python3 -c 'import json; kept = [json.loads("[1, {\"a\": [2, 3]}]") for _ in range(200)]'
  tours python3
  survives python3
}
