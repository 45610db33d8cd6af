"""Rewrites the three seeds of value: versions of one data set, others as they were."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence, Set
from datetime import date
from pathlib import Path

from segmentation.train.value.errors import ParametersMissingError, SeedUnreadableError
from segmentation.train.value.gamma_gamma import OrderValueFit, OrderValueModel
from segmentation.train.value.nodes import beta_nodes
from segmentation.train.value.purchase_models import PurchaseFit, PurchaseModel
from segmentation.train.value.seed_rows import (
    NODES_HEADER,
    PARAMETERS_HEADER,
    PROSPECTS_HEADER,
    Rows,
    ValueParameters,
    seed_rows,
)
from segmentation.train.value.tiers import TierMeasure

PARAMETERS = Path("seeds", "value_parameters.csv")
NODES = Path("seeds", "value_nodes.csv")
PROSPECTS = Path("seeds", "prospect_parameters.csv")
# In the order of `seed_rows`.
SEEDS = {
    PARAMETERS: PARAMETERS_HEADER,
    NODES: NODES_HEADER,
    PROSPECTS: PROSPECTS_HEADER,
}


def seed_texts(
    project_dir: Path, trained: Iterable[ValueParameters]
) -> Mapping[Path, str]:
    """Return the seeds with the trained versions put in their places.

    Rows are in the order of data set, version and node, so that the order of training
    does not show. A version that is trained again replaces its rows in all of them.
    Where the newest version learned nothing of prospects, older ones say nothing of
    them either: what they learned has just failed its test.

    Raises:
        SeedUnreadableError: A file has other columns.
    """
    parameters = list(trained)
    versions = [seed_rows(each) for each in parameters]
    replaced = {row[:2] for own, *_ in versions for row in own}
    texts = {}
    for place, (file, header) in enumerate(SEEDS.items()):
        rows = [row for version in versions for row in version[place]]
        gone = replaced
        if file == PROSPECTS and (known := _withdrawn(project_dir, parameters)):
            rows, gone = [], replaced | known
        path = project_dir / file
        texts[path] = _merged(path, header, gone, rows)
    return texts


def _withdrawn(
    project_dir: Path, trained: Sequence[ValueParameters]
) -> Set[tuple[str, ...]]:
    """Return versions whose prospects go: all, where the newest learned nothing."""
    newest = max(trained, key=lambda parameters: parameters.trained_through)
    known = {
        row[:2]
        for row in _read(project_dir / PARAMETERS, PARAMETERS_HEADER)
        if row[0] == newest.dataset
    } | {(newest.dataset, newest.version)}
    is_newest = newest.version == max(version for _, version in known)
    return known if is_newest and newest.first_orders is None else set()


def published(project_dir: Path, dataset: str, until: date) -> ValueParameters:
    """Return the newest published version of a data set trained through a day.

    Raises:
        ParametersMissingError: There is none.
        SeedUnreadableError: The file has other columns, or no numbers in them.
    """
    file = project_dir / PARAMETERS
    rows = [
        dict(zip(PARAMETERS_HEADER, row, strict=True))
        for row in _read(file, PARAMETERS_HEADER)
    ]
    known = [
        row
        for row in rows
        if row["dataset"] == dataset and row["trained_through"] <= until.isoformat()
    ]
    if not known:
        raise ParametersMissingError(file, dataset)
    try:
        return _parsed(max(known, key=lambda row: row["trained_through"]))
    except ValueError as error:
        raise SeedUnreadableError(
            file, str(error), "numbers and known names"
        ) from error


def _parsed(row: Mapping[str, str]) -> ValueParameters:
    r, alpha, a, b = (float(row[name]) for name in ("r", "alpha", "a", "b"))
    p, q, v = (float(row[f"order_value_{name}"]) for name in "pqv")
    share = row["margin_share"]
    return ValueParameters(
        dataset=row["dataset"],
        trained_through=date.fromisoformat(row["trained_through"]),
        purchases=PurchaseFit(
            PurchaseModel(row["purchase_model"]), r, alpha, a, b, float("nan")
        ),
        order_values=OrderValueFit(
            OrderValueModel(row["order_value_model"]), p, q, v, float("nan"), 0
        ),
        margin_share=float(share) if share else None,
        yearly_discount_rate=float(row["yearly_discount_rate"]),
        tier_measure=TierMeasure(row["tier_measure"]),
        nodes=beta_nodes(a, b, int(row["node_count"])),
    )


def _merged(
    file: Path, header: Sequence[str], replaced: Set[tuple[str, ...]], rows: Rows
) -> str:
    merged = [row for row in _read(file, header) if row[:2] not in replaced]
    merged += rows
    # Stable: the nodes of a version stay in their order.
    merged.sort(key=lambda row: row[:2])
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(merged)
    return text.getvalue()


def _read(file: Path, header: Sequence[str]) -> Rows:
    if not file.exists():
        return []
    with file.open(encoding="utf-8", newline="") as lines:
        rows = [tuple(row) for row in csv.reader(lines) if row]
    if not rows or rows[0] != tuple(header):
        found = f"the columns {', '.join(rows[0])}" if rows else "no columns"
        raise SeedUnreadableError(file, found, f"the columns {', '.join(header)}")
    short = [row for row in rows if len(row) != len(header)]
    if short:
        found = f"the row {','.join(short[0])}"
        raise SeedUnreadableError(file, found, f"{len(header)} values in each row")
    return rows[1:]
