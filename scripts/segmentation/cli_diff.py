"""The commands `segment diff`: what a change would do, before anybody sees it."""

import click

from segmentation.cli_options import with_profile
from segmentation.profiles import Profile

SHARE = click.FloatRange(0, 1)


@click.group()
def diff() -> None:
    """Say what a change would do; nothing that is served or built is touched."""


@diff.command("identity")
@click.option("--all", "list_all", is_flag=True, help="List every case, not the top.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of tables.")
@click.option(
    "--vars",
    "variables",
    metavar="YAML",
    help="Variables of the last build, as for dbt.",
)
@click.option(
    "--max-revenue-share",
    type=SHARE,
    help="Exit code 1 if customers that change have more of all revenue.",
)
@click.option(
    "--max-customer-share",
    type=SHARE,
    help="Exit code 1 if more of the customers of the last build change.",
)
@with_profile
def diff_identity(
    profile: Profile,
    list_all: bool,
    as_json: bool,
    variables: str | None,
    max_revenue_share: float | None,
    max_customer_share: float | None,
) -> None:
    """List the customers that the project as it stands would merge and split.

    Resolves the records with the rules, weights, limits and mapping in the folder, in
    schemas of its own that it removes, and compares with the last build.
    """
    from rich.console import Console

    from segmentation.identity.diff.diff import diff_identity as compare
    from segmentation.identity.diff.gate import check_shares
    from segmentation.identity.diff.page import difference_json, print_difference

    with Console(stderr=True).status("Resolving the identities as the project stands"):
        difference = compare(profile, variables, list_all=list_all)
    if as_json:
        click.echo(difference_json(difference))
    else:
        print_difference(difference, Console())
    check_shares(difference, max_revenue_share, max_customer_share)


@diff.command("rules")
@click.option("--all", "all_dates", is_flag=True, help="List movers of every date.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of tables.")
@click.option(
    "--vars",
    "variables",
    metavar="YAML",
    help="Variables as for dbt, such as those of the last build.",
)
@click.option(
    "--max-revenue-share",
    type=SHARE,
    help="Exit code 1 if movers have more of the revenue of 90 days.",
)
@click.option(
    "--max-customer-share",
    type=SHARE,
    help="Exit code 1 if more of the customers move in some set.",
)
@with_profile
def diff_rules(
    profile: Profile,
    all_dates: bool,
    as_json: bool,
    variables: str | None,
    max_revenue_share: float | None,
    max_customer_share: float | None,
) -> None:
    """List who would move by the rules, tiers and parameters as they stand.

    Assigns the codes of every date of the panel by what is in the folder, in schemas of
    its own that it removes, and compares with the last build. Exit code 1 if a gate of
    the definitions fails on them.
    """
    from rich.console import Console

    from segmentation.rules.diff import diff_rules as compare
    from segmentation.rules.gates import check_gates, check_shares
    from segmentation.rules.page import difference_json, print_difference

    with Console(stderr=True).status("Assigning the codes as the project stands"):
        difference = compare(profile, variables)
    if as_json:
        click.echo(difference_json(difference))
    else:
        print_difference(difference, Console(), all_dates=all_dates)
    check_gates(difference)
    check_shares(difference, max_revenue_share, max_customer_share)
