"""What is answered about two records."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal


@dataclass(frozen=True)
class Record:
    """A record of a source, and where the last build put it.

    Attributes:
        record_number: Number within the build.
        source_system: Source of the record.
        source_customer_id: Record in that source.
        customer_id: Customer that it belongs to.
        component: Number of the records it is connected with; null without an edge.
        cluster: Part of a component that was taken apart; null where none was.
    """

    record_number: int
    source_system: str
    source_customer_id: str
    customer_id: str
    component: int | None
    cluster: int | None

    @property
    def name(self) -> str:
        """Name of the record as the command takes it."""
        return f"{self.source_system}/{self.source_customer_id}"


@dataclass(frozen=True)
class Identifier:
    """A value that two records hold; `drop_reason` says why it links nothing."""

    identifier_type: str
    identifier_key: str
    drop_reason: str | None


@dataclass(frozen=True)
class Edge:
    """What joins two records: an exact identifier, a rule, probability or a person."""

    rule_code: str
    match_probability: Decimal | None
    is_exact: bool


@dataclass(frozen=True)
class Pair:
    """What the build knows of two records.

    Attributes:
        one: A record.
        two: Another record.
        edges: What joins them directly.
        identifiers: Values that both hold.
        pattern_code: How alike they are; null when they were not compared.
        decisions: Decision (include, exclude) and reason of each made by hand.
    """

    one: Record
    two: Record
    edges: tuple[Edge, ...] = ()
    identifiers: tuple[Identifier, ...] = ()
    pattern_code: str | None = None
    decisions: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Weights:
    """Evidence for one person, in bits, against strangers and against housemates."""

    strangers: Decimal
    housemates: Decimal

    def __add__(self, other: "Weights") -> "Weights":
        """Return the evidence of both."""
        return Weights(
            self.strangers + other.strangers, self.housemates + other.housemates
        )


@dataclass(frozen=True)
class Level:
    """Level of one comparison; `weights` are null while rules decide."""

    comparison: str
    level: int
    meaning: str
    weights: Weights | None


@dataclass(frozen=True)
class Condition:
    """Levels of a comparison that meet a rule; null where there is no bound."""

    comparison: str
    at_least: int | None
    at_most: int | None


@dataclass(frozen=True)
class Pattern:
    """What was decided of all pairs that are alike in the same respects.

    Attributes:
        levels: Each comparison that was observed.
        rule_code: Rule that joins such pairs, or probability; null for none.
        conditions: Conditions of that rule.
        match_probability: Probability of one person; null while rules decide.
        evidence: For or against one person, in thousandths of a bit.
        prior: Evidence before anything is compared.
        total: Prior and all levels together, as the build added them.
    """

    levels: tuple[Level, ...]
    rule_code: str | None
    conditions: tuple[Condition, ...]
    match_probability: Decimal | None
    evidence: int | None
    prior: Weights | None
    total: Weights | None


@dataclass(frozen=True)
class Component:
    """A component that holds both records.

    Attributes:
        record_count: Records in it.
        customer_count: Customers that it was taken apart into; 1 when it is whole.
        pair_count: Contested pairs between the clusters of the two records.
        evidence: Evidence of these pairs together, in thousandths of a bit.
    """

    record_count: int
    customer_count: int
    pair_count: int
    evidence: int


@dataclass(frozen=True)
class Answer:
    """Why two records are the same customer, or not.

    Attributes:
        pair: The two records and what is known of them directly.
        path: Steps of the shortest path between them by their place, within the
            customer when they are one; of different customers the one that the guard
            has cut. The middle of a very long path is left out.
        step_count: Steps of the whole path; 0 where there is none.
        patterns: What was decided, by pattern code.
        threshold: Probability from which pairs are joined; null while rules decide.
        component: The component of both; null when they are of two, or of none.
        lacking: Records with nothing to compare.
        weights_differ: Whether the published weights are not those of the build.
    """

    pair: Pair
    path: Mapping[int, Pair] = field(default_factory=dict)
    step_count: int = 0
    patterns: Mapping[str, Pattern] = field(default_factory=dict)
    threshold: Decimal | None = None
    component: Component | None = None
    lacking: tuple[Record, ...] = ()
    weights_differ: bool = False

    @property
    def is_same_record(self) -> bool:
        """Whether one record was asked about twice."""
        return self.pair.one == self.pair.two

    @property
    def is_same_customer(self) -> bool:
        """Whether both records are one customer."""
        return self.pair.one.customer_id == self.pair.two.customer_id
