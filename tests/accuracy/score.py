# SPDX-License-Identifier: Apache-2.0
"""Figures over many outcomes, and the table that they are committed as."""

import csv
import statistics

COLUMNS = (
    "case",
    "program",
    "injected",
    "site_bytes",
    "every",
    "blocks_per_unit",
    "reported_per_unit",
    "verdict",
    "confidence",
    "rank",
    "plain_rank",
    "marks_to_leak",
    "sites",
    "called_leak",
    "wrongly",
)
# What the corpus has to reach.
RECALL_TENTH, RECALL_HUNDREDTH, PRECISION, FIRST = 0.95, 0.8, 0.97, 0.9
# Rates are counted, not asked for: one of 1 in 10 may come out a little below.
TENTH, HUNDREDTH = 0.095, 0.0095


def row(outcome):
    case = outcome.case
    place = case.place
    return {
        "case": case.name(),
        "program": case.program.name,
        "injected": (place.function or f"{place.module}+{place.chain[0][1]:#x}") if place else "",
        "site_bytes": outcome.size or "",
        "every": place.every(case.rate) if place else "",
        "blocks_per_unit": f"{outcome.blocks_per_unit:.5g}",
        "reported_per_unit": f"{outcome.said_per_unit:.5g}",
        "verdict": outcome.verdict,
        "confidence": f"{outcome.confidence:.3g}",
        "rank": outcome.rank,
        "plain_rank": outcome.plain_rank,
        "marks_to_leak": outcome.marks_to_leak,
        "sites": outcome.sites,
        "called_leak": outcome.called,
        "wrongly": len(outcome.wrongly),
    }


def write(path, outcomes):
    with open(path, "w", newline="") as file:
        table = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        table.writeheader()
        table.writerows(row(outcome) for outcome in outcomes)


def share(part, whole):
    """1 of none: nothing was asked for."""
    return len(part) / len(whole) if whole else 1.0


def summary(outcomes):
    """Figures by name: value, and the least that it has to be (None: told only)."""
    injected = [o for o in outcomes if o.case.place and o.blocks_per_unit]
    tenth = [o for o in injected if o.blocks_per_unit >= TENTH]
    hundredth = [o for o in injected if HUNDREDTH <= o.blocks_per_unit < TENTH]
    rare = [o for o in injected if o.blocks_per_unit < HUNDREDTH]
    right = [o for o in injected if o.right()]
    called = sum(o.called for o in outcomes)
    wrongly = sum(len(o.wrongly) for o in outcomes)

    def recall(some):
        return share([o for o in some if o.right()], some)

    clean = [o for o in outcomes if not o.case.place]
    return {
        f"recall, 1 in 10 units or more ({len(tenth)} leaks)": (recall(tenth), RECALL_TENTH),
        f"recall, 1 in 100 units ({len(hundredth)} leaks)": (recall(hundredth), RECALL_HUNDREDTH),
        f"recall, rarer ({len(rare)} leaks)": (recall(rare), None),
        f"precision ({called} of {sum(o.sites for o in outcomes)} sites called leak)": (
            1 - wrongly / called if called else 0.0,
            PRECISION,
        ),
        f"true site first of those called leak ({len(tenth + hundredth)})": (
            share([o for o in tenth + hundredth if o.rank == 1], tenth + hundredth),
            FIRST,
        ),
        "of the same, first by bytes outstanding between the marks": (
            share([o for o in tenth + hundredth if o.plain_rank == 1], tenth + hundredth),
            None,
        ),
        f"clean programs without a leak called ({len(clean)})": (
            share([o for o in clean if not o.wrongly], clean),
            1.0,
        ),
        "marks to the verdict, median": (
            statistics.median([o.marks_to_leak for o in right]) if right else 0.0,
            None,
        ),
    }


def table(figures):
    lines = ["| figure | measured | asked for |", "|---|---|---|"]
    for name, (value, least) in figures.items():
        lines.append(f"| {name} | {value:.3g} | {'' if least is None else least} |")
    return "\n".join(lines)
