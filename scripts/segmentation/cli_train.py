"""The commands `segment train`: learn from a build, publish what was learned."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import click

from segmentation.cli_options import with_profile
from segmentation.errors import ExtraMissingError
from segmentation.profiles import Profile

MAX_DIFFERENCE_BITS = 1.0

of_last_build = click.option(
    "--dataset",
    help="Data set of the last build. [default: segmentation_dataset of the project]",
)


@click.group()
def train() -> None:
    """Learn from the data of a build what the next build applies."""


@train.command("identity")
@of_last_build
@click.option(
    "--check",
    is_flag=True,
    help="Compare with the published weights and write nothing; exit code 1 if one "
    f"differs by more than {MAX_DIFFERENCE_BITS:g} bit.",
)
@with_profile
def train_identity(profile: Profile, dataset: str | None, check: bool) -> None:
    """Learn how much each agreement says about who is who.

    Reads counts of pairs, no labels and nobody's data, and writes
    seeds/identity_weights.csv and a model card in docs/models. Run `dbt build` before
    and after.
    """
    from rich.console import Console

    from segmentation import train as training

    name = training.find_dataset(profile.project_dir, dataset)
    trained = training.train_identity(profile, name)
    console = Console()
    if check:
        difference = training.compare(trained, profile.project_dir)
        training.print_difference(difference, console)
        if difference.bits > MAX_DIFFERENCE_BITS:
            raise click.ClickException(
                f"Found {difference.bits:.4f} bits between published and trained "
                f"weights; expected {MAX_DIFFERENCE_BITS:g} at most. Train without "
                "--check, then build again."
            )
        return
    files = training.publish(trained, profile.project_dir)
    training.print_training(trained, console)
    _tell(profile, files)


@train.command("power")
@of_last_build
@with_profile
def train_power(profile: Profile, dataset: str | None) -> None:
    """Measure what each layer explains of the next period, out of time.

    Compares value tiers, behaviour and the other layers with a published RFM grid and
    with plain tiers of spend, and writes a model card in docs/models. Run `dbt build`
    before.
    """
    from rich.console import Console

    from segmentation.train import find_dataset, power

    name = find_dataset(profile.project_dir, dataset)
    found, as_of = power.train_power(profile)
    card = power.publish_card(found, profile.project_dir, name, as_of)
    power.print_power(found, Console())
    click.echo(f"Wrote {card}")


@train.command("value")
@click.option(
    "--dataset",
    help="Data set to train. [default: segmentation_dataset of the project]",
)
@click.option(
    "--through",
    type=click.DateTime(["%Y-%m-%d"]),
    help="Last day that may enter. [default: the last quarter end before the as-of "
    "date]",
)
@click.option(
    "--backfill",
    is_flag=True,
    help="Train a version for every quarter end up to it, so that past dates are "
    "scored with what could be known then.",
)
@click.option(
    "--discount-rate",
    type=click.FloatRange(0, 1),
    default=0.1,
    show_default=True,
    help="What a year's wait costs.",
)
@click.option(
    "--check",
    is_flag=True,
    help="Compare with the published parameters and write nothing; exit code 1 if "
    "expected orders differ by more than a tenth.",
)
@with_profile
def train_value(
    profile: Profile,
    dataset: str | None,
    through: datetime | None,
    backfill: bool,
    discount_rate: float,
    check: bool,
) -> None:
    """Learn what customers will order and spend, and who will order first.

    Builds the world as of each cut-off beside the tables of the last build, reads
    nothing after it, says who changes value tier, and writes the seeds
    value_parameters, value_nodes and prospect_parameters and a model card in
    docs/models. Run `dbt build` before and after.
    """
    from rich.console import Console

    from segmentation.train import find_dataset

    _refuse_both(check, backfill)
    try:
        from segmentation.train.value import page, training, value
    except ModuleNotFoundError as error:
        if error.name != "scipy":
            raise
        raise ExtraMissingError("scipy", "train") from error

    settings = training.Settings(
        dataset=find_dataset(profile.project_dir, dataset),
        through=through.date() if through else None,
        is_backfill=backfill,
        yearly_discount_rate=discount_rate,
    )
    progress = Console(stderr=True)
    with progress.status("reading the project") as status:
        versions = value.train_value(profile, settings, status.update)
    console = Console()
    if check:
        drift = value.compare(versions[0], profile.project_dir)
        page.print_drift(drift, console)
        value.check(drift)
        return
    page.print_versions(versions, console)
    moving = value.movers(versions[0], profile.project_dir)
    if moving is not None:
        page.print_movers(moving, console)
    _tell(profile, value.publish(versions, profile.project_dir))


@train.command("clusters")
@of_last_build
@click.option(
    "--set",
    "set_name",
    type=click.Choice(["behavior", "psychographic"]),
    default="behavior",
    show_default=True,
    help="Set whose codes the clusters become.",
)
@click.option(
    "--backfill",
    is_flag=True,
    help="Train every quarter end of the panel too, so that past dates are scored with "
    "clusters that no later date entered.",
)
@click.option(
    "--check",
    is_flag=True,
    help="Refit the published clusters and write nothing; exit code 1 if more moves "
    "than by chance.",
)
@with_profile
def train_clusters(
    profile: Profile, dataset: str | None, set_name: str, backfill: bool, check: bool
) -> None:
    """Look for clusters of customers that chance would not show.

    Reads the last build at its as-of date and at two quarters before, and writes
    seeds/cluster_parameters.csv, seeds/cluster_labels.csv and a model card in
    docs/models. Where the gate refuses all, the card says why and rules fill the set.
    """
    from rich.console import Console

    from segmentation import train as training
    from segmentation.cli_options import progress_bar
    from segmentation.train import clusters
    from segmentation.train.clusters.settings import CLUSTER_COUNTS

    _refuse_both(check, backfill)
    name = training.find_dataset(profile.project_dir, dataset)
    if check:
        found = clusters.check_clusters(profile, name, set_name)
        clusters.print_check(found, Console())
        clusters.check(found)
        return
    with progress_bar("reading", len(CLUSTER_COUNTS)) as advance:
        trained = clusters.train_clusters(
            profile, name, set_name, advance=lambda step: advance(step, 1)
        )
    versions = clusters.backfill(profile, trained) if backfill else (trained,)
    clusters.print_clusters(trained, Console())
    if backfill and trained.matched:
        click.echo(f"Versions: {', '.join(each.version for each in versions)}")
    _tell(profile, clusters.publish(trained, profile.project_dir, versions[-1]))


def _refuse_both(check: bool, backfill: bool) -> None:
    if check and backfill:
        raise click.UsageError(
            "Found --check with --backfill; a check compares the newest version."
        )


def _tell(profile: Profile, files: Sequence[Path]) -> None:
    """Print what was written, and what a project of your own must say once."""
    from segmentation.train.own_seeds import lines_to_add

    for file in files:
        click.echo(f"Wrote {file}")
    if lines := lines_to_add(profile.project_dir, files):
        click.echo(
            "Add to dbt_project.yml before the next build, which else would read the "
            f"package's seeds of these names:\n\n{lines}"
        )
