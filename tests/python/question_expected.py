"""What may be asked and what it tells, worked out without the models.

Information comes from scikit-learn, bounds of rates from SciPy; who may be asked is
read off the history.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from fractions import Fraction
from math import log

from scipy.stats import binomtest
from sklearn.metrics import mutual_info_score

from question_company import (
    ASSUMED,
    ATTRIBUTES,
    CHANNELS,
    DRAFT,
    FAITH,
    FRICTION,
    NEEDS,
    SCALE,
    SETTINGS,
    TELLS,
    TRAIT_FRICTION,
    Company,
)

UNKNOWN = {"not_observed", "no_orders", "not_profiled", "otherwise"}
LEVELS = ("low", "middle", "high")
STRATA = (
    "none",
    *(f"{count}_{level}" for count in ("one", "more") for level in LEVELS),
)
FEWEST = 30
Worth = dict[tuple[str, str, str], float | None]
Measured = Mapping[tuple[str, str, str], float | None]
Pairs = list[tuple[str, str]]


def level(scores: list[float]) -> str:
    """Return what is known of a trait, from the answers to it."""
    if not scores:
        return "none"
    mean = sum(map(Fraction, scores)) / len(scores)
    half = Fraction(1, 2)
    place = "low" if mean < half else "middle" if mean == half else "high"
    return f"{'one' if len(scores) == 1 else 'more'}_{place}"


def corrected_bits(pairs: Pairs) -> float:
    """Return the information of pairs with the correction; may be below 0."""
    answers, codes = zip(*pairs, strict=True)
    cells = len(set(answers)) + len(set(codes)) - len(set(pairs)) - 1
    nats = mutual_info_score(answers, codes) + cells / (2 * len(pairs))
    return float(nats / log(2))


def expected_worth(company: Company) -> Worth:
    """Return the bits of each question, target set and stratum."""
    groups: dict[tuple[str, str], dict[str, Pairs]] = defaultdict(
        lambda: defaultdict(list)
    )
    for code, stratum, answer, codes in _observations(company):
        for target, value in codes.items():
            if value not in UNKNOWN:
                groups[code, target][stratum].append((answer, value))
    found: Worth = {}
    for code in [*SCALE, *ATTRIBUTES]:
        moved = "psychographic" if code in SCALE else "demographic"
        for target, assumed in ((moved, ASSUMED.get(code)), ("value_tier", 0.0)):
            for stratum in STRATA if code in SCALE else ("none",):
                found[code, target, stratum] = _bits(
                    groups[code, target], stratum, assumed
                )
    return found


def _observations(
    company: Company,
) -> Iterator[tuple[str, str, str, dict[str, str]]]:
    """Yield question, what else was known, answer, and the codes that it tells of."""
    for name in company.customers:
        tier, demographic, psychographic = company.codes[name]
        own = company.answers.get(name, {})
        codes = {"value_tier": tier}
        if {SCALE[code] for code in own} == set(SCALE.values()):
            codes["psychographic"] = psychographic
        for code, score in own.items():
            scale = [each for each in SCALE if SCALE[each] == SCALE[code]]
            after = scale[(scale.index(code) + 1) % len(scale)]
            others = [own[each] for each in scale if each in own and each != code]
            known = ["none"]
            known += [level([own[after]])] if after in own else []
            known += [level(others)] if len(others) > 1 else []
            for stratum in known:
                yield code, stratum, str(score), codes
        for code, attribute in ATTRIBUTES.items():
            value = company.attributes.get((name, attribute))
            if value is not None:
                codes = {"value_tier": tier, "demographic": demographic}
                yield code, "none", value, codes


def _bits(
    groups: dict[str, Pairs], stratum: str, assumed: float | None
) -> float | None:
    """Return what is measured in the finest group with enough people."""
    count = stratum.split("_", maxsplit=1)[0]
    for names in ([stratum], [f"{count}_{each}" for each in LEVELS], ["none"]):
        people = [groups[name] for name in names if groups.get(name)]
        total = sum(map(len, people))
        if total >= FEWEST:
            bits = sum(len(each) * corrected_bits(each) for each in people)
            return max(0.0, bits / total)
    return assumed


def refused(
    company: Company,
) -> tuple[dict[tuple[str, str], float], set[tuple[str, str]]]:
    """Return the share to reckon with and what is dropped, by question and surface."""
    shown: Counter[tuple[str, str]] = Counter()
    lost: Counter[tuple[str, str]] = Counter()
    for each in company.prompts:
        shown[each.question, each.surface] += 1
        lost[each.question, each.surface] += each.outcome in ("declined", "abandoned")
    shares, dropped = {}, set()
    for surface in CHANNELS:
        all_shown = sum(n for (_, where), n in shown.items() if where == surface)
        all_lost = sum(n for (_, where), n in lost.items() if where == surface)
        for code in TELLS:
            key = (code, surface)
            prior = 30 * all_lost / all_shown if all_shown else 0.0
            shares[key] = (lost[key] + prior) / (shown[key] + 30)
            if shown[key] and (
                binomtest(lost[key], shown[key]).proportion_ci(method="wilson").low
                > SETTINGS["most_refused_share"]
            ):
                dropped.add(key)
    return shares, dropped


def closed(company: Company, name: str, today: int) -> set[str]:
    """Return the questions that this customer must not be asked today."""
    own = [each for each in company.prompts if company.customer_of[each.record] == name]
    told = {code for who, code in company.responses if company.customer_of[who] == name}
    told |= {each.question for each in own if each.outcome == "answered"}
    known = {attribute for who, attribute in company.attributes if who == name}
    known |= {TELLS[code] for code in told if code not in SCALE}
    declined = {
        TELLS[each.question]
        for each in own
        if each.outcome == "declined" and int(each.day) > today - 60
    }
    return {FAITH, DRAFT} | {
        code
        for code, tells in TELLS.items()
        if code in told or tells in known | declined
    }


def may_be_asked(company: Company, name: str, today: int) -> list[str]:
    """Return the surfaces on which a customer may be asked anything today."""
    days = [
        int(each.day)
        for each in company.prompts
        if company.customer_of[each.record] == name
    ]
    if (
        name in company.objectors
        or sum(day > today - 7 for day in days) >= 2
        or sum(day > today - 30 for day in days) >= 4
        or any(day > today - 3 for day in days)
        or name in company.logins
    ):
        return []
    return [
        surface
        for surface, channel in CHANNELS.items()
        if (name, channel) not in company.unreachable
        and all(company.consents.get((name, channel, need)) for need in NEEDS[surface])
    ]


def expected_picks(
    company: Company, today: int, worth: Measured
) -> dict[str, tuple[str, str, float]]:
    """Return question, surface and score of each customer who is to be asked."""
    shares, dropped = refused(company)
    found = {}
    for name in company.customers:
        surfaces = may_be_asked(company, name, today)
        if not surfaces:
            continue
        places = []
        for code in sorted(set(TELLS) - closed(company, name, today)):
            bits = worth_to(company, name, code, worth)
            for surface in surfaces:
                score = (1 - shares[code, surface]) * bits
                score = round(score - FRICTION.get(code, TRAIT_FRICTION), 9)
                if score > 0 and (code, surface) not in dropped:
                    places.append((-score, list(CHANNELS).index(surface), code))
        if places:
            best = min(places)
            found[name] = (best[2], list(CHANNELS)[best[1]], -best[0])
    return found


def worth_to(company: Company, name: str, code: str, worth: Measured) -> float:
    """Return the bits that a question is expected to tell of a customer."""
    tier, demographic, _ = company.codes[name]
    own = company.answers.get(name, {})
    known = level([own[each] for each in own if SCALE[each] == TELLS[code]])
    moved = "psychographic" if code in SCALE else "demographic"
    bits = worth[code, moved, known] or 0.0
    if code not in SCALE and demographic not in UNKNOWN:
        bits = 0.0
    if tier == "no_orders":
        bits += worth[code, "value_tier", known] or 0.0
    return bits
