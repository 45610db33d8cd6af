"""What would stop a build outside of the configuration: profile and raw data."""

from collections.abc import Iterator
from contextlib import chdir

import duckdb
from dbt.contracts.graph.nodes import SourceDefinition

from segmentation.connections import duckdb_path, warehouse_name
from segmentation.doctor.project import PACKAGE, Project
from segmentation.doctor.tables import Warehouse
from segmentation.errors import sentence
from segmentation.profiles import Profile
from segmentation.release.settings import PLUGIN_MODULE

# As the macro check_session demands them, and in its words.
TIME_ZONE = ("settings", "TimeZone", "UTC")
STORAGE = ("config_options", "storage_compatibility_version", "v1.5.0")


def profile_problems(profile: Profile) -> Iterator[str]:
    """Yield what the build's session check would refuse, and a missing folder."""
    if profile.adapter != "duckdb":
        return
    lines = [
        f"{block}: {{{name}: {value}}}"
        for block, name, value in (TIME_ZONE, STORAGE)
        if _setting(profile, block, name) != value
    ]
    plugins = profile.output.get("plugins") or []
    if not any(plugin.get("module") == PLUGIN_MODULE for plugin in plugins):
        lines.append(f"plugins: [{{module: {PLUGIN_MODULE}}}]")
    if lines:
        yield (
            f"The profile lacks lines; write under the output '{profile.target}' in "
            f"profiles.yml: {'; '.join(lines)}."
        )
    folder = duckdb_path(profile).parent
    if not folder.is_dir():
        yield f"The folder {folder} of the DuckDB file does not exist. Create it."


def mapping_problems(project: Project) -> Iterator[str]:
    """Yield columns that a mapping lacks or that its entity does not have."""
    for entity, source in project.sources():
        found = project.mapped(entity, source)
        if found is None:
            continue
        model = project.staging(entity.name, source).name
        needed = [*entity.required, *entity.passthrough]
        lacking = [name for name in needed if name not in found]
        if lacking:
            yield (
                f"{model} maps no {', '.join(lacking)}, which '{entity.name}' "
                "requires. Name a column or an SQL expression for it in map_entity."
            )
        unknown = sorted(found.difference(entity.columns, entity.passthrough))
        if unknown:
            yield (
                f"{model} maps {', '.join(unknown)}, which '{entity.name}' does not "
                f"have. Its columns are {', '.join(entity.columns)}. List further "
                "columns in segmentation_passthrough."
            )


def raw_problems(
    project: Project, profile: Profile, warehouse: Warehouse | None
) -> Iterator[str]:
    """Yield raw tables and files that mapped staging reads and that are not there."""
    for source, model in project.raw_sources():
        name = f"{source.source_name}.{source.name}"
        meta = {**source.source_meta, **source.meta, **source.config.meta}
        if "external_location" in meta:
            reason = _unreadable(source.relation_name, profile)
            if reason is not None:
                yield (
                    f"{model} reads the source {name}, which does not open: {reason} "
                    "Put it there, or correct external_location in "
                    f"{source.original_file_path}."
                )
        elif "plugin" in meta or _is_attached(source, profile):
            continue
        elif warehouse is None or not warehouse.finds(source.schema, source.identifier):
            what_to_do = (
                f"Run `segment demo load {source.source_name}`."
                if source.package_name == PACKAGE
                else "Load it, or correct schema and name in "
                f"{source.original_file_path}."
            )
            yield (
                f"{model} reads the source {name}, and there is no table "
                f"{source.schema}.{source.identifier} in {warehouse_name(profile)}. "
                f"{what_to_do}"
            )


def _unreadable(relation: str | None, profile: Profile) -> str | None:
    """Return why DuckDB cannot open a local file; null when it can, or is not local."""
    if relation is None or "://" in relation:
        return None
    with chdir(profile.project_dir), duckdb.connect() as session:
        try:
            session.execute(f"select 1 from {relation} limit 0")
        except duckdb.Error as error:
            return sentence(str(error).splitlines()[0].partition(": ")[2])
    return None


def _is_attached(source: SourceDefinition, profile: Profile) -> bool:
    """Whether the source lies in another database that the profile attaches."""
    return profile.adapter == "duckdb" and source.database not in {
        None,
        duckdb_path(profile).stem,
    }


def _setting(profile: Profile, block: str, name: str) -> str | None:
    for key, value in (profile.output.get(block) or {}).items():
        if key.lower() == name.lower():
            return str(value)
    return None
