"""The command `segment why`: ask the last build who is who."""

import click

from segmentation.cli_options import with_profile
from segmentation.profiles import Profile


@click.command("why")
@click.argument("record")
@click.argument("other")
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a page.")
@with_profile
def why(profile: Profile, record: str, other: str, as_json: bool) -> None:
    """Say why two records are the same customer, or not.

    RECORD and OTHER are SOURCE/ID, such as shop/4711. Reads what the last `dbt build`
    left and changes nothing.
    """
    from segmentation.identity.why import why as asked
    from segmentation.identity.why.page import answer_json, print_answer

    answer = asked.why(profile, record, other)
    if as_json:
        click.echo(answer_json(answer))
        return
    from rich.console import Console

    print_answer(answer, Console())
