"""Writes the model card: what the weights were learned from and what they promise."""

from collections.abc import Iterable, Sequence

from segmentation.comparisons import COMPARISONS
from segmentation.train.results import Training
from segmentation.train.weights import (
    CAP,
    DECISION,
    ENOUGH_PAIRS,
    PRIOR,
    THRESHOLD,
    WRONG_MERGE_COST,
    Weight,
)

CLASSES = ("one person", "household", "strangers")
CARD = """\
# Identity weights of {dataset}

Written by `segment train identity`; edits are lost at the next training. The weights
are in `seeds/identity_weights.csv`.

## What it was learned from

Counts of pairs of records by pattern of agreement (`int_identity__patterns`): no
labels, no names, no values of anybody.

{facts}

The last five are what the model expects of itself, not measured against a truth.
Not compared, because no block or no random pair shows both values: {absent}.

## Model

Three kinds of pairs: records of one person, of two persons of one household, and of
strangers. Within a kind, comparisons are taken to be independent (Fellegi and Sunter,
1969; fitted by expectation maximisation). Each block leaves out what its key fixes.
What strangers are like comes from random pairs alone, but for what is said of namesakes
(name_frequency, inbox), whom only blocks bring together.

{shares}

The first row is of all pairs and the rest are of blocks. Matches per household pair,
from the blocks of shared identifiers: {ratio}.

Several searches, of which the highest likelihood counts; where two are as good, the
first that was begun.

{fits}

## Weights

In bits: +1 doubles the odds for one person. Capped at {cap:g}. A level with fewer than
{enough} expected matches shares the weight of the one beneath.

{weights}

Pairs are merged from probability {threshold:g} on: a wrong merge mixes two customers
and is taken to cost as much as {cost} missed ones.

## What it does not know

- Whether it is right. The figures above are expectations; only known pairs can measure
  it.
- Rare and common values: agreement weighs the same for all but full names.
- How comparisons depend on each other. Who moves changes address and phone together.
- Pairs that no block brings together; they are never compared.
- Twins of one home with one first name, and others whose records agree in all that is
  compared.
- Records later than the date above, and other data sets.

## How to retrain

After a change of sources, mappings or normalisation, and when `--check` fails:

```
dbt build --vars '{{segmentation_dataset: {dataset}}}'
segment train identity --dataset {dataset} --check
segment train identity --dataset {dataset}
dbt build --vars '{{segmentation_dataset: {dataset}}}'
```
"""


def card_text(training: Training) -> str:
    """Return the model card as Markdown; the same training gives the same text."""
    patterns, ratio = training.patterns, training.priors.ratio
    compared = {comparison.name for comparison in patterns.comparisons}
    absent = [c.name for c in COMPARISONS if c.name not in compared]
    bits = ("against strangers", "against household")
    return CARD.format(
        dataset=training.dataset,
        facts=_table(("figure", "value"), training.facts),
        absent=", ".join(absent) or "nothing",
        shares=_table(("block", "pairs", *CLASSES), _shares(training)),
        ratio="no such block" if ratio is None else f"{ratio:.4g}",
        fits=_table(
            (
                "exact for one person, in a household",
                "log likelihood",
                "steps",
                "settled",
            ),
            [
                (
                    f"{fit.start.match:g}, {fit.start.household:g}",
                    f"{fit.log_likelihood:,.2f}",
                    str(fit.iterations),
                    "yes" if fit.has_converged else "no",
                )
                for fit in training.fits
            ],
        ),
        cap=CAP,
        enough=ENOUGH_PAIRS,
        weights=_table(
            ("comparison and level", *CLASSES, *bits),
            [_row(row) for row in training.weights if row.comparison != DECISION],
        ),
        threshold=THRESHOLD,
        cost=WRONG_MERGE_COST,
    )


def _shares(training: Training) -> list[tuple[str, ...]]:
    patterns, priors = training.patterns, training.priors
    rows: list[tuple[str, int, Iterable[float]]] = [
        ("all", patterns.pair_total, (priors.match, priors.household, priors.stranger))
    ]
    for name, shares in training.best.shares.items():
        pairs = patterns.blocks.get(name, patterns.random)
        rows.append((name, pairs.total, shares))
    return [
        (name, f"{total:,}", *(f"{share:.3g}" for share in shares))
        for name, total, shares in rows
    ]


def _row(row: Weight) -> tuple[str, ...]:
    labels = {comparison.name: comparison.levels for comparison in COMPARISONS}
    name = row.comparison
    if name != PRIOR:
        name = f"{name} {row.level}: {labels[name][row.level]}"
    shares = (row.match, row.household, row.stranger)
    bits = (row.against_stranger, row.against_household)
    return (
        name,
        *("" if share is None else f"{share:.3g}" for share in shares),
        *("" if weight is None else f"{weight:+.2f}" for weight in bits),
    )


def _table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    marks = ["---", *["--:"] * (len(header) - 1)]
    return "\n".join(f"| {' | '.join(line)} |" for line in (header, marks, *rows))
