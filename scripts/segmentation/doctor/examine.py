"""Puts together what is mapped, what is missing and what that costs."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from segmentation.connections import warehouse_name
from segmentation.doctor.audit import source_families
from segmentation.doctor.checks import (
    mapping_problems,
    profile_problems,
    raw_problems,
)
from segmentation.doctor.features import (
    available_inputs,
    blocked_rules,
    unmapped_features,
)
from segmentation.doctor.findings import (
    EmptyFeature,
    Findings,
    MappedSource,
    MissingEntity,
)
from segmentation.doctor.project import Project, ProjectBrokenError, read_project
from segmentation.doctor.release import release_state
from segmentation.doctor.warehouse import (
    CUSTOMERS,
    WINDOWS,
    BuiltState,
    open_warehouse,
    read_built_state,
)
from segmentation.errors import SegmentationError
from segmentation.profiles import Profile

SHOWN_SETTINGS = ("dataset", "timezone", "currency", "as_of")
KEY = ("customer_id", "as_of_date")
# Days of orders that a feature needs although its name says otherwise.
DAYS_BEHIND = {"revenue_previous_90d": 180, "revenue_trend_90d": 180}


def examine(profile: Profile, variables: str | None = None) -> Findings:
    """Look at a project, its profile and its warehouse; change none of them.

    Args:
        profile: The profile that dbt would use.
        variables: What dbt would get as `--vars`, if anything.

    Returns:
        What was found. Known faults are among its problems and raise nothing.
    """
    try:
        warehouse = warehouse_name(profile)
    except SegmentationError as error:
        return _stopped(profile, "", [str(error)])
    problems = list(profile_problems(profile))
    try:
        project = read_project(profile, variables)
    except ProjectBrokenError as error:
        return _stopped(profile, warehouse, [*error.problems, *problems])
    problems += [*project.settings["problems"], *mapping_problems(project)]
    built, release = BuiltState(), None
    try:
        with open_warehouse(profile) as opened:
            problems += raw_problems(project, profile, opened)
            if opened is not None:
                built = read_built_state(opened, project)
            release = release_state(profile, built, project.settings)
    except SegmentationError as error:
        problems.append(str(error))
    empty = tuple(_empty_features(project, built))
    return Findings(
        project_dir=str(profile.project_dir),
        target=profile.target,
        warehouse=warehouse,
        settings={name: str(project.settings[name]) for name in SHOWN_SETTINGS},
        is_built=bool(built.counts),
        mapped=tuple(_mapped(project, built)),
        missing=tuple(
            MissingEntity(entity.name, entity.without)
            for entity in project.entities
            if not entity.sources
        ),
        empty_features=empty,
        blocked_rules=tuple(
            blocked_rules(
                project.settings["rules"],
                {found.feature: found.reason for found in empty},
                project.settings["sets"],
            )
        ),
        families=tuple(source_families(project.entities, built.audit.families)),
        layers=built.audit.layers,
        gaps=built.audit.gaps,
        data_starts=dict(built.data_starts),
        windows=built.windows,
        release=release,
        problems=tuple(problems),
        notes=tuple(_notes(project, built)),
    )


def _stopped(profile: Profile, warehouse: str, problems: list[str]) -> Findings:
    return Findings(
        project_dir=str(profile.project_dir),
        target=profile.target,
        warehouse=warehouse,
        problems=tuple(problems),
    )


def _mapped(project: Project, built: BuiltState) -> Iterator[MappedSource]:
    for entity, source in project.sources():
        found = project.mapped(entity, source)
        known = entity.columns if found is None else found
        yield MappedSource(
            entity=entity.name,
            source=source,
            model=project.staging(entity.name, source).name,
            mapped=None if found is None else _kept(entity.own_columns, found),
            unmapped=tuple(name for name in entity.own_columns if name not in known),
            counts=built.counts.get((entity.name, source)),
        )


def _kept(columns: Sequence[str], found: frozenset[str]) -> tuple[str, ...]:
    return tuple(name for name in columns if name in found)


def _empty_features(project: Project, built: BuiltState) -> Iterator[EmptyFeature]:
    """Yield what no source delivers, then what the last build left without a value."""
    columns: dict[str, set[str]] = {}
    for entity, source in project.sources():
        found = project.mapped(entity, source)
        known = entity.columns if found is None else found
        columns.setdefault(entity.name, set()).update(known)
    contract = project.model(CUSTOMERS).columns
    features = list(contract)[len(KEY) :]
    needs = {name: contract[name].config.meta.get("needs", ()) for name in features}
    trained = project.trained(project.settings["dataset"])
    unmapped = list(unmapped_features(needs, available_inputs(columns, trained)))
    yield from unmapped
    named = {item.feature for item in unmapped}
    waiting = {
        window.days: window.observed_from
        for window in built.windows
        if not window.is_observed
    }
    for feature in features:
        if feature in built.silent and feature not in named:
            yield EmptyFeature(feature, _why_silent(feature, waiting))


def _why_silent(feature: str, waiting: Mapping[int, date | None]) -> str:
    days = next((days for days in WINDOWS if feature.endswith(f"_{days}d")), 0)
    since = waiting.get(DAYS_BEHIND.get(feature, days))
    return (
        f"is first observed on {since}" if since else "has no value in the last build"
    )


def _notes(project: Project, built: BuiltState) -> Iterator[str]:
    for name, source, entity in project.unlisted():
        yield (
            f"{name} is not read, because segmentation_sources.{entity} does not list "
            f"{source}."
        )
    public = project.model(CUSTOMERS).schema
    for owner, source in project.sources():
        model = project.staging(owner.name, source)
        if owner.is_personal and model.schema == public:
            yield (
                f"{model.name} holds personal data and lies in {public}, the schema of "
                "the public tables. Give it another with `+schema: internal`."
            )
    share = project.settings["quarantine_max_share"]
    for (entity, source), counts in built.counts.items():
        if counts.quarantined > share * counts.rows:
            yield (
                f"{entity} of source {source}: {counts.quarantined:,} of "
                f"{counts.rows:,} rows were quarantined at the last build. Above "
                f"{share:.1%} a build fails; input__quarantine has rows and reasons."
            )
