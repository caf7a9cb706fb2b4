# SPDX-License-Identifier: Apache-2.0
# What the recorder takes of the target's memory: 2 MiB, 64 KiB for each live thread (512 KiB for a busy
# one) and 48 bytes for each context, and not more.
load ../lib/common
load safety

# takes_at_most BYTES_PER_THREAD
takes_at_most() {
  "$seep" info --format json "$trace" | tee info.json | jq .recorder
  jq -e --argjson thread "$1" '.recorder | .peak_bytes > 0 and
    .peak_bytes <= 2097152 + .peak_threads * $thread + .contexts * 48' info.json
}

@test "one busy thread, many contexts" {
  recorded env PYTHONMALLOC=malloc python3 -c '
import json
data = [{"a": i, "b": [str(j) for j in range(20)]} for i in range(5000)]
json.loads(json.dumps(data))'
  takes_at_most $((512 << 10))
}

@test "four busy threads" {
  recorded "$targets/truth" "$BATS_TEST_TMPDIR/truth" 4 0 1
  takes_at_most $((512 << 10))
}

@test "200 threads that do little" {
  recorded env PYTHONMALLOC=malloc python3 -c '
import threading
gate = threading.Event()
threads = [threading.Thread(target=gate.wait) for _ in range(200)]
[t.start() for t in threads]
gate.set()
[t.join() for t in threads]'
  takes_at_most $((64 << 10))
  [[ $(jq .recorder.peak_threads info.json) -ge 200 ]]
}
