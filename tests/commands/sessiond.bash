# SPDX-License-Identifier: Apache-2.0
# Traces with units, for commands that look at them.

# sessiond_trace FILE [OPTION...]: of a sessiond under 80 sessions, of which 60 expire.
sessiond_trace() {
  local file=$1
  shift
  sessiond_start port "$SEEP" run -o "$file" -- \
    "$build/tests/targets/sessiond" --port 0 --expiry 300 "$@" 2>/dev/null
  "$build/tests/targets/sessionload" --port "$sessiond_port" --sessions 80 --connections 4 \
    --requests 4 --timeout 60 --seep "$SEEP" --trace "$file"
  sessiond_stop
}

# puppet_units FILE ORDER...: the trace of a puppet that takes a block, and obeys between the marks
# warm and after, which says that it was 10 units of work.
puppet_units() {
  local file=$1
  shift
  puppet_start "$SEEP" run -o "$file" -- "$PUPPET"
  puppet_do alloc 1 1
  "$SEEP" mark "$file" warm
  puppet_do "$@"
  "$SEEP" mark "$file" --units 10 after
  puppet_wait
}

# Instead of the helper's: only what the test itself has started.
teardown() {
  puppet_end
  sessiond_stop || true
}
