"""The table of medians and ratios, on the screen and in RESULTS.md, and results.jsonl."""

import json
import platform
import re
import subprocess
from datetime import datetime, timezone
from importlib import metadata
from math import floor, log10
from pathlib import Path

from bars import ANY_RUST, BEST, OURS, RUST
from workers import HERE, ROOT

NAMES = {"torch": "PyTorch", "jax": "JAX", "numpy": "NumPy"}

RULES = """\
- All libraries do the same arithmetic on the same numbers, which are made before the clock starts;
  the value each gives is compared with ours, and a result with another value does not count.
- A T is a whole step: feed the batch, loss, gradients, SGD with the parameters kept for the next
  step, read the loss. PyTorch is eager and without an optimiser class. JAX is jitted, the parameters
  are donated, the batch lies on its device already, and its loss is waited for, not converted.
- An A computes y = f(x) and, from a given adjoint of y, that of x; where a library can write into
  arrays that are used again (PyTorch's `out=`, JAX's donated arguments), it may. The Rust peers can
  start backwards only from a number, here from the sum of y times its adjoint.
- Where a library has several ways, all are measured and the fastest counts; it is named above.
- Rounds go through the libraries in turn, there and back, on the same core; a figure is the median
  over the rounds of the medians of a round, after warming up. The allocator keeps freed memory.
- One thread each, pinned to one core; two where the table says so, on two.
- The Rust peers are built for this very machine (`-C target-cpu=native`), ours as `cargo build`
  does.
- E is the time of a whole process, from start to end, with reading the data and a test at the end;
  all train on 1258 rows. PyTorch and JAX draw their batches as ours does, from permuted rows."""


def give(table, peers, write):
    """Prints the table; writes the files as well."""
    exclude_others(table)
    text = rows(table, columns(table, peers))
    print(text + "\n" + notes(table))
    if write:
        page = f"# Side by side\n\n`make peers` writes this page.\n\n{machine()}\n\n{versions()}\n\n"
        page += f"{text}\n{notes(table)}\n## Fair rules\n\n{RULES}\n"
        (HERE / "RESULTS.md").write_text(page)
        (HERE / "results.jsonl").write_text(lines(table))


def exclude_others(table):
    """A result with another value than ours does not count."""
    for workload, results in table:
        if OURS not in results or not results[OURS].medians:
            continue
        want = results[OURS].values[results[OURS].form]
        for result in results.values():
            value = result.values.get(result.form)
            # How well E learns depends on random numbers, which are not the same.
            tolerance = 0.03 if workload.id == "E" else workload.tolerance
            if value is not None and not abs(value - want) <= tolerance * abs(want):
                result.why = f"gives {value:.6g}, ours {want:.6g}"
                result.medians.clear()


def columns(table, peers):
    return [p for p in peers if any(results.get(p) and results[p].medians for _, results in table)]


def rows(table, peers):
    """One row for each workload, in Markdown."""
    head = ["", "workload", *(NAMES.get(p, p) for p in peers), "times faster (bar)"]
    body = [head]
    for workload, results in table:
        times = [time(results.get(peer)) for peer in peers]
        body.append([workload.name, workload.what, *times, ratios(workload, results)])
    widths = [max(len(row[i]) for row in body) for i in range(len(head))]
    written = ["| " + " | ".join(c.ljust(w) for c, w in zip(row, widths)) + " |" for row in body]
    written.insert(1, "|" + "|".join("-" * (w + 2) for w in widths) + "|")
    return "\n".join(written) + "\n"


def time(result):
    """A time with three digits."""
    if result is None or not result.medians:
        return "—"
    for size, unit in ((1, "µs"), (1e3, "ms"), (1e6, "s")):
        scaled = float(f"{result.median / size:.3g}")
        if scaled < 1000:
            break
    digits = max(0, 2 - floor(log10(scaled)))
    return f"{scaled:.{digits}f} {unit}"


def ratios(workload, results):
    """How many times faster ours is than those whom the bars name."""
    if OURS not in results or not results[OURS].medians:
        return "—"
    said = []
    for rival, bar in workload.bars.items():
        names = {BEST: [p for p in results if p != OURS], ANY_RUST: RUST}.get(rival, [rival])
        there = [p for p in names if p in results and results[p].medians]
        if there:
            best = min(there, key=lambda p: results[p].median)
            ratio = results[best].median / results[OURS].median
            mark = "✓" if ratio >= bar else "✗"
            said.append(f"{NAMES.get(best, best)} {ratio:.3g} (≥ {bar}) {mark}")
    return ", ".join(said) or "—"


def notes(table):
    """The forms that counted, what was not possible, and the memory of C2."""
    text = ""
    for workload, results in table:
        forms = [
            f"{NAMES.get(p, p)} {r.form}"
            for p, r in results.items()
            if r.medians and len(r.values) > 1
        ]
        if forms:
            text += f"- {workload.name}: {'; '.join(forms)}\n"
    if text:
        text = f"\nWhat counted, where there was a choice:\n\n{text}"
    missing = {}
    for workload, results in table:
        for peer, result in results.items():
            if result.why:
                missing.setdefault((NAMES.get(peer, peer), result.why), []).append(workload.name)
    if missing:
        text += "\nWhat is missing:\n\n"
        for (peer, why), ids in missing.items():
            text += f"- {peer}, {', '.join(ids)}: {why}\n"
    for workload, results in table:
        used = [
            f"{NAMES.get(p, p)} {r.memory / 2**20:.0f} MiB"
            for p, r in results.items()
            if r.memory and r.medians
        ]
        if used:
            text += f"\nMost memory during {workload.name}: {', '.join(used)}.\n"
    return text


def lines(table):
    """One JSON object for each result."""
    text = ""
    for workload, results in table:
        for peer, result in results.items():
            if result.medians:
                line = {
                    "workload": workload.id,
                    "peer": peer,
                    "threads": workload.threads,
                    "dtype": workload.dtype,
                    "median_us": round(result.median, 4),
                }
                text += json.dumps(line) + "\n"
    return text


def machine():
    """The date, the processor and what it can do."""
    info = Path("/proc/cpuinfo").read_text()

    def find(key):
        return re.search(rf"^{key}\s*: (.*)$", info, re.M).group(1)

    flags = [flag for flag in find("flags").split() if re.match(r"avx|fma$", flag)]
    cores = len(re.findall(r"^processor", info, re.M))
    date = datetime.now(timezone.utc).strftime("%Y-%m-%d %H:%M UTC")
    system = f"{platform.system()} {platform.release()}"
    return f"{date}; {find('model name')}, {cores} cores; {' '.join(flags)}; {system}."


def versions():
    """Of ours, of the peers, and of what runs them."""

    def said(*line):
        return subprocess.run(line, capture_output=True, text=True, cwd=ROOT).stdout.strip()

    lock = (HERE / "rust" / "Cargo.lock").read_text()
    locked = dict(re.findall(r'name = "(.*)"\nversion = "(.*)"', lock))
    ours = f"chainrule {said('git', 'describe', '--always', '--dirty')}"
    rust = [f"{p} {locked['candle-core' if p == 'candle' else p]}" for p in RUST]
    python = [f"{p} {metadata.version(p)}" for p in ("torch", "jax", "numpy", "scikit-learn")]
    tools = f"Python {platform.python_version()}, {said('rustc', '--version')}"
    return f"{', '.join([ours, *rust, *python])}; {tools}."
