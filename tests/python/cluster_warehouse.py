"""Tables that the assignment of clusters reads, and its statements as compiled."""

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from dbt_project import REPOSITORY, DbtProject
from segmentation.train.clusters.parameters import LabelRow, ParameterRow

NODES = ("int_segments__behavior_clusters", "cluster_parameters_are_whole")
INPUTS = (
    "order_count_90d",
    "gap_variation",
    "average_order_value",
    "discount_share",
    "category_entropy",
    "private_label_share",
    "weekend_order_share",
    "online_order_share",
    "active_day_count_90d",
    "page_count_90d",
    "product_use_day_count_90d",
    "message_click_count_90d",
)
NUMBERS = "numeric(18, 9)"
PARAMETER_TYPES = (
    *("text", "text", "text", "date", "bigint", "text"),
    *[NUMBERS] * 6,
    "text",
)
LABEL_TYPES = ("text", "text", "bigint", "text", "text", "text", "text")
COLUMNS = (
    "customer_id, as_of_date, cluster_id, nearest_cluster_id, second_cluster_id, "
    "nearest_distance, version, is_in_sample"
)
# From a customer and a date to the values of inputs.
Values = Mapping[tuple[str, date], Sequence[float | None]]


class Warehouse:
    """Tables that the two compiled statements read, and the statements."""

    def __init__(self, connection: Any, compiled: Mapping[str, str]) -> None:
        self.connection = connection
        self.compiled = compiled

    def execute(self, sql: str) -> Any:
        cursor = self.connection.cursor()
        cursor.execute(sql)
        return cursor

    def give(
        self, parameters: Sequence[ParameterRow], values: Values, *dates: date
    ) -> None:
        """Fill the tables anew."""
        for schema in ("main", "main_internal"):
            self.execute(f"create schema if not exists {schema}")
        ids = sorted({(row.version, row.cluster_id) for row in parameters})
        labels = {
            cluster_id: LabelRow(
                *("complete_journey", "behavior", cluster_id, f"c{cluster_id}"),
                *(f"C{cluster_id}", version, ""),
            )
            for version, cluster_id in ids
        }
        inputs = [[*key, *row] for key, row in values.items()]
        for name, columns, types, rows in (
            (
                "main_internal.cluster_parameters",
                list(vars(parameters[0])),
                PARAMETER_TYPES,
                [list(vars(row).values()) for row in parameters],
            ),
            (
                "main_internal.cluster_labels",
                list(vars(next(iter(labels.values())))),
                LABEL_TYPES,
                [list(vars(row).values()) for row in labels.values()],
            ),
            (
                "main_internal.int_segments__behavior_inputs",
                ["customer_id", "as_of_date", *INPUTS],
                ("text", "date", *["double precision"] * len(INPUTS)),
                inputs,
            ),
            (
                "main.features__as_of_dates",
                ["as_of_date"],
                ("date",),
                [[day] for day in dates],
            ),
        ):
            self._create(name, columns, types, rows)

    def clusters(self) -> dict[tuple[str, date], tuple[Any, ...]]:
        """Return what the model says, by customer and date."""
        sql = f"select {COLUMNS} from ({self.compiled[NODES[0]]}) as found"
        return {(row[0], row[1]): row[2:] for row in self.execute(sql).fetchall()}

    def complaints(self) -> list[str]:
        """Return what the test of the seed finds."""
        return [row[0] for row in self.execute(self.compiled[NODES[1]]).fetchall()]

    def _create(
        self,
        name: str,
        columns: Sequence[str],
        types: Sequence[str],
        rows: Sequence[Sequence[Any]],
    ) -> None:
        typed = ", ".join(f"{c} {t}" for c, t in zip(columns, types, strict=True))
        self.execute(f"drop table if exists {name}")
        self.execute(f"create table {name} ({typed})")
        literals = ", ".join(
            f"({', '.join('null' if v is None else _literal(v) for v in row)})"
            for row in rows
        )
        self.execute(f"insert into {name} values {literals}")


def _literal(value: object) -> str:
    return repr(float(value)) if isinstance(value, float) else f"'{value}'"


def compile_nodes(project: DbtProject) -> dict[str, str]:
    result = project.dbt("compile", "--select", *NODES)
    assert result.success, result.log
    return {
        name: next(project.artifacts.glob(f"compiled/**/{name}.sql")).read_text()
        for name in NODES
    }


def compile_here(folder: Path) -> None:
    project = DbtProject(REPOSITORY, folder / "warehouse.duckdb")
    for name, sql in compile_nodes(project).items():
        (folder / f"{name}.sql").write_text(sql)
