"""The worker's side of the conversation with `drive.py`, for workers that are Python programs.

A line is asked, lines are answered:

    prepare T1           form <value> <name>, for each way to do it, then ready; or: cannot <why>
    measure 0.2 <name>   median <microseconds> of calls that took 0.2 s together

The value is what the third call gives (the first, where that takes seconds), to see that all
libraries compute the same.
"""

import gc
import os
import statistics
import sys
import time
from dataclasses import dataclass
from typing import Callable

VALUE_AFTER = 3
LONG = 2.0
SAMPLE = 200e-6

THREADS = int(os.environ.get("PEER_THREADS", "1"))


@dataclass
class Form:
    """One way to do a workload: what is timed, and the value of what it gives."""

    name: str
    call: Callable
    value: Callable = float


class Cannot(Exception):
    """Why a library cannot do a workload."""


def serve(prepare):
    """Answers until there is nothing more to read; `prepare` gives the forms of a workload."""
    forms = {}
    for line in sys.stdin:
        verb, rest = line.rstrip("\n").split(" ", 1)
        if verb == "prepare":
            forms = {}
            gc.collect()
            try:
                forms = values(prepare(rest))
            except Cannot as why:
                say(f"cannot {why}")
        elif verb == "measure":
            seconds, name = rest.split(" ", 1)
            say(f"median {median(forms[name].call, float(seconds))}")


def say(line):
    print(line, flush=True)


def values(forms):
    """Says the value of each form."""
    for form in forms:
        start = time.perf_counter()
        result = form.call()
        if time.perf_counter() - start < LONG:
            for _ in range(VALUE_AFTER - 1):
                result = form.call()
        say(f"form {form.value(result)} {form.name}")
    say("ready")
    return {form.name: form for form in forms}


def median(call, total):
    """The median time of a call in microseconds. Finding how many calls make a sample warms up."""

    def sample(calls):
        start = time.perf_counter()
        for _ in range(calls):
            call()
        return time.perf_counter() - start

    gc.collect()
    gc.disable()
    calls = 1
    while (took := sample(calls)) < SAMPLE:
        calls *= 2
    start = time.perf_counter()
    samples = [took * 1e6] if took > LONG else []
    while not samples or (took < LONG and time.perf_counter() - start < total):
        samples.append(sample(calls) * 1e6 / calls)
    gc.enable()
    return statistics.median(samples)
