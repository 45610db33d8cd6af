"""The command `segment what-if`: what other cut-offs of a rule would do."""

import click

from segmentation.cli_options import with_profile
from segmentation.profiles import Profile


@click.command("what-if")
@click.argument("words", nargs=-1, required=True, metavar="CODE FEATURE VALUES ...")
@click.option("--all", "all_codes", is_flag=True, help="Show codes that nobody leaves.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of tables.")
@click.option(
    "--vars",
    "variables",
    metavar="YAML",
    help="Variables of the last build, as for dbt.",
)
@with_profile
def what_if(
    profile: Profile,
    words: tuple[str, ...],
    all_codes: bool,
    as_json: bool,
    variables: str | None,
) -> None:
    """Say what other cut-offs of a rule would do, at each point of a grid.

    \b
    CODE     set and code of a rule, such as lifecycle.active
    FEATURE  what it compares with a number, such as overdue_ratio; with the
             operator where it does so twice: recency_score.at_least
    VALUES   numbers to compare with: 2:5:0.5 or 2,3,6

    Given twice they make a surface. Prints size, reachable customers by channel, value,
    and who comes in and goes out, for the code and for each other that changes. Reads
    the features of the last build once and changes nothing.
    """  # noqa: D301
    from rich.console import Console

    from segmentation.rules import what_if as grid
    from segmentation.rules.what_if_page import print_what_if, what_if_json

    with Console(stderr=True).status("Reading the features"):
        found = grid.what_if(profile, words, variables)
    if as_json:
        click.echo(what_if_json(found))
    else:
        print_what_if(found, Console(), all_codes=all_codes)
