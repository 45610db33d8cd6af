"""Writes the model card: what the clusters are, or why there are none."""

from collections.abc import Iterable, Sequence

import numpy as np

from segmentation.train.clusters.decision import Candidate
from segmentation.train.clusters.train import ClusterTraining

CARD = """\
# Clusters of the set {set_name}, {dataset}

Written by `segment train clusters`; edits are lost at the next training. Parameters are
in `seeds/cluster_parameters.csv`, names to review in `seeds/cluster_labels.csv`.

**{verdict}**

## What it was learned from

Inputs of {customers:,} customers at three dates of the panel, under the identities of
the build: weights from {earlier} to {before}, the number of clusters judged from
{before} to {now}, clusters at {now}. No demographics, no sensitive feature, no amount
that tells how much to spend on somebody.

{features}

The weight is what one standard deviation of ln(1 + value) counts: the root of the share
of next quarter's variance that the feature explains alone, on average over outcomes
(spend, orders, sessions, product use, clicks).

{left_out}

## What the gate says

{candidates}

Demanded:

- agreement (adjusted Rand index) of {bootstraps} resamples of {resample_size:,}
  customers {min_ari:g} or more, and {min_excess:g} or more above the 95th percentile of
  {nulls} data sets without clusters from each null: Gaussian, Gaussian copula with the
  marginals of the data, one smooth gradient;
- Jaccard of every cluster {min_jaccard:g} (Hennig, 2007);
- the smallest cluster {min_share:.0%}, and {min_size} customers where all could have as
  many;
- a start from the quarter before ends within {max_warm_inertia:g} of the inertia and
  {min_warm_ari:g} of agreement.

Nulls are drawn where all else holds, and only until they must exceed the bound. Of what
passes, the fewest clusters within one standard error of the best held-out share.
{clusters}
## What it does not know

- Why customers behave as they do, and who responds because of a message.
- Customers who show less than half of the inputs; rules give them a code.
- What happened after {now}, and other data sets.

## How to retrain

Once a quarter, after a build whose as-of date is the quarter's end:

```
segment train clusters --dataset {dataset}
dbt build --vars '{{segmentation_dataset: {dataset}}}'
```
"""
CLUSTERS = """
## Clusters

In standard deviations from the mean of all customers.

{centroids}
"""


def card_text(training: ClusterTraining) -> str:
    """Return the model card as Markdown; the same training gives the same text."""
    decision, settings = training.decision, training.settings
    earlier, before, now = (day.isoformat() for day in decision.panel.dates)
    weights = decision.scaling.weight.tolist() if decision.scaling else []
    return CARD.format(
        dataset=training.dataset,
        set_name=training.set_name,
        verdict=verdict_text(training),
        earlier=earlier,
        before=before,
        now=now,
        customers=len(decision.panel.logs),
        features=_table(
            ("feature", "weight"),
            [
                (name, f"{weight:.3f}")
                for name, weight in zip(decision.panel.features, weights, strict=False)
            ],
        ),
        left_out=_table(("left out", "because"), decision.left_out),
        candidates=_table(
            (
                "clusters",
                "held out",
                "resamples",
                "nulls",
                "least Jaccard",
                "smallest",
                "warm start",
                "refused because",
            ),
            [_row(candidate) for candidate in decision.candidates],
        ),
        bootstraps=settings.bootstraps,
        resample_size=settings.resample_size,
        nulls=settings.nulls,
        min_ari=settings.min_ari,
        min_excess=settings.min_excess,
        min_jaccard=settings.min_jaccard,
        min_share=settings.min_share,
        min_size=settings.min_size,
        max_warm_inertia=settings.max_warm_inertia,
        min_warm_ari=settings.min_warm_ari,
        clusters=_clusters(training),
    )


def verdict_text(training: ClusterTraining) -> str:
    """Return in a sentence what is published."""
    chosen = training.decision.chosen
    if chosen is None:
        return "Refused: rules fill the set, with the origin `rule`."
    return (
        f"Accepted: {chosen.verdict.count} clusters, version {training.version}, "
        "until a newer one is published."
    )


def _row(candidate: Candidate) -> tuple[str, ...]:
    verdict = candidate.verdict
    return (
        str(verdict.count),
        f"{candidate.held_out:.3f} ± {candidate.error:.3f}",
        f"{verdict.stability.ari:.3f}",
        ", ".join(f"{name} {bound:.3f}" for name, bound in verdict.null_bounds.items())
        or "not drawn",
        f"{verdict.stability.jaccards.min():.3f}",
        f"{verdict.smallest:,}",
        f"{verdict.warm_ari:.3f}, {verdict.warm_inertia:.4f}",
        "; ".join(verdict.failures),
    )


def _clusters(training: ClusterTraining) -> str:
    decision, matched = training.decision, training.matched
    if not (matched and decision.chosen and decision.scaling):
        return ""
    names = {row.cluster_id: row for row in training.own_labels}
    sizes = np.bincount(decision.labels[decision.labels >= 0])
    deviations = decision.chosen.centroids / decision.scaling.weight
    rows = [
        (
            f"{matched.ids[place]}: {names[str(matched.ids[place])].segment_code}",
            f"{sizes[place]:,}",
            "new" if not matched.overlaps[place] else f"{matched.overlaps[place]:.2f}",
            *(f"{value:+.2f}" for value in deviations[place]),
        )
        for place in np.argsort(matched.ids)
    ]
    header = ("cluster", "customers", "overlap", *decision.panel.features)
    return CLUSTERS.format(centroids=_table(header, rows))


def _table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    marks = ["---", *["--:"] * (len(header) - 1)]
    return "\n".join(f"| {' | '.join(line)} |" for line in (header, marks, *rows))
