# SPDX-License-Identifier: Apache-2.0
"""One case: a program driven between marks, looked at after each of them, and what came of it."""

import dataclasses

import survey

MARKS = 6
WARM = "warm"
LEAK = "leak"
EXPECTED = 3  # blocks that are swallowed by a mark, or the place is unfit


class Unfit(Exception):
    """No leak came of it: blocks of the place are freed by realloc, or all at one time."""


@dataclasses.dataclass
class Case:
    """What is to be run. place None: nothing is injected. cold: there is no load before the first
    mark, so that all that fills fills between the marks."""

    program: type
    place: object = None
    rate: float = 0.0
    cold: bool = False

    def name(self):
        if not self.place:
            return f"{self.program.name}-{'cold' if self.cold else 'clean'}"
        where = self.place.function or hex(self.place.chain[-1][1])
        return f"{self.program.name}-{where}-{self.rate:g}"


@dataclasses.dataclass
class Outcome:
    """What came of it. rank: of the true site among those called leak, as the report lists them;
    plain_rank: by bytes outstanding between the marks, without a verdict; 0: not there."""

    case: Case
    sites: int = 0
    called: int = 0  # sites called leak
    wrongly: list = dataclasses.field(default_factory=list)  # of them, those that are none
    verdict: str = ""
    confidence: float = 0.0
    blocks_per_unit: float = 0.0  # the truth between the first and the last mark
    said_per_unit: float = 0.0  # what the report says of it
    size: int = 0
    rank: int = 0
    plain_rank: int = 0
    marks_to_leak: int = 0  # marks behind the first, until it is called leak and stays so; 0: never
    note: str = ""

    def right(self):
        return self.verdict == LEAK


def has_chain(site, chain):
    """Whether a stack of site goes through the place."""
    for stack in site["stacks"]:
        frames = [f for f in survey.frames_of(stack) if not f.get("inlined")]
        if tuple((f.get("module"), f.get("offset")) for f in frames[: len(chain)]) == chain:
            return True
    return False


def true_site(report, place):
    for site in report["sites"]:
        if has_chain(site, place.chain):
            return site
    return None


def rank_of(site, sites):
    return next((i for i, other in enumerate(sites, 1) if other is site), 0)


def name_of(site):
    where = site.get("function") or "?"
    return f"{where} ({site.get('module')})"


def drive(case, recording, units):
    """Runs it: a report and the injector's truth at each mark, the one without units first."""
    program = case.program()
    program.start(recording)
    seen = []
    try:
        if not case.cold:
            program.drive(units)
        recording.mark(WARM)
        seen.append((None, recording.truth()))
        for mark in range(1, MARKS + 1):
            program.drive(units)
            recording.mark(f"m{mark}", units)
            seen.append((recording.report(WARM, f"m{mark}"), recording.truth()))
            if case.rate * mark * units >= EXPECTED and not swallowed(seen):
                raise Unfit(case.place)
        if case.place and not goes_on(seen):
            raise Unfit(case.place)
        recording.snapshot()
    finally:
        program.stop()
    return seen


def swallowed(seen, counter="swallowed"):
    """Since the first mark."""
    return seen[-1][1][counter] - seen[0][1][counter]


def goes_on(seen):
    """Whether blocks were swallowed between most of the marks, as far as there were enough."""
    counts = [truth["swallowed"] for _, truth in seen]
    between = sum(later > earlier for earlier, later in zip(counts, counts[1:]))
    return swallowed(seen) and between >= min(MARKS - 1, swallowed(seen) // 2)


def judge_injected(outcome, seen, units):
    """The true site's figures, in the last report and over the marks."""
    report, place = seen[-1][0], outcome.case.place
    site = true_site(report, place)
    outcome.blocks_per_unit = swallowed(seen) / (units * MARKS)
    outcome.size = swallowed(seen, "swallowed_bytes") // max(1, swallowed(seen))
    if not site:
        outcome.note = "no such site"
        return
    outcome.verdict = site.get("verdict", "none")
    outcome.confidence = site.get("confidence", 0.0)
    outcome.note = site.get("evidence", "")
    outcome.said_per_unit = site.get("rate", site).get("blocks_per_unit", 0.0)
    outcome.rank = rank_of(site, [s for s in report["sites"] if s.get("verdict") == LEAK])
    by_bytes = sorted(report["sites"], key=lambda s: -s["outstanding_bytes"])
    outcome.plain_rank = rank_of(site, by_bytes)
    outcome.marks_to_leak = marks_to_leak([true_site(r, place) for r, _ in seen[1:]])


def marks_to_leak(sites):
    first = 0
    for mark, site in enumerate(sites, 1):
        if not site or site.get("verdict") != LEAK:
            first = 0
        elif not first:
            first = mark
    return first


def judge(case, seen, units):
    outcome = Outcome(case)
    report = seen[-1][0]
    if case.place:
        judge_injected(outcome, seen, units)
    called = [site for site in report["sites"] if site.get("verdict") == LEAK]
    outcome.sites, outcome.called = len(report["sites"]), len(called)
    outcome.wrongly = [
        site for site in called if not (case.place and has_chain(site, case.place.chain))
    ]
    return outcome
