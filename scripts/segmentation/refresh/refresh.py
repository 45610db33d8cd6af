"""The steps of a refresh, in order."""

import time
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import duckdb
from rich.console import Console

from segmentation.erase.key import hand_to_postgres
from segmentation.errors import SegmentationError
from segmentation.profiles import Profile
from segmentation.refresh.alone import alone
from segmentation.refresh.build import Build, Published, run_build
from segmentation.refresh.disk import measure
from segmentation.refresh.progress import BuildProgress
from segmentation.refresh.summary import Summary
from segmentation.refresh.verdict import judge
from segmentation.release.from_artifacts import publish_from_run
from segmentation.release.publish import Publication
from segmentation.release.settings import PublishSettings
from segmentation.report import render_report


@dataclass(frozen=True)
class Request:
    """What is asked of a refresh.

    Attributes:
        command: Its command line, for those who find the lock taken.
        variables: What dbt gets as `--vars`, if anything.
        full: Whether incremental models are built anew.
        wait_seconds: How long to wait for another refresh.
        report: The page to keep up to date; null means none.
        asks_sources: Whether a stale source refuses it.
    """

    command: str
    variables: str | None = None
    full: bool = False
    wait_seconds: float = 0.0
    report: Path | None = None
    asks_sources: bool = True


def refresh(profile: Profile, request: Request, console: Console) -> Summary:
    """Lock, check sources, build, publish and report.

    Args:
        profile: The profile that dbt is to use.
        request: What is asked for.
        console: Where progress and what failed are shown.

    Returns:
        What became of it.

    Raises:
        RefreshLockedError: Another refresh holds the lock.
        SegmentationError: The profile or the lock file keep it from beginning.
    """
    started, started_at = time.monotonic(), datetime.now(UTC)
    progress = BuildProgress(console)

    def say_that_it_waits(holder: str) -> None:
        progress.say(f"Waiting {request.wait_seconds:g} s at most for {holder}")

    with alone(profile, request.command, request.wait_seconds, say_that_it_waits):
        summary = refresh_locked(profile, request, progress)
    return replace(summary, started_at=started_at, seconds=time.monotonic() - started)


def refresh_locked(
    profile: Profile, request: Request, progress: BuildProgress
) -> Summary:
    """Build, publish and report; the caller holds the lock.

    Args:
        profile: The profile that dbt is to use.
        request: What is asked for.
        progress: Where progress and what failed are shown.

    Raises:
        SegmentationError: The profile keeps it from beginning.
    """
    started_at = datetime.now(UTC)
    # Both before the build, which changes folders and may take an hour.
    page = request.report and request.report.resolve()
    serving = _serving(profile)
    hand_to_postgres()
    with progress:
        build = run_build(
            profile,
            request.variables,
            progress,
            full=request.full,
            asks_sources=request.asks_sources,
        )
    if profile.adapter == "postgres" and build.error is None:
        build = replace(build, published=_published_afterwards(profile))
    for end in build.notable:
        progress.say(str(end))
    summary = _summary(build, profile, started_at)
    if page is not None and serving is not None and summary.outcome.is_good:
        summary = _with_report(summary, serving, page)
    return replace(summary, disk=measure(profile))


def _serving(profile: Profile) -> Path | None:
    """Path of the served file; null on an engine that does not publish."""
    if profile.adapter != "duckdb":
        return None
    return PublishSettings.from_profile(profile).paths().serving


def _published_afterwards(profile: Profile) -> Published:
    """Publish what was built: PostgreSQL has no function that a hook could call."""
    try:
        publication = publish_from_run(profile)
    except SegmentationError as error:
        return Published(None, error)
    release = publication.release
    return Published(release.as_of_date if release else None, publication)


def _summary(build: Build, profile: Profile, started_at: datetime) -> Summary:
    verdict = judge(build, profile)
    as_of_date = release_run_id = None
    if build.published is not None:
        as_of_date = build.published.as_of_date
        result = build.published.result
        if isinstance(result, Publication) and result.release is not None:
            release_run_id = result.release.run_id
    return Summary(
        outcome=verdict.outcome,
        message=verdict.message,
        started_at=started_at,
        seconds=0.0,
        as_of_date=as_of_date,
        run_id=build.run_id,
        release_run_id=release_run_id,
        notable=tuple(build.notable),
        **asdict(build.counts),
    )


def _with_report(summary: Summary, serving: Path, page: Path) -> Summary:
    """Write the page if it is missing or shows another release than the served one.

    The latter also mends a run that was killed between its release and its report.
    """
    try:
        if page.exists() and str(summary.release_run_id) in page.read_text("utf-8"):
            return summary
        written = render_report(serving, page)
    except (SegmentationError, OSError, duckdb.Error) as error:
        return replace(summary, report_error=str(error))
    return replace(summary, report=written.path)
