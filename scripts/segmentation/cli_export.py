"""The command `segment export`: files of audiences and channels, of a release."""

from pathlib import Path
from typing import TypedDict, Unpack

import click

from segmentation.cli_options import FOLDER, with_profile
from segmentation.profiles import Profile


class Asked(TypedDict):
    """What was asked for, as `Request` has it."""

    name: str | None
    platform: str | None
    since: int | None
    parent: Path
    is_dry_run: bool


def check_and_stop(ctx: click.Context, _: click.Parameter, folder: Path | None) -> None:
    """Print what a complete export holds, and end the command."""
    from segmentation.export.manifest import check_export

    if folder is None:
        return
    manifest = check_export(folder)
    for file in manifest.files:
        click.echo(f"{file.name}: {file.rows:,} rows, {file.content}, {file.sha256}")
    what = manifest.table or f"{manifest.audience} {manifest.platform}"
    click.echo(f"{what}: complete, {manifest.mode}, release {manifest.release_id}")
    ctx.exit()


@click.command("export")
@click.argument("name", required=False, metavar="[AUDIENCE]")
@click.option("--platform", help="Only this platform, such as google_ads.")
@click.option(
    "--full", "mode", flag_value="full", default=True, help="All members.  [default]"
)
@click.option(
    "--changes", "mode", flag_value="changes", help="Whom to add and whom to remove."
)
@click.option(
    "--since",
    type=int,
    metavar="N",
    help="With --changes: change_number of the last export; 0 for all change sets.",
)
@click.option(
    "--to",
    "parent",
    type=click.Path(path_type=Path),
    default=Path("exports"),
    show_default=True,
    metavar="FOLDER",
    help="Where to make a folder for each audience and platform.",
)
@click.option(
    "--dry-run", "is_dry_run", is_flag=True, help="Print what would be written."
)
@click.option(
    "--check",
    type=FOLDER,
    is_eager=True,
    expose_value=False,
    callback=check_and_stop,
    metavar="FOLDER",
    help="Check the files of an export against its manifest and stop.",
)
@click.option(
    "--target-path",
    type=click.Path(file_okay=False, path_type=Path),
    help="dbt's target folder, which names PostgreSQL's schemas [DBT_TARGET_PATH].",
)
@with_profile
def export(
    profile: Profile, mode: str, target_path: Path | None, **asked: Unpack[Asked]
) -> None:
    """Write files for platforms and tools, of the last release and nothing else.

    AUDIENCE is the code of one audience, or email, crm or web for the table of a
    channel; without it, every audience on each of its platforms. Of an audience that is
    not active only removals are written, with --changes.

    Exit codes: 0 done; 1 refused, and the message says what to do; 2 usage.
    """
    from segmentation.export.channel_tables import CHANNEL_TABLES
    from segmentation.export.export import Request
    from segmentation.export.export import export as run

    has_changes = mode == "changes"
    if has_changes != (asked["since"] is not None):
        raise click.UsageError("--changes and --since N go together.")
    if asked["name"] in CHANNEL_TABLES and (has_changes or asked["platform"]):
        raise click.UsageError(f"{asked['name']} has no platforms and no change sets.")
    exported = run(profile, Request(**asked), target_path)
    for each in exported.outcomes:
        place = "" if each.folder is None else f": {each.folder}"
        click.echo(f"{each.name}: {each.outcome} ({each.details}){place}")
    if not exported.outcomes:
        click.echo("No audience is sent to a platform.")
    release = exported.release
    following = ""
    if exported.change_number is not None:
        following = f". Next time: --changes --since {exported.change_number}"
    click.echo(f"Release {release.run_id}, as of {release.as_of_date}{following}")
