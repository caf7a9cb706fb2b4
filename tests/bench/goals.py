# SPDX-License-Identifier: Apache-2.0
"""Holds the rows of a run against what recording may cost: text."""
import math
import statistics

FEW = 250000  # events, below which the noise of the rest of the program drowns a cost per event
MOST = {"unwind": 1.3, "heaptrack": 1 / 6}  # of the other's added time
MEAN = {"unwind": 1.0, "heaptrack": 1 / 6}
SCALING = 1.2  # an event with two threads, of one with one
BYTES = {"redis": 0.066, "nginx": 0.030, "mariadb": 0.061}  # per event: heaptrack's
BYTES_ELSE = 0.6


def verdict(value, limit, digits=2):
    over = round(value, digits) > round(limit, digits)
    return f"{value:.{digits}f}{' OVER ' + format(limit, f'.{digits}f') if over else ''}"


def added(cells, method):
    """ns per event; None where the figure means nothing: few events, or a round that cost less than
    bare, so that what the machine did meanwhile is more than what is measured."""
    row = cells.get(method)
    told = row and row["events"] >= FEW and row["ns_per_event_min"] > 0
    return row["ns_per_event"] if told else None


def ratio(cells, other):
    ours, theirs = added(cells, "seep"), added(cells, other)
    return ours / theirs if ours and theirs else None


def peak_budget(bare, seep):
    """MiB: a tenth more, 8 MiB, and 48 bytes for each context."""
    return 1.10 * bare["peak_kib"] / 1024 + 8 + 48 * seep["contexts"] / 2**20


def line_of(name, cells):
    seep = cells["seep"]
    parts = []
    for other, most in MOST.items():
        found = ratio(cells, other)
        parts.append(f"/ {other} {verdict(found, most) if found else 'no figure'}")
    if seep["events"] >= FEW:
        limit = BYTES.get(name, BYTES_ELSE)
        parts.append(f"B/event {verdict(seep['bytes_per_event'], limit, 3)}")
    budget = peak_budget(cells["bare"], seep)
    parts.append(f"peak MiB {verdict(seep['peak_kib'] / 1024, budget, 1)} of {budget:.1f}")
    parts.append(f"hold-up ms {seep['holdup_us'] / 1000:.1f}")
    return f"  {name:<12} " + "   ".join(parts)


def means(by_workload):
    for other, most in MEAN.items():
        found = {name: ratio(cells, other) for name, cells in by_workload.items()}
        found = {name: value for name, value in found.items() if value}
        if found:
            mean = math.exp(statistics.fmean(map(math.log, found.values())))
            worst = max(found, key=found.get)
            yield (f"seep / {other}: geometric mean {verdict(mean, most)} of {len(found)} workloads, "
                   f"most {verdict(found[worst], MOST[other])} ({worst})")


def scaling(by_workload):
    for name, cells in by_workload.items():
        alone = by_workload.get(name[:-1] + "1")
        if name.endswith("-2") and alone and added(cells, "seep") and added(alone, "seep"):
            times = added(cells, "seep") / added(alone, "seep")
            yield f"{name} / {name[:-1]}1, of an event: {verdict(times, SCALING)}"


def text_of(rows):
    by_workload = {}
    for row in rows:
        by_workload.setdefault(row["workload"], {})[row["method"]] = row
    lines = [line_of(name, cells) for name, cells in by_workload.items()
             if "seep" in cells and "bare" in cells]
    return "\n".join([*lines, *means(by_workload), *scaling(by_workload)])
