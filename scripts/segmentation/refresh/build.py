"""Checks sources and runs `dbt build` in this process, and keeps how both ended."""

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import chdir, contextmanager, redirect_stdout
from dataclasses import dataclass
from datetime import date
from typing import Any

from dbt.adapters.duckdb.connections import DuckDBConnectionManager
from dbt.adapters.factory import reset_adapters
from dbt.artifacts.schemas.freshness import FreshnessResult
from dbt.artifacts.schemas.run import RunExecutionResult, RunResult
from dbt.cli.main import dbtRunner, dbtRunnerResult
from dbt.contracts.graph.manifest import Manifest
from dbt_common.events.base_types import EventMsg

from segmentation.errors import sentence
from segmentation.profiles import Profile
from segmentation.refresh.ends import HOOK, PASSED, SKIPPED, SOURCE, WARNED, End
from segmentation.refresh.progress import BuildProgress
from segmentation.refresh.sources import has_checks, source_ends
from segmentation.release.announcement import listening
from segmentation.release.publish import Publication


@dataclass(frozen=True)
class Counts:
    """How many nodes and checks of sources ended in which way; hooks are none."""

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
        sources: The check of every source that has one. One that failed is why nothing
            was built.
    """

    run_id: str | None
    nodes: tuple[End, ...]
    hooks: tuple[End, ...]
    published: Published | None
    error: BaseException | None
    sources: tuple[End, ...] = ()

    @property
    def counts(self) -> Counts:
        """How many nodes and sources passed, warned, failed and were skipped."""
        ends = [*self.sources, *self.nodes]
        statuses = [end.status for end in ends]
        return Counts(
            passed=sum(status in PASSED for status in statuses),
            warned=statuses.count(WARNED),
            failed=sum(end.is_failed for end in ends),
            skipped=statuses.count(SKIPPED),
        )

    @property
    def notable(self) -> list[End]:
        """What warned and, last and so in sight, what failed."""
        ends = [
            end
            for end in (*self.sources, *self.nodes)
            if end.is_failed or end.status == WARNED
        ]
        return sorted(ends, key=lambda end: (end.is_failed, end.kind, end.name))


def run_build(
    profile: Profile,
    variables: str | None,
    progress: BuildProgress,
    *,
    full: bool,
    asks_sources: bool = True,
) -> Build:
    """Check how fresh sources are, then `dbt build` all, and close every connection.

    Where a source is staler than its YAML allows nothing is built. Unit tests are left
    out: they judge the SQL on rows of their own, which no night changes. A release does
    without them.

    Args:
        profile: The profile that dbt is to use.
        variables: What dbt gets as `--vars`, if anything.
        progress: Hears every event.
        full: Whether incremental models are built anew.
        asks_sources: Whether sources are asked how fresh they are.

    Returns:
        How it ended, also when it could not begin.
    """
    published: list[Published] = []
    with (
        _let_go(),
        chdir(profile.project_dir),
        # dbt and what it calls may print; the summary has standard output to itself.
        redirect_stdout(sys.stderr),
        listening(
            lambda run, result: published.append(Published(run.as_of_date, result))
        ),
    ):
        dbt = _Dbt(profile, variables, progress)
        # Parsed once: the two commands that follow take what it found.
        parsed = dbt.run("parse", "--no-write-json")
        if not isinstance(parsed.result, Manifest):
            return dbt.build(error=parsed.exception)
        sources: tuple[End, ...] = ()
        if asks_sources and has_checks(parsed.result):
            checked = dbt.run(SOURCE, "freshness", manifest=parsed.result)
            found: Any = checked.result  # of a type that dbt does not name there
            if not isinstance(found, FreshnessResult):
                return dbt.build(error=checked.exception)
            sources = source_ends(found.results)
            if any(end.is_failed for end in sources):
                return dbt.build(sources=sources)
        words = ["--exclude-resource-type", "unit_test"]
        if full:
            words.append("--full-refresh")
        built = dbt.run("build", *words, manifest=parsed.result)
    results: Sequence[RunResult] = ()
    if isinstance(built.result, RunExecutionResult):
        results = built.result.results
    return dbt.build(
        ends=[_end(result) for result in results],
        published=published[-1] if published else None,
        error=built.exception,
        sources=sources,
    )


class _Dbt:
    """dbt with the same profile and variables, command after command."""

    def __init__(
        self, profile: Profile, variables: str | None, progress: BuildProgress
    ) -> None:
        self._progress = progress
        self._run_id: str | None = None
        self._options = ["--project-dir", str(profile.project_dir)]
        self._options += ["--profiles-dir", str(profile.profiles_dir)]
        self._options += ["--target", profile.target]
        # The file in the logs folder tells all.
        self._options += ["--log-level", "none", "--no-use-colors"]
        if variables is not None:
            self._options += ["--vars", variables]

    def run(self, *words: str, manifest: Manifest | None = None) -> dbtRunnerResult:
        """Run one command, on a project that is parsed already where it is given."""
        callbacks: list[Callable[[EventMsg], None]] = [self._keep_id]
        # Sources are counted beside the nodes that the bar is for.
        if words[0] != SOURCE:
            callbacks.append(self._progress.hear)
        return dbtRunner(manifest, callbacks).invoke([*words, *self._options])

    def build(
        self,
        ends: Sequence[End] = (),
        published: Published | None = None,
        error: BaseException | None = None,
        sources: tuple[End, ...] = (),
    ) -> Build:
        """Describe what became of the build, under the id of the last command."""
        return Build(
            run_id=self._run_id,
            nodes=tuple(end for end in ends if end.kind != HOOK),
            hooks=tuple(end for end in ends if end.kind == HOOK),
            published=published,
            error=error,
            sources=sources,
        )

    def _keep_id(self, event: EventMsg) -> None:
        info: Any = event.info  # a protobuf message, whose fields have no types
        self._run_id = info.invocation_id


def _end(result: RunResult) -> End:
    message = (result.message or "").strip()
    return End(
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
