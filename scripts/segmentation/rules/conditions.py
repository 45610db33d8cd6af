"""Finds the conditions that a question names, and the values to try."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from segmentation.rules.grid_errors import (
    CodeUnknownError,
    ConditionMissingError,
    ConditionTwiceError,
    ConditionUnclearError,
    GridTooLargeError,
    TierCodeError,
    ValuesError,
    WordsError,
)

MOST_POINTS = 200
OPERATORS = ("equals", "not_equals", "at_least", "at_most", "above", "below")
# One condition with its values, or two.
LENGTHS = (3, 6)

Rules = Mapping[str, Sequence[Mapping[str, Any]]]


@dataclass(frozen=True)
class Condition:
    """A condition that compares a feature with a number.

    Attributes:
        segment_set: Its set.
        code: Code of its rule.
        group: Place among the conditions that must all hold.
        number: Place among the alternatives of the group.
        feature: What is compared.
        operator: How.
        value: With what.
    """

    segment_set: str
    code: str
    group: int
    number: int
    feature: str
    operator: str
    value: Decimal

    def __str__(self) -> str:
        """Return it as a question names it, with its number."""
        name = f"{self.segment_set}.{self.code} {self.feature}.{self.operator}"
        return f"{name} {plain_number(self.value)}"


@dataclass(frozen=True)
class Varied:
    """A condition and the numbers to compare with, rising and distinct."""

    condition: Condition
    values: tuple[Decimal, ...]


def plain_number(value: Decimal) -> str:
    """Return a number without an exponent and without trailing zeros."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def asked(words: Sequence[str], rules: Rules, tiers: Sequence[str]) -> list[Varied]:
    """Return the conditions that are varied.

    Args:
        words: CODE FEATURE VALUES, once or twice.
        rules: Rules of each set, as configured.
        tiers: Codes of the value tiers.

    Raises:
        SegmentationError: The words name none, or no grid.
    """
    if len(words) not in LENGTHS:
        raise WordsError(words)
    every = list(_numeric(rules))
    found = [
        Varied(
            _condition(words[at], words[at + 1], every, rules, tiers),
            _values(words[at + 2]),
        )
        for at in range(0, len(words), 3)
    ]
    if len({each.condition for each in found}) < len(found):
        raise ConditionTwiceError(str(found[0].condition))
    points = 1
    for each in found:
        points *= len(each.values)
    if points > MOST_POINTS:
        raise GridTooLargeError(points, MOST_POINTS)
    return found


def _numeric(rules: Rules) -> Iterator[Condition]:
    """Yield each condition that compares with a number."""
    for segment_set, of_set in rules.items():
        for rule in of_set:
            for group, top in enumerate(rule["when"], start=1):
                for number, each in enumerate(_flat(top), start=1):
                    [operator] = each.keys() - {"feature"}
                    value = each[operator]
                    is_number = isinstance(value, int | float)
                    if operator in OPERATORS and is_number and value is not True:
                        if value is False:
                            continue
                        yield Condition(
                            segment_set,
                            rule["code"],
                            group,
                            number,
                            each["feature"],
                            operator,
                            Decimal(str(value)),
                        )


def _flat(condition: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    if "any" in condition:
        for part in condition["any"]:
            yield from _flat(part)
    else:
        yield condition


def _condition(
    name: str,
    feature: str,
    every: Sequence[Condition],
    rules: Rules,
    tiers: Sequence[str],
) -> Condition:
    segment_set, _, code = name.partition(".")
    if segment_set == "value_tier" and code in (*tiers, "dormant"):
        raise TierCodeError(name)
    known = [f"{each}.{rule['code']}" for each, some in rules.items() for rule in some]
    if name not in known:
        of_set = [each for each in known if each.startswith(f"{segment_set}.")]
        raise CodeUnknownError(name, of_set or known)
    column, _, operator = feature.partition(".")
    own = [
        each for each in every if (each.segment_set, each.code) == (segment_set, code)
    ]
    found = [
        each
        for each in own
        if each.feature == column and operator in ("", each.operator)
    ]
    if not found:
        others = [str(each) for each in every if each.feature == column]
        elsewhere = others if not any(each.feature == column for each in own) else []
        raise ConditionMissingError(name, feature, map(str, own), elsewhere)
    if len(found) > 1:
        raise ConditionUnclearError(name, column, map(str, found))
    return found[0]


def _values(text: str) -> tuple[Decimal, ...]:
    """Return the numbers that FROM:TO:STEP or a list stands for."""
    parts = text.split(":")
    try:
        numbers = [
            Decimal(part.strip())
            for part in (parts if len(parts) > 1 else text.split(","))
        ]
    except InvalidOperation as error:
        raise ValuesError(text, "not all of which are numbers") from error
    if not all(number.is_finite() for number in numbers):
        raise ValuesError(text, "not all of which are numbers")
    if len(parts) == 1:
        return tuple(sorted(set(numbers)))
    if len(numbers) != len(("from", "to", "step")):
        raise ValuesError(text, "which are neither a range nor a list")
    first, last, step = numbers
    if step <= 0 or last < first:
        raise ValuesError(text, "which hold no number")
    count = int((last - first) / step) + 1
    if count > MOST_POINTS:
        raise GridTooLargeError(count, MOST_POINTS)
    return tuple(first + step * place for place in range(count))
