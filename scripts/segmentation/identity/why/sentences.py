"""Says in sentences what is known of two records."""

from collections.abc import Iterator
from decimal import Decimal

from segmentation.comparisons import meaning
from segmentation.identity.why.answers import Answer, Condition, Pair, Pattern

INCLUDE = "include"
BY_HAND = {INCLUDE: "Joined by hand", "exclude": "Kept apart by hand"}


def headline(answer: Answer) -> str:
    """Return the answer in one sentence."""
    one, two = answer.pair.one, answer.pair.two
    if answer.is_same_record:
        return f"{one.name} is one record, of customer {one.customer_id}."
    if answer.is_same_customer:
        return f"{one.name} and {two.name} are the same customer, {one.customer_id}."
    return (
        f"{one.name} and {two.name} are different customers, {one.customer_id} and "
        f"{two.customer_id}."
    )


def pair_sentences(pair: Pair, answer: Answer) -> Iterator[str]:
    """Yield what joins two records, what they share and how they compare."""
    exact = {edge.rule_code for edge in pair.edges if edge.is_exact}
    for held in pair.identifiers:
        what = f"Both hold the {held.identifier_type} {held.identifier_key}"
        if held.drop_reason is not None:
            yield f"{what}, which joins nobody: {held.drop_reason}."
        elif (
            held.identifier_type in exact
            and pair.one.customer_id == pair.two.customer_id
        ):
            yield f"{what}, which joins them: it is an exact identifier."
        elif held.identifier_type in exact:
            yield f"{what}, an exact identifier, which others of theirs outweigh."
        else:
            yield f"{what}."
    for decision, reason in pair.decisions:
        yield f"{BY_HAND.get(decision, decision)}: {reason}."
    if pair.pattern_code is not None:
        yield _verdict(answer.patterns[pair.pattern_code], answer.threshold)


def component_sentences(answer: Answer) -> Iterator[str]:
    """Yield what became of the component that holds both records."""
    component = answer.component
    if component is None:
        if not answer.is_same_record:
            yield "Nothing connects them, not even by way of other records."
        return
    size = f"component of {component.record_count:,} records"
    if component.customer_count == 1:
        yield f"They are in a {size}, which is one customer."
        return
    yield (
        f"They are in a {size} that was taken apart into "
        f"{component.customer_count:,} customers, as pairs in it speak against being "
        "one person or it holds more identifiers than one person has."
    )
    if component.pair_count:
        average = component.evidence / component.pair_count / 1000
        yield (
            f"Between their two customers there is evidence of {component.pair_count:,}"
            f" pairs, on average {average:+.4f} bits."
        )


def not_compared(answer: Answer) -> str:
    """Return why the two records were not compared."""
    if answer.lacking:
        names = " and ".join(record.name for record in answer.lacking)
        return f"Not compared: {names} has no name and no identifier to compare."
    return "Not compared: they agree on no blocking key that few enough records have."


def bits(value: Decimal) -> str:
    """Return evidence with its sign."""
    return f"{value:+.4f}"


def _verdict(pattern: Pattern, threshold: Decimal | None) -> str:
    if pattern.match_probability is not None:
        of = f"Compared: probability {_plain(pattern.match_probability)}"
        if threshold is None:
            return f"{of}, {'enough' if pattern.rule_code else 'too little'} to join."
        side = "not below" if pattern.rule_code else "below"
        return f"{of}, {side} the threshold of {_plain(threshold)}."
    if pattern.rule_code is None:
        return "Compared: no rule joins them."
    conditions = ", ".join(_condition(condition) for condition in pattern.conditions)
    return f"Compared: the rule {pattern.rule_code} joins them ({conditions})."


def _condition(condition: Condition) -> str:
    name, least, most = condition.comparison, condition.at_least, condition.at_most
    bounds = []
    if least is not None:
        bounds.append(f"at least '{meaning(name, least)}'")
    if most is not None:
        bounds.append(f"at most '{meaning(name, most)}'")
    return f"{name} {' and '.join(bounds)}"


def _plain(value: Decimal) -> str:
    return f"{value.normalize():f}"
