# SPDX-License-Identifier: Apache-2.0
# nginx serving files to wrk: alone in one process, and as master and workers.
load real

# configure MASTER WORKERS
configure() {
  port=$(free_port)
  mkdir -p html
  seq 20000 >html/index.html
  cat >nginx.conf <<END
daemon off;
master_process $1;
worker_processes $2;
pid $PWD/nginx.pid;
error_log stderr warn;
events { worker_connections 64; }
http {
  access_log off;
  gzip on;
  gzip_types *;
  client_body_temp_path $PWD/body;
  proxy_temp_path $PWD/proxy;
  fastcgi_temp_path $PWD/fastcgi;
  uwsgi_temp_path $PWD/uwsgi;
  scgi_temp_path $PWD/scgi;
  server { listen 127.0.0.1:$port; root $PWD/html; }
}
END
  chmod 755 "$PWD"
}

fetch() {
  exec 9<>"/dev/tcp/127.0.0.1/$port" || return 1
  printf 'GET %s HTTP/1.0\r\n%s\r\n' "$1" "${2:-}" >&9
  cat <&9
  exec 9<&-
}

# serve WAY
serve() {
  service_start "$1" nginx -p "$PWD" -e stderr -c "$PWD/nginx.conf"
  until_true fetch /
  timeout "$limit" wrk -t1 -c4 -d1s -H 'Accept-Encoding: gzip' "http://127.0.0.1:$port/" >wrk.out
  ! grep -q 'Non-2xx\|Socket errors' wrk.out
  { fetch / && fetch /missing && fetch / $'Accept-Encoding: gzip\r\n'; } |
    grep -av '^Date: ' >"$1.fetched"
  service_status TERM
}

@test "nginx in one process serves the same, and ends the same" {
  needs nginx wrk
  configure off 1
  serve bare
  grep -qa '^20000' bare.fetched
  for way in "${ways[@]}"; do
    serve "$way"
    cmp bare.fetched "$way.fetched"
    whole
    named '^ngx_'
  done
}

@test "nginx with workers: master and workers have a trace each" {
  needs nginx wrk
  configure on 2
  serve bare
  recorder=(--children) settings=(SEEP_CHILDREN=1)
  trace=$PWD/trace.%p.seep
  for way in "${ways[@]}"; do
    rm -f trace.*.seep*
    serve "$way"
    cmp bare.fetched "$way.fetched"
    [[ $(ls trace.*.seep | wc -l) == 3 ]]
    for file in trace.*.seep; do
      whole "$file"
    done
  done
}
