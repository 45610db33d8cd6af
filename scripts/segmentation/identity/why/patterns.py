"""Reads how alike pairs are, and what that says for and against one person."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from operator import itemgetter

from segmentation.comparisons import COMPARISONS, meaning
from segmentation.identity.tables import IdentityTables
from segmentation.identity.why.answers import Condition, Level, Pattern, Weights

PRIOR = "prior"
THRESHOLD = "threshold"
NOTHING = Weights(Decimal(0), Decimal(0))

_ORDER = [comparison.name for comparison in COMPARISONS]

Levels = Mapping[str, Mapping[str, int]]
Totals = Mapping[str, Weights]


@dataclass(frozen=True)
class Published:
    """The weights of one data set.

    Attributes:
        weights: Evidence by comparison and level.
        threshold: Probability from which pairs are joined.
    """

    weights: Mapping[tuple[str, int], Weights]
    threshold: Decimal

    def total(self, levels: Mapping[str, int]) -> Weights:
        """Return the evidence of a prior and levels; a level without a row has none."""
        return sum(
            (self.weights.get(level, NOTHING) for level in levels.items()),
            start=self.weights[PRIOR, 0],
        )


def read_patterns(
    tables: IdentityTables, codes: Iterable[str]
) -> tuple[dict[str, Pattern], Published | None, bool]:
    """Return the patterns, the weights of the build and whether they were replaced.

    Which data set the build was for is not written down anywhere: it is the one whose
    weights add up to what the build has added.
    """
    asked = sorted(set(codes))
    levels: defaultdict[str, dict[str, int]] = defaultdict(dict)
    for code, comparison, level in tables.rows(
        "select pattern_code, comparison, level from {int_identity__pattern_levels} "
        "where pattern_code = any(?)",
        asked,
    ):
        levels[code][comparison] = level
    # Sorted here: engines disagree on the order of texts.
    verdicts = sorted(
        tables.rows(
            """
        select
            verdicts.pattern_code,
            verdicts.rule_code,
            verdicts.match_probability,
            verdicts.evidence,
            weights.weight_stranger,
            weights.weight_household
        from {int_identity__pattern_verdicts} as verdicts
        left join {int_identity__pattern_weights} as weights
            on verdicts.pattern_code = weights.pattern_code
        where verdicts.pattern_code = any(?)
        """,
            asked,
        ),
        key=itemgetter(0),
    )
    totals = {
        code: Weights(strangers, housemates)
        for code, *_, strangers, housemates in verdicts
        if strangers is not None
    }
    published = _published(tables, levels, totals)
    rules = _rules(tables)
    patterns = {
        code: Pattern(
            levels=_levels(levels[code], published),
            rule_code=rule_code,
            conditions=rules.get(rule_code, ()),
            match_probability=probability,
            evidence=evidence,
            prior=published.weights[PRIOR, 0] if published else None,
            total=totals.get(code),
        )
        for code, rule_code, probability, evidence, *_ in verdicts
    }
    return patterns, published, bool(totals) and published is None


def _published(
    tables: IdentityTables, levels: Levels, totals: Totals
) -> Published | None:
    weights: defaultdict[str, dict[tuple[str, int], Weights]] = defaultdict(dict)
    thresholds = {}
    for dataset, comparison, level, probability, strangers, housemates in tables.rows(
        "select dataset, comparison, level, match_probability, weight_stranger, "
        "weight_household from {identity_weights}"
    ):
        if comparison == THRESHOLD:
            thresholds[dataset] = probability
        else:
            weights[dataset][comparison, level] = Weights(strangers, housemates)
    for dataset, threshold in sorted(thresholds.items()):
        if (PRIOR, 0) in weights[dataset] and totals:
            published = Published(weights[dataset], threshold)
            if all(published.total(levels[code]) == totals[code] for code in totals):
                return published
    return None


def _rules(tables: IdentityTables) -> Mapping[str, tuple[Condition, ...]]:
    rules: defaultdict[str, tuple[Condition, ...]] = defaultdict(tuple)
    for rule, *bounds in tables.rows(
        "select rule_code, comparison, at_least, at_most from {identity_rules}"
    ):
        rules[rule] += (Condition(*bounds),)
    return {
        rule: tuple(sorted(conditions, key=lambda condition: condition.comparison))
        for rule, conditions in rules.items()
    }


def _levels(
    levels: Mapping[str, int], published: Published | None
) -> tuple[Level, ...]:
    known = [name for name in _ORDER if name in levels]
    names = [*known, *sorted(levels.keys() - set(_ORDER))]
    return tuple(
        Level(
            comparison=name,
            level=levels[name],
            meaning=meaning(name, levels[name]),
            weights=published.weights.get((name, levels[name]), NOTHING)
            if published
            else None,
        )
        for name in names
    )
