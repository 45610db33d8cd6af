"""Gathers everything that the template shows, already fit to publish."""

from typing import Any

from segmentation.report import (
    advice,
    budget,
    business_case,
    campaigns,
    candidates,
    drift,
    findings,
    forecasts,
    performance,
    power,
    reach,
    review,
    scorecard,
)
from segmentation.report.brief_cards import load_cards
from segmentation.report.buyers import load_curve, load_grid
from segmentation.report.coverage import Audit, load_audit, load_known, load_windows
from segmentation.report.disclosure import publish_one
from segmentation.report.experiments import load_experiments
from segmentation.report.gates import load_gates
from segmentation.report.movement import load_flows, load_matrix
from segmentation.report.outcomes import load_outcomes
from segmentation.report.queries import (
    Dates,
    Definition,
    load_dates,
    load_definitions,
    load_measure,
    load_population,
    load_release,
)
from segmentation.report.serving import Serving
from segmentation.report.settings import ReportSettings
from segmentation.report.sizes import define, load_sizes
from segmentation.report.tiles import build_tiles, load_history
from segmentation.report.treatment import load_treatment

# What a section is called while there is too little data to state a finding.
_NEUTRAL = {
    "headline": "Too little data to say anything about segments yet",
    "segments": "Segments by people and revenue",
    "tiers": "Value tiers by people and revenue",
    "curve": "How revenue spreads over buyers",
    "grid": "Buyers by recency and frequency score",
    "outcomes": "What customers did after they were labelled",
    "forecasts": "What was expected, and what happened",
    "power": "What each layer explains of later spend",
    "matrix": "Moves between segments",
    "flows": "Arrivals and departures",
    "performance": "What became of each segment in a month",
    "campaigns": "How campaigns were answered",
    "budget": "What channels cost",
    "reach": "Whom each channel reaches",
    "experiments": "What experiments brought",
    "investment": "What the scorecard says of each segment",
    "drift": "What moved against an earlier date",
    "advice": "What is advised for each segment",
    "definitions": "What puts a customer into each segment",
    "review": "What a yearly review decides",
}


def gather(serving: Serving, settings: ReportSettings) -> dict[str, Any]:
    """Collect the content of the page.

    Args:
        serving: Open served file.
        settings: Disclosure limits and the least data for a finding.

    Returns:
        Names that the template reads; `dates` is nothing in a file without dates,
        and then everything that belongs to a date is missing too.
    """
    dates = load_dates(serving, settings)
    audit = load_audit(serving, settings)
    content: dict[str, Any] = {
        "settings": settings,
        "release": load_release(serving),
        "dates": dates,
        "audit": audit,
    }
    if dates is None:
        gates = load_gates(serving, {})
        titles = _NEUTRAL | {
            "coverage": findings.coverage(audit, ()),
            "gates": findings.gates(gates),
        }
        nobody = publish_one(0, settings).text
        doubts = ("there is no as-of date in the served file",)
        return content | {
            "gates": gates,
            "titles": titles,
            "doubts": doubts,
            "customers": nobody,
        }
    return content | _dated(serving, dates, audit, settings)


def _dated(
    serving: Serving, dates: Dates, audit: Audit, settings: ReportSettings
) -> dict[str, Any]:
    measure = load_measure(serving, dates)
    people = load_population(serving, dates)
    declared = load_definitions(serving, "primary")
    tiers_declared = load_definitions(serving, "value_tier")
    sizes = load_sizes(serving, "primary_segment", declared, dates, measure, settings)
    tiers = load_sizes(serving, "value_tier", tiers_declared, dates, measure, settings)
    matrix = load_matrix(serving, dates, settings)
    flows = load_flows(serving, dates, settings)
    later = load_outcomes(serving, dates, declared, settings)
    explained = power.load_power(serving, settings)
    curve = load_curve(serving, dates, measure, settings)
    grid = load_grid(serving, dates, settings)
    windows = load_windows(serving, dates)
    gates = load_gates(serving, {"primary": sizes, "value_tier": tiers})
    labels = _labels(declared, [*sizes.by_code(), *flows.by_code])
    buyers = publish_one(people.buyers, settings)
    foreseen = forecasts.load_forecasts(serving, labels, settings)
    reached = reach.load_reach(serving, labels, settings)
    performed = performance.load_performance(serving, labels, settings)
    answered = campaigns.load_campaigns(serving, labels, settings)
    split = budget.load_budget(serving, dates.current, settings)
    case = business_case.load_case(serving, settings)
    judged = scorecard.load_scorecard(serving, labels, reached.share_by_code())
    reviewed = review.load_review(serving, labels, dates.current)
    moved = drift.load_drift(serving, labels)
    advised = advice.load_advice(serving, labels)
    doubts = findings.too_little(people, buyers.text, settings)
    titles = {
        "headline": findings.headline(sizes, measure, dates),
        "segments": findings.segments(sizes, measure),
        "tiers": findings.tiers(tiers, measure),
        "curve": findings.curve(curve),
        "grid": findings.grid(grid),
        "outcomes": findings.outcomes(later),
        "forecasts": forecasts.title(foreseen),
        "power": power.title(explained),
        "matrix": findings.matrix(matrix, labels),
        "flows": findings.flows(flows, labels),
        "performance": performance.title(performed),
        "campaigns": campaigns.title(answered),
        "budget": budget.title(split),
        "reach": reach.title(reached),
        "experiments": business_case.title(case),
        "investment": scorecard.title(judged),
        "drift": drift.title(moved),
        "advice": advice.title(advised),
        "definitions": findings.definitions(sizes, declared),
        "review": review.title(reviewed),
    }
    facts = {
        "coverage": findings.coverage(audit, windows),
        "gates": findings.gates(gates),
    }
    if not reached.has_consents:
        facts["reach"] = reach.title(reached)
    return {
        "titles": (_NEUTRAL if doubts else titles) | facts,
        "doubts": doubts,
        "customers": sizes.people.text,
        "buyers": buyers,
        "not_profiled": people.not_profiled,
        "not_profiled_text": publish_one(people.not_profiled, settings).text,
        "days": people.days,
        "measure": measure,
        "labels": labels,
        "sizes": sizes,
        "tiers": tiers,
        "curve": curve,
        "grid": grid,
        "outcomes": later,
        "forecasts": foreseen,
        "power": explained,
        "matrix": matrix,
        "flows": flows,
        "performance": performed,
        "campaigns": answered,
        "budget": split,
        "reach": reached,
        "treatment": load_treatment(serving, settings),
        "review": reviewed,
        "business_case": case,
        "experiments": load_experiments(serving, settings),
        "scorecard": judged,
        "drift": moved,
        "advice": advised,
        "hints": candidates.load_hints(serving, settings),
        "cards": load_cards(serving, dates),
        "windows": windows,
        "known": load_known(serving, dates, settings),
        "gates": gates,
        "tiles": build_tiles(
            load_history(serving, dates, settings), sizes, measure, matrix, flows
        ),
    }


def _labels(declared: dict[str, Definition], codes: list[str]) -> dict[str, Definition]:
    """Definitions of every code that the page names, in its order."""
    ordered = dict.fromkeys([*codes, *declared])
    return {code: define(declared, code) for code in ordered}
