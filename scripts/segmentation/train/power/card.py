"""Writes the model card: what each layer explains of the next period."""

from collections.abc import Iterable, Sequence
from datetime import date

from segmentation.train.power.results import Power
from segmentation.train.power.variance import DRAWS, GROUPS
from segmentation.train.power.words import NOTHING, layer_name, share, targets

CARD = """\
# What layers explain on {dataset}

Written by `segment train power`; edits are lost at the next run.
[docs/power.md](../power.md) tells how it is measured. Data as of {as_of}.

## Spend of the next period

{origins}

Share of the variance of later spend that a layer explains, in people and a period it
did not learn from, with 95% intervals.

{layers}

{notes}

{targets}

## Behaviour beside the value tier

Of what the value tier leaves unexplained, the share that behaviour explains.

{additions}

## What it does not say

- That a layer causes anything: these are associations.
- What it would be under the identities of then: who is who is known as of today, as in
  the panel.
- How it is elsewhere, or in another season: the periods above are all there are.

## How to repeat

```
dbt build --vars '{{segmentation_dataset: {dataset}}}'
segment train power --dataset {dataset}
```
"""
UNDATED = (
    "\\* Rests on values that do not say from when they hold, so every date has those\n"
    "of today. What is known of whom may itself have come later: an upper bound."
)


def card_text(power: Power, dataset: str, as_of: date | None) -> str:
    """Return the model card as Markdown; the same data give the same text."""
    dates = [row.origin.judged.start.isoformat() for row in power.origins]
    return CARD.format(
        dataset=dataset,
        as_of=as_of.isoformat() if as_of else "an unknown date",
        origins=_table(
            ("origin", "learned from", "buyers", "judged until", "buyers", "cut at"),
            [
                (
                    row.origin.judged.start.isoformat(),
                    f"{row.origin.learned.start} to {row.origin.learned.end}",
                    f"{row.learned_people:,}",
                    row.origin.judged.end.isoformat(),
                    f"{row.people:,}",
                    f"{row.cap:,}",
                )
                for row in power.origins
            ],
        ),
        layers=_table(
            ("layer", "codes", "all origins", *dates, "among the observed"),
            [
                (
                    layer_name(row),
                    str(row.codes),
                    row.reason or share(row.overall),
                    *(share(estimate) for estimate in row.by_origin),
                    share(row.observed),
                )
                for row in power.layers
            ],
        ),
        notes="\n".join(
            [
                f"Intervals: {DRAWS:,} draws of {GROUPS} random groups of customers.",
                "Among the observed: buyers of whom the layer says something.",
                *[UNDATED for row in power.layers if row.is_undated][:1],
            ]
        ),
        targets="\n".join(f"- {line}" for line in targets(power)),
        additions=_table(
            ("outcome", "people judged", "tier alone", "behaviour adds", *dates),
            [
                (
                    row.name,
                    ", ".join(f"{people:,}" for people in row.people),
                    share(row.tier),
                    row.reason or share(row.overall),
                    *(share(estimate) for estimate in row.by_origin),
                )
                for row in power.additions
            ],
        ),
    )


def _table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    marks = ["---", *["--:"] * (len(header) - 1)]
    lines = [f"| {' | '.join(line)} |" for line in (header, marks, *rows)]
    return "\n".join(lines) if len(lines) > 2 else NOTHING
