"""Builds the segments as the project stands, on the features of the last build.

Apart lie the models of segments, the seeds, and what rests on a seed or on cuts that
differ. All else is read where the last build left it, so that a change of rules costs
what segments cost.
"""

import re
from collections.abc import Collection, Iterable, Iterator

from dbt.contracts.graph.manifest import Manifest
from dbt.contracts.graph.nodes import ManifestNode

from segmentation.apart.build import build_apart, is_apart, schema_of_build
from segmentation.apart.warehouse import opened
from segmentation.doctor.project import Project
from segmentation.fingerprint import quoted
from segmentation.profiles import Profile
from segmentation.rules.errors import SeedChangedError
from segmentation.rules.last_build import is_there, unique_id
from segmentation.warehouse_tables import Query, find_columns

WANTED = ("segments__definitions", "segments__gates", "segments__memberships")
# Tiers are no feature: what they cut are codes alone.
OF_TIERS = ("int_features__cut_points", "int_features__scores")
# Who is who; a change of it is another question.
_EARLIER = re.compile(r"^(stg_|(int_)?(input|identity)__)")
_SEGMENTS = re.compile(r"^(int_)?segments__")


def build_segments(
    profile: Profile, apart: Profile, project: Project, given: str, *, other_tiers: bool
) -> None:
    """Build what `WANTED` names, apart.

    Args:
        profile: The profile that dbt would use.
        apart: The same with another schema.
        project: The project, parsed with the latter; its manifest is changed.
        given: What dbt would get as `--vars`.
        other_tiers: Whether tiers are cut at other shares than in the last build.

    Raises:
        SegmentationError: It does not build, or rests on more than was built.
    """
    manifest = project.manifest
    rests_on = set(_ancestors(manifest, map(unique_id, WANTED)))
    seeds = sorted(each for each in rests_on if each.startswith("seed."))
    names = [manifest.nodes[each].name for each in seeds]
    build_apart(profile, apart, manifest, given, names, alone=True)
    with opened(profile) as query:
        changed = [
            each for each in seeds if _differs(query, profile, manifest.nodes[each])
        ]
    chosen = {each for each in rests_on if _SEGMENTS.match(_name(each))}
    if other_tiers:
        chosen |= {unique_id(name) for name in OF_TIERS}
    chosen |= set(_descendants(manifest, rests_on, changed))
    _check_chosen(manifest, changed, chosen)
    for each in chosen:
        for parent in manifest.nodes[each].depends_on_nodes:
            if parent not in chosen and not parent.startswith("seed."):
                _read_as_built(profile, manifest.nodes[parent])
    models = sorted(manifest.nodes[each].name for each in chosen)
    build_apart(profile, apart, manifest, given, models, alone=True)


def _name(node_id: str) -> str:
    return node_id.rsplit(".", maxsplit=1)[-1]


def _ancestors(manifest: Manifest, of: Iterable[str]) -> Iterator[str]:
    """Yield models and seeds, and all that they rest on."""
    todo, seen = list(of), set()
    while todo:
        each = todo.pop()
        if each in seen or each not in manifest.nodes:
            continue
        seen.add(each)
        todo += manifest.nodes[each].depends_on_nodes
        yield each


def _descendants(
    manifest: Manifest, among: Collection[str], of: Iterable[str]
) -> Iterator[str]:
    """Yield those among some models that rest on any of the others."""
    readers: dict[str, list[str]] = {}
    for each in among:
        for parent in manifest.nodes[each].depends_on_nodes:
            readers.setdefault(parent, []).append(each)
    todo, seen = list(of), set()
    while todo:
        for reader in readers.get(todo.pop(), []):
            if reader not in seen:
                seen.add(reader)
                todo.append(reader)
                yield reader


def _check_chosen(
    manifest: Manifest, changed: Iterable[str], chosen: Collection[str]
) -> None:
    for seed in changed:
        for reader in sorted(_descendants(manifest, chosen, [seed])):
            if _EARLIER.match(_name(reader)):
                raise SeedChangedError([_name(seed)], _name(reader))


def _read_as_built(profile: Profile, node: ManifestNode) -> None:
    """Let dbt read a table where the last build left it."""
    if is_apart(profile, node.schema):
        schema = schema_of_build(profile, node.schema)
        if node.relation_name:
            node.relation_name = node.relation_name.replace(node.schema, schema)
        node.schema = schema


def _differs(query: Query, profile: Profile, seed: ManifestNode) -> bool:
    """Whether the rows of a seed are others than those of the last build."""
    schema = schema_of_build(profile, seed.schema)
    if not is_there(query, schema, seed.alias):
        return True
    columns = find_columns(query, seed.schema, seed.alias)
    if columns != find_columns(query, schema, seed.alias):
        return True
    # As text: what a column of numbers is taken for depends on its values.
    listed = ", ".join(f"cast({quoted(name)} as text)" for name in sorted(columns))
    sides = [
        f"select {listed} from {quoted(side, seed.alias)}"
        for side in (seed.schema, schema)
    ]
    counts = [query(f"select count(*) from ({side}) as seed") for side in sides]
    return counts[0] != counts[1] or any(
        query(f"{one} except {other}") for one, other in (sides, reversed(sides))
    )
