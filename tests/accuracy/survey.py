# SPDX-License-Identifier: Apache-2.0
"""Call sites whose blocks are freed again, found in a run without a leak: where one can be put."""

import dataclasses

OWN = "libinject.so"
FRAMES_BEHIND = 4  # behind the site's own: a wrapper that has no name passes for one
FRAMES_MOST = 16  # SITE_DEPTH of site.c
BYTES_MOST = 96 << 20  # that one case may leak
STRIDE = 5  # from one place to the next in the order of their sizes


@dataclasses.dataclass(frozen=True)
class Place:
    """chain: the stack's innermost frames, the call of malloc first, for INJECT_SITE."""

    chain: tuple
    function: str
    module: str
    size: int  # mean, in bytes
    frees_per_unit: float

    def text(self):
        return ",".join(f"{module}+{offset:#x}" for module, offset in self.chain)

    def every(self, rate):
        """Every how many frees are to be swallowed, for rate blocks per unit or a little more."""
        return max(1, int(self.frees_per_unit / rate))


def frames_of(stack):
    """The frames of the program: behind the injector's, from the call of malloc outwards."""
    return [frame for frame in stack["frames"] if frame.get("module") != OWN]


def is_own(frame, site):
    return all(frame.get(key) == site.get(key) for key in ("module", "function"))


def chain_of(stack, site):
    """The innermost code addresses, to some way behind the frame that names the site; None: that
    frame is too far out, or one has no module."""
    chain, left = [], None
    for frame in frames_of(stack):
        if len(chain) == FRAMES_MOST or left == 0 or frame.get("module", "[")[0] == "[":
            break
        if not frame.get("inlined"):
            chain.append((frame["module"], frame["offset"]))
            left = left and left - 1
        if left is None and is_own(frame, site):
            left = FRAMES_BEHIND
    return None if left is None else tuple(chain)


def places(report, units):
    """The places of a report between marks, those with the most frees first. A chain that several
    stacks share is one place."""
    found = {}
    for site in report["sites"]:
        for stack in site["stacks"]:
            chain = chain_of(stack, site)
            if not chain:
                continue
            sums = found.setdefault(chain, [site, 0, 0])
            sums[1] += stack["allocations"]
            sums[2] += stack["allocations"] - stack["outstanding_blocks"]
    made = [
        Place(
            chain,
            site.get("function", ""),
            site["module"],
            site["allocated_bytes"] // max(1, site["allocations"]),
            frees / units,
        )
        for chain, (site, allocations, frees) in found.items()
        if site["allocations"] and frees > 0.9 * allocations
    ]
    return sorted(made, key=lambda place: (-place.frees_per_unit, place.chain))


def pick(found, used, rate, units):
    """A place that can leak rate blocks per unit: one that was not used (and whose function was
    not), of another size than the last; None: there is none."""
    fit = [
        place
        for place in found
        if place not in used
        and place.frees_per_unit >= 0.9 * rate
        and place.size * rate * units < BYTES_MOST
    ]
    if not fit:
        return None
    least = min(uses_of_function(place, used) for place in fit)
    fresh = sorted(
        (place for place in fit if uses_of_function(place, used) == least),
        key=lambda place: (place.size, place.chain),
    )
    return fresh[len(used) * STRIDE % len(fresh)]


def uses_of_function(place, used):
    return sum((p.function, p.module) == (place.function, place.module) for p in used)
