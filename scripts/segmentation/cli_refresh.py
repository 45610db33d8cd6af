"""The command `segment refresh`: what a scheduler calls each night."""

import shlex
import signal
import sys
import threading
import time
import traceback
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from segmentation.cli_options import FILE, with_profile
from segmentation.errors import SegmentationError
from segmentation.profiles import Profile

if TYPE_CHECKING:
    from segmentation.refresh.summary import Summary


class RefreshCommand(click.Command):
    """A command whose every end is a summary and one of the documented exit codes."""

    def make_context(
        self,
        info_name: str | None,
        args: list[str],
        parent: click.Context | None = None,
        **extra: object,
    ) -> click.Context:
        """Read the words; click itself tells what is wrong with them, and exits."""
        as_json = "--json" in args
        try:
            return super().make_context(info_name, args, parent, **extra)
        except click.UsageError as error:
            _print(_not_run(error, 0.0), as_json=as_json)
            raise

    def invoke(self, ctx: click.Context) -> object:
        """Run it; what a scheduler sends to end it counts as an interruption."""
        if threading.current_thread() is threading.main_thread():
            signal.signal(signal.SIGTERM, _interrupt)
        started = time.monotonic()
        try:
            return super().invoke(ctx)
        except click.exceptions.Exit:
            raise
        except (Exception, KeyboardInterrupt) as error:
            # Python would exit with 1, which says that the data are at fault.
            summary = _not_run(error, time.monotonic() - started)
            _show(summary, as_json=ctx.params["as_json"])
            raise SystemExit(summary.exit_code) from error


@click.command("refresh", cls=RefreshCommand)
@click.option(
    "--vars", "variables", metavar="YAML", help="Variables for dbt, as for dbt build."
)
@click.option(
    "--full-refresh", is_flag=True, help="Build incremental models anew, as in dbt."
)
@click.option(
    "--wait",
    type=click.FloatRange(min=0),
    default=0.0,
    metavar="SECONDS",
    help="How long to wait for another refresh that runs.  [default: not at all]",
)
@click.option(
    "--output",
    type=FILE,
    default=Path("report.html"),
    show_default=True,
    help="The report to keep up to date.",
)
@click.option("--no-report", is_flag=True, help="Write no report.")
@click.option("--json", "as_json", is_flag=True, help="Print the summary as JSON.")
@with_profile
def refresh(
    profile: Profile,
    variables: str | None,
    full_refresh: bool,
    wait: float,
    output: Path,
    no_report: bool,
    as_json: bool,
) -> None:
    """Build everything, release it, write the report: what runs every night.

    Sources whose YAML says how old their newest row may be are checked first. One
    refresh of a warehouse runs at a time; after a failure, or after it was killed, run
    it again. Unit tests are left out: a plain `dbt build` runs them. Standard output is
    one line, the summary; all else goes to standard error.

    Exit codes: 0 released, restored or unchanged; 1 refused, as a source is stale or a
    model or test failed, and the last good release stays; 2 it could not run, or not
    write the report; 3 another refresh runs.
    """
    from rich.console import Console

    from segmentation.refresh.refresh import Request
    from segmentation.refresh.refresh import refresh as run

    request = Request(
        command=shlex.join([Path(sys.argv[0]).name, *sys.argv[1:]]),
        variables=variables,
        full=full_refresh,
        wait_seconds=wait,
        report=None if no_report else output,
    )
    summary = run(profile, request, Console(stderr=True))
    _show(summary, as_json=as_json)
    if summary.exit_code:
        raise SystemExit(summary.exit_code)


def _not_run(error: BaseException, seconds: float) -> "Summary":
    from segmentation.refresh.errors import RefreshLockedError
    from segmentation.refresh.summary import Outcome, Summary

    started_at = datetime.now(UTC) - timedelta(seconds=seconds)
    if isinstance(error, RefreshLockedError):
        return Summary(Outcome.LOCKED, str(error), started_at, seconds)
    if isinstance(error, KeyboardInterrupt):
        message = "The refresh was interrupted. Run the command again."
    elif isinstance(error, SegmentationError):
        message = str(error)
    elif isinstance(error, click.ClickException):
        message = error.format_message()
    else:
        traceback.print_exception(error)
        message = f"{type(error).__name__}: {error}"
    return Summary(Outcome.ERROR, message, started_at, seconds)


def _show(summary: "Summary", *, as_json: bool) -> None:
    """Print what happened, then the summary."""
    is_good = summary.outcome.is_good
    click.echo(f"{'' if is_good else 'Error: '}{summary.message}", err=True)
    if summary.report is not None:
        click.echo(f"Report: {summary.report}", err=True)
    if summary.report_error is not None:
        click.echo(f"Error: no report: {summary.report_error}", err=True)
    _print(summary, as_json=as_json)


def _print(summary: "Summary", *, as_json: bool) -> None:
    click.echo(summary.json() if as_json else summary.line())


def _interrupt(*_: object) -> NoReturn:
    raise KeyboardInterrupt
