# SPDX-License-Identifier: Apache-2.0
# redis-server under redis-benchmark, on a socket of its own.
load real

redis() {
  timeout 10 redis-cli -s "$PWD/redis.sock" "$@"
}

# serve WAY: what the server holds after the load, in WAY.holds.
serve() {
  service_start "$1" redis-server --port 0 --unixsocket "$PWD/redis.sock" --save "" \
    --appendonly no --enable-debug-command yes --dir "$PWD"
  until_true redis ping
  timeout "$limit" redis-benchmark -s "$PWD/redis.sock" -q -P 16 -n 20000 -t set,get,lpush,sadd \
    >benchmark.out
  redis set one "$(seq 1000)" >/dev/null
  redis expire key:__rand_int__ 1000 >/dev/null
  { redis dbsize && redis debug digest && redis get one && redis llen mylist; } >"$1.holds"
  redis shutdown nosave || true
  service_status
}

@test "redis-server holds the same, and ends the same" {
  needs redis-server redis-benchmark
  serve bare
  grep -q '^20000$' bare.holds
  for way in "${ways[@]}"; do
    serve "$way"
    cmp bare.holds "$way.holds"
    whole
    named '^(aeCreateEventLoop|createObject|createClient|dictAddRaw)$'
    jq -e '.totals.allocations > 20000' report.json
  done
}

@test "redis-server: stacks agree with unw_step" {
  needs redis-server redis-benchmark
  settings=(SEEP_VERIFY=10)
  serve preloaded
  info_of "$trace"
  jq -e '.recorder.verified > 5000 and .recorder.disagreements == 0' info.json
}
