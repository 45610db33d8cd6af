"""The command `segment rollback`: an earlier release served again."""

import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from segmentation.cli_options import with_profile
from segmentation.profiles import Profile

if TYPE_CHECKING:
    from segmentation.release.rollback import Kept

LOCKED = 3


@click.command()
@click.argument("release", required=False)
@click.option("--reason", help="Why, for the ledger.")
@click.option("--list", "is_list", is_flag=True, help="Print what is kept and stop.")
@click.option(
    "--target-path",
    type=click.Path(file_okay=False, path_type=Path),
    help="dbt's target folder, which names PostgreSQL's schemas [DBT_TARGET_PATH].",
)
@with_profile
def rollback(
    profile: Profile,
    release: str | None,
    reason: str | None,
    is_list: bool,
    target_path: Path | None,
) -> None:
    """Serve an earlier RELEASE again, by default the one that was served before.

    The last three releases are kept beside the served one. The warehouse itself stays
    as it is: the next build that differs from what is served is released.

    Exit codes: 0 done; 1 refused, and the message says what there is; 2 usage; 3 a
    refresh runs.
    """
    from segmentation.erase.plan import refuse_while_begun
    from segmentation.refresh.alone import alone
    from segmentation.refresh.errors import RefreshLockedError
    from segmentation.release.rollback import kept_of_profile, roll_back_profile

    if is_list:
        _print(kept_of_profile(profile, target_path))
        return
    if not (reason and reason.strip()):
        raise click.UsageError("Missing option '--reason': the ledger says why.")
    command = shlex.join([Path(sys.argv[0]).name, *sys.argv[1:]])
    try:
        with alone(profile, command):
            refuse_while_begun(profile, "a rollback")
            done = roll_back_profile(profile, release, reason.strip(), target_path)
    except RefreshLockedError as error:
        click.echo(f"Error: {error}", err=True)
        raise SystemExit(LOCKED) from error
    click.echo(
        f"rolled back: release {done.run_id} is served again, in place of "
        f"{done.previous_run_id}. `segment report` writes the page that belongs to it"
    )


def _print(kept: "Kept") -> None:
    """Print one line per release, the served one first."""
    listed = [(release, "") for release in kept.earlier]
    if kept.served is not None:
        listed.insert(0, (kept.served, "  served"))
    for release, note in listed:
        click.echo(
            f"{release.run_id}  as of {release.as_of_date}  released "
            f"{release.released_at:%Y-%m-%d %H:%M:%S} UTC{note}"
        )
    if not kept.earlier:
        click.echo("No earlier release is kept.")
