# SPDX-License-Identifier: Apache-2.0
"""The canonical text of a decoded trace, as docs/format.md describes it."""

import struct

ALLOC, FREE, MAP, UNMAP, TRANSIENT = 1, 2, 4, 5, 15
M64 = (1 << 64) - 1


def number(values, tag, default=0):
    value = values.get(tag, b"")
    return struct.unpack("<Q", value)[0] if len(value) == 8 else default


def quote(text):
    text = text.split(b"\0")[0]
    plain = [0x20 <= c <= 0x7e and c not in b'"\\' for c in text]
    return '"' + "".join(chr(c) if p else "\\x%02x" % c for c, p in zip(text, plain)) + '"'


def path(trace, ranks, node):
    frames_, seen = [], set()
    while node in trace.nodes:
        seen.add(node)
        parent, module, offset, flags = trace.nodes[node]
        if parent and (parent not in trace.nodes or parent in seen):
            parent, flags = 0, flags | 4
        node = parent
        if number(trace.modules.get(module, {}), 39) != 1:
            frames_.append([ranks.get(module, 0), offset, flags])
        elif flags & 4 and frames_: # what is left out cannot say that it is cut
            frames_[-1][2] |= 4
    return " ".join("%d+0x%x%s" % (module, offset, "!%d" % flags if flags else "")
                    for module, offset, flags in frames_) or "-"

def rate(trace):
    if number(trace.process, 8) == 2:
        return 1e9
    pairs = sorted(p for p in trace.pairs if p[0] and p[1])
    if pairs and pairs[-1][0] > pairs[0][0] and pairs[-1][1] - pairs[0][1] >= 10**7:
        return (pairs[-1][0] - pairs[0][0]) / (pairs[-1][1] - pairs[0][1]) * 1e9
    return number(trace.process, 9) or 1e9


def print_definitions(trace, module_ranks, thread_ranks):
    p = trace.process
    died = trace.staged or trace.folded
    print("state", "ended" if trace.ended else "died" if died else "no-stage")
    print("program", quote(p.get(5, b"")))
    print("executable", quote(p.get(6, b"")))
    arguments = p.get(7, b"").split(b"\0")
    for argument in arguments if arguments[-1] else arguments[:-1]:
        print("argument", quote(argument))
    print("process pid=%d parent=%d clock=%d start=%d realtime=%d rate=%.0f" % (
        number(p, 3), number(p, 4), 2 if number(p, 8) == 2 else 1,
        number(p, 10) or trace.start or 0, number(p, 12), rate(trace)))
    print("identity", p.get(2, bytes(16)).hex())
    if number(p, 28):
        print("attached %d" % number(p, 28))
    for module, rank in module_ranks.items():
        m = trace.modules[module]
        print("module %d %s bias=0x%x start=0x%x stop=0x%x unload=%d id=%s%s" % (
            rank, quote(m.get(33, b"")), number(m, 35), number(m, 36), number(m, 37), number(m, 38),
            m.get(34, b"").hex(), " recorder" if number(m, 39) == 1 else ""))
    for thread, rank in thread_ranks.items():
        t = trace.threads[thread]
        print("thread %d tid=%d start=%d end=%d %s" % (
            rank, number(t, 65), number(t, 10), number(t, 67), quote(t.get(66, b""))))
    for stamp, realtime, label, kind, units in sorted(trace.marks):
        print("mark kind=%d stamp=%d realtime=%d units=%d %s" % (
            kind, stamp, realtime, units, quote(label)))


def print_live(events):
    lives, strange = {}, 0
    for _, kind, address, size, *_ in events:
        if kind == ALLOC:
            lives.setdefault(address, []).append(size)
        elif kind == FREE and lives.get(address):
            lives[address].pop(0)
        elif kind == FREE:
            strange += 1
    sizes = [size for many in lives.values() for size in many]
    print("live %d blocks %d bytes, %d frees of nothing" % (len(sizes), sum(sizes), strange))


def print_trace(trace, threads, missing):
    entries, bad, total = [], 0, 0
    for thread in sorted(threads):
        if thread:
            trace.threads.setdefault(thread, {})
        own, lost, count = threads[thread]
        bad, total = bad + lost, total + count
        entries += [(entry[0], thread, i, entry) for i, entry in enumerate(own)]
    entries.sort(key=lambda e: e[:3])
    module_ranks = {m: i + 1 for i, m in enumerate(sorted(trace.modules))}
    thread_ranks = {t: i + 1 for i, t in enumerate(sorted(trace.threads))}
    print_definitions(trace, module_ranks, thread_ranks)
    t = trace.totals
    print("records %d" % total)
    print("lost %d unrecorded %d truncated %d paused %d captures %d drains %d" % (
        max(t.get(97, 0), trace.losses[1], missing) + bad, max(t.get(98, 0), trace.losses[0]),
        t.get(99, 0), t.get(109, 0), t.get(104, 0), t.get(103, 0)))
    if t.get(160):
        print("limit %d share %d unfollowed %d blocks %d bytes %d frees, unwritten %d" % tuple(
            t.get(tag, 0) for tag in range(160, 166)))
    for sample in sorted(trace.samples):
        print("sample %d %d" % sample)
    for first, whole, last, parts, swapped, mappings in sorted(trace.residents):
        print("resident %d-%d %d bytes: %s swapped=%d mappings=%d" % (
            first, last, whole, " ".join(map(str, parts)), swapped, mappings))
    if trace.residents:
        print("heaps 0x%x-0x%x" % (trace.heap or (0, 0)), *sorted(trace.windows))
    for damage in sorted(trace.damages):
        print("damage at %d, %d bytes" % damage)
    for _, thread, _, entry in entries:
        if entry[1] == "block":
            print("block t%d %d-%d pairs=%d bytes=%d" % (
                thread_ranks.get(thread, 0), entry[2].first, entry[2].last, *entry[4]))
    for _, thread, _, entry in entries:
        if entry[1] == "block":
            for context, pairs, count, temporary, buckets in entry[3]:
                histograms = ["".join("%d:%d;" % b for b in sorted(h.items()) if b[1])
                              for h in buckets]
                print("sum t%d %d pairs=%d bytes=%d temporary=%d lifetimes=%s sizes=%s %s" % (
                    thread_ranks.get(thread, 0), entry[2].first, pairs, count, temporary,
                    *histograms, path(trace, module_ranks, context)))
    names = {ALLOC: "alloc", FREE: "free", MAP: "map", UNMAP: "unmap", TRANSIENT: "transient"}
    events = [(thread, entry) for _, thread, _, entry in entries if entry[1] != "block"]
    for thread, (stamp, kind, address, size, flags, context, *weight) in events:
        print("event %d t%d %s 0x%x %d flags=%d%s %s" % (
            stamp, thread_ranks.get(thread, 0), names[kind], address, size, flags,
            "".join(" of=%d" % w for w in weight), path(trace, module_ranks, context)))
    print_live(entry for _, entry in events)
