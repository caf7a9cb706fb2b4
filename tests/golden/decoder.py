#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A second decoder of seep traces, written from docs/format.md: prints their canonical text."""

import os
import struct
import subprocess
import sys
import zlib
from collections import namedtuple

import canonical
from canonical import ALLOC, FREE, M64, MAP, TRANSIENT, UNMAP, number

MAGIC, LIMIT = b"SEEP", 1 << 26
PROCESS, MODULE, CONTEXTS, EVENTS, RECORDS, MARK, THREAD, LOSS, STATE, END = range(1, 11)
THINNED, RESIDENT = 14, 15
UNFREE, WIDE = 3, 6
LAST_BEFORE = 0xffffffff
SAMPLED = 7

Head = namedtuple("Head", "magic type flags stored plain first last sequence count thread rss"
                          " survivors payload_crc header_crc")
Block = namedtuple("Block", "head payload order offset")  # offset None: of the stage


class Malformed(Exception):
    pass


# ---- Bytes ---------------------------------------------------------------------------------------

class Cursor:
    def __init__(self, data):
        self.data, self.at = data, 0

    def varint(self):
        value, shift = 0, 0
        while True:
            if self.at >= len(self.data) or shift > 63:
                raise Malformed("varint")
            byte = self.data[self.at]
            self.at += 1
            value |= (byte & 127) << shift
            if value > M64:
                raise Malformed("varint")
            if byte < 128:
                return value
            shift += 7

    def byte(self):
        self.at += 1
        return self.data[self.at - 1]

    def zigzag(self):
        value = self.varint()
        return value >> 1 if value & 1 == 0 else -(value + 1 >> 1)

    def done(self):
        return self.at == len(self.data)


def decompress(stored, plain_bytes):
    try:
        import zstandard
        try:
            plain = zstandard.ZstdDecompressor().decompress(stored, max_output_size=plain_bytes)
        except zstandard.ZstdError as error:
            raise Malformed("zstd") from error
    except ImportError:
        done = subprocess.run(["zstd", "-dcq"], input=stored, capture_output=True, check=False)
        if done.returncode:
            raise Malformed("zstd")
        plain = done.stdout
    if len(plain) != plain_bytes:
        raise Malformed("plain_bytes")
    return plain


# ---- Frames --------------------------------------------------------------------------------------

def frame_at(data, at):
    """The frame at an offset, as (head, stored payload), or None where none is valid."""
    if data[at:at + 4] != MAGIC or at + 64 > len(data):
        return None
    head = Head(*struct.unpack_from("<4sHHIIQQQIIIIII", data, at))
    if max(head.stored, head.plain) > LIMIT or (head.flags & 1 == 0 and head.stored != head.plain):
        return None
    if zlib.crc32(data[at:at + 60]) != head.header_crc or at + 64 + head.stored > len(data):
        return None
    payload = data[at + 64:at + 64 + head.stored]
    return (head, payload) if zlib.crc32(payload) == head.payload_crc else None


def frames(data, damages):
    at = 0
    while at < len(data):
        found = frame_at(data, at)
        if not found:
            start = at
            while not found:
                at = data.find(MAGIC, at + 1)
                if at < 0:
                    damages.append((start, len(data) - start))
                    return
                found = frame_at(data, at)
            damages.append((start, at - start))
        yield at, found[0], found[1]
        at += 64 + found[0].stored


def plain_payload(head, stored):
    if head.flags not in (0, 1):
        raise Malformed("flags")
    return decompress(stored, head.plain) if head.flags & 1 else stored


def fields(payload):
    values, at = {}, 0
    while at < len(payload):
        if at + 8 > len(payload):
            raise Malformed("field")
        tag, _, count = struct.unpack_from("<HHI", payload, at)
        at += 8
        if count > len(payload) - at:
            raise Malformed("field")
        values[tag] = payload[at:at + count]
        at += count
    return values


# ---- What a trace says ---------------------------------------------------------------------------

