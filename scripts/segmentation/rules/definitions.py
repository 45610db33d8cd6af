"""Says which definitions changed: rule in words, by version."""

from collections.abc import Iterator
from dataclasses import dataclass

from segmentation.warehouse_tables import Query

_READ = """
select
    segment_set, segment_code, definition_version, rule_text, priority, value_order
from {table}
"""


@dataclass(frozen=True)
class DefinitionChange:
    """A code whose definition has another version than in the last build.

    Attributes:
        segment_set: Its set.
        code: The code.
        kind: added, removed or changed.
        before: Rule of the last build; null where there was none.
        after: Rule as it stands; null where there is none.
        also: What changes beside the words: the place of a rule, its value order, or a
            version alone, such as that of clusters.
    """

    segment_set: str
    code: str
    kind: str
    before: str | None
    after: str | None
    also: tuple[str, ...] = ()


def changes(query: Query, before: str, after: str) -> list[DefinitionChange]:
    """Return the definitions that differ.

    Args:
        query: Runs a statement.
        before: SQL name of the definitions of the last build.
        after: The same of the project as it stands.
    """
    old, new = (
        {tuple(row[:2]): tuple(row[2:]) for row in query(_READ.format(table=table))}
        for table in (before, after)
    )
    return [
        _change(key, old.get(key), new.get(key))
        for key in sorted(old.keys() | new.keys())
        if old.get(key) != new.get(key)
    ]


def _change(
    key: tuple[str, ...], old: tuple[object, ...] | None, new: tuple[object, ...] | None
) -> DefinitionChange:
    segment_set, code = key
    kind = "added" if old is None else "removed" if new is None else "changed"
    before, after = (str(row[1]) if row is not None else None for row in (old, new))
    also = tuple(_also(old, new)) if old is not None and new is not None else ()
    return DefinitionChange(segment_set, code, kind, before, after, also)


def _also(old: tuple[object, ...], new: tuple[object, ...]) -> Iterator[str]:
    (_, old_text, old_place, old_order), (_, new_text, new_place, new_order) = old, new
    if old_place != new_place:
        yield f"priority {old_place} -> {new_place}"
    if old_order != new_order:
        yield f"value order {_shown(old_order)} -> {_shown(new_order)}"
    if (old_text, old_place, old_order) == (new_text, new_place, new_order):
        yield "another version of what the words stand for"


def _shown(value: object) -> str:
    return "none" if value is None else str(value)
