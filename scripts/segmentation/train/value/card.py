"""Writes the model card of value: what it was learned from and how it did."""

from collections.abc import Iterable, Sequence

from segmentation.train.value.backtest import Backtest
from segmentation.train.value.first_orders import (
    HORIZON_DAYS,
    FirstOrderFit,
    FirstOrders,
)
from segmentation.train.value.gamma_gamma import MAX_CORRELATION, OrderValueModel
from segmentation.train.value.seed_rows import INTERCEPT
from segmentation.train.value.tiers import TierMeasure
from segmentation.train.value.training import Version

CARD = """\
# Customer value of {dataset}

Written by `segment train value`; edits are lost at the next training. The parameters
are in `seeds/value_parameters.csv`, `seeds/value_nodes.csv` and
`seeds/prospect_parameters.csv`, and [Customer value](../value.md) says how they are
used.

## What it was learned from

Buyers as they were known on the last day of each version, with the identities of that
day; nothing after it entered. Who objected to profiling, until then or until the
training, is no part of it.

{facts}

Time is in weeks. The first order of customers who bought before the data start is
unknown: the first in the data stands in for it.

## How it did

Both models were fitted at the start of the window before, and compared on what happened
in it; the better one was then fitted to all data of the version. The figures are of the
model as fitted at the start of the window: a backtest, not sealed before it.

{backtests}

{tiers}

## What an order is worth

{values}

## Who will order for the first time

{prospects}

## What it does not know

- Prices, seasons and campaigns to come: a customer's rate is taken to be constant.
- When somebody left. It reads silence, and a customer with one order says little.
- Orders of one day: they count as one.
- Dates later than those above, and other data sets.

## How to retrain

Each quarter, and when `--check` fails:

```
segment train value --dataset {dataset} --check
segment train value --dataset {dataset}
dbt build --vars '{{segmentation_dataset: {dataset}}}'
```
"""
PROSPECTS_TEXT = """\
Identified customers without an order, as they were known at the start of a window: the
last before the cut-off. A logistic regression that was fitted to the window before it
was tested on what happened then; what is published was fitted to the window itself.
"""
COEFFICIENTS_TEXT = """\
What one standard deviation of ln(1 + input) adds to the log odds:
"""


def card_text(versions: Sequence[Version]) -> str:
    """Return the model card as Markdown; the same training gives the same text."""
    dataset = versions[0].parameters.dataset
    titles = ["figure", *(version.parameters.version for version in versions)]
    judged = [v for v in versions if v.backtest is not None]
    return CARD.format(
        dataset=dataset,
        facts=_table(titles, _facts(versions)),
        backtests=(
            _table(["figure", *(v.parameters.version for v in judged)], _judged(judged))
            if judged
            else "The data do not reach back far enough for a window before."
        ),
        tiers="\n".join(_tier_lines(versions)),
        values="\n".join(_value_lines(versions)),
        prospects="\n".join(_prospect_lines(versions)),
    )


def facts(version: Version) -> list[tuple[str, str]]:
    """Return the main figures of a version, by name."""
    parameters, histories = version.parameters, version.world.histories
    r, alpha, a, b = parameters.purchases.parameters
    share = parameters.margin_share
    return [
        ("first day of orders", version.world.first_day.isoformat()),
        ("buyers", f"{histories.customer_count:,}"),
        ("of them back on another day", f"{histories.repeat_count:,}"),
        ("model", parameters.purchases.model.value),
        ("r", f"{r:.5f}"),
        ("alpha", f"{alpha:.5f}"),
        ("a", f"{a:.5f}"),
        ("b", f"{b:.5f}"),
        ("log likelihood", f"{version.log_likelihood:,.2f}"),
        ("nodes", str(len(parameters.nodes.places))),
        ("largest relative error of their sum", f"{version.node_error:.1e}"),
        ("margin over revenue", "no margins" if share is None else f"{share:.4f}"),
        ("yearly discount rate", f"{parameters.yearly_discount_rate:g}"),
        ("tiers cut", parameters.tier_measure.value),
    ]


def backtest_facts(found: Backtest) -> list[tuple[str, str]]:
    """Return the figures of a backtest, by name."""
    total = found.expected_orders / found.actual_orders - 1
    rows = [
        ("window", f"{found.start} to {found.end}"),
        ("buyers followed", f"{found.customers:,}"),
        ("left out, merged or gone", f"{found.merged:,}"),
        *(
            (f"log likelihood of the window, {model.value}", f"{value:,.2f}")
            for model, value in found.log_likelihoods.items()
        ),
        ("better", found.winner.value),
        ("orders expected", f"{found.expected_orders:,.0f}"),
        ("orders placed", f"{found.actual_orders:,.0f}"),
        ("expected over placed", f"{total:+.1%}"),
        ("slope over ten groups", f"{found.slope:.3f}"),
    ]
    if found.tiers is not None:
        rows += [
            (f"explained by tiers of {measure.value}", f"{share:.4f}")
            for measure, share in found.tiers.explained.items()
        ]
        rows.append(
            (
                f"{found.tiers.best_trained.value} less {TierMeasure.SPEND.value}, 95%",
                "{:+.4f} to {:+.4f}".format(*found.tiers.more),
            )
        )
    return rows


