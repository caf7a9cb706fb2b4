# SPDX-License-Identifier: Apache-2.0
"""Objects of many kinds, made and dropped; prints what does not depend on addresses."""
import collections
import hashlib
import json
import re
import threading

parts = [{"id": i, "name": f"part {i}", "sizes": list(range(i % 17))} for i in range(3000)]
text = json.dumps(parts)
print(len(text), hashlib.sha256(text.encode()).hexdigest())
again = json.loads(text)
print(again == parts, sum(len(p["sizes"]) for p in again))
words = collections.Counter(re.findall(r"[a-z]+|\d", text))
print(words.most_common(5))

sums = {}


def add(n):
    sums[n] = sum(len(str(i) * n) for i in range(2000))


threads = [threading.Thread(target=add, args=(n,)) for n in range(4)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(sorted(sums.items()))
try:
    [0] * 10**15
except MemoryError as error:
    print("MemoryError", error)