class Trace:
    def __init__(self):
        self.process, self.modules, self.threads, self.marks = {}, {}, {}, []
        self.nodes, self.blocks, self.samples, self.damages = {}, [], [], []
        self.totals, self.pairs, self.losses = {}, [], {1: 0, 0: 0}
        self.ended = self.folded = self.staged = False
        self.stage_totals, self.start = {}, None
        self.residents, self.heap, self.windows = [], None, set()

    def raise_totals(self, totals):
        for tag, value in totals.items():
            self.totals[tag] = max(value, self.totals.get(tag, 0))

    def take(self, offset, head, payload):
        if head.type == PROCESS:
            self.take_process(payload)
        elif head.type == MODULE:
            values = fields(payload)
            if not number(values, 32):
                raise Malformed("module")
            self.modules.setdefault(number(values, 32), {}).update(values)
        elif head.type == CONTEXTS:
            self.take_contexts(payload)
        elif head.type == MARK:
            values = fields(payload)
            if number(values, 48) > 2:
                raise Malformed("mark")
            self.marks.append((number(values, 10, head.first), number(values, 12),
                               values.get(49, b""), number(values, 48), number(values, 50)))
        elif head.type == THREAD:
            values = fields(payload)
            self.threads.setdefault(number(values, 64, head.thread), {}).update(values)
        elif head.type == LOSS:
            values = fields(payload)
            self.losses[1 if number(values, 80) == 1 else 0] += number(values, 81)
        elif head.type in (STATE, END):
            values = fields(payload)
            self.raise_totals({tag: number(values, tag) for tag in (*range(97, 111), *range(160, 166))})
            self.pairs.append((number(values, 10), number(values, 11)))
            self.ended |= head.type == END
            self.folded |= number(values, 111) != 0
            if not head.rss and number(values, 96):
                self.samples.append((head.last, number(values, 96)))
        elif head.type == RESIDENT:
            self.take_resident(head, fields(payload))
        if (head.type in range(1, 11) or head.type == RESIDENT) and head.rss:
            self.samples.append((head.last, head.rss))
        if head.type != MARK and head.first:
            self.start = min(head.first, self.start or head.first)

    def take_process(self, payload):
        values = fields(payload)
        if self.process:
            raise Malformed("second PROCESS")
        if number(values, 1) != 2:
            raise SystemExit(print("was written in a format this seep does not know"))
        self.process = values
        self.pairs.append((number(values, 10), number(values, 11)))

    def take_resident(self, head, values):
        whole, *parts, swapped = (min(number(values, tag), 1 << 48) for tag in range(192, 202))
        parts[-1] += max(0, whole - sum(parts))
        self.residents.append((head.first, sum(parts), head.last, parts, swapped,
                               number(values, 202)))
        start, stop = number(values, 203), number(values, 204)
        if stop > start:
            before = self.heap or (start, stop)
            self.heap = min(start, before[0]), max(stop, before[1])
        windows = values.get(205, b"")
        self.windows.update(struct.unpack_from("<%dI" % (len(windows) // 4), windows))

    def take_contexts(self, payload):
        cursor, node = Cursor(payload), 0
        while not cursor.done():
            node = node + cursor.varint() & 0xffffffff
            for _ in range(cursor.varint()):
                distance, offset, module = cursor.varint(), cursor.varint(), cursor.varint()
                parent = node - distance & 0xffffffff if distance else 0
                self.nodes.setdefault(node, (parent, module >> 4, offset, module & 15))
                node = node + 1 & 0xffffffff

    def take_stage(self, data):
        if len(data) < 816 or struct.unpack_from("<QI", data) != (0x3147535045455351, 2):
            return
        if self.process and data[16:32] != self.process.get(2, bytes(16)):
            return
        self.staged = True
        totals = dict(zip((97, 98, 99, 109, 104, 105, 110, 106, 0, 101, 102, 103, 100, 0, 108, 107),
                          struct.unpack_from("<16Q", data, 672)))
        if len(data) >= 864:
            totals.update(zip(range(160, 166), struct.unpack_from("<6Q", data, 816)))
        if len(data) >= 880:
            totals.update(zip((129, 130), struct.unpack_from("<2Q", data, 864)))
        first, first_ns, last, last_ns = struct.unpack_from("<4Q", data, 640)
        self.pairs += [(first, first_ns), (last, last_ns)]
        at = 16384
        while at < len(data):
            magic, count = struct.unpack_from("<QI", data, at)
            if magic == 0x31544f4c53504553:
                self.take_slot(data[at:at + count], totals)
            elif magic == 0x31545845434f4e31:
                self.take_segment(data[at:at + count])
            else:
                count = 16384
            at += count
        self.raise_totals(totals)

    def take_slot(self, slot, totals):
        thread, committed, drained, tid = struct.unpack_from("<IQQI", slot, 12)
        if thread == 0xffffffff:
            return
        for tag, value in zip((98, 99, 109, 104), struct.unpack_from("<4Q", slot, 64)):
            totals[tag] += value
        if thread:
            values = self.threads.setdefault(thread, {})
            values.setdefault(65, struct.pack("<Q", tid))
            values.setdefault(66, slot[40:56].split(b"\0")[0])
            values.setdefault(10, slot[56:64])
        count = committed - drained
        records = slot[128:128 + 24 * count]
        if count:
            first, = struct.unpack_from("<Q", records)
            last, = struct.unpack_from("<Q", records, 24 * count - 24)
            head = Head(MAGIC, RECORDS, 0, 0, 24 * count, first, last, drained, count, thread,
                        0, 0, 0, 0)
            self.blocks.append(Block(head, records, len(self.blocks), None))

    def take_segment(self, segment):
        first, capacity = struct.unpack_from("<II", segment, 12)
        for i in range(min(capacity, (len(segment) - 32) // 16)):
            place, parent, module = struct.unpack_from("<QII", segment, 32 + 16 * i)
            if place >> 63:
                node = (parent, module, place & (1 << 48) - 1, place >> 48 & 15)
                self.nodes.setdefault(first + i, node)


# ---- Blocks and events ---------------------------------------------------------------------------

def kept_blocks(trace):
    """Step 5 of the reader algorithm: {thread: [(block, records to skip)]}, and what is missing."""
    threads, missing = {}, 0
    for block in sorted(trace.blocks, key=lambda b: (b.head.sequence, b.offset is None, b.order)):
        kept = threads.setdefault(block.head.thread, [])
        covered = kept[-1][0].head.sequence + kept[-1][0].head.count if kept else 0
        first, stop = block.head.sequence, block.head.sequence + block.head.count
        if first >= covered and first <= 1 << 56:
            missing += first - covered
            kept.append((block, 0))
        elif stop > covered and block.head.type == RECORDS:
            kept.append((block, covered - first))
    return threads, max(missing - trace.totals.get(165, 0), 0)


def decode_events(head, payload):
    """(events, sums, last allocation, pairs, bytes) of an EVENTS payload; an event is a list of
    stamp, kind, address, size (of a sampled FREE its weight), flags, context and, where it stands for
    several blocks, their number; the last
    allocation one of them, or its field."""
    if len(payload) < 80:
        raise Malformed("events")
    survivors, contexts, sums, stamp_shift, address_shift, share_shift, _, *lengths, peak_position, peak_bytes, \
        pairs, pair_bytes, last, _ = struct.unpack_from("<IIIBBBB7IIQQQII", payload)
    if 80 + sum(lengths) != len(payload) or survivors != head.survivors or survivors > head.count \
            or lengths[1] != survivors or stamp_shift > 63 or address_shift > 63 \
            or share_shift > 16 or peak_position > survivors or survivors < last != LAST_BEFORE:
        raise Malformed("events")
    columns, at = [], 80
    for length in lengths:
        columns.append(Cursor(payload[at:at + length]))
        at += length
    dictionary, context = [], 0
    for _ in range(contexts):
        context += columns[0].varint()
        dictionary.append(context)
    events, stamp, address, place = [], head.first >> stamp_shift, 0, 0
    for kind in columns[1].data:
        kind, flags, size, context = kind & 15, kind >> 4, 0, 0
        stamp += columns[2].varint()
        address += columns[3].zigzag()
        if kind in (ALLOC, MAP, SAMPLED):
            place = place + columns[4].zigzag() & M64
            context = dictionary[place]
        if kind in (ALLOC, MAP, UNMAP, SAMPLED):
            size = columns[5].varint()
        events.append([max(stamp << stamp_shift, head.first), FREE if kind == SAMPLED else kind,
                       address << address_shift & (1 << 48) - 1, size, flags, context])
        if share_shift and kind == ALLOC:
            events[-1].append(1 << share_shift)
    rows = list(decode_sums(columns[6], sums, dictionary))
    if 0 < last <= survivors:
        last = events[last - 1]
    if peak_bytes:
        stamp = events[peak_position - 1][0] if peak_position else head.first
        events.insert(peak_position, [stamp, TRANSIENT, 0, peak_bytes, 0, 0])
    return events, rows, last, pairs, pair_bytes


def decode_sums(cursor, count, dictionary):
    """Rows as context, pairs, bytes, temporary, [lifetimes, sizes]."""
    place = 0
    for _ in range(count):
        place += cursor.varint()
        shape, pairs, size = cursor.byte(), cursor.varint(), cursor.varint()
        temporary = {0: 0, 1: pairs}.get(shape & 3)
        if temporary is None:
            temporary = cursor.varint() if shape & 3 == 2 else 0
        sizes = {size.bit_length(): pairs} if shape & 4 else \
            decode_histogram(cursor, cursor.varint(), pairs, 65)
        total = pairs * size & M64 if shape & 4 else size
        lifetimes = decode_histogram(cursor, shape >> 3, pairs, 23)
        yield dictionary[place], pairs, total, temporary, [lifetimes, sizes]
        place += 1


def decode_histogram(cursor, count, pairs, buckets):
    histogram, bucket = {}, 0
    if (count == 0) != (pairs == 0):
        raise Malformed("histogram")
    for left in range(count, 0, -1):
        bucket += cursor.varint()
        held = cursor.varint() if left > 1 else pairs
        if bucket >= buckets or held > pairs:
            raise Malformed("histogram")
        histogram[bucket] = histogram.get(bucket, 0) + held
        pairs -= held
    return histogram


def decode_records(head, payload):
    if len(payload) != 24 * head.count:
        raise Malformed("records")
    for stamp, where, what in struct.iter_unpack("<QQQ", payload):
        kind, size = where >> 48 & 15, what & 0xffffffff
        context = what >> 32 if kind in (ALLOC, MAP, SAMPLED) else 0
        yield [stamp, FREE if kind == SAMPLED else kind, where & (1 << 48) - 1,
               what if kind == WIDE else 0 if kind == FREE else size, where >> 52, context]


def count_temporaries(records, tail, fold):
    """How often an allocation of each context was freed before the next one, as sums; tail is the
    last allocation before as [address, context], and then the last of these."""
    temporary = {}
    for i, (_, kind, address, _, _, context) in enumerate(records):
        if kind == ALLOC:
            tail[:] = address, context
        elif kind == FREE and address == tail[0]:
            if next((r[1] for r in records[i + 1:i + 64]
                     if r[2] == address and r[1] in (FREE, UNFREE)), FREE) == FREE:
                context = fold.get(tail[1], 0)
                temporary[context] = temporary.get(context, 0) + 1
                tail[0] = None
    return [(context, 0, 0, count, [{}, {}]) for context, count in sorted(temporary.items())]


def follow(events, last, tail):
    """The tail behind a block in which the recorder counted."""
    if last != LAST_BEFORE:
        tail[:] = (last[2], last[5]) if last else (None, 0)
    elif any(event[1] == FREE and event[2] == tail[0] for event in events):
        tail[0] = None


def thread_entries(blocks, damages, fold):
    """A thread's entries in its own order: blocks' begins and events, WIDE and UNFREE resolved."""
    entries, lost, total, tail, sequence = [], 0, 0, [None, 0], 0
    for block, skip in blocks:
        head = block.head
        if head.sequence + skip != sequence:
            tail[0] = None
        sequence = head.sequence + head.count
        try:
            payload = plain_payload(head, block.payload)
            if head.type in (EVENTS, THINNED):
                events, sums, last, *figures = decode_events(head, payload)
                follow(events, last, tail)
            else:
                events, figures = list(decode_records(head, payload))[skip:], (0, 0)
                sums = count_temporaries(events, tail, fold)
        except (Malformed, IndexError):
            tail[0] = None
            lost += head.count - skip
            if block.offset is not None:
                damages.append((block.offset, 64 + head.stored))
            continue
        total += head.count - skip
        entries.append([head.first, "block", head, sums, figures])
        for event in events:
            take_event(entries, event)
    latest = 0
    for entry in entries:
        latest = entry[0] = max(entry[0], latest)
    return entries, lost, total


def take_event(entries, event):
    if event[1] == WIDE:
        before = next((e for e in reversed(entries) if e[1] != "block"), None)
        if before and before[3] == 0xffffffff:
            before[3] = event[3]
    elif event[1] == UNFREE:
        for i in range(len(entries) - 1, -1, -1):
            if entries[i][1] == FREE and entries[i][2] == event[2]:
                del entries[i]
                break
    elif event[1] in (ALLOC, FREE, MAP, UNMAP, TRANSIENT):
        entries.append(event)


def main(name):
    with open(name, "rb") as file:
        data = file.read()
    trace, found = Trace(), False
    for offset, head, stored in frames(data, trace.damages):
        if not found and offset + 64 + head.stored > 1 << 20:
            break
        found = True
        if head.type in (EVENTS, RECORDS, THINNED):
            trace.blocks.append(Block(head, stored, len(trace.blocks), offset))
        elif head.type <= END or head.type == RESIDENT:
            try:
                trace.take(offset, head, plain_payload(head, stored))
            except Malformed:
                trace.damages.append((offset, 64 + head.stored))
    if not found:
        print("is no seep trace")
        return
    if os.path.exists(name + ".stage"):
        with open(name + ".stage", "rb") as file:
            trace.take_stage(file.read())
    blocks, missing = kept_blocks(trace)
    firsts = [block.head.first for kept in blocks.values() for block, _ in kept]
    trace.start = min(firsts + [trace.start or M64])
    trace.samples += [(block.head.last, block.head.rss)
                      for kept in blocks.values() for block, _ in kept if block.head.rss]
    paths = {"-": 0}  # to the lowest id of each
    fold = {node: paths.setdefault(canonical.path(trace, {m: m for m in trace.modules}, node), node)
            for node in sorted(trace.nodes)}
    threads = {thread: thread_entries(kept, trace.damages, fold)
               for thread, kept in blocks.items()}
    canonical.print_trace(trace, threads, missing)


if __name__ == "__main__":
    main(sys.argv[1])
