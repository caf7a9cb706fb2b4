# SPDX-License-Identifier: Apache-2.0
"""One run of a workload under one method, and what it took."""
import array
import glob
import json
import os
import shutil
import signal
import subprocess
import time

METHODS = ("bare", "count", "unwind", "seep", "heaptrack", "heaptrack-raw")
USUAL = METHODS[:-1]
LIMIT_S = 60  # of one run; a method that takes longer is left out of that workload's later rounds


class TookTooLong(Exception):
    pass


class Run:
    """What one run took: wall_us, cpu_us, peak_kib; by method also events, file_bytes, holdup_us."""

    def __init__(self):
        self.wall_us = self.cpu_us = self.peak_kib = 0
        self.events = self.file_bytes = self.holdup_us = self.contexts = self.records = None


def variables(method, workload):
    """What is set for the program itself."""
    work, found = workload.work, list(workload.environment)
    if method == "seep":
        name = "t.%p.seep" if workload.forks else "t.seep"
        found += [f"SEEP_OUT={work}/{name}", f"LD_PRELOAD={work}/libseep.so"]
    elif method == "count":
        found += [f"BENCH_COUNTS={work}/counts", f"LD_PRELOAD={work}/shim_count.so"]
    elif method == "unwind":
        found += [f"LD_PRELOAD={work}/shim_unwind.so"]
    return found


def wrapped(method, workload):
    """[who measures the tree] [heaptrack] [who measures the program] program"""
    work = workload.work
    program = [f"{work}/launch", f"{work}/target", *variables(method, workload), *workload.command()]
    if method.startswith("heaptrack"):
        raw = ["-r"] if method == "heaptrack-raw" else []
        program = ["heaptrack", *raw, "-o", f"{work}/heap", *program]
    prefix = workload.prefix() if workload.owner else []
    return [*prefix, f"{work}/launch", f"{work}/tree", *program]


def clear(work):
    for pattern in ("t.*seep*", "heap*", "counts", "tree*", "target*"):
        for path in glob.glob(os.path.join(work, pattern)):
            os.remove(path)


def numbers(path):
    with open(path, encoding="ascii") as file:
        return [int(word) for word in file.read().split()]


def wait_for_file(path, process):
    for _ in range(1000):
        if os.path.exists(path):
            return
        if process.poll() is not None:
            break
        time.sleep(0.01)
    raise RuntimeError(f"no {path}")


def serve(workload, process):
    pid_file = workload.path("target.pid")
    wait_for_file(pid_file, process)
    pid = numbers(pid_file)[0]
    try:
        workload.wait(lambda: process.poll() is None)
        workload.load()
    finally:
        if process.poll() is None:
            os.kill(pid, workload.end_signal)


def execute(workload, method):
    source = open(workload.input() or os.devnull, "rb")
    with source, open(workload.path("output"), "wb") as output:
        process = subprocess.Popen(wrapped(method, workload), stdin=source, stdout=output,
                                   stderr=subprocess.STDOUT, cwd=workload.work,
                                   start_new_session=True)
        try:
            if workload.service:
                serve(workload, process)
            return process.wait(LIMIT_S)
        except subprocess.TimeoutExpired:
            raise TookTooLong from None
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()


def counted(path):
    cells = array.array("Q")
    with open(path, "rb") as file:
        cells.frombytes(file.read())
    return sum(cells[8::8]) + sum(cells[9::8])


def read_traces(run, work, seep):
    traces = glob.glob(os.path.join(work, "t.*seep"))
    run.file_bytes = run.records = run.holdup_us = run.contexts = 0
    for trace in traces:
        text = subprocess.run([seep, "info", "--format", "json", trace], check=True,
                              stdout=subprocess.PIPE).stdout
        info = json.loads(text)
        if not info["trace"]["complete"] or info["events"]["lost_events"]:
            raise RuntimeError(f"{trace}: not complete")
        run.file_bytes += os.path.getsize(trace)
        run.records += info["events"]["records"]
        run.contexts = max(run.contexts, info["recorder"]["contexts"])
        run.holdup_us = max(run.holdup_us, info["recorder"]["longest_holdup_s"] * 1e6)


def once(workload, method, seep):
    clear(workload.work)
    status = execute(workload, method)
    run = Run()
    if status:
        with open(workload.path("output"), "rb") as output:
            raise RuntimeError(f"{workload.name} {method}: status {status}: {output.read()[-500:]}")
    _, _, run.wall_us, run.cpu_us, _ = numbers(workload.path("tree"))
    run.peak_kib = numbers(workload.path("target"))[4]
    if method == "count":
        run.events = counted(workload.path("counts"))
    elif method == "seep":
        read_traces(run, workload.work, seep)
    elif method.startswith("heaptrack"):
        run.file_bytes = sum(map(os.path.getsize, glob.glob(workload.path("heap*"))))
    return run


def furnish(workload_dir, build):
    """Copies what runs inside: another user must be able to read it."""
    for part in ("tests/bench/launch", "tests/bench/synthetic", "tests/bench/shim_count.so",
                 "tests/bench/shim_unwind.so", "preload/libseep.so"):
        shutil.copy(os.path.join(build, part), workload_dir)
