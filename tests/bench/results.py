# SPDX-License-Identifier: Apache-2.0
"""From runs to rows: ratios and differences are taken within a round, then their median."""
import csv
import os
import statistics

COLUMNS = ("date", "machine", "version", "workload", "method", "rounds", "events", "cpu_ms",
           "wall_ratio_min", "wall_ratio", "wall_ratio_max",
           "cpu_ratio_min", "cpu_ratio", "cpu_ratio_max",
           "ns_per_event_min", "ns_per_event", "ns_per_event_max",
           "peak_kib", "bytes_per_event", "holdup_us", "contexts")


def spread(row, name, values, digits):
    row[name + "_min"], row[name], row[name + "_max"] = (
        round(f(values), digits) for f in (min, statistics.median, max))


def median_of(runs, name):
    values = [getattr(run, name) for run in runs if getattr(run, name) is not None]
    return statistics.median(values) if values else None


def row_of(method, rounds, events):
    """rounds: of one workload, each a dictionary from method to run."""
    both = [(round_["bare"], round_[method]) for round_ in rounds if method in round_]
    runs = [run for _, run in both]
    row = {"method": method, "rounds": len(both), "events": round(events),
           "cpu_ms": round(median_of(runs, "cpu_us") / 1000, 1),
           "peak_kib": round(median_of(runs, "peak_kib"))}
    spread(row, "wall_ratio", [run.wall_us / bare.wall_us for bare, run in both], 3)
    spread(row, "cpu_ratio", [run.cpu_us / bare.cpu_us for bare, run in both], 3)
    spread(row, "ns_per_event", [(run.cpu_us - bare.cpu_us) * 1000 / events for bare, run in both], 1)
    if median_of(runs, "file_bytes") is not None:
        row["bytes_per_event"] = round(median_of(runs, "file_bytes") / events, 4)
    if median_of(runs, "holdup_us") is not None:
        row["holdup_us"] = round(max(run.holdup_us for run in runs))
        row["contexts"] = median_of(runs, "contexts")
    return row


def rows_of(rounds, methods):
    events = median_of([round_["count"] for round_ in rounds if "count" in round_], "events")
    return [row_of(method, rounds, events) for method in methods
            if any(method in round_ for round_ in rounds)]


def number(value, digits=None):
    if value in (None, ""):
        return "-"
    return f"{value:.{digits}f}" if digits is not None else str(value)


def text_of(row):
    return (f"  {row['method']:<14} {row['cpu_ms']:>9.1f} ms"
            f"  cpu x{row['cpu_ratio']:<6.2f} [{row['cpu_ratio_min']:.2f} {row['cpu_ratio_max']:.2f}]"
            f"  wall x{row['wall_ratio']:<6.2f} [{row['wall_ratio_min']:.2f} {row['wall_ratio_max']:.2f}]"
            f"  {row['ns_per_event']:>8.1f} [{row['ns_per_event_min']:.1f} {row['ns_per_event_max']:.1f}]"
            " ns/event"
            f"  peak {row['peak_kib'] / 1024:>6.1f} MiB"
            f"  {number(row.get('bytes_per_event'), 3):>7} B/event"
            f"  hold-up {number(row.get('holdup_us')):>6} us")


def append(path, rows):
    new = not os.path.exists(path)
    with open(path, "a", newline="", encoding="ascii") as file:
        writer = csv.DictWriter(file, COLUMNS, restval="", lineterminator="\n")
        if new:
            writer.writeheader()
        writer.writerows(rows)
