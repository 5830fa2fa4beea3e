"""Measures every workload in every library side by side, and writes the table.

The environment may narrow it, and then nothing is written, only printed:

    PEERS=chainrule,jax,torch    these libraries
    ONLY=T1,T3                   these workloads
    ROUNDS=1                     fewer rounds than 15
"""

import os
import subprocess
import sys
import time
from dataclasses import dataclass, field
from statistics import median

sys.dont_write_bytecode = True

import report
import workers
from bars import OURS, RUST, WORKLOADS
from workers import Failed, Worker

PEERS = (OURS, "torch", "jax", *RUST, "numpy", "scikit-learn")
# Where a library is measured for some workloads only: how their names begin.
ONLY_FOR = {"numpy": "J", "scikit-learn": "E"}
# Short rounds, and many: whoever shares the processor disturbs for seconds, and so meets all alike.
ROUNDS = 15
SECONDS = 0.05
# Whole processes are started so often for each round of the others.
PROCESSES = {
    OURS: None,
    "torch": "torch_digits.py",
    "jax": "jax_digits.py",
    "scikit-learn": "sklearn_digits.py",
}
# Calls that take longer than these microseconds are measured in one round only.
LONG = 5e5
# A form so much slower than the best of its library in the first rounds is not measured further.
HOPELESS, FIRST = 1.5, 3


@dataclass
class Result:
    """What came of a workload in a library: medians by form, or why there are none."""

    medians: dict = field(default_factory=dict)
    values: dict = field(default_factory=dict)
    why: str = ""
    memory: int = 0

    @property
    def form(self):
        return min(self.medians, key=lambda form: median(self.medians[form]), default=None)

    @property
    def median(self):
        return median(self.medians[self.form])


class Bench:
    """The workers that live, and the rounds."""

    def __init__(self, peers, rounds):
        self.peers, self.rounds = peers, rounds
        self.living = {}

    def worker(self, peer, threads):
        key = peer, threads
        if key not in self.living:
            self.living[key] = Worker(peer, threads)
        return self.living[key]

    def retire(self, peer, threads):
        if worker := self.living.pop((peer, threads), None):
            worker.close()

    def workload(self, workload):
        """The results by library."""
        if workload.id == "E":
            return self.processes()
        does = {peer: workload.id.startswith(ONLY_FOR.get(peer, "")) for peer in self.peers}
        results = {peer: Result() for peer in self.peers if does[peer]}
        if workload.id == "C2":  # its memory is measured: nothing else shall be in it
            for peer, threads in list(self.living):
                self.retire(peer, threads)
        for peer, result in results.items():
            self.attempt(peer, workload, result, lambda w: self.prepare(w, workload, result))
        for number in range(self.rounds):
            # There and back: what heats up or cools down meets all alike.
            for peer, result in list(results.items())[:: 1 if number % 2 else -1]:
                if not result.why and (number == 0 or result.median < LONG):
                    self.attempt(peer, workload, result, lambda w: self.round(w, result))
        return results

    def attempt(self, peer, workload, result, action):
        try:
            action(self.worker(peer, workload.threads))
        except Failed as failed:
            result.why = str(failed)
            result.medians.clear()
            if failed.lost:
                self.retire(peer, workload.threads)

    def prepare(self, worker, workload, result):
        before = worker.memory("VmRSS")
        result.values = worker.prepare(workload.id)
        if workload.id == "C2":
            result.memory = worker.memory("VmHWM") - before

    def round(self, worker, result):
        forms = list(result.medians or result.values)
        for form in forms:
            took = worker.measure(form, SECONDS)
            result.medians.setdefault(form, []).append(took)
        best = result.median
        for form in forms:
            taken = result.medians[form]
            if median(taken) > HOPELESS * best and len(taken) >= min(FIRST, self.rounds):
                del result.medians[form]

    def processes(self):
        """E: from the start of a process to its end."""
        results = {peer: Result() for peer in PROCESSES if peer in self.peers}
        for number in range(1 + min(self.rounds, 3)):
            for peer, result in results.items():
                start = time.perf_counter()
                out = subprocess.run(
                    digits_command(peer),
                    capture_output=True,
                    text=True,
                    env=workers.environment(1),
                    preexec_fn=workers.pin(1),
                )
                took = time.perf_counter() - start
                if out.returncode:
                    result.why = out.stderr.strip().splitlines()[-1]
                elif number:  # the first has read the files
                    result.medians.setdefault("process", []).append(took * 1e6)
                    result.values["process"] = float(out.stdout.split()[-1])
        return results


def digits_command(peer):
    """What trains on the digits."""
    here = workers.HERE / "digits"
    if peer != OURS:
        return [sys.executable, str(here / PROCESSES[peer])]
    command = workers.TARGET / OURS / "release" / "chainrule"
    out = workers.TARGET / "digits"
    return [command, "train", here / "digits.json", "--quiet", "--out", out]


def chosen(name, all):
    """What the environment chooses from a list."""
    wanted = os.environ.get(name)
    if not wanted:
        return list(all)
    wanted = wanted.replace(",", " ").split()
    unknown = set(wanted) - set(all)
    if unknown:
        sys.exit(f"{name}: no {', '.join(sorted(unknown))}; there are {', '.join(all)}")
    return [name for name in all if name in wanted]


def main():
    peers = chosen("PEERS", PEERS)
    ids = chosen("ONLY", dict.fromkeys(workload.id for workload in WORKLOADS))
    rounds = int(os.environ.get("ROUNDS", ROUNDS))
    for peer in (OURS, *RUST):
        if peer in peers:
            print(f"building {peer}", file=sys.stderr, flush=True)
            workers.build(peer)
    if OURS in peers and "E" in ids:
        workers.build_command()
    bench = Bench(peers, rounds)
    table = []
    for workload in WORKLOADS:
        if workload.id in ids:
            print(f"measuring {workload.name}", file=sys.stderr, flush=True)
            table.append((workload, bench.workload(workload)))
    whole = len(peers) == len(PEERS) and len(table) == len(WORKLOADS)
    report.give(table, peers, write=whole)


main()
