# SPDX-License-Identifier: Apache-2.0
"""Does as many units of the same work as each line of its input says, and answers "done"."""

import collections
import decimal
import io
import json
import re
import sys
import zlib


class Order:
    def __init__(self, number):
        self.number, self.lines = number, [number * i for i in range(number % 20)]
        self.parent = None


recent = collections.deque(maxlen=50)
by_number = {}


def unit(number):
    order = Order(number)
    recent.append(order)
    by_number[number % 100] = order
    text = json.dumps({"n": number, "lines": order.lines, "text": "x" * (number % 3000)})
    back = json.loads(text)
    words = re.findall(r"[a-z]+|\d+", text)
    total = sum((decimal.Decimal(i) / 7 for i in order.lines), decimal.Decimal())
    packed = zlib.compress(text.encode() * 20)
    out = io.BytesIO()
    out.write(packed)
    out.write(bytearray(30000 + number % 1000))
    loop = [order, set(words), frozenset(words[:5])]
    loop.append(loop)
    try:
        raise KeyError(number)
    except KeyError as error:
        order.parent = str(error)
    return back, total, sorted(words), {w: len(w) for w in words}


for line in sys.stdin:
    for number in range(int(line)):
        unit(number)
    print("done", flush=True)
