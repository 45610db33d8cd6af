"""What the commands share: the choice of a profile, refusals and progress."""

import contextlib
import functools
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import click

from segmentation.errors import SegmentationError, sentence
from segmentation.profiles import load_profile

FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)
FILE = click.Path(dir_okay=False, path_type=Path)


class Commands(click.Group):
    """A group that turns a refusal into one message and exit code 1.

    So it does where the disk is at fault, which any command may find.
    """

    def invoke(self, ctx: click.Context) -> object:
        """Run the command that was asked for."""
        try:
            return super().invoke(ctx)
        except SegmentationError as error:
            raise click.ClickException(str(error)) from error
        except Exception as error:
            if not _is_of_disk(error):
                raise
            raise click.ClickException(_disk_message(error)) from error


def _is_of_disk(error: Exception) -> bool:
    # Only a command that has imported DuckDB can meet its errors.
    duckdb = sys.modules.get("duckdb")
    return isinstance(error, OSError) or (
        duckdb is not None and isinstance(error, duckdb.IOException)
    )


def _disk_message(error: Exception) -> str:
    found = str(error)
    if isinstance(error, OSError) and error.strerror:
        found = f"{error.filename or 'A file'}: {error.strerror}"
    return (
        f"{sentence(found)} Expected files and folders that this user may read and "
        "write, and room on the disk. Mend that and run the command again."
    )


def profile_options(command: Callable[..., None]) -> Callable[..., None]:
    """Add the options that choose a profile."""
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


def with_profile(command: Callable[..., None]) -> Callable[..., None]:
    """Pass the chosen profile; options count before and after the command's name."""

    @profile_options
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


@contextlib.contextmanager
def progress_bar(step: str, total: float) -> Iterator[Callable[[str, float], None]]:
    """Yield a function that moves a bar forward by a number of rows."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    columns = (TextColumn("{task.description:<22}"), BarColumn(), MofNCompleteColumn())
    console = Console(stderr=True)
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task(step, total=total)

        def advance(name: str, rows: float) -> None:
            progress.update(task, description=name, advance=rows)

        yield advance
