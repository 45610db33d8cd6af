"""The command `segment explain`: why a customer is in their segments."""

import click

from segmentation.cli_options import with_profile
from segmentation.profiles import Profile


@click.command("explain")
@click.argument("customer")
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a page.")
@with_profile
def explain(profile: Profile, customer: str, as_json: bool) -> None:
    """Say why a customer is in their segments, and what would move them.

    CUSTOMER is a customer_id, also one that was merged since, or a record as SOURCE/ID,
    such as shop/4711. Reads what the last `dbt build` left and changes nothing.
    """
    from segmentation.explain import explanation
    from segmentation.explain.page import explanation_json, print_explanation

    found = explanation.explain(profile, customer)
    if as_json:
        click.echo(explanation_json(found))
        return
    from rich.console import Console

    print_explanation(found, Console())
