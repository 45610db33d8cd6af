"""Writes a brief as a page of Markdown."""

from collections.abc import Iterable, Iterator
from itertools import chain, islice

from segmentation.report import brief_words as words
from segmentation.report.briefs import Brief
from segmentation.report.numbers import date_text, share_text
from segmentation.report.settings import DEFAULTS

SHOWN = 5


def page(brief: Brief) -> str:
    """Return the page of a segment."""
    return "\n".join(_lines(brief)) + "\n"


def _lines(brief: Brief) -> Iterator[str]:
    yield f"# {brief.label} (`{brief.code}`)"
    yield ""
    yield f"As of {date_text(brief.as_of_date)}. Everybody else: all other customers."
    yield ""
    yield "## Who"
    yield ""
    yield brief.description
    yield f"Rule: {brief.rule}."
    if brief.sensitive_basis:
        yield f"It rests on something sensitive. {brief.sensitive_basis}."
    yield ""
    yield "## How many"
    yield ""
    yield _size(brief)
    yield ""
    yield "## Value"
    yield ""
    yield "| | a customer | 95% interval | everybody else |"
    yield "|---|--:|--:|--:|"
    for value in words.values(brief):
        cells = (value.title, value.here, value.interval, value.others)
        yield "|" + "|".join(f" {cell} " if cell else " " for cell in cells) + "|"
    yield from _listed("What sets them apart", _first(words.differences(brief)))
    yield from _listed("Channels", words.channels(brief))
    yield from _listed("Themes", (i.detail or "" for i in brief.of("theme")))
    yield from _listed(
        "What they buy more than others",
        chain(_first(words.affinities(brief)), words.untold_affinities(brief)),
    )
    for name, title in words.COPY_TITLES:
        yield from ("", f"## {title}", "", brief.copy[name] or words.NOT_DECIDED)
    late = words.overdue(brief)
    yield from (
        "",
        "## Review",
        "",
        words.review(brief) + (f" **{late}**" * bool(late)),
    )


def _size(brief: Brief) -> str:
    item = brief.one("characteristic", "segment", "customers")
    if item is None or item.customers is None:
        return f"Fewer than {DEFAULTS.smallest_cell} customers."
    return (
        f"{item.customers:,} customers, to the nearest {DEFAULTS.count_step}: "
        f"{share_text(item.value)} of all who do not object to profiling."
    )


def _first(entries: Iterable[str]) -> Iterator[str]:
    return islice(entries, SHOWN)


def _listed(title: str, entries: Iterable[str]) -> Iterator[str]:
    told = [f"- {entry}" for entry in entries]
    yield from ("", f"## {title}", "")
    yield from told or [words.NOTHING_TOLD]
