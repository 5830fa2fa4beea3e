"""Workers: the processes that do the workloads, one for each library, and the talk with them."""

import os
import select
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

from bars import OURS

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
TARGET = HERE / "target"
# What a workload may take from being asked until it can be measured, in seconds.
PATIENCE = 90

PYTHON_PEERS = {"torch": "torch_peer.py", "jax": "jax_peer.py", "numpy": "numpy_peer.py"}


class Failed(Exception):
    """Why there is no result; `lost` if the worker is of no further use."""

    def __init__(self, why, lost=True):
        super().__init__(why)
        self.lost = lost


def environment(threads):
    """That of all workers: so many threads, and memory that is given back is kept for the next
    call instead of being asked of the system anew."""
    count = str(threads)
    names = "OMP MKL OPENBLAS RAYON MATMUL PEER"
    return os.environ | {f"{name}_NUM_THREADS": count for name in names.split()} | {
        "PEER_THREADS": count,
        "MALLOC_MMAP_THRESHOLD_": str(2**30),
        "MALLOC_TRIM_THRESHOLD_": str(2**31),
        "JAX_PLATFORMS": "cpu",
        "PYTHONDONTWRITEBYTECODE": "1",
    }


def pin(threads):
    """To the last cores there are: the first serve interrupts."""
    cores = sorted(os.sched_getaffinity(0))[-threads:]
    return lambda: os.sched_setaffinity(0, cores)


def command(peer):
    if peer in PYTHON_PEERS:
        return [sys.executable, str(HERE / PYTHON_PEERS[peer])]
    return [str(TARGET / peer / "release" / f"peer-{peer}")]


def build(peer):
    """Builds the worker of a Rust library: ours as `cargo build` does, the others for this very
    machine. One at a time, so that no feature that another library asks of a shared dependency
    changes it."""
    flags = {} if peer == OURS else {"RUSTFLAGS": "-C target-cpu=native"}
    cargo(HERE / "rust", f"peer-{peer}", peer, flags)


def build_command():
    """Builds the command `chainrule`."""
    cargo(ROOT, "chainrule-cli", OURS, {})


def cargo(folder, package, target, flags):
    line = ["cargo", "build", "--release", "--quiet", "--package", package]
    target = {"CARGO_TARGET_DIR": str(TARGET / target)}
    if subprocess.run(line, cwd=folder, env=os.environ | flags | target).returncode:
        print(f"{package} could not be built", file=sys.stderr, flush=True)


class Worker:
    """One process, which lives until it dies or is closed."""

    def __init__(self, peer, threads):
        if not Path(command(peer)[0]).exists():
            raise Failed("could not be built")
        self.errors = tempfile.TemporaryFile()
        self.process = subprocess.Popen(
            command(peer),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self.errors,
            env=environment(threads),
            preexec_fn=pin(threads),
        )
        self.unread = b""

    def prepare(self, workload):
        """The ways the library does it, with the value each gives."""
        self._say(f"prepare {workload}")
        forms = {}
        while (answer := self._line())[0] != "ready":
            kind, rest = answer
            if kind == "cannot":
                raise Failed(rest, lost=False)
            value, name = rest.split(" ", 1)
            forms[name] = float(value)
        return forms

    def measure(self, form, seconds):
        """The median time of a call, in microseconds."""
        self._say(f"measure {seconds} {form}")
        return float(self._line()[1])

    def memory(self, field):
        """`VmRSS` (now) or `VmHWM` (at most so far), in bytes."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return 1024 * int(status.split(f"{field}:")[1].split()[0])

    def close(self):
        self.process.kill()
        self.process.wait()
        self.process.stdin.close()
        self.process.stdout.close()
        self.errors.close()

    def _say(self, line):
        try:
            self.process.stdin.write(line.encode() + b"\n")
            self.process.stdin.flush()
        except BrokenPipeError:
            raise Failed(self._cause()) from None

    def _line(self):
        while b"\n" not in self.unread:
            if not select.select([self.process.stdout], [], [], PATIENCE)[0]:
                raise Failed(f"no result within {PATIENCE} s")
            more = os.read(self.process.stdout.fileno(), 1 << 16)
            if not more:
                raise Failed(self._cause())
            self.unread += more
        line, self.unread = self.unread.split(b"\n", 1)
        kind, _, rest = line.decode().partition(" ")
        return kind, rest

    def _cause(self):
        """The last words of a dead worker."""
        code = self.process.wait()
        self.errors.seek(0)
        text = self.errors.read().decode(errors="replace")
        if "overflowed its stack" in text:
            return "overflows the stack"
        words = text.strip().splitlines()[-1:] or ["says nothing"]
        how = signal.Signals(-code).name if code < 0 else f"exit code {code}"
        return f"dies ({how}): {words[0][:100]}"
