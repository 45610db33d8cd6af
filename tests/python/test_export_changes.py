"""Changes after a set: what a platform that follows them holds, and who is refused."""

import json
import tempfile
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from export_toy import Key, Person, ToyRelease, hashed, lines_of
from segmentation.export.errors import (
    ContradictoryReleaseError,
    NotExportedError,
    UnknownChangeNumberError,
    UnknownNameError,
)
from segmentation.export.export import Outcome, Request, export
from segmentation.export.manifest import Manifest, check_export

KEYS = (("S01", "meta"), ("S01", "x"), ("S02", "meta"))
nights = st.lists(
    st.fixed_dictionaries(
        {
            key: st.dictionaries(st.sampled_from("abcd"), st.integers(0, 2))
            for key in KEYS
        }
    ),
    min_size=1,
    max_size=5,
)


def declared(folder: Path) -> ToyRelease:
    """Return a release whose audiences are S01 on two platforms and S02 on one."""
    toy = ToyRelease(folder)
    toy.audience("S01", ["meta", "x"])
    toy.audience("S02", ["meta"])
    return toy


def people(members: Mapping[str, int]) -> list[Person]:
    """Return people of these names, each in an epoch that shows in a column."""
    return [
        Person(name, epoch=epoch, fields={"city": f"{name}{epoch}"})
        for name, epoch in members.items()
    ]


def folders(
    toy: ToyRelease,
    name: str | None = None,
    since: int | None = None,
    platform: str | None = None,
) -> dict[str, Path | None]:
    """Export; return the folder of each audience and platform."""
    outcomes = export(toy.profile, Request(name, platform, since, toy.exports)).outcomes
    return {outcome.name: outcome.folder for outcome in outcomes}


def rows(folder: Path, content: str) -> dict[str, list[str]]:
    """Return the lines of files by hash; X has no header."""
    found = {}
    for part in sorted(folder.glob(f"{content}-[0-9]*.csv")):
        if part.name.count(".") == 1:
            lines = lines_of(part)
            found.update({line[0]: line for line in lines if len(line[0]) == 64})
    return found


def applied(held: dict[str, list[str]], folder: Path) -> dict[str, list[str]]:
    """Return what a platform holds after it was told the changes in a folder."""
    gone = rows(folder, "remove")
    after = {key: line for key, line in held.items() if key not in gone}
    return {**after, **rows(folder, "add")}


