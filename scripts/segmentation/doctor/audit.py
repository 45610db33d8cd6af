"""Reads the source audit: families of sources, layers, and rules left open."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from segmentation.doctor.findings import Family, Layer, RuleGap
from segmentation.doctor.project import Entity
from segmentation.doctor.tables import Tables

FAMILIES = "measurement__source_families"
LAYERS = "measurement__layer_maturity"
GAPS = "measurement__rule_gaps"
ABSENT = "absent"
NOT_BUILT = "not built yet"
# From what describes people to what they are worth.
LAYER_ORDER = ("demographic", "behavioral", "psychographic", "value")


@dataclass(frozen=True)
class Audit:
    """What the audit of the last build says; empty when there was none.

    Attributes:
        families: Values of a Family from its state on, by name.
        layers: Layers of segmentation.
        gaps: Rules left open, the dearest first.
    """

    families: Mapping[str, Family] = field(default_factory=dict)
    layers: tuple[Layer, ...] = ()
    gaps: tuple[RuleGap, ...] = ()


def read_audit(tables: Tables) -> Audit:
    """Read the audit that the last build left."""
    families = tables.rows(
        "family, state, finding, finding_text, used_count, customer_count, "
        "customer_share, days_behind, last_event_date",
        FAMILIES,
    )
    layers = tables.rows(
        "layer, state, live_aspect_count, aspect_count, customer_count, "
        "customer_share, next_step_text",
        LAYERS,
    )
    gaps = tables.rows(
        "segment_set, segment_code, feature, customer_count, at_stake_revenue, "
        "needed_text",
        GAPS,
        "order by gap_rank",
    )
    return Audit(
        families={name: Family(name, (), (), *values) for name, *values in families},
        layers=tuple(
            sorted(
                (Layer(*row) for row in layers),
                key=lambda layer: LAYER_ORDER.index(layer.layer),
            )
        ),
        gaps=tuple(RuleGap(*row) for row in gaps),
    )


def source_families(
    entities: Sequence[Entity], built: Mapping[str, Family]
) -> Iterator[Family]:
    """Yield each family as the last build left it, or as far as the mapping tells.

    A family that is no longer mapped is absent whatever was built.
    """
    names = dict.fromkeys(entity.family for entity in entities)
    for name in names:
        own = [entity for entity in entities if entity.family == name]
        mapped = tuple(entity.name for entity in own if entity.sources)
        unmapped = tuple(entity.name for entity in own if not entity.sources)
        found = built.get(name)
        if not mapped:
            yield Family(name, mapped, unmapped, ABSENT, "not_mapped")
        elif found is None or found.state == ABSENT:
            yield Family(name, mapped, unmapped, NOT_BUILT)
        else:
            values = {**vars(found), "mapped": mapped, "unmapped": unmapped}
            yield Family(**values)
