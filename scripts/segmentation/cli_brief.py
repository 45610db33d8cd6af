"""The command `segment brief`: a page per primary segment for who acts on it."""

from pathlib import Path

import click

from segmentation.cli_options import FILE, with_profile
from segmentation.profiles import Profile


@click.command("brief")
@click.argument("code", required=False)
@click.option(
    "--output",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("briefs"),
    show_default=True,
    help="The folder to write to.",
)
@click.option(
    "--serving",
    type=FILE,
    help="The served file to read, when it is not where the profile puts it.",
)
@with_profile
def brief(
    profile: Profile, code: str | None, output: Path, serving: Path | None
) -> None:
    """Write one page of Markdown per primary segment.

    CODE is one segment; without it, all. Who is in it, how many, what it is worth, what
    sets it apart, what to say, do and offer, who answers for it and what to test next.
    Reads the last release and changes nothing.
    """
    from segmentation.brief.brief import read_briefs
    from segmentation.brief.page import page
    from segmentation.release.settings import PublishSettings

    if serving is None:
        serving = PublishSettings.from_profile(profile).paths().serving
    briefs = read_briefs(serving, code)
    output.mkdir(parents=True, exist_ok=True)
    for found in briefs:
        (output / f"{found.code}.md").write_text(page(found), encoding="utf-8")
    late = [found.code for found in briefs if found.days_overdue]
    click.echo(
        f"Briefs: {len(briefs)} in {output.resolve()}."
        + (f" Review is overdue: {', '.join(late)}." if late else "")
    )
