"""Run a command in a process of its own and measure its time and memory."""

import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

# A process starts with the peak of the one that starts it, so a small one does.
_LAUNCHER = """
import json, os, sys
child = os.posix_spawn(sys.argv[2], sys.argv[2:], os.environ)
_, status, usage = os.wait4(child, 0)
with open(sys.argv[1], "w") as file:
    cpu = usage.ru_utime + usage.ru_stime
    json.dump([os.waitstatus_to_exitcode(status), cpu, usage.ru_maxrss], file)
"""


# Linux counts KiB, macOS bytes.
_UNIT = 1024**2 if sys.platform == "darwin" else 1024


class CommandFailed(RuntimeError):
    """A measured command did not end with 0."""

    def __init__(self, command: Sequence[str], code: int, output: str) -> None:
        super().__init__(
            f"Found the exit code {code} of `{' '.join(command)}`; expected 0. Mend "
            f"what it says:\n{output[-3000:]}"
        )


@dataclass(frozen=True)
class Run:
    """What a command wrote and needed.

    Attributes:
        output: Its standard output.
        wall_seconds: From start to end of the process.
        cpu_seconds: Of all cores, the system's share included.
        peak_megabytes: Largest resident memory, in MiB.
    """

    output: str
    wall_seconds: float
    cpu_seconds: float
    peak_megabytes: float


def measured(command: Sequence[str], environment: Mapping[str, str]) -> Run:
    """Run a command and wait for it.

    Args:
        command: Path of the program and its arguments.
        environment: All its environment variables.

    Raises:
        CommandFailed: It ended with another code than 0.
    """
    with tempfile.TemporaryDirectory() as folder:
        usage = Path(folder) / "usage.json"
        started = time.perf_counter()
        done = subprocess.run(
            [sys.executable, "-S", "-c", _LAUNCHER, str(usage), *command],
            env=dict(environment),
            capture_output=True,
            text=True,
            check=False,
        )
        wall_seconds = time.perf_counter() - started
        if done.returncode:
            raise CommandFailed(command, done.returncode, done.stderr)
        code, cpu_seconds, peak = json.loads(usage.read_text())
    if code:
        raise CommandFailed(command, code, done.stdout + done.stderr)
    return Run(done.stdout, wall_seconds, cpu_seconds, peak / _UNIT)


def own_megabytes() -> float:
    """Return the largest resident memory of this process so far, in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / _UNIT
