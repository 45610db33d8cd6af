"""Runs `dbt build` in this process and keeps how it ended."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import chdir, contextmanager, redirect_stdout
from dataclasses import dataclass
from datetime import date
from typing import Any

from dbt.adapters.duckdb.connections import DuckDBConnectionManager
from dbt.adapters.factory import reset_adapters
from dbt.artifacts.schemas.run import RunExecutionResult, RunResult
from dbt.cli.main import dbtRunner
from dbt_common.events.base_types import EventMsg

from segmentation.errors import sentence
from segmentation.profiles import Profile
from segmentation.refresh.progress import BuildProgress
from segmentation.release.announcement import listening
from segmentation.release.publish import Publication

PASSED = frozenset({"success", "pass", "no-op", "reused"})
WARNED = "warn"
SKIPPED = "skipped"
HOOK = "operation"


@dataclass(frozen=True)
class NodeEnd:
    """How one node of the graph ended.

    Attributes:
        kind: model, seed, snapshot, test, unit_test or operation, which is a hook.
        name: Its name.
        status: dbt's word for it.
        message: What dbt or the warehouse says about it, on one line; may be empty.
    """

    kind: str
    name: str
    status: str
    message: str

    @property
    def is_failed(self) -> bool:
        """Whether it ran and did not pass."""
        return self.status not in PASSED | {WARNED, SKIPPED}

    def __str__(self) -> str:
        told = f": {self.message}" if self.message else ""
        return f"{self.status.upper()} {self.kind} {self.name}{told}"


@dataclass(frozen=True)
class Counts:
    """How many nodes ended in which way; hooks are none."""

    passed: int = 0
    warned: int = 0
    failed: int = 0
    skipped: int = 0


@dataclass(frozen=True)
class Published:
    """What publishing did with the run, whose date is null outside dbt's process."""

    as_of_date: date | None
    result: Publication | Exception


@dataclass(frozen=True)
class Build:
    """One finished `dbt build`.

    Attributes:
        run_id: dbt's invocation id; null when dbt did not get that far.
        nodes: Every node that was part of it, hooks left out.
        hooks: Every hook.
        published: What publishing did; null when it was never called.
        error: What ended dbt before the nodes could; null when they all ended.
    """

    run_id: str | None
    nodes: tuple[NodeEnd, ...]
    hooks: tuple[NodeEnd, ...]
    published: Published | None
    error: BaseException | None

    @property
    def counts(self) -> Counts:
        """How many nodes passed, warned, failed and were skipped."""
        statuses = [node.status for node in self.nodes]
        return Counts(
            passed=sum(status in PASSED for status in statuses),
            warned=statuses.count(WARNED),
            failed=sum(node.is_failed for node in self.nodes),
            skipped=statuses.count(SKIPPED),
        )

    @property
    def notable(self) -> list[NodeEnd]:
        """Nodes that warned and, last and so in sight, nodes that failed."""
        ends = [node for node in self.nodes if node.is_failed or node.status == WARNED]
        return sorted(ends, key=lambda node: (node.is_failed, node.kind, node.name))


def run_build(
    profile: Profile, variables: str | None, progress: BuildProgress, *, full: bool
) -> Build:
    """Run `dbt build` of the whole graph and close every connection.

    Unit tests are left out: they judge the SQL on rows of their own, which no night
    changes. A release does without them.

    Args:
        profile: The profile that dbt is to use.
        variables: What dbt gets as `--vars`, if anything.
        progress: Hears every event.
        full: Whether incremental models are built anew.

    Returns:
        How it ended, also when it could not begin.
    """
    run_ids: list[str] = []
    published: list[Published] = []

    def keep_id(event: EventMsg) -> None:
        info: Any = event.info  # a protobuf message, whose fields have no types
        if not run_ids:
            run_ids.append(info.invocation_id)

    runner = dbtRunner(callbacks=[keep_id, progress.hear])
    with (
        _let_go(),
        chdir(profile.project_dir),
        # dbt and what it calls may print; the summary has standard output to itself.
        redirect_stdout(sys.stderr),
        listening(
            lambda run, result: published.append(Published(run.as_of_date, result))
        ),
    ):
        outcome = runner.invoke(_words(profile, variables, full=full))
    results: Sequence[RunResult] = ()
    if isinstance(outcome.result, RunExecutionResult):
        results = outcome.result.results
    ends = [_end(result) for result in results]
    return Build(
        run_id=run_ids[0] if run_ids else None,
        nodes=tuple(end for end in ends if end.kind != HOOK),
        hooks=tuple(end for end in ends if end.kind == HOOK),
        published=published[-1] if published else None,
        error=outcome.exception,
    )


def _words(profile: Profile, variables: str | None, *, full: bool) -> list[str]:
    words = ["build", "--project-dir", str(profile.project_dir)]
    words += ["--profiles-dir", str(profile.profiles_dir), "--target", profile.target]
    # The file in the logs folder tells all.
    words += ["--log-level", "none", "--no-use-colors"]
    words += ["--exclude-resource-type", "unit_test"]
    if variables is not None:
        words += ["--vars", variables]
    if full:
        words.append("--full-refresh")
    return words


def _end(result: RunResult) -> NodeEnd:
    message = (result.message or "").strip()
    return NodeEnd(
        kind=str(result.node.resource_type),
        name=result.node.name,
        status=str(result.status),
        message=sentence(message) if message else "",
    )


@contextmanager
def _let_go() -> Iterator[None]:
    """Close what dbt keeps open: a process opens a DuckDB file in one way only."""
    try:
        yield
    finally:
        reset_adapters()
        environment = DuckDBConnectionManager._ENV
        if environment is not None:
            environment.close()
        DuckDBConnectionManager.close_all_connections()
