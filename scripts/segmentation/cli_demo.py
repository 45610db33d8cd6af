"""The commands `segment demo`: load demo data, score against their truth."""

import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click
from click.core import ParameterSource

from segmentation.cli_options import FILE, progress_bar, with_profile
from segmentation.profiles import Profile

if TYPE_CHECKING:
    from segmentation.demo.omnichannel import Company
    from segmentation.demo.raw_data import RawData

GENERATED = "omnichannel"
WORLDS = ("standard", "stationary", "null", "planted")


@click.group()
def demo() -> None:
    """Data to try the project with, and the score where their truth is known."""


@demo.command("load")
@click.argument("name")
@click.option(
    "--customers",
    type=click.IntRange(min=100),
    default=20_000,
    show_default=True,
    help="omnichannel: how many persons to make up.",
)
@click.option(
    "--seed",
    type=click.IntRange(min=0),
    default=1,
    show_default=True,
    help="omnichannel: another seed is another company.",
)
@click.option(
    "--world",
    type=click.Choice(WORLDS),
    default="standard",
    show_default=True,
    help="omnichannel: what is planted; null has no segments, planted clear ones.",
)
@click.option(
    "--separation",
    type=click.FloatRange(min=0, min_open=True),
    default=3.0,
    show_default=True,
    help="omnichannel, world planted: distance of its groups.",
)
@click.option(
    "--to",
    type=click.Path(file_okay=False, path_type=Path),
    help="omnichannel: write Parquet files to this folder and load nothing.",
)
@with_profile
def demo_load(
    profile: Profile,
    name: str,
    customers: int,
    seed: int,
    world: str,
    separation: float,
    to: Path | None,
) -> None:
    """Load the raw tables of demo data set NAME, replacing an earlier load.

    NAME is complete_journey: a year of real grocery purchases; or omnichannel: a
    made-up company of nine systems, with the truth in a schema of its own.
    """
    started = time.monotonic()
    if name == GENERATED:
        from segmentation.demo.omnichannel import Company

        _refuse_separation(world)
        done = _generate(Company(customers, seed, world, separation), profile, to)
    else:
        from segmentation.demo import find_data

        data = find_data(name)
        _refuse_options(name)
        done = _load(profile, [data])
    click.echo(f"{done} in {time.monotonic() - started:.1f} s.")


@demo.command("score")
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a table.")
@click.option(
    "--identities",
    type=FILE,
    multiple=True,
    help="A rival's answer, CSV or Parquet: source_system, source_customer_id, "
    "customer_id. Repeat it for several.",
)
@with_profile
def demo_score(profile: Profile, as_json: bool, identities: tuple[Path, ...]) -> None:
    """Compare what the project found with the truth of omnichannel.

    Load omnichannel and run `dbt build` first. A rival works on the same raw tables
    and needs no build; `segment demo load omnichannel --to FOLDER` writes them as
    files.
    """
    from rich.console import Console

    from segmentation.demo.score import print_scores, score, scores_json

    scores = score(profile, identities)
    if as_json:
        click.echo(scores_json(scores))
    else:
        print_scores(scores, Console())


def _generate(company: "Company", profile: Profile, to: Path | None) -> str:
    """Make the company up, load or keep its files, and say so."""
    if to is None:
        with tempfile.TemporaryDirectory(prefix="segmentation_demo_") as folder:
            return _load(profile, _written(company, Path(folder)))
    try:
        to.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise click.ClickException(
            f"Found no way to write to {to}: {error.strerror}. Expected a folder, or a "
            "place for one. Name another with --to."
        ) from error
    sets = _written(company, to)
    tables = sum(len(data.tables) for data in sets)
    rows = sum(data.row_count for data in sets)
    return f"Wrote {tables} tables, {rows:,} rows, as Parquet to {to}"


def _written(company: "Company", folder: Path) -> "Sequence[RawData]":
    from segmentation.demo.omnichannel import expected_rows, generate

    with progress_bar("generate", expected_rows(company)) as advance:
        return generate(company, folder, advance)


def _load(profile: Profile, sets: "Sequence[RawData]") -> str:
    """Load one data set after the other, and say what was loaded."""
    from segmentation.connections import warehouse_name
    from segmentation.demo.load import load_raw_data

    with progress_bar("load", sum(data.row_count for data in sets)) as advance:
        load_raw_data(sets, profile, advance)
    listed = " and ".join(
        f"{len(data.tables)} tables, {data.row_count:,} rows, into schema {data.schema}"
        for data in sets
    )
    return f"Loaded {listed} of {warehouse_name(profile)}"


def _refuse_options(name: str) -> None:
    """Refuse options of a made-up company for data that are real."""
    for option in ("customers", "seed", "world", "separation", "to"):
        if _is_given(option):
            raise click.UsageError(
                f"{name} is real data of fixed size; --{option} belongs to "
                f"{GENERATED}. Leave it out, or load {GENERATED}."
            )


def _refuse_separation(world: str) -> None:
    if world != "planted" and _is_given("separation"):
        raise click.UsageError(
            f"Found --separation with --world {world}; it belongs to --world planted. "
            "Leave it out, or name that world."
        )


def _is_given(option: str) -> bool:
    source = click.get_current_context().get_parameter_source(option)
    return source is not ParameterSource.DEFAULT
