"""The seeds of clusters: parameters that the warehouse scores with, and labels."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from decimal import Decimal
from hashlib import md5
from pathlib import Path

import numpy as np

from segmentation.train.arrays import Floats
from segmentation.train.clusters.errors import ParametersUnreadableError
from segmentation.train.clusters.scaling import Scaling
from segmentation.train.clusters.settings import DECIMALS

PARAMETERS = Path("seeds", "cluster_parameters.csv")
LABELS = Path("seeds", "cluster_labels.csv")
HASH_DIGITS = 15


@dataclass(frozen=True)
class ParameterRow:
    """A feature of a cluster; numbers as text with nine decimals.

    Attributes are the columns of the seed, which its YAML explains.
    """

    dataset: str
    set_name: str
    version: str
    trained_through: str
    cluster_id: str
    feature: str
    lower_bound: str
    upper_bound: str
    mean: str
    scale: str
    weight: str
    centroid: str
    fingerprint: str = ""


@dataclass(frozen=True)
class LabelRow:
    """A cluster that is or was; its id is never given to another.

    Attributes are the columns of the seed, which its YAML explains.
    """

    dataset: str
    set_name: str
    cluster_id: str
    segment_code: str
    segment_label: str
    first_version: str
    retired_version: str


NUMBERS = ("lower_bound", "upper_bound", "mean", "scale", "weight", "centroid")


@dataclass(frozen=True)
class Parameters:
    """Clusters of one version.

    Attributes:
        version: Version they belong to.
        features: Names of the inputs.
        scaling: What makes points of them.
        cluster_ids: Ids, ascending.
        centroids: In the order of the ids, shape (clusters, features).
    """

    version: str
    features: tuple[str, ...]
    scaling: Scaling
    cluster_ids: tuple[int, ...]
    centroids: Floats


def parameter_rows(
    dataset: str, set_name: str, parameters: Parameters
) -> list[ParameterRow]:
    """Return the rows to publish, each with the fingerprint of all."""
    scaling = parameters.scaling
    rows = [
        ParameterRow(
            dataset,
            set_name,
            parameters.version,
            parameters.version,
            str(cluster_id),
            feature,
            _text(scaling.lower[column]),
            _text(scaling.upper[column]),
            _text(scaling.mean[column]),
            _text(scaling.scale[column]),
            _text(scaling.weight[column]),
            _text(parameters.centroids[place, column]),
        )
        for place, cluster_id in enumerate(parameters.cluster_ids)
        for column, feature in enumerate(parameters.features)
    ]
    mark = fingerprint(rows)
    return [replace(row, fingerprint=mark) for row in rows]


def fingerprint(rows: Iterable[ParameterRow]) -> str:
    """Return the sum of the hashes of the rows, in any order, as the warehouse does.

    Of each row the first 15 hexadecimal digits of MD5 count; numbers enter in units of
    the ninth decimal.
    """
    total = 0
    for row in rows:
        numbers = [
            str(int(Decimal(getattr(row, name)).scaleb(DECIMALS))) for name in NUMBERS
        ]
        text = "|".join([*_values(row)[:6], *numbers])
        digest = md5(text.encode(), usedforsecurity=False).hexdigest()
        total += int(digest[:HASH_DIGITS], 16)
    return str(total)


def newest_parameters(
    rows: Sequence[ParameterRow], dataset: str, set_name: str, file: Path
) -> Parameters | None:
    """Return the clusters of the newest version; null when there are none.

    Raises:
        ParametersUnreadableError: Its rows are not those of one training.
    """
    own = [row for row in rows if (row.dataset, row.set_name) == (dataset, set_name)]
    if not own:
        return None
    version = max(row.version for row in own)
    newest = [row for row in own if row.version == version]
    if {row.fingerprint for row in newest} != {fingerprint(newest)}:
        raise ParametersUnreadableError(
            file,
            f"rows of {set_name} {version} whose fingerprint is not theirs",
            "all rows of one training, unchanged",
        )
    ids = tuple(sorted({int(row.cluster_id) for row in newest}))
    first = [row for row in newest if int(row.cluster_id) == ids[0]]
    features = tuple(row.feature for row in first)
    centroids = {(int(r.cluster_id), r.feature): float(r.centroid) for r in newest}
    return Parameters(
        version,
        features,
        Scaling(
            *(
                np.array([float(getattr(row, name)) for row in first])
                for name in NUMBERS[:-1]
            )
        ),
        ids,
        np.array([[centroids[i, feature] for feature in features] for i in ids]),
    )


def read_parameters(file: Path) -> list[ParameterRow]:
    """Read the seed; no rows when there is no file.

    Raises:
        ParametersUnreadableError: It has other columns.
    """
    return [ParameterRow(*row) for row in _read(file, _names(ParameterRow))]


def read_labels(file: Path) -> list[LabelRow]:
    """Read the seed; no rows when there is no file.

    Raises:
        ParametersUnreadableError: It has other columns.
    """
    return [LabelRow(*row) for row in _read(file, _names(LabelRow))]


def seed_text(rows: Sequence[ParameterRow] | Sequence[LabelRow], kind: type) -> str:
    """Return a seed; the order of the rows does not matter."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(_names(kind))
    values = [_values(row) for row in rows]
    values.sort(key=_place)
    writer.writerows(values)
    return text.getvalue()


def _text(value: float) -> str:
    # Adding zero turns -0.0 into 0.0.
    return f"{value + 0.0:.{DECIMALS}f}"


def _place(values: Sequence[str]) -> list[tuple[int, str]]:
    # Ids are numbers: 10 stands after 9.
    return [(int(value) if value.isdigit() else -1, value) for value in values[:6]]


def _names(kind: type) -> list[str]:
    return [field.name for field in fields(kind)]


def _values(row: ParameterRow | LabelRow) -> list[str]:
    values: Mapping[str, str] = vars(row)
    return list(values.values())


def _read(file: Path, names: Sequence[str]) -> list[list[str]]:
    if not file.exists():
        return []
    with file.open(encoding="utf-8", newline="") as lines:
        rows = [row for row in csv.reader(lines) if row]
    if not rows or rows[0] != list(names) or {len(row) for row in rows} != {len(names)}:
        raise ParametersUnreadableError(
            file,
            f"the columns {', '.join(rows[0])}" if rows else "no columns",
            f"the columns {', '.join(names)} and a value for each",
        )
    return rows[1:]
