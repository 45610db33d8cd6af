"""Measures power on the last build of a profile, and writes the model card."""

from datetime import date
from pathlib import Path

from segmentation.connections import warehouse_name
from segmentation.errors import SegmentationError
from segmentation.fingerprint import quoted
from segmentation.profiles import Profile
from segmentation.train.errors import BUILD, Refusal, TrainingRefusedError
from segmentation.train.files import CARDS, write_files
from segmentation.train.power.card import card_text
from segmentation.train.power.measure import MIN_BUYERS, measure_power
from segmentation.train.power.outcomes import OUTCOME_TABLES
from segmentation.train.power.panel import DATES, NEEDED_TABLES, PANEL_TABLES, Panel
from segmentation.train.power.results import LEAK_MARGIN, Power
from segmentation.warehouse_tables import find_columns, find_schemas, open_query


class PanelMissingError(SegmentationError):
    """The warehouse holds no panel."""

    def __init__(self, warehouse: str, tables: list[str]) -> None:
        super().__init__(
            f"Found no {', '.join(tables)} in {warehouse}; expected the tables of a "
            f"build. {BUILD}"
        )


def train_power(profile: Profile) -> tuple[Power, date | None]:
    """Measure power on the last build; also return its as-of date, null if it has none.

    Raises:
        SegmentationError: There is no build, or too little history, or a layer knows
            what it should predict.
    """
    with open_query(profile) as query:
        tables = (*PANEL_TABLES, *OUTCOME_TABLES)
        schemas = find_schemas(query, tables, profile) if query else {}
        missing = [table for table in NEEDED_TABLES if table not in schemas]
        if query is None or missing:
            raise PanelMissingError(warehouse_name(profile), missing)
        panel = Panel(
            query,
            {table: quoted(schema, table) for table, schema in schemas.items()},
            {
                table: find_columns(query, schema, table)
                for table, schema in schemas.items()
            },
        )
        power = measure_power(panel)
        as_of = query(
            f"select as_of_date from {panel.relations[DATES]} where is_current"
        )
    check_power(power)
    return power, as_of[0][0] if as_of else None


def check_power(power: Power) -> None:
    """Refuse what must not be published.

    Raises:
        TrainingRefusedError: There is no origin, or a layer looks ahead.
    """
    if not power.origins:
        raise TrainingRefusedError(
            [
                Refusal(
                    "no date to judge at",
                    "three month ends at least 90 days apart, with "
                    f"{MIN_BUYERS} buyers or more at the first two",
                    "Build with segmentation_history_months of 7 or more, once the "
                    "data reach back that far.",
                )
            ]
        )
    ahead = [row for row in power.layers if row.looks_ahead]
    if ahead:
        raise TrainingRefusedError(
            [
                Refusal(
                    f"a layer '{row.layer.name}' that explains more of what came after "
                    "a date than of what came before, by "
                    + ", ".join(f"{lead.value:.3f}" for lead in row.lead if lead),
                    f"{LEAK_MARGIN:g} more at most, as a date can only know its past",
                    "Look for a feature of it that reads rows after its date.",
                )
                for row in ahead
            ]
        )


def publish_card(
    power: Power, project_dir: Path, dataset: str, as_of: date | None
) -> Path:
    """Write the model card; return it.

    Raises:
        FilesUnwritableError: It cannot be written.
    """
    card = project_dir / CARDS / f"power_{dataset}.md"
    write_files({card: card_text(power, dataset, as_of)})
    return card
