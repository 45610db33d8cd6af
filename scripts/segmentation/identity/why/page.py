"""Shows an answer as a compact page, or as JSON."""

import json
from collections.abc import Iterator
from dataclasses import asdict
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from segmentation.identity.why.answers import Answer, Pair, Pattern, Weights
from segmentation.identity.why.sentences import (
    bits,
    component_sentences,
    headline,
    not_compared,
    pair_sentences,
)

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

SHOWN_AT_EACH_END = 5


def answer_json(answer: Answer) -> str:
    """Return the answer as JSON; steps name their pattern in `patterns`."""
    one, two = answer.pair.one, answer.pair.two
    values = {
        "answer": headline(answer),
        "is_same_customer": answer.is_same_customer,
        "is_same_record": answer.is_same_record,
        "records": [asdict(one), asdict(two)],
        "pair": _pair_values(answer.pair),
        "step_count": answer.step_count,
        "path": [
            {"step": place, **_pair_values(step)} for place, step in answer.path.items()
        ],
        "component": answer.component and asdict(answer.component),
        "without_comparison": [record.name for record in answer.lacking],
        "patterns": {
            code: asdict(pattern) for code, pattern in answer.patterns.items()
        },
        "threshold": answer.threshold,
        "weights_differ": answer.weights_differ,
    }
    return json.dumps(values, default=_number)


def print_answer(answer: Answer, console: "Console") -> None:
    """Print the answer, the path step by step, and the two records themselves."""
    _say(console, headline(answer))
    if answer.is_same_record:
        return
    if answer.path:
        _print_path(answer, console)
    elif answer.is_same_customer:
        _say(
            console,
            "No path was found: the tables are not of one build. Run `dbt build`.",
        )
    if answer.step_count != 1:
        _say(console, "\nThese two records:")
        _print_pair(answer.pair, answer, console)
    if answer.pair.pattern_code is None:
        _say(console, not_compared(answer))
    for sentence in component_sentences(answer):
        _say(console, sentence)
    if answer.weights_differ:
        _say(
            console,
            "The weights of single levels are not known: identity_weights changed "
            "after this build. Run `dbt build`.",
        )


def _print_path(answer: Answer, console: "Console") -> None:
    count = answer.step_count
    kind = "Shortest path" if answer.is_same_customer else "Shortest path, now cut"
    _say(console, f"{kind}: {count:,} step{'' if count == 1 else 's'}")
    last = 0
    for place, step in answer.path.items():
        if SHOWN_AT_EACH_END < place <= count - SHOWN_AT_EACH_END:
            continue
        if place > last + 1:
            _say(console, f"\n{place - last - 1:,} steps are not shown.")
        last = place
        cut = ", of different customers" if _is_cut(step) else ""
        _say(console, f"\n{place:,}. {step.one.name} and {step.two.name}{cut}")
        _print_pair(step, answer, console)


def _print_pair(pair: Pair, answer: Answer, console: "Console") -> None:
    for sentence in pair_sentences(pair, answer):
        _say(console, sentence)
    if pair.pattern_code is not None:
        console.print(_breakdown(answer.patterns[pair.pattern_code]))


def _breakdown(pattern: Pattern) -> "Table":
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, show_edge=False)
    table.add_column("comparison")
    table.add_column("level")
    weighted = pattern.total is not None
    if weighted:
        table.add_column("against strangers", justify="right")
        table.add_column("against housemates", justify="right")
    if pattern.prior is not None:
        table.add_row("prior", "before comparing", *_cells(pattern.prior))
    for level in pattern.levels:
        table.add_row(
            level.comparison,
            level.meaning,
            *(_cells(level.weights) if weighted else ()),
        )
    if pattern.total is not None:
        table.add_section()
        table.add_row("sum", "bits", *_cells(pattern.total))
    return table


def _cells(weights: Weights | None) -> Iterator[str]:
    for value in (weights.strangers, weights.housemates) if weights else (None, None):
        yield "" if value is None else bits(value)


def _pair_values(pair: Pair) -> dict[str, Any]:
    return {
        "records": [pair.one.name, pair.two.name],
        "is_cut": _is_cut(pair),
        "edges": [vars(edge) for edge in pair.edges],
        "identifiers": [vars(held) for held in pair.identifiers],
        "decisions": [
            {"decision": decision, "reason": reason}
            for decision, reason in pair.decisions
        ],
        "pattern_code": pair.pattern_code,
    }


def _is_cut(pair: Pair) -> bool:
    return pair.one.customer_id != pair.two.customer_id


def _number(value: Decimal) -> float:
    return float(value)


def _say(console: "Console", text: str) -> None:
    console.print(text, highlight=False, markup=False, soft_wrap=True)
