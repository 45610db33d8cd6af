"""What must hold of the project's identities, compared with its rivals'."""

from collections.abc import Mapping
from dataclasses import dataclass

from identity_project import Cost
from segmentation.demo.score.results import Value

Scores = Mapping[str, Mapping[str, Value]]

PROJECT, SPLINK = "project", "splink"
# For comparison: trained on fewer pairs, and at the threshold that the truth chose.
SPLINK_QUICK, SPLINK_BEST = "splink quick", "splink best"
BASELINES = ("plain-keys", "multi-rule")


@dataclass(frozen=True)
class Demand:
    """A demand, and whether it holds.

    Attributes:
        text: What was demanded, with the figures that were found.
        holds: Whether it holds; None when its rival did not take part.
    """

    text: str
    holds: bool | None


def demands(scores: Scores, costs: Mapping[str, Cost]) -> list[Demand]:
    """Compare the project with fixed limits and with its rivals.

    Args:
        scores: Value by measure's name, by contestant.
        costs: Cost by contestant.
    """
    project = scores[PROJECT]
    found = [
        _at_least("pairwise precision", project["pairwise_precision"], 0.985),
        *(
            _above("pairwise recall", project, scores[name], name, "pairwise_recall")
            for name in BASELINES
        ),
        _at_least(
            "household members apart", project["household_members_apart_share"], 0.99
        ),
        _at_least("twins apart", project["twins_apart_share"], 0.99),
    ]
    if SPLINK not in scores:
        return [*found, Demand("ahead of Splink: it did not take part", None)]
    found += [
        _above("pairwise F1", project, scores[SPLINK], "splink at .95", "pairwise_f1"),
        _half("seconds", costs[PROJECT].seconds, costs[SPLINK].seconds),
        _half(
            "MiB of memory", costs[PROJECT].work_megabytes, costs[SPLINK].work_megabytes
        ),
    ]
    quick = costs[SPLINK_QUICK]
    others = [
        _above("F1", project, scores[SPLINK_BEST], SPLINK_BEST, "pairwise_f1"),
        _half("seconds", costs[PROJECT].seconds, quick.seconds, SPLINK_QUICK),
        _half("MiB", costs[PROJECT].work_megabytes, quick.work_megabytes, SPLINK_QUICK),
    ]
    return found + [
        Demand(f"no demand: {other.text}: {other.holds}", None) for other in others
    ]


def _number(value: Value) -> float:
    return 0.0 if value is None else float(value)


def _at_least(name: str, value: Value, limit: float) -> Demand:
    return Demand(
        f"{name} {_number(value):.4f}, at least {limit}", _number(value) >= limit
    )


def _above(
    name: str,
    project: Mapping[str, Value],
    rival: Mapping[str, Value],
    rival_name: str,
    measure: str,
) -> Demand:
    own, other = _number(project[measure]), _number(rival[measure])
    return Demand(f"{name} {own:.4f}, above {rival_name}'s {other:.4f}", own > other)


def _half(name: str, own: float, other: float, rival: str = SPLINK) -> Demand:
    return Demand(
        f"{own:,.1f} {name}, at most half of {rival}'s {other:,.1f}", own <= other / 2
    )
