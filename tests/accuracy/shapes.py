# SPDX-License-Identifier: Apache-2.0
"""The shapes of tests/targets/shapes: each tells what should be said of it."""

import json
import subprocess

NAMES = (
    "arenas bundle cache connections lazy leak-1 leak-10 leak-100 lru pool rotation stops table "
    "varying vector"
).split()
SECONDS = 60
RATE_OFF = 0.01  # of blocks per unit


def run(recording, name, units):
    """Its truth, the report of the whole run, and that between the marks."""
    program = recording.tools.targets / "shapes" / f"shape-{name}"
    environment = recording.environment(LD_PRELOAD=str(recording.folder / "libseep.so"))
    process = subprocess.Popen(
        [program, "--units", str(units)], env=environment, stdout=subprocess.PIPE
    )
    recording.pid = process.pid
    out, _ = process.communicate(timeout=SECONDS)
    truth = json.loads(out)
    last = f"m{truth['marks']}"
    return truth, recording.report("start", last), recording.report("warm", last)


def rows_of(report, function):
    return [site for site in report["sites"] if site.get("function") == function]


def heaviest(rows):
    return max(rows, key=lambda row: (row["outstanding_bytes"], row["allocations"]))


def wrong_site(expected, whole, between):
    """What is said wrongly of one site of the truth; None: all is right."""
    function, verdicts = expected["function"], expected["verdicts"]
    rows = rows_of(whole, function)
    if not rows:
        return f"{function} is not in the report"
    said = heaviest(rows).get("verdict", "none")
    if said not in verdicts:
        return f"{function} is {said}, not {verdicts[0]}: {heaviest(rows).get('evidence')}"
    if "leak" not in verdicts:
        leaks = [row for row in rows if row.get("verdict") == "leak"]
        return f"{function} is called a leak: {leaks[0].get('evidence')}" if leaks else None
    return wrong_rate(expected, rows_of(between, function))


def wrong_rate(expected, rows):
    """The sites of one function, each with its own rate."""
    rates = [row.get("rate", {}) for row in rows]
    said = sum(rate.get("blocks_per_unit", 0) for rate in rates)
    if abs(said - expected["blocks_per_unit"]) > RATE_OFF * expected["blocks_per_unit"]:
        return f"{expected['function']} leaks {expected['blocks_per_unit']:g} a unit, not {said:g}"
    return None


def wrong_bundle(truth, report):
    """Sites that leak together are one bundle, named after the one that allocates first."""
    leaks = [site["function"] for site in truth["sites"] if "leak" in site["verdicts"]]
    bundles = [
        (bundle["function"], sorted({member["function"] for member in bundle["members"]}))
        for bundle in report["bundles"]
    ]
    expected = [(leaks[0], sorted(leaks))] if len(leaks) > 1 else []
    return None if bundles == expected else f"bundled as {bundles}, not {expected}"


def wrongs(truth, whole, between):
    """Everything that is said wrongly of a shape."""
    found = [wrong_site(expected, whole, between) for expected in truth["sites"]]
    known = [expected["function"] for expected in truth["sites"]]
    found += [
        f"{site.get('function')} is called a leak"
        for site in whole["sites"]
        if site.get("verdict") == "leak" and site.get("function") not in known
    ]
    found.append(wrong_bundle(truth, whole))
    return [wrong for wrong in found if wrong]
