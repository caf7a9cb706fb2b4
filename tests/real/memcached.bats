# SPDX-License-Identifier: Apache-2.0
# memcached with four threads under clients that store and read back.
load real

# serve WAY
serve() {
  port=$(free_port)
  service_start "$1" memcached -u nobody -l 127.0.0.1 -p "$port" -t 4 -m 64
  until_true timeout 10 /usr/bin/python3 "$inputs/memcached_load.py" "$port" 1 1
  timeout "$limit" /usr/bin/python3 "$inputs/memcached_load.py" "$port" 8 1000 >"$1.read"
  service_status TERM
}

@test "memcached holds the same, and ends the same" {
  needs memcached
  serve bare
  [[ $(wc -l <bare.read) == 8 ]]
  for way in "${ways[@]}"; do
    serve "$way"
    cmp bare.read "$way.read"
    whole
    placed
    # each worker thread has allocated
    jq -e '[.sites[].threads] | max >= 4' report.json
  done
}
