"""The command `segment`. Commands are thin: they choose a profile, call and print."""

from pathlib import Path

import click

from segmentation import __version__
from segmentation.cli_brief import brief
from segmentation.cli_candidates import candidates
from segmentation.cli_demo import demo
from segmentation.cli_diff import diff
from segmentation.cli_erase import erase
from segmentation.cli_explain import explain
from segmentation.cli_export import export
from segmentation.cli_ledger import ledger
from segmentation.cli_options import FILE, Commands, profile_options, with_profile
from segmentation.cli_refresh import refresh
from segmentation.cli_review import review
from segmentation.cli_rollback import rollback
from segmentation.cli_train import train
from segmentation.cli_what_if import what_if
from segmentation.cli_why import why
from segmentation.profiles import Profile


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@profile_options
@click.version_option(__version__, prog_name="segment")
def cli(**_: object) -> None:
    """Segment customers in the warehouse: what dbt itself does not do."""


cli.add_command(brief)
cli.add_command(candidates)
cli.add_command(demo)
cli.add_command(diff)
cli.add_command(erase)
cli.add_command(explain)
cli.add_command(export)
cli.add_command(ledger)
cli.add_command(refresh)
cli.add_command(review)
cli.add_command(rollback)
cli.add_command(train)
cli.add_command(what_if)
cli.add_command(why)


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
@with_profile
def report(profile: Profile, output: Path, serving: Path | None) -> None:
    """Write the report on the last release as one HTML page."""
    from segmentation.release.settings import PublishSettings
    from segmentation.report import render_report

    if serving is None:
        serving = PublishSettings.from_profile(profile).paths().serving
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
@with_profile
def publish(profile: Profile, target_path: Path | None) -> None:
    """Release what the last dbt run built.

    On DuckDB `dbt build` does so at its end, and this does it again outside of dbt. On
    PostgreSQL this is what releases.
    """
    from segmentation.release.from_artifacts import publish_from_run

    click.echo(publish_from_run(profile, target_path).message)


@cli.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of tables.")
@click.option(
    "--vars",
    "variables",
    metavar="YAML",
    help="Variables as for dbt, such as 'segmentation_dataset: omnichannel'.",
)
@with_profile
def doctor(profile: Profile, as_json: bool, variables: str | None) -> None:
    """Say what is mapped, what is missing and what that costs.

    Exit code 0 means that the project can build, 1 that something would stop it.
    """
    from rich.console import Console

    from segmentation.doctor import examine, findings_json, print_findings

    findings = examine(profile, variables)
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
