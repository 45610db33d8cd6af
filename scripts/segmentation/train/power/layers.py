"""The layers whose power is measured, and what they are measured against."""

from dataclasses import dataclass

RFM_GRID = "rfm_grid"
SPEND_TIERS = "spend_tiers"
VALUE_TIER = "value_tier"
BEHAVIOR = "behavior"


@dataclass(frozen=True)
class Layer:
    """One way to divide buyers.

    Attributes:
        name: Its name in results.
        label: Its name for people.
        column: Column of `segments__memberships`; null for a baseline that is
            calculated here from features.
        cut_feature: Money of `features__customers` that a baseline cuts into tiers, as
            many and as large as the value tiers.
        in_sample: Table and boolean column that mark rows scored with parameters that
            were trained on later data; the layer is not judged on dates with such rows.
        entity: Input entity that it rests on, where that may lack a history.
    """

    name: str
    label: str
    column: str | None
    in_sample: tuple[str, str] | None = None
    entity: str | None = None
    cut_feature: str | None = None


_VALUE = ("features__value", "is_in_sample")
LAYERS = (
    Layer("primary", "Primary segments", "primary_segment", _VALUE),
    Layer(VALUE_TIER, "Value tiers", "value_tier", _VALUE),
    Layer("rfm", "RFM segments", "rfm"),
    Layer("lifecycle", "Lifecycle", "lifecycle"),
    Layer(BEHAVIOR, "Behaviour", "behavior"),
    Layer("demographic", "Demographic", "demographic", entity="customer_attributes"),
    Layer("psychographic", "Psychographic", "psychographic", entity="survey_responses"),
    Layer(RFM_GRID, "Published RFM grid", None),
    Layer(SPEND_TIERS, "Tiers of 90-day spend", None, cut_feature="revenue_90d"),
    Layer(
        "expected_tiers",
        "Tiers of expected spend",
        None,
        _VALUE,
        cut_feature="expected_revenue_90d",
    ),
)
