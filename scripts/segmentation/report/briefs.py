"""Reads what a brief tells of each primary segment from the served file."""

from dataclasses import dataclass
from datetime import date

from segmentation.report.serving import Serving

COPY = ("to_do", "to_avoid", "offer", "owner", "next_test")
_NEEDED = {
    "segments__definitions": ("origin", "is_sensitive", "sensitive_basis"),
    "segments__playbook": (*COPY, "review_date"),
    "segments__profiles": (
        *("segment_set", "segment_code", "topic", "item_group", "item", "basis"),
        *("unit", "status", "detail", "item_rank", "customer_count", "value"),
        *("comparison_value", "effect_size", "lower_bound", "upper_bound"),
    ),
}
_PLAYBOOK = f"""
    select
        definitions.segment_code, definitions.segment_label, playbook.description,
        definitions.rule_text, definitions.is_sensitive, definitions.sensitive_basis,
        {", ".join(f"playbook.{name}" for name in COPY)}, playbook.review_date
    from segments__definitions as definitions
    inner join segments__playbook as playbook
        on
            definitions.segment_set = playbook.segment_set
            and definitions.segment_code = playbook.segment_code
    where definitions.segment_set = 'primary' and definitions.origin = 'rule'
    order by definitions.priority
"""
_ITEMS = """
    select
        segment_code, topic, item_group, item, basis, unit, status, detail,
        customer_count, value, comparison_value, effect_size, lower_bound, upper_bound
    from segments__profiles
    where segment_set = 'primary'
    order by segment_code, topic, item_rank, item_group, item
"""


@dataclass(frozen=True)
class Item:
    """A row of `segments__profiles`; numbers as served, null where withheld."""

    topic: str
    group: str
    name: str
    basis: str
    unit: str
    status: str
    detail: str | None
    customers: int | None
    value: float | None
    comparison: float | None
    effect: float | None
    lower: float | None
    upper: float | None


@dataclass(frozen=True)
class Brief:
    """All that a page tells of a segment.

    Attributes:
        code: Code of the segment.
        label: Name that people read.
        description: Who is in it, as the playbook says.
        rule: Its rule in words.
        sensitive_basis: What allows a rule that rests on something sensitive.
        copy: Reviewed words by column of the playbook; what nobody decided is null.
        review_date: Day by which somebody reads them again.
        as_of_date: Date of the release.
        items: Rows of its profile, in their order.
    """

    code: str
    label: str
    description: str
    rule: str
    sensitive_basis: str | None
    copy: dict[str, str | None]
    review_date: date | None
    as_of_date: date
    items: tuple[Item, ...]

    def of(self, topic: str, *groups: str) -> list[Item]:
        """Return the items of a topic that may be read, in their order."""
        return [
            item
            for item in self.items
            if item.topic == topic
            and item.status == "published"
            and (not groups or item.group in groups)
        ]

    def one(self, topic: str, group: str, name: str) -> Item | None:
        """Return an item that may be read; null where it is withheld."""
        return next((i for i in self.of(topic, group) if i.name == name), None)

    @property
    def days_overdue(self) -> int:
        """Days by which the review is late at the as-of date; 0 when it is not."""
        if self.review_date is None:
            return 0
        return max((self.as_of_date - self.review_date).days, 0)


def missing_for_briefs(serving: Serving) -> tuple[str, ...]:
    """Name the tables and columns of briefs that an older file lacks."""
    return serving.lacks(_NEEDED)


def load_briefs(serving: Serving, as_of_date: date) -> list[Brief]:
    """Read the brief of each primary segment that a rule makes, by priority.

    Args:
        serving: Open served file that lacks nothing for briefs.
        as_of_date: Date of the release.
    """
    items: dict[str, list[Item]] = {}
    for segment, *row in serving.rows(_ITEMS):
        items.setdefault(segment, []).append(Item(*row))
    return [
        Brief(
            segment,
            label,
            description,
            rule,
            basis if is_sensitive else None,
            dict(zip(COPY, words[:-1], strict=True)),
            words[-1],
            as_of_date,
            tuple(items.get(segment, ())),
        )
        for segment, label, description, rule, is_sensitive, basis, *words in (
            serving.rows(_PLAYBOOK)
        )
    ]
