"""The commands `segment ledger`: what was recorded, as files and back."""

from pathlib import Path

import click

from segmentation.cli_options import FOLDER, with_profile
from segmentation.profiles import Profile

NEW_FOLDER = click.Path(file_okay=False, path_type=Path)


@click.group()
def ledger() -> None:
    """Keep what no build can compute again: what was released, said and changed."""


@ledger.command("export")
@click.argument("folder", type=NEW_FOLDER)
@with_profile
def export_folder(profile: Profile, folder: Path) -> None:
    """Write every recorded table into FOLDER, or bring an earlier export up to date."""
    from segmentation.ledger.export import export_ledger

    manifest = export_ledger(profile, folder)
    for table in manifest.tables:
        click.echo(f"{table.table}: {table.row_count:,} rows")
    click.echo(f"Exported to {folder.resolve()} at {manifest.exported_at}")


@ledger.command("import")
@click.argument("folder", type=FOLDER)
@with_profile
def import_folder(profile: Profile, folder: Path) -> None:
    """Append the rows of the export in FOLDER that the warehouse does not have.

    The ledger of the warehouse must be empty or an earlier state of the export; rows
    are never changed or removed.
    """
    from segmentation.ledger.load import import_ledger

    for table, count in import_ledger(profile, folder).items():
        click.echo(f"{table}: {count:,} rows added")
