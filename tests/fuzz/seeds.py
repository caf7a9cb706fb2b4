#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Makes inputs for the targets `trace`, `frames` and `pages` of the traces given.

usage: seeds.py TARGET DIRECTORY TRACE...

For `trace` a byte goes before the trace; for the others it becomes a script of frames (script.h),
which needs zstd for payloads that are compressed: those are left out here (the target compresses).
"""
import os
import struct
import sys

HEAD = struct.Struct("<IHHIIQQQIIIIII")
EVENTS, RECORDS = 4, 5
COMPRESSED = 1
TICKS = 256


def frames(data):
    at = data.find(b"SEEP")
    while at >= 0 and at + HEAD.size <= len(data):
        head = HEAD.unpack_from(data, at)
        payload = data[at + HEAD.size:at + HEAD.size + head[3]]
        yield head, payload
        at = data.find(b"SEEP", at + HEAD.size + len(payload))


def script(data):
    out, stamp, sequences = bytearray(), 0, {}
    for head, payload in frames(data):
        (_, kind, flags, _, plain, first, last, sequence, records, thread, _, survivors, _, _) = head
        if flags & COMPRESSED or plain > 0xffff:
            continue
        more = 0
        if kind == EVENTS:
            more = records - survivors
        elif kind == RECORDS:
            more = records - len(payload) // 24
        step = sequence - sequences.get(thread, 0) if kind in (EVENTS, RECORDS) else 0
        sequences[thread] = sequence + records
        elapsed = max(0, (first - stamp) // TICKS)
        stamp += min(elapsed, 0xffff) * TICKS
        out += struct.pack("<BBBbHHHH", kind & 0xff, 0, thread & 0xff, max(-128, min(127, step)),
                           max(0, min(0xffff, more)), min(elapsed, 0xffff),
                           max(0, min((last - first) // TICKS, 0xffff)), len(payload)) + payload
    return bytes(out)


def main():
    target, directory, traces = sys.argv[1], sys.argv[2], sys.argv[3:]
    os.makedirs(directory, exist_ok=True)
    for path in traces:
        with open(path, "rb") as file:
            data = file.read()
        made = b"\x10" + data if target == "trace" else script(data)
        name = os.path.basename(path).removesuffix(".seep")
        with open(os.path.join(directory, name), "wb") as file:
            file.write(made)


main()
