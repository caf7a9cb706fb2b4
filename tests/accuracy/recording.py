# SPDX-License-Identifier: Apache-2.0
"""One recorded run of a program: its environment, its marks, and what seep says of it."""

import json
import os
import pathlib
import shutil
import struct
import subprocess

TRUTH = struct.Struct("<6Q")  # struct inject_truth of inject.h
TRUTH_MAGIC = 0x7463656A6E69
REPORT_SECONDS = 120


class Tools:
    """Where a build has what is needed."""

    def __init__(self, build):
        build = pathlib.Path(build)
        self.seep = build / "viewer/commands/seep"
        self.library = build / "preload/libseep.so"
        self.injector = build / "tests/accuracy/libinject.so"
        self.targets = build / "tests/targets"


class Recording:
    """site and every are the injector's (inject.c); without them nothing is injected. The libraries
    are copied, so that a program may run as another user."""

    def __init__(self, tools, folder, site="", every=0):
        self.tools, self.folder = tools, pathlib.Path(folder)
        self.site, self.every = site, every
        self.keeps = False  # whether snapshot is to do anything
        self.pid = None  # of the process that is looked at, set by the program
        self.folder.mkdir(parents=True)
        self.folder.chmod(0o777)
        for library in (tools.library, tools.injector):
            shutil.copy(library, self.folder)

    def environment(self, **more):
        """The injector stands in front: the recorder sees no free that it swallows."""
        libraries = [self.folder / self.tools.injector.name, self.folder / self.tools.library.name]
        own = {
            "SEEP_OUT": str(self.folder / "%p.seep"),
            "LD_PRELOAD": ":".join(map(str, libraries)),
            "INJECT_TRUTH": str(self.folder / "%p.truth"),
        }
        if self.every:
            own.update(INJECT_SITE=self.site, INJECT_EVERY=str(self.every))
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("SEEP_", "INJECT_"))}
        return {**kept, **own, **more}

    @property
    def trace(self):
        return self.folder / f"{self.pid}.seep"

    def mark(self, label, units=0):
        with_units = ["--units", str(units)] if units else []
        subprocess.run([self.tools.seep, "mark", *with_units, self.trace, label], check=True)

    def report(self, first, last="end"):
        """The sites of the marks' interval, in the report's order. Works on a running program."""
        command = [self.tools.seep, "report", "--format", "json", "--limit", "0"]
        command += ["--from", first, "--to", last, self.trace]
        done = subprocess.run(command, check=True, capture_output=True, timeout=REPORT_SECONDS)
        if b" skipped" in done.stderr:  # figures of half a trace would be wrong without a word
            raise RuntimeError(done.stderr.decode())
        return json.loads(done.stdout)

    def truth(self):
        """What the injector has done so far."""
        data = (self.folder / f"{self.pid}.truth").read_bytes()
        magic, allocated, freed, swallowed, swallowed_bytes, untagged = TRUTH.unpack(data)
        if magic != TRUTH_MAGIC or untagged:
            raise RuntimeError(f"{self.folder}: the injector's truth is not whole")
        return {
            "allocated": allocated,
            "freed": freed,
            "swallowed": swallowed,
            "swallowed_bytes": swallowed_bytes,
        }

    def snapshot(self):
        """The trace as it is now, of a running program: at-mark/ in the folder."""
        if not self.keeps:
            return
        (self.folder / "at-mark").mkdir()
        for file in self.folder.glob(f"{self.pid}.seep*"):
            shutil.copy(file, self.folder / "at-mark")

    def remove(self):
        shutil.rmtree(self.folder, ignore_errors=True)
