"""Shows an explanation as a page, or as JSON."""

import json
from collections.abc import Iterator
from dataclasses import asdict
from itertools import groupby
from typing import TYPE_CHECKING

from segmentation.explain.explanation import Code, Condition, Explanation, Rule

if TYPE_CHECKING:
    from rich.console import Console

SHOWN_CHANGES = 3
_WORDS = {
    "equals": "is {}",
    "not_equals": "is not {}",
    "in": "is one of {}",
    "not_in": "is none of {}",
    "at_least": "is at least {}",
    "at_most": "is at most {}",
    "above": "is above {}",
    "below": "is below {}",
    "is_null": "is unknown",
    "is_not_null": "is known",
}


def explanation_json(found: Explanation) -> str:
    """Return the explanation as JSON."""
    return json.dumps(asdict(found), default=str)


def print_explanation(found: Explanation, console: "Console") -> None:
    """Print the codes with their reasons, and the nearest other segments."""
    for line in lines(found):
        console.print(line, highlight=False, markup=False, soft_wrap=True)


def lines(found: Explanation) -> Iterator[str]:
    """Yield the page, line by line."""
    yield f"Customer {found.customer_id}, as of {found.as_of_date}"
    for code in found.codes:
        yield ""
        since = f"since {code.since}"
        if code.segment_set == "primary" and found.is_since_censored:
            since += " or before"
        yield (
            f"{code.segment_set.replace('_', ' ')}: {code.code} ({code.label}), {since}"
        )
        if code.segment_set == "primary" and found.previous:
            yield f"  before: {found.previous}"
        yield from _reasons(code)
    yield ""
    yield from _changes(found)


def _reasons(code: Code) -> Iterator[str]:
    rule = code.rule
    if rule is None:
        yield f"  because: {code.rule_text}"
    else:
        for number, group in enumerate(_groups(rule)):
            yield f"  {'and' if number else 'because:'} {_either(group, is_met=True)}"
    if code.segment_set != "primary":
        return
    for other in code.rules:
        if not other.holds:
            failed = next(g for g in _groups(other) if not any(c.is_met for c in g))
            yield f"  not {other.code}: {_either(failed, is_met=False)}"


def _changes(found: Explanation) -> Iterator[str]:
    shown: set[str | None] = set()
    for change in found.changes:
        if change.moves_to in shown or len(shown) == SHOWN_CHANGES:
            continue
        yield (
            f"{'smallest change' if not shown else 'another'}: "
            f"{_named(change)} {_value(change.value)} to {change.change} leads to "
            f"{change.moves_to}"
        )
        shown.add(change.moves_to)
    if not shown:
        yield "No single feature leads to another segment."


def _groups(rule: Rule) -> list[list[Condition]]:
    groups = groupby(rule.conditions, key=lambda each: each.group)
    return [list(group) for _, group in groups]


def _either(group: list[Condition], *, is_met: bool) -> str:
    return " or ".join(_told(each) for each in group if each.is_met == is_met)


def _told(condition: Condition) -> str:
    words = _WORDS[condition.operator].format(condition.threshold)
    if not condition.is_met:
        words = words.replace("is ", "would have to be ", 1)
    told = f"{_named(condition)} {words}"
    if condition.operator not in ("equals", "is_null") or not condition.is_met:
        told += f" (it is {_value(condition.value)})"
    if condition.is_met and not condition.is_met_at_entry:
        told += f", {_value(condition.value_at_entry)} when it began"
    return told


def _named(condition: Condition) -> str:
    return condition.feature.replace("_", " ")


def _value(value: str | float | None) -> str:
    if value is None:
        return "unknown"
    return f"{value:,.10g}" if isinstance(value, float) else str(value)
