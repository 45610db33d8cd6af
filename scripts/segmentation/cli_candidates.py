"""The command `segment candidates`: what else would tell customers apart."""

import click

from segmentation.cli_options import with_profile
from segmentation.profiles import Profile


@click.command("candidates")
@click.option("--all", "all_rows", is_flag=True, help="Show every candidate.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of tables.")
@click.option(
    "--cost",
    "costs",
    multiple=True,
    metavar="PROVIDER=AMOUNT",
    help="What a provider of bought values was paid; may be given several times.",
)
@with_profile
def candidates(
    profile: Profile, all_rows: bool, as_json: bool, costs: tuple[str, ...]
) -> None:
    """Say which feature that no rule uses tells most of later orders and clicks.

    Judges each by what it adds to primary segment and value tier, in one half of the
    customers and again in the other, and what values bought from a provider add. Reads
    the last build and changes nothing.
    """
    from rich.console import Console

    from segmentation import candidates as search

    with Console(stderr=True).status("Reading the features"):
        found = search.find_candidates(profile, dict(map(_cost, costs)))
    if as_json:
        click.echo(search.candidates_json(found))
    else:
        search.print_candidates(found, Console(), all_rows=all_rows)


def _cost(text: str) -> tuple[str, float]:
    provider, separator, amount = text.rpartition("=")
    try:
        if separator and provider and float(amount) >= 0:
            return provider, float(amount)
    except ValueError:
        pass
    raise click.BadParameter(
        f"Found {text}; expected a provider and an amount, such as acme=1200.",
        param_hint="--cost",
    )
