"""Asks dbt what the project is made of: it parses, and opens no connection."""

import csv
import json
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import chdir
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dbt.artifacts.schemas.run import RunExecutionResult
from dbt.cli.main import dbtRunner, dbtRunnerResult
from dbt.contracts.graph.manifest import Manifest
from dbt.contracts.graph.nodes import (
    AnalysisNode,
    ModelNode,
    SeedNode,
    SourceDefinition,
)

from segmentation.doctor.mapping import mapped_columns
from segmentation.doctor.messages import sentences
from segmentation.errors import SegmentationError
from segmentation.profiles import Profile

PACKAGE = "segmentation"
SETTINGS = "settings_in_force"
# The same in every entity, and optional in each.
GENERAL_COLUMNS = frozenset({"source_system", "updated_at", "is_deleted", "loaded_at"})
# What features need beside sources: parameters that `segment train` writes.
TRAINED_SEEDS = frozenset({"value_parameters", "prospect_parameters"})
_SETTINGS_TEXT = re.compile(r"select\s+'(.*)' as settings\s*$", re.DOTALL)


class ProjectBrokenError(SegmentationError):
    """dbt cannot parse the project; `problems` says why, a sentence each."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = tuple(problems)


@dataclass(frozen=True)
class Entity:
    """An input entity as its contract describes it.

    Attributes:
        name: Its name.
        columns: All its columns.
        required: Those that a mapping must name.
        passthrough: Further columns that the settings list.
        sources: Sources that deliver it.
        without: What the company goes without when none does.
        is_personal: Whether it holds personal data.
        family: Source family it belongs to.
    """

    name: str
    columns: tuple[str, ...]
    required: tuple[str, ...]
    passthrough: tuple[str, ...]
    sources: tuple[str, ...]
    without: str
    is_personal: bool
    family: str

    @property
    def own_columns(self) -> list[str]:
        """Its columns without those that every entity has."""
        return [name for name in self.columns if name not in GENERAL_COLUMNS]


@dataclass(frozen=True)
class Project:
    """A parsed project.

    Attributes:
        settings: What the macro `settings_in_force` says.
        entities: All entities in the order of the contract.
        manifest: dbt's manifest.
    """

    settings: Mapping[str, Any]
    entities: tuple[Entity, ...]
    manifest: Manifest

    def sources(self) -> Iterator[tuple[Entity, str]]:
        """Yield each entity with each of its sources."""
        for entity in self.entities:
            for source in entity.sources:
                yield entity, source

    def model(self, name: str) -> ModelNode:
        """Return a model of the package."""
        node = self.manifest.nodes[f"model.{PACKAGE}.{name}"]
        assert isinstance(node, ModelNode)
        return node

    def staging(self, entity: str, source: str) -> ModelNode:
        """Return the staging model; without it the project would not have parsed."""
        found = [
            node for node in self._models() if node.name == f"stg_{source}__{entity}"
        ]
        # dbt takes the project's own before the package's.
        return min(found, key=lambda node: node.package_name == PACKAGE)

    def mapped(self, entity: Entity, source: str) -> frozenset[str] | None:
        """Return the columns that a staging model maps; null when unreadable."""
        return mapped_columns(self.staging(entity.name, source).raw_code, entity.name)

    def trained(self, dataset: str) -> frozenset[str]:
        """Return the seeds of trained parameters that have rows of a data set."""
        seeds = (
            node
            for node in self.manifest.nodes.values()
            if isinstance(node, SeedNode) and node.name in TRAINED_SEEDS
        )
        return frozenset(seed.name for seed in seeds if dataset in _datasets(seed))

    def unlisted(self) -> Iterator[tuple[str, str, str]]:
        """Yield model, source and entity of staging models that no setting lists."""
        listed = {f"stg_{source}__{entity.name}" for entity, source in self.sources()}
        names = {entity.name for entity in self.entities}
        for node in self._models():
            source, _, entity = node.name.removeprefix("stg_").partition("__")
            is_staging = node.name.startswith("stg_") and entity in names
            if is_staging and node.name not in listed:
                yield node.name, source, entity

    def raw_sources(self) -> Iterator[tuple[SourceDefinition, str]]:
        """Yield each source that mapped staging rests on, with the staging model."""
        seen: set[str] = set()
        for entity, source in self.sources():
            model = self.staging(entity.name, source)
            todo = [model.unique_id]
            while todo:
                unique_id = todo.pop()
                if unique_id in self.manifest.sources and unique_id not in seen:
                    yield self.manifest.sources[unique_id], model.name
                elif unique_id in self.manifest.nodes and unique_id not in seen:
                    todo += self.manifest.nodes[unique_id].depends_on_nodes
                seen.add(unique_id)

    def _models(self) -> Iterator[ModelNode]:
        for node in self.manifest.nodes.values():
            if isinstance(node, ModelNode):
                yield node


def read_project(profile: Profile, variables: str | None = None) -> Project:
    """Parse the project and resolve its settings.

    Args:
        profile: The profile that dbt would use.
        variables: What dbt would get as `--vars`, if anything.

    Raises:
        ProjectBrokenError: dbt cannot parse it, or it lacks the package.
    """
    # A folder of its own: `segment publish` reads how the last build ended.
    folder = str(
        profile.project_dir / os.environ.get("DBT_TARGET_PATH", "target") / "doctor"
    )
    options = ["--project-dir", str(profile.project_dir), "--target", profile.target]
    options += ["--profiles-dir", str(profile.profiles_dir), "--target-path", folder]
    options += ["--log-path", folder, "--log-level", "none", "--log-level-file", "none"]
    if variables is not None:
        options += ["--vars", variables]
    with chdir(profile.project_dir):
        manifest = _checked(dbtRunner().invoke(["parse", *options])).result
        assert isinstance(manifest, Manifest)
        words = ["compile", "--select", SETTINGS, "--no-introspect"]
        words += ["--no-populate-cache", "--no-write-json", *options]
        compiled = _checked(dbtRunner(manifest=manifest).invoke(words))
    settings = _settings(compiled)
    entities = tuple(_entity(manifest, settings, name) for name in settings["sources"])
    return Project(settings, entities, manifest)


def _entity(manifest: Manifest, settings: Mapping[str, Any], name: str) -> Entity:
    contract = manifest.nodes[f"model.{PACKAGE}.input__{name}"]
    return Entity(
        name=name,
        columns=tuple(contract.columns),
        required=tuple(
            column.name
            for column in contract.columns.values()
            if column.config.meta.get("required") and column.name != "source_system"
        ),
        passthrough=tuple(settings["passthrough"].get(name, ())),
        sources=tuple(settings["sources"][name]),
        without=contract.config.meta["without"].strip(),
        is_personal=bool(contract.config.meta.get("pii")),
        family=contract.config.meta["family"],
    )


def _datasets(seed: SeedNode) -> set[str]:
    file = Path(seed.root_path or "", seed.original_file_path)
    with file.open(newline="", encoding="utf-8") as opened:
        return {row["dataset"] for row in csv.DictReader(opened)}


def _checked(outcome: dbtRunnerResult) -> dbtRunnerResult:
    if outcome.success:
        return outcome
    text = str(outcome.exception or "")
    if isinstance(outcome.result, RunExecutionResult):
        text = "\n".join(result.message or "" for result in outcome.result.results)
    raise ProjectBrokenError(list(sentences(text)))


def _settings(compiled: dbtRunnerResult) -> dict[str, Any]:
    results = getattr(compiled.result, "results", [])
    for node in (result.node for result in results):
        if isinstance(node, AnalysisNode) and node.package_name == PACKAGE:
            found = _SETTINGS_TEXT.search(node.compiled_code or "")
            if found is not None:
                settings: dict[str, Any] = json.loads(found[1].replace("''", "'"))
                return settings
    problem = (
        f"The project lacks the dbt package {PACKAGE} that this command belongs to. "
        "Add it to packages.yml and run `dbt deps`."
    )
    raise ProjectBrokenError([problem])