def _facts(versions: Sequence[Version]) -> list[tuple[str, ...]]:
    return _beside([facts(version) for version in versions])


def _judged(versions: Sequence[Version]) -> list[tuple[str, ...]]:
    return _beside([backtest_facts(v.backtest) for v in versions if v.backtest])


def _beside(columns: Sequence[Sequence[tuple[str, str]]]) -> list[tuple[str, ...]]:
    """Return rows of a name and its value in each column, empty where it has none."""
    names = list(dict.fromkeys(name for column in columns for name, _ in column))
    known = [dict(column) for column in columns]
    return [(name, *(column.get(name, "") for column in known)) for name in names]


def _tier_lines(versions: Sequence[Version]) -> Iterable[str]:
    yield (
        "Tiers cut what explained most of the winsorised spend of the window (a plain "
        "rule wins"
    )
    yield "a tie):"
    yield ""
    for version in versions:
        found = version.backtest.tiers if version.backtest else None
        reason = (
            "nothing to compare with yet, so the plain rule"
            if found is None
            else ", ".join(
                f"{share:.4f} by {measure.value}"
                for measure, share in found.explained.items()
            )
        )
        yield (
            f"- {version.parameters.version}: "
            f"`{version.parameters.tier_measure.value}` ({reason})."
        )


def _value_lines(versions: Sequence[Version]) -> Iterable[str]:
    yield (
        "Gamma-Gamma takes the value of an order to be independent of their number; "
        "above a"
    )
    yield (
        f"correlation of {MAX_CORRELATION:g} it is refused, and a customer's mean with "
        "one mean order"
    )
    yield "beside it stands in:"
    yield ""
    for version in versions:
        fit = version.parameters.order_values
        line = (
            f"- {version.parameters.version}: `{fit.model.value}`, p {fit.p:.4f}, q "
            f"{fit.q:.4f}, v {fit.v:.3f}, from {fit.customers:,} buyers, correlation "
            f"{fit.correlation:+.3f}"
        )
        if fit.model is not OrderValueModel.GAMMA_GAMMA:
            line += f"; no Gamma-Gamma, as {fit.reason}"
        yield f"{line}."


def first_order_facts(found: FirstOrders) -> list[tuple[str, str]]:
    """Return the figures of what was learned of prospects, by name."""
    window, test = found.window, found.test
    if window is None:
        return []
    placed = int(window.ordered.sum())
    rows = [
        ("prospects as of", window.start.isoformat()),
        ("prospects followed", f"{window.ordered.size:,}"),
        ("prospects left out, merged or gone", f"{window.left_out:,}"),
        (f"first orders in {HORIZON_DAYS} days", f"{placed:,}"),
    ]
    if test is not None:
        rows += [
            ("first orders expected", f"{test.expected:,.0f}"),
            ("expected over placed", f"{test.expected / placed - 1:+.1%}"),
            ("slope over ten groups", f"{test.slope:.3f}"),
            ("log loss", f"{test.log_loss:.5f}"),
            ("log loss of one share for all", f"{test.base_log_loss:.5f}"),
            ("area under the curve", f"{test.area:.3f}"),
        ]
    return rows


def _prospect_lines(versions: Sequence[Version]) -> Iterable[str]:
    found = {version.parameters.version: version.first_orders for version in versions}
    watched = {name: each for name, each in found.items() if each.window is not None}
    fits = {name: each.fit for name, each in found.items() if each.fit is not None}
    if watched:
        yield PROSPECTS_TEXT
        facts = [first_order_facts(each) for each in watched.values()]
        yield _table(["figure", *watched], _beside(facts))
        yield ""
    for name, each in found.items():
        if each.fit is None:
            yield f"- {name}: nothing is published, as {each.reason}."
    if fits:
        yield COEFFICIENTS_TEXT
        coefficients = [_coefficients(fit) for fit in fits.values()]
        yield _table(["input", *fits], _beside(coefficients))


def _coefficients(fit: FirstOrderFit) -> list[tuple[str, str]]:
    numbers = zip(fit.names, fit.coefficients.tolist(), strict=True)
    return [
        (INTERCEPT, f"{fit.intercept:+.4f}"),
        *((name, f"{value:+.4f}") for name, value in numbers),
    ]


def _table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    marks = ["---", *["--:"] * (len(header) - 1)]
    return "\n".join(f"| {' | '.join(line)} |" for line in (header, marks, *rows))
