"""Measures what each layer explains of later spend, at each origin and over all."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import reduce
from operator import add

import numpy as np

from segmentation.train.arrays import Floats
from segmentation.train.power.additions import measure_additions
from segmentation.train.power.evidence import Evidence
from segmentation.train.power.layers import RFM_GRID, SPEND_TIERS, VALUE_TIER, Layer
from segmentation.train.power.origins import Origin, find_origins
from segmentation.train.power.panel import Panel
from segmentation.train.power.results import Estimate, Judged, LayerPower, Power
from segmentation.train.power.spend import NOT_OBSERVED, find_cap, sum_spend
from segmentation.train.power.variance import Draws, Errors

MIN_BUYERS = 500


def measure_power(panel: Panel) -> Power:
    """Measure all layers of a panel.

    Returns:
        What was found; without origins where the panel is too short or too small.
    """
    draws = Draws()
    judged, found = [], []
    for origin in find_origins(panel.month_ends()):
        learned_people, cap = find_cap(panel, origin.learned)
        people, _ = find_cap(panel, origin.judged)
        if min(learned_people, people) < MIN_BUYERS:
            continue
        judged.append(Judged(origin, learned_people, people, cap))
        learned, *_ = sum_spend(panel, origin.learned, cap)
        at_origin = sum_spend(panel, origin.judged, cap, origin.learned.start)
        found.append(Evidence.of(learned, at_origin, draws))
    origins = [row.origin for row in judged]
    layers = [
        (layer, _of_layer(layer, panel.in_sample_dates(layer), origins, found))
        for layer in panel.layers()
    ]
    rows = [
        replace(_layer_power(*pair), is_undated=panel.is_undated(pair[0]))
        for pair in layers
    ]
    rows.sort(key=lambda row: (row.overall is None, -_value(row.overall)))
    known = {layer.name: evidence for layer, evidence in layers}
    return Power(
        tuple(judged),
        tuple(rows),
        _compared(known, RFM_GRID, np.divide),
        _compared(known, SPEND_TIERS, np.subtract),
        measure_additions(panel, origins, draws),
    )


def _of_layer(
    layer: Layer,
    in_sample: Collection[date],
    origins: Sequence[Origin],
    found: Sequence[Evidence],
) -> list[Evidence | None]:
    """Return what is known of a layer at each origin where it may be judged."""
    return [
        None
        if origin.learned.start in in_sample or origin.judged.start in in_sample
        else evidence.at([c for c in evidence.judged.codes if c[0] == layer.name])
        for origin, evidence in zip(origins, found, strict=True)
    ]


def _layer_power(layer: Layer, evidence: Sequence[Evidence | None]) -> LayerPower:
    known = [one for one in evidence if one is not None]
    held = known[-1].judged.held() if known else ()
    power = LayerPower(
        layer,
        len(held),
        tuple(None if e is None else _pooled([e]) for e in evidence),
        _pooled(known),
        _pooled(_observed(layer, known)),
        tuple(None if e is None else Estimate.of_draws(e.lead()) for e in evidence),
        "",
    )
    if not known:
        return _without(power, "scored with later parameters")
    if len(held) < 2:
        return _without(power, "one code for all")
    if power.looks_ahead:
        return _without(power, "knows what it should predict")
    return power


def _observed(layer: Layer, evidence: Sequence[Evidence]) -> list[Evidence]:
    """Leave out whom a layer says nothing of; nothing where it does so of nobody."""
    unknown = (layer.name, NOT_OBSERVED)
    return [
        one.at([code for code in one.judged.codes if code != unknown])
        for one in evidence
        if unknown in one.judged.held() and len(one.judged.codes) > 1
    ]


def _without(power: LayerPower, reason: str) -> LayerPower:
    nothing = (None,) * len(power.by_origin)
    return replace(power, by_origin=nothing, overall=None, observed=None, reason=reason)


def _pooled(evidence: Sequence[Evidence]) -> Estimate | None:
    if not evidence:
        return None
    return Estimate.of_draws(_errors(evidence).explained)


def _errors(evidence: Sequence[Evidence]) -> Errors:
    return reduce(add, (one.errors() for one in evidence))


def _compared(
    known: Mapping[str, Sequence[Evidence | None]],
    baseline: str,
    how: Callable[[Floats, Floats], Floats],
) -> Estimate | None:
    """Compare value tiers with a baseline at the origins where both were judged."""
    both = [
        (tiers, plain)
        for tiers, plain in zip(
            known.get(VALUE_TIER, ()), known.get(baseline, ()), strict=False
        )
        if tiers is not None and plain is not None
    ]
    if not both:
        return None
    tiers, plain = (_errors(side).explained for side in zip(*both, strict=True))
    with np.errstate(divide="ignore", invalid="ignore"):
        return Estimate.of_draws(how(tiers, plain))


def _value(estimate: Estimate | None) -> float:
    return 0.0 if estimate is None else estimate.value
