"""The commands `segment review`: what a person decides."""

from pathlib import Path

import click

from segmentation.cli_options import FILE, with_profile
from segmentation.profiles import Profile


@click.group()
def review() -> None:
    """Let a person decide what the data leave open."""


@review.command("identity")
@click.option("--output", type=FILE, help="The file with questions to write.")
@click.option("--answers", type=FILE, help="The file with answers to take.")
@click.option(
    "--limit",
    type=click.IntRange(min=1),
    default=50,
    show_default=True,
    help="How many pairs to ask about, those with most revenue at stake first.",
)
@with_profile
def review_identity(
    profile: Profile, output: Path | None, answers: Path | None, limit: int
) -> None:
    """Ask which uncertain pairs of records are one person, and take the answers.

    --output writes pairs with names and addresses: keep the file to yourself. Fill in
    the columns decision (include or exclude, empty when you cannot tell) and reason.
    --answers checks every row and adds the answers to seeds/identity_overrides.csv,
    which the next `dbt build` obeys.
    """
    from segmentation.identity.review.review import take_answers, write_questions

    if (output is None) == (answers is None):
        raise click.UsageError("Expected either --output or --answers.")
    if output is not None:
        count = write_questions(profile, output, limit)
        click.echo(
            f"Wrote {count} pairs to {output}. Fill in decision and reason, then run "
            f"`segment review identity --answers {output}`."
        )
    if answers is not None:
        taken = take_answers(profile, answers)
        click.echo(
            f"Added {taken.new} answers to {taken.seed}; {taken.known} were there, "
            f"{taken.undecided} pairs are undecided."
            + (" Run `dbt build` to apply them." if taken.new else "")
        )
