"""Single steps of an erasure: build, write anew, clean, search."""

import os
from collections.abc import Iterator
from pathlib import Path

from rich.console import Console

from segmentation.connections import duckdb_path
from segmentation.erase.built import Built
from segmentation.erase.errors import BuildRefusedError
from segmentation.erase.files import Rewritten, rewrite_served, rewrite_warehouse
from segmentation.erase.places import Places
from segmentation.erase.plan import Plan, erasures_folder
from segmentation.erase.receipt import Parameters, Scan
from segmentation.erase.residue import served_schemas
from segmentation.erase.texts import Needles, files_below, redact, scan_files
from segmentation.erase.warehouse import one_step, remove_from_kept, vacuum
from segmentation.profiles import Profile
from segmentation.refresh.progress import BuildProgress
from segmentation.refresh.refresh import Request, refresh_locked
from segmentation.release.settings import PublishSettings
from segmentation.warehouse_tables import Query


def build(profile: Profile, plan: Plan, places: Places, console: Console) -> str | None:
    """Build, release and report without them, as every night.

    Returns:
        Run of the release that is served then.

    Raises:
        BuildRefusedError: It was not released, or the page was not written.
    """
    # Nobody waits for their erasure because some source is late.
    request = Request(
        "segment erase", plan.variables, report=places.report, asks_sources=False
    )
    summary = refresh_locked(profile, request, BuildProgress(console))
    if not summary.outcome.is_good:
        raise BuildRefusedError(summary.message)
    if summary.report_error is not None:
        raise BuildRefusedError(summary.report_error)
    return summary.release_run_id


def rewrite(profile: Profile, artifacts: Path, plan: Plan) -> list[Rewritten]:
    """Write the warehouse and all that is served or kept anew."""
    if profile.adapter == "postgres":
        with one_step(profile, artifacts, plan) as (query, built):
            kept = served_schemas(query, built)
            removed = remove_from_kept(query, kept)
            schemas = [*built.schemas, *kept]
        count = vacuum(profile, schemas)
        return [Rewritten(f"{count} tables of {', '.join(schemas)}", 0, 0, removed)]
    served = PublishSettings.from_profile(profile).paths()
    rewritten = [rewrite_warehouse(duckdb_path(profile).resolve())]
    for path in (served.serving, served.activation):
        rewritten += rewrite_served(path, plan)
    return rewritten


def clean_texts(profile: Profile, artifacts: Path, needles: Needles) -> None:
    """Take them out of logs, and remove what dbt left in its target folder."""
    for path in files_below([_logs(profile)]):
        if needles.count_in_file(path):
            redact(path, needles)
    for path in files_below([artifacts]):
        # The graph is needed on; whatever is in it stands in the project too.
        if path.name != "manifest.json" and needles.count_in_file(path):
            path.unlink()


def search(
    profile: Profile,
    artifacts: Path,
    places: Places,
    needles: Needles,
    *,
    is_raw_left: bool,
) -> Scan:
    """Look for them in the bytes of every file that the project writes or reads."""
    left_out: tuple[str, ...] = ()
    own = []
    if profile.adapter == "duckdb":
        warehouse = duckdb_path(profile).resolve()
        if is_raw_left:
            left_out = (f"the bytes of {warehouse.name}, which has raw tables too",)
        else:
            own = sorted(warehouse.parent.glob(f"{warehouse.name}*"))
        served = PublishSettings.from_profile(profile).paths()
        for path in (served.serving, served.activation):
            own += [*sorted(path.parent.glob(f"{path.name}*"))]
            own.append(path.parent / "kept_releases")
    report = [] if places.report is None else [places.report]
    paths = [
        *own,
        artifacts,
        _logs(profile),
        profile.project_dir / "seeds",
        *_receipts(profile),
        *places.exports,
        *places.ledger_exports,
        *places.others,
        *report,
    ]
    hits, files, size = scan_files(files_below(paths), needles)
    return Scan(0, files, size, left_out, tuple(hits))


def parameters(query: Query, built: Built, plan: Plan) -> tuple[Parameters, ...]:
    """List trained parameters, and whether anything was known of them by then."""
    found = []
    for seed, relation in sorted(built.parameter_seeds.items()):
        for version, through in query(
            f"select distinct version, trained_through from {relation} "
            "where dataset = ? order by version",
            _dataset(query, built),
        ):
            known = plan.first_seen_on is not None and plan.first_seen_on <= str(
                through
            )
            found.append(Parameters(seed, str(version), str(through), known))
    return tuple(found)


def _dataset(query: Query, built: Built) -> str:
    rows = query(
        f"select dataset from {built.relation('measurement__seals')} "
        "order by sealed_at desc limit 1"
    )
    return str(rows[0][0]) if rows else ""


def _logs(profile: Profile) -> Path:
    return profile.project_dir / os.environ.get("DBT_LOG_PATH", "logs")


def _receipts(profile: Profile) -> Iterator[Path]:
    yield from sorted(erasures_folder(profile).glob("*/receipt.*"))
