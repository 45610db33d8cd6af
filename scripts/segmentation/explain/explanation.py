"""Reads why a customer is in their segments from the tables of the last build."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from segmentation.connections import warehouse_name
from segmentation.explain.errors import CustomerUnknownError, SegmentsMissingError
from segmentation.fingerprint import quoted
from segmentation.profiles import Profile
from segmentation.warehouse_tables import Query, find_schemas, open_query

TABLES = (
    "identity__aliases",
    "identity__customer_map",
    "segments__customers",
    "segments__definitions",
    "segments__explanations",
    "segments__intervals",
)
SETS = (
    *("primary", "value_tier", "lifecycle", "rfm", "behavior", "demographic"),
    "psychographic",
)
_CONDITIONS = """
    select
        segment_set, segment_code, rule_place, condition_group, feature, operator,
        threshold_text, value_text, value_number, is_met, distance,
        value_text_at_entry, value_number_at_entry, is_met_at_entry,
        change_text, relative_change, moves_to, is_smallest_change
    from {segments__explanations}
    where customer_id = ?
    order by segment_set, rule_place, condition_group, condition_number
"""
_CODES = """
    select
        intervals.segment_set, intervals.segment_code, definitions.segment_label,
        definitions.origin, definitions.rule_text, intervals.valid_from
    from {segments__intervals} as intervals
    inner join {segments__definitions} as definitions
        on
            intervals.segment_set = definitions.segment_set
            and intervals.segment_code = definitions.segment_code
    where intervals.customer_id = ? and intervals.valid_to is null
"""
_CUSTOMER = """
    select as_of_date, previous_primary_segment, is_primary_since_censored
    from {segments__customers}
    where customer_id = ?
"""
_BY_RECORD = """
    select customer_id
    from {identity__customer_map}
    where source_system = ? and source_customer_id = ?
"""
_BY_ALIAS = """
    select customer_id
    from {identity__aliases}
    where alias_customer_id = ?
"""


@dataclass(frozen=True)
class Condition:
    """A condition of a rule, and what the customer has.

    Attributes:
        group: Conditions of one group are alternatives.
        feature: What is compared.
        operator: How.
        threshold: With what; null where it need only be known.
        value: The customer's; null where it is not known.
        is_met: Whether it holds.
        distance: Between value and threshold where both are numbers.
        value_at_entry: The value when the code of the set began.
        is_met_at_entry: Whether it held then.
        change: Value at which this alone leads to another primary segment.
        relative_change: That change over the larger of both values.
        moves_to: That segment.
        is_smallest_change: Whether no other change of the customer is smaller.
    """

    group: int
    feature: str
    operator: str
    threshold: str | None
    value: str | float | None
    is_met: bool
    distance: float | None
    value_at_entry: str | float | None
    is_met_at_entry: bool
    change: str | None
    relative_change: float | None
    moves_to: str | None
    is_smallest_change: bool


@dataclass(frozen=True)
class Rule:
    """A rule, and whether it holds for the customer."""

    code: str
    conditions: tuple[Condition, ...]

    @property
    def holds(self) -> bool:
        """True where each group has a condition that is met."""
        groups = groupby(self.conditions, key=lambda each: each.group)
        return all(any(each.is_met for each in group) for _, group in groups)


@dataclass(frozen=True)
class Code:
    """The customer's code in a set.

    Attributes:
        segment_set: The set.
        code: The code.
        label: Its name.
        origin: rule, cut_points, cluster or reserved.
        rule_text: Its rule in words.
        since: First as-of date in it.
        rules: The rules of the set in the order they are tried, up to the one that
            gives the code; all where none does, none where a cluster gives it.
    """

    segment_set: str
    code: str
    label: str
    origin: str
    rule_text: str
    since: date
    rules: tuple[Rule, ...]

    @property
    def rule(self) -> Rule | None:
        """The rule that gives the code; null where none does."""
        return next((rule for rule in self.rules if rule.holds), None)


@dataclass(frozen=True)
class Explanation:
    """Why a customer is in their segments.

    Attributes:
        customer_id: The customer.
        as_of_date: Date of the build.
        previous: Primary segment before.
        is_since_censored: Whether the segment may have begun before the panel.
        codes: By set, the primary one first.
        changes: Each change of one feature that leads to another primary segment, the
            smallest first.
    """

    customer_id: str
    as_of_date: date
    previous: str | None
    is_since_censored: bool
    codes: tuple[Code, ...]
    changes: tuple[Condition, ...]

    @property
    def smallest_change(self) -> Condition | None:
        """What alone would take the customer to another segment soonest."""
        return next((each for each in self.changes if each.is_smallest_change), None)


def explain(profile: Profile, name: str) -> Explanation:
    """Read the explanation of a customer.

    Args:
        profile: Says where the warehouse is.
        name: A customer id, one that was merged since, or a record as SOURCE/ID.

    Raises:
        SegmentationError: Nobody has the name, a table is missing, or the warehouse
            does not open.
    """
    with open_query(profile) as query:
        schemas = find_schemas(query, TABLES, profile) if query else {}
        lacking = set(TABLES) - schemas.keys()
        if query is None or lacking:
            raise SegmentsMissingError(warehouse_name(profile), lacking)
        names = {table: quoted(schemas[table], table) for table in TABLES}
        return _explained(query, names, name)


def _explained(query: Query, names: Mapping[str, str], name: str) -> Explanation:
    def rows(sql: str, *values: object) -> list[Any]:
        return query(sql.format_map(names), *values)

    source, slash, record = name.partition("/")
    found = rows(_BY_RECORD, source, record) if slash else rows(_BY_ALIAS, name)
    customer_id = str(found[0][0]) if found else name
    known = rows(_CUSTOMER, customer_id)
    if not known:
        raise CustomerUnknownError(name)
    [(as_of, previous, is_censored)] = known
    conditions = rows(_CONDITIONS, customer_id)
    codes = {row[0]: row for row in rows(_CODES, customer_id)}
    return Explanation(
        customer_id,
        as_of,
        previous,
        bool(is_censored),
        tuple(_code(codes[each], conditions) for each in SETS if each in codes),
        tuple(
            sorted(
                (each for each in map(_condition, conditions) if each.moves_to),
                key=lambda each: (not each.is_smallest_change, each.relative_change),
            )
        ),
    )


def _code(row: Sequence[Any], conditions: Sequence[Any]) -> Code:
    segment_set, code, label, origin, rule_text, since = row
    rules = _tried(conditions, segment_set)
    return Code(segment_set, code, label, origin, rule_text, since, rules)


def _tried(conditions: Sequence[Any], segment_set: str) -> tuple[Rule, ...]:
    """Return the rules of a set up to the first that holds."""
    own = [row for row in conditions if row[0] == segment_set]
    tried = []
    for _, group in groupby(own, key=lambda row: row[2]):
        members = list(group)
        rule = Rule(members[0][1], tuple(map(_condition, members)))
        tried.append(rule)
        if rule.holds:
            break
    return tuple(tried)


def _condition(row: Sequence[Any]) -> Condition:
    _, _, _, group, feature, operator, threshold, text, number, is_met, *rest = row
    distance, text_then, number_then, is_met_then, *change = rest
    return Condition(
        group,
        feature,
        operator,
        threshold,
        number if text is None else text,
        is_met,
        distance,
        number_then if text_then is None else text_then,
        is_met_then,
        *change,
    )