@settings(max_examples=15, deadline=None, derandomize=True)
@given(history=nights, start=st.integers(0, 4))
def test_changes_in_order_end_where_all_members_are(
    history: list[dict[Key, dict[str, int]]], start: int
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        toy = declared(Path(folder))
        held: dict[str, dict[str, list[str]]] = {}
        number = 0
        for night, members in enumerate(history):
            toy.night({key: people(members[key]) for key in KEYS})
            toy.publish(f"run-{night}")
            if night < min(start, len(history) - 1):
                continue
            full = folders(toy)
            all_members = {
                name: rows(path, "members") for name, path in full.items() if path
            }
            if not held:
                held = all_members
            else:
                told = folders(toy, since=number)
                assert all(told.values())
                for name, path in told.items():
                    assert path is not None
                    held[name] = applied(held.get(name, {}), path)
            for (code, platform), wanted in members.items():
                kept = held.get(f"{code} {platform}", {})
                assert set(kept) == {hashed(name) for name in wanted}
            # What is refreshed brings its columns.
            assert held == all_members
            manifest = json.loads(
                next(
                    Path(folder).glob(f"exports/*_run-{night}/manifest.json")
                ).read_text()
            )
            number = manifest["change_number"]


def test_the_last_change_of_a_member_decides(tmp_path: Path) -> None:
    toy = declared(tmp_path)
    key = ("S02", "meta")
    for members in ({"ann": 0, "ben": 0}, {"ben": 0, "cat": 0}, {"ann": 0, "ben": 1}):
        toy.night({key: people(members)})
    toy.publish()
    assert toy.number == 3
    for since, added, removed in (
        (0, {"ann", "ben"}, {"cat"}),
        (1, {"ann", "ben"}, {"cat"}),
        (2, {"ann", "ben"}, {"cat"}),
        (3, set(), set()),
    ):
        folder = folders(toy, "S02", since)["S02 meta"]
        assert folder is not None
        assert set(rows(folder, "add")) == {hashed(name) for name in added}
        assert rows(folder, "remove") == {
            hashed(name): [hashed(name)] * 2 for name in removed
        }
        assert lines_of(folder / "remove-001.csv")[0] == ["EMAIL", "PHONE"]
        assert lines_of(folder / "add-001.csv")[0][2:4] == ["FN", "LN"]
        assert not list(folder.glob("remove*consents*"))
        manifest = check_export(folder)
        assert (manifest.mode, manifest.since) == ("changes", since)
        assert manifest.change_number == 3


@pytest.mark.parametrize("since", [-1, 3, 99])
def test_a_number_that_no_set_has_is_refused_with_those_there_are(
    tmp_path: Path, since: int
) -> None:
    toy = declared(tmp_path)
    for names in ("a", "ab"):
        toy.night({("S02", "meta"): people(dict.fromkeys(names, 0))})
    toy.publish()
    with pytest.raises(
        UnknownChangeNumberError, match=f"--since {since}.* from 0.* to 2"
    ):
        folders(toy, since=since)
    assert not toy.exports.exists()


def test_before_the_first_set_there_is_nothing_to_tell(tmp_path: Path) -> None:
    toy = declared(tmp_path)
    toy.publish()
    folder = folders(toy, "S02", 0)["S02 meta"]
    assert folder is not None
    assert not rows(folder, "add")
    assert check_export(folder).change_number == 0
    assert not check_export(folder).is_first_sync


def test_a_first_sync_is_marked(tmp_path: Path) -> None:
    toy = declared(tmp_path)
    toy.night({("S01", "meta"): people({"ann": 0})})
    toy.night({("S01", "meta"): people({"ann": 0}), ("S02", "meta"): people({"b": 0})})
    toy.publish("run-2")
    first = manifests(toy, None)
    assert first == {"S01 meta": True, "S01 x": False, "S02 meta": True}
    assert manifests(toy, 1) == {"S01 meta": False, "S01 x": False, "S02 meta": True}
    assert manifests(toy, 0)["S01 meta"]
    toy.night({("S01", "meta"): people({"c": 0}), ("S02", "meta"): people({"b": 0})})
    toy.publish("run-3")
    assert manifests(toy, None) == {
        "S01 meta": False,
        "S01 x": False,
        "S02 meta": True,
    }


def manifests(toy: ToyRelease, since: int | None) -> dict[str, bool]:
    """Return whether each folder is marked as a first sync."""
    found: dict[str, Manifest] = {
        name: check_export(path)
        for name, path in folders(toy, since=since).items()
        if path is not None
    }
    return {name: manifest.is_first_sync for name, manifest in found.items()}


STATUSES = {
    "blocked": "its rule rests on health",
    "expired": "its last day is over",
    "too_small": "fewer people than its size_floor",
    "retired": "no longer in segmentation_audiences",
}


def stopped(folder: Path, status: str) -> ToyRelease:
    """Return a release in which S01 has no members any more, S02 has."""
    toy = declared(folder)
    toy.night({key: people({"ann": 0, "ben": 0}) for key in KEYS})
    toy.audience("S01", ["meta", "x"], status=status, reason=STATUSES[status])
    toy.night({("S02", "meta"): people({"ann": 0, "ben": 0})})
    toy.publish()
    return toy


@pytest.mark.parametrize("status", STATUSES)
def test_an_audience_that_is_not_active_is_named_with_its_reason(
    tmp_path: Path, status: str
) -> None:
    toy = stopped(tmp_path, status)
    outcomes = export(toy.profile, Request(None, None, None, toy.exports)).outcomes
    reason = f"{status}, {STATUSES[status]}"
    assert outcomes[:2] == (
        Outcome("S01 meta", "not exported", reason),
        Outcome("S01 x", "not exported", reason),
    )
    assert outcomes[2].outcome == "written"
    assert [path.name for path in toy.exports.iterdir()] == ["S02_meta_full_run-1"]


@pytest.mark.parametrize("status", STATUSES)
def test_asked_for_by_name_it_is_refused_with_its_reason(
    tmp_path: Path, status: str
) -> None:
    toy = stopped(tmp_path, status)
    with pytest.raises(NotExportedError) as refused:
        folders(toy, "S01")
    for word in (status, STATUSES[status], "meta", "--changes"):
        assert word in str(refused.value)
    assert not toy.exports.exists()


@pytest.mark.parametrize("status", STATUSES)
def test_platforms_are_told_whom_to_remove_all_the_same(
    tmp_path: Path, status: str
) -> None:
    toy = stopped(tmp_path, status)
    told = folders(toy, "S01", 1)
    for name in ("S01 meta", "S01 x"):
        folder = told[name]
        assert folder is not None
        assert set(rows(folder, "remove")) == {hashed("ann"), hashed("ben")}
        assert not rows(folder, "add")
        assert check_export(folder).status == status
    # Once it was told there is nothing more to say, and nothing to write.
    with pytest.raises(NotExportedError, match="nothing to remove after change set 2"):
        folders(toy, "S01", 2)
    assert folders(toy, None, 2)["S01 meta"] is None


def test_a_platform_that_is_left_out_is_told_whom_to_remove(tmp_path: Path) -> None:
    toy = declared(tmp_path)
    toy.night({key: people({"ann": 0}) for key in KEYS})
    toy.audience("S01", ["meta"])
    toy.night({key: people({"ann": 0}) for key in KEYS if key != ("S01", "x")})
    toy.publish()
    with pytest.raises(NotExportedError, match="no longer sent to this platform"):
        folders(toy, "S01", platform="x")
    told = folders(toy, "S01", 1)
    assert told["S01 x"] is not None
    assert set(rows(told["S01 x"], "remove")) == {hashed("ann")}
    assert told["S01 meta"] is not None
    assert not rows(told["S01 meta"], "remove")


def test_unknown_names_are_refused_with_those_there_are(tmp_path: Path) -> None:
    toy = declared(tmp_path)
    toy.audience("S03", [])
    toy.audience("S04", ["pigeon"])
    toy.publish()
    with pytest.raises(UnknownNameError, match="S01, S02, S03, S04"):
        folders(toy, "S99")
    with pytest.raises(UnknownNameError, match="tiktok in the release; it has meta"):
        folders(toy, "S02", platform="tiktok")
    with pytest.raises(UnknownNameError, match="it has meta, pigeon, x"):
        folders(toy, platform="tiktok")
    with pytest.raises(NotExportedError, match=r"S03 .*sent to no platform"):
        folders(toy, "S03")
    with pytest.raises(NotExportedError, match="pigeon: no file is known for it"):
        folders(toy, "S04")
    assert set(folders(toy, platform="meta")) == {"S01 meta", "S02 meta"}


@pytest.mark.parametrize("fault", ["a stranger", "a lost one"])
def test_members_that_change_sets_contradict_are_refused(
    tmp_path: Path, fault: str
) -> None:
    toy = declared(tmp_path)
    toy.night({key: people({"ann": 0}) for key in KEYS})
    held = toy.held["S02", "meta"]
    if fault == "a stranger":
        zoe = Person("zoe")
        held[zoe.hash] = zoe
    else:
        held.clear()
    toy.publish()
    for since in (None, 0, 1):
        with pytest.raises(
            ContradictoryReleaseError, match="1 members that the change"
        ):
            folders(toy, since=since)
    assert not toy.exports.exists()


def test_an_audience_that_was_told_of_and_vanished_is_refused(tmp_path: Path) -> None:
    toy = declared(tmp_path)
    toy.night({("S02", "meta"): people({"ann": 0})})
    del toy.audiences["S02"], toy.platforms["S02"]
    toy.held = {}
    toy.publish()
    with pytest.raises(ContradictoryReleaseError, match="not in activation__audiences"):
        folders(toy)


def test_members_outside_of_the_arm_are_refused(tmp_path: Path) -> None:
    toy = ToyRelease(tmp_path)
    toy.audience("S01", ["meta"], arm=("offer", "treated"))
    toy.night({("S01", "meta"): people({"ann": 0, "ben": 0, "cat": 0})})
    arms = toy.rows["activation__experiment_arms"]
    for name, experiment, arm in (
        ("ann", "offer", "treated"),
        ("ben", "offer", "holdout"),
        ("cat", "other", "treated"),
    ):
        arms.append((experiment, name, arm, "ads", 1, True, "2024-01-01"))
    toy.publish()
    with pytest.raises(ContradictoryReleaseError, match="2 members outside of its arm"):
        folders(toy)
    toy.night({("S01", "meta"): people({"ann": 0})})
    toy.publish("run-2")
    assert folders(toy)["S01 meta"] is not None
