"""The command `segment`. Commands are thin: they choose a profile, call and print."""

import functools
import time
from collections.abc import Callable
from pathlib import Path

import click

from segmentation import __version__
from segmentation.errors import SegmentationError
from segmentation.profiles import Profile, load_profile

FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)
FILE = click.Path(dir_okay=False, path_type=Path)


class _Commands(click.Group):
    """A group that turns a refusal into one message and exit code 1."""

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except SegmentationError as error:
            raise click.ClickException(str(error)) from error


def _profile_options(command: Callable[..., None]) -> Callable[..., None]:
    for option in (
        click.option("--target", help="Target of the profile [DBT_TARGET]."),
        click.option(
            "--profiles-dir",
            type=FOLDER,
            help="Folder with profiles.yml [DBT_PROFILES_DIR].",
        ),
        click.option(
            "--project-dir", type=FOLDER, help="The dbt project [DBT_PROJECT_DIR]."
        ),
    ):
        command = option(command)
    return command


def _with_profile(command: Callable[..., None]) -> Callable[..., None]:
    """Pass the chosen profile; options count before and after the command's name."""

    @_profile_options
    @functools.wraps(command)
    def chosen(
        project_dir: Path | None,
        profiles_dir: Path | None,
        target: str | None,
        **arguments: object,
    ) -> None:
        general = click.get_current_context().find_root().params
        profile = load_profile(
            project_dir or general.get("project_dir"),
            profiles_dir or general.get("profiles_dir"),
            target or general.get("target"),
        )
        command(profile, **arguments)

    return chosen


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@_profile_options
@click.version_option(__version__, prog_name="segment")
def cli(**_: object) -> None:
    """Segment customers in the warehouse: what dbt itself does not do."""


@cli.group()
def demo() -> None:
    """Data to try the project with."""


@demo.command("load")
@click.argument("name")
@_with_profile
def demo_load(profile: Profile, name: str) -> None:
    """Load the raw tables of demo data set NAME, replacing an earlier load.

    NAME is complete_journey: a year of real grocery purchases.
    """
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    from segmentation.connections import warehouse_name
    from segmentation.demo import find_data
    from segmentation.demo.load import load_raw_data

    started = time.monotonic()
    data = find_data(name)
    columns = (TextColumn("{task.description:<22}"), BarColumn(), MofNCompleteColumn())
    console = Console(stderr=True)
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task(name, total=data.row_count)

        def advance(table: str, rows: float) -> None:
            progress.update(task, description=table, advance=rows)

        load_raw_data(data, profile, advance)
        progress.update(task, description=name, completed=data.row_count)
    click.echo(
        f"Loaded {len(data.tables)} tables, {data.row_count:,} rows, into schema "
        f"{data.schema} of {warehouse_name(profile)} "
        f"in {time.monotonic() - started:.1f} s."
    )


@cli.command()
@click.option(
    "--output",
    type=FILE,
    default=Path("report.html"),
    show_default=True,
    help="The page to write.",
)
@click.option(
    "--serving",
    type=FILE,
    help="The served file to read, when it is not where the profile puts it.",
)
@_with_profile
def report(profile: Profile, output: Path, serving: Path | None) -> None:
    """Write the report on the last release as one HTML page."""
    from segmentation.connections import duckdb_path
    from segmentation.publish_settings import PLUGIN_MODULE, PublishSettings
    from segmentation.report import render_report

    if serving is None:
        config = profile.plugin_config(PLUGIN_MODULE)
        serving = (
            PublishSettings.from_config(
                profile.project_dir, str(duckdb_path(profile)), config
            )
            .paths()
            .serving
        )
    summary = render_report(serving, output)
    click.echo(
        f"Report: {summary.path.resolve()} ({summary.size_bytes / 1000:,.0f} kB), "
        f"as of {summary.as_of_date or 'no date yet'}. {summary.headline}"
    )


@cli.command()
@click.option(
    "--target-path",
    type=click.Path(file_okay=False, path_type=Path),
    help="dbt's target folder with the run to publish [DBT_TARGET_PATH].",
)
@_with_profile
def publish(profile: Profile, target_path: Path | None) -> None:
    """Release what the last dbt run built.

    `dbt build` does so at its end; this does it again outside of dbt.
    """
    from segmentation.publish_from_run import publish_from_run

    click.echo(publish_from_run(profile, target_path).message)


@cli.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of tables.")
@_with_profile
def doctor(profile: Profile, as_json: bool) -> None:
    """Say what is mapped, what is missing and what that costs.

    Exit code 0 means that the project can build, 1 that something would stop it.
    """
    from rich.console import Console

    from segmentation.doctor import examine, findings_json, print_findings

    findings = examine(profile)
    if as_json:
        click.echo(findings_json(findings))
    else:
        print_findings(findings, Console())
    if not findings.can_build:
        raise SystemExit(1)


def main() -> None:
    """Run the command."""
    cli()


if __name__ == "__main__":
    main()
