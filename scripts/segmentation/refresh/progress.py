"""Shows how far a build is: a bar on a terminal, a line at its start elsewhere."""

import threading
from types import TracebackType
from typing import Any, Self

from dbt_common.events.base_types import EventMsg
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
)

# What macros say to people, such as why a test of the input fails.
SPOKEN = "JinjaLogInfo"
# They say how many nodes there are; what runs before the first of them is parsing.
COUNTED = frozenset({"LogStartLine", "SkippingDetails"})
FINISHED = "NodeFinished"


class BuildProgress:
    """Follows dbt's events on a console.

    Args:
        console: Where lines and the bar go.
    """

    def __init__(self, console: Console) -> None:
        self._console = console
        self._total = 0
        self._lock = threading.Lock()
        self._bar = Progress(
            TextColumn("{task.description:<10}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=console,
            transient=True,
            disable=not console.is_terminal,
        )
        self._task = self._bar.add_task("parse", total=None)

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._bar.stop()

    def hear(self, event: EventMsg) -> None:
        """Take one event of dbt, from any of its threads."""
        info: Any = event.info  # protobuf messages, whose fields have no types
        data: Any = event.data
        if info.name in COUNTED:
            self._count(data.total)
        elif info.name == FINISHED:
            # dbt never counts an ephemeral model, which it builds in others.
            if data.node_info.materialized != "ephemeral":
                self._bar.advance(self._task)
        elif info.name == SPOKEN or (
            info.level == "warn" and not hasattr(data, "node_info")
        ):
            self.say(info.msg)

    def say(self, line: str) -> None:
        """Print a line, above the bar where there is one."""
        self._console.print(line, markup=False, highlight=False, soft_wrap=True)

    def _count(self, total: int) -> None:
        with self._lock:
            is_first, is_new = self._total == 0, self._total != total
            self._total = total
        if is_new:
            self._bar.update(self._task, description="build", total=total)
        if is_first and not self._console.is_terminal:
            self.say(f"Building {total} models, seeds and tests")
