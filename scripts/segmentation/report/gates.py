"""What the checks of the definitions say."""

from collections.abc import Mapping
from dataclasses import dataclass

from segmentation.report.numbers import money_text, share_text, spaced
from segmentation.report.serving import Serving
from segmentation.report.sizes import Sizes

_STATUSES = ("fail", "warn", "not_evaluable", "pass")


@dataclass(frozen=True)
class Gate:
    """One check as it may be shown."""

    gate: str
    subject: str
    status: str
    message: str
    found: str


def load_gates(serving: Serving, sizes: Mapping[str, Sizes]) -> tuple[Gate, ...]:
    """Read the checks, worst first; what was found in a hidden segment is withheld.

    Args:
        serving: Open served file.
        sizes: Published sizes by segment set.
    """
    rows = serving.rows(
        "select gate, coalesce(segment_set, ''), coalesce(segment_code, ''), status, "
        "coalesce(message, ''), observed, bound from segments__gates "
        "order by gate, segment_set, segment_code, message"
    )
    hidden = {
        (name, row.definition.code)
        for name, published in sizes.items()
        for row in published.rows
        if not row.people.is_shown
    }
    gates = []
    for gate, name, code, status, message, observed, bound in rows:
        about = f"place {code} of the value order" if code.isdigit() else spaced(code)
        subject = " · ".join(word for word in (spaced(name), about) if word)
        is_hidden = (name, code) in hidden or status == "not_evaluable"
        found = "" if is_hidden else _found(gate, observed, bound)
        gates.append(Gate(spaced(gate), subject, status, message, found))
    gates.sort(
        key=lambda gate: (
            _STATUSES.index(gate.status) if gate.status in _STATUSES else -1
        )
    )
    return tuple(gates)


def _found(gate: str, observed: float | None, bound: float | None) -> str:
    # Other checks hold counts of people, which stay exact in the table only.
    if observed is None or bound is None:
        return ""
    if gate.endswith("_share"):
        return f"found {share_text(observed)}"
    if gate.startswith("value_order"):
        return f"{money_text(observed)} per person, {money_text(bound)} one place above"
    return ""
