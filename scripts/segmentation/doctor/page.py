"""Shows findings as a compact page of tables, or as JSON."""

import json
from collections.abc import Iterator
from dataclasses import asdict
from itertools import groupby
from typing import TYPE_CHECKING

from segmentation.doctor.findings import Findings, MappedSource, RuleGap

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

NOT_BUILT = "not built yet"
SHOWN_GAPS = 5


def findings_json(findings: Findings) -> str:
    """Return the findings as JSON; `can_build` says what the exit code says."""
    values = {"can_build": findings.can_build, **asdict(findings)}
    return json.dumps(values, indent=2, default=str)


def print_findings(findings: Findings, console: "Console") -> None:
    """Print the findings; what stops a build comes last, where a person looks."""
    console.print(f"[bold]{findings.project_dir}[/], target {findings.target}")
    if findings.warehouse:
        console.print(f"Warehouse: {findings.warehouse}", highlight=False)
    if findings.settings:
        shown = ", ".join(
            f"{name.replace('_', ' ')} {value}"
            for name, value in findings.settings.items()
        )
        console.print(f"Settings: {shown}", highlight=False)
        for table in _tables(findings):
            console.print()
            console.print(table)
        console.print()
        for line in _state(findings):
            console.print(line, highlight=False)
    for note in findings.notes:
        console.print(f"[yellow]Note:[/] {note}", highlight=False)
    if findings.can_build:
        console.print("[bold green]It can build.[/]")
        return
    console.print("[bold red]It cannot build:[/]")
    for problem in findings.problems:
        console.print(f"- {problem}", highlight=False, markup=False)


def _tables(findings: Findings) -> Iterator["Table"]:
    mapped = _table("Mapped by stg_<source>__<entity>", "entity", "source", "fields")
    for name in ("rows", "quarantined", "duplicates"):
        mapped.add_column(name, justify="right")
    left_out = _table("Fields without a mapping", "entity", "source", "fields")
    for item in findings.mapped:
        mapped.add_row(*_mapped_row(item))
        if item.unmapped:
            left_out.add_row(item.entity, item.source, ", ".join(item.unmapped))
    missing = _table("Not mapped", "entity", "what that costs")
    for entity in findings.missing:
        missing.add_row(entity.entity, entity.effect)
    empty = _table("Features that say nothing", "why", "features")
    by_reason = sorted(findings.empty_features, key=lambda item: item.reason)
    for reason, items in groupby(by_reason, key=lambda item: item.reason):
        empty.add_row(reason, ", ".join(item.feature for item in items))
    rules = _table("Rules that cannot be evaluated", "set", "segment", "why")
    for rule in findings.blocked_rules:
        rules.add_row(rule.segment_set, rule.code, rule.reason)
    for table in (mapped, left_out, missing, empty, rules, *_audit_tables(findings)):
        if table.row_count:
            yield table


def _audit_tables(findings: Findings) -> Iterator["Table"]:
    families = _table("Source families", "family", "state", "found")
    layers = _table("Layers", "layer", "state", "next step")
    for table in (families, layers):
        table.add_column("customers", justify="right")
    families.add_column("last day")
    for family in findings.families:
        # What a missing family costs stands in the table of missing entities.
        found = "" if family.finding == "not_mapped" else family.finding_text or ""
        if family.unmapped and family.mapped:
            found = f"{found} Not mapped: {', '.join(family.unmapped)}.".strip()
        cells = [_count_and_share(family.customers, family.share), ""]
        if family.last_day is not None:
            cells[1] = str(family.last_day)
        families.add_row(family.family, family.state, found, *cells)
    for layer in findings.layers:
        state = f"{layer.state}, {layer.live_aspects} of {layer.aspects}"
        customers = _count_and_share(layer.customers, layer.share)
        layers.add_row(layer.layer, state, layer.next_step, customers)
    gaps = _table(
        "Rules left open, by revenue at stake", "set", "segments", "unknown", "needs"
    )
    for name in ("customers", "at stake"):
        gaps.add_column(name, justify="right")
    alike: dict[tuple[str, str], list[RuleGap]] = {}
    for gap in findings.gaps:
        alike.setdefault((gap.segment_set, gap.feature), []).append(gap)
    for (set_name, feature), items in list(alike.items())[:SHOWN_GAPS]:
        codes, first = ", ".join(gap.code for gap in items), items[0]
        numbers = (f"{first.customers:,}", f"{first.at_stake_revenue:,.0f}")
        gaps.add_row(set_name, codes, feature, first.needs, *numbers)
    yield from (families, layers, gaps)


def _count_and_share(count: int | None, share: float | None) -> str:
    if count is None or share is None:
        return ""
    return f"{count:,} ({share:.0%})"


def _table(title: str, *columns: str) -> "Table":
    from rich import box
    from rich.table import Table

    table = Table(
        title=title, title_justify="left", box=box.SIMPLE_HEAD, show_edge=False
    )
    for name in columns:
        table.add_column(name, overflow="fold")
    return table


def _mapped_row(item: MappedSource) -> list[str]:
    fields = "?"
    if item.mapped is not None:
        fields = f"{len(item.mapped)} of {len(item.mapped) + len(item.unmapped)}"
    numbers = [NOT_BUILT, "", ""]
    if item.counts is not None:
        counts = item.counts
        numbers = [
            f"{number:,}"
            for number in (counts.rows, counts.quarantined, counts.duplicates)
        ]
    return [item.entity, item.source, fields, *numbers]


def _state(findings: Findings) -> Iterator[str]:
    for name, day in findings.data_starts.items():
        yield f"Data: {name} start on {day}."
    waiting = [window for window in findings.windows if not window.is_observed]
    for window in waiting:
        since = window.observed_from
        yield f"The {window.days}-day window is observed " + (
            f"from {since} on." if since else "once there are orders."
        )
    if findings.windows and not waiting:
        yield "All windows are observed."
    if findings.release is not None:
        yield f"Release: {findings.release.message}"
