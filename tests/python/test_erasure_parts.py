"""What an erasure is made of: digests, requests, searches, files and recorded rules."""

import contextlib
import hmac
from pathlib import Path
from typing import Any
from unittest import mock

import duckdb
import pandas as pd  # type: ignore[import-untyped]
import pytest
import yaml
from click.testing import CliRunner
from duckdb.sqltypes import BLOB, VARCHAR

from dbt_project import REPOSITORY, DbtProject
from export_toy import Person, ToyRelease, lines_of
from model_warehouse import ModelWarehouse
from segmentation.cli import cli
from segmentation.erase import exported
from segmentation.erase.errors import KeyUnusableError, RequestUnreadableError
from segmentation.erase.exported import clean_exports
from segmentation.erase.files import rewrite_served, rewrite_warehouse
from segmentation.erase.key import KEY_VARIABLE, PAD_FUNCTION, digest, pad, read_key
from segmentation.erase.plan import Plan
from segmentation.erase.recorded import RULES
from segmentation.erase.request import Wanted, read_request
from segmentation.erase.texts import Needles
from segmentation.export.export import Request, export
from segmentation.export.manifest import check_export

KEY = "5e" * 32
# printf 'record\x1fshop\x1fann' | openssl dgst -sha256 -mac HMAC -macopt hexkey:5e5e...
OPENSSL = "f7b33629c11c4d1912eb4d8f646a99c77e85600e333670ebe0030dfec587c633"


@pytest.fixture
def key(monkeypatch: pytest.MonkeyPatch) -> bytes:
    monkeypatch.setenv(KEY_VARIABLE, KEY)
    return read_key()


def plan(**known: Any) -> Plan:
    return Plan("e1", "2026-01-01T00:00:00", "begun", **known)


def test_a_digest_is_that_of_openssl(key: bytes) -> None:
    assert digest(key, "record", "shop", "ann") == OPENSSL


@pytest.mark.parametrize("text", ["", "abc", "0" * 64 + "z"])
def test_what_is_no_key_is_refused(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(KEY_VARIABLE, text)
    with pytest.raises(KeyUnusableError, match="openssl rand -hex 32"):
        read_key()
    assert pad("inner") == b""


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("who\nann\n", "the header who"),
        ("kind,name,value\n", "no line"),
        ("kind,name,value\nperson,crm,1\n", "another line 2"),
        ("kind,name,value\nrecord,,1\n", "another line 2"),
        ("kind,name,value\ncustomer,,a\nrecord,crm,\n", "another line 3"),
    ],
)
def test_a_request_that_says_nobody_is_refused(
    text: str, said: str, tmp_path: Path
) -> None:
    path = tmp_path / "who.csv"
    path.write_text(text)
    with pytest.raises(RequestUnreadableError, match=said):
        read_request(path)


def test_a_request_names_records_customers_and_identifiers(tmp_path: Path) -> None:
    path = tmp_path / "who.csv"
    path.write_bytes(
        b"\xef\xbb\xbfkind,name,value\r\nrecord,crm,4711\r\n"
        b'identifier,email," a@example.com"\r\ncustomer,,0f\r\n'
    )
    assert read_request(path) == [
        Wanted("record", "crm", "4711"),
        Wanted("identifier", "email", "a@example.com"),
        Wanted("customer", "", "0f"),
    ]


@pytest.mark.parametrize(
    "words", [[], ["--resume", "--finish"], ["--finish", "--also"]]
)
def test_whom_to_erase_must_be_said(words: list[str]) -> None:
    assert CliRunner().invoke(cli, ["erase", *words]).exit_code == 2


def test_values_are_found_wherever_they_begin(tmp_path: Path) -> None:
    needles = Needles(["marked@example.com", "0123456789", "sieben", "zoë@example.com"])
    path = tmp_path / "file"
    size = 1 << 24
    for text in (
        b"marked@example.com",
        b"sieben",
        "zoë@example.com".encode("utf-16-le"),
        rb"zo\u00eb@example.com",
    ):
        # Also across the pieces that a file is read in.
        for start in (0, 1, 7, 8, 1000, size - 5, size, size + 3):
            data = bytearray(size + 100)
            data[start : start + len(text)] = text
            path.write_bytes(data)
            assert needles.count_in_file(path) == 1, (text, start)
    path.write_bytes(b"Marked@example.com 012345678 siebe zoe@example.com")
    assert needles.count_in_file(path) == 0
    path.write_bytes(b"marked@example.com" * 3)
    assert needles.count_in_file(path) == 3


def test_every_recorded_table_has_a_rule() -> None:
    recorded = {
        path.stem
        for path in (REPOSITORY / "models").rglob("*.yml")
        if "recorded: true" in path.read_text()
    }
    assert recorded == set(RULES)


def test_a_warehouse_written_anew_has_the_rows_and_no_other_byte(
    tmp_path: Path,
) -> None:
    path = tmp_path / "warehouse.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute("create schema inner_ones")
        connection.execute(
            "create table inner_ones.people as select 'person ' || i as name, "
            "'ann.marked@example.com' || i as mail from range(5000) r(i)"
        )
        connection.execute(
            "create view named as select name from warehouse.inner_ones.people"
        )
        connection.execute("checkpoint")
        connection.execute("delete from inner_ones.people where mail like 'ann%'")
        connection.execute("insert into inner_ones.people values ('left', 'l@x.y')")
        connection.execute("checkpoint")
    assert b"ann.marked@example.com" in path.read_bytes()
    path.chmod(0o640)
    (tmp_path / "warehouse.duckdb.tmp").mkdir()
    rewritten = rewrite_warehouse(path)
    assert b"ann.marked@example.com" not in path.read_bytes()
    assert rewritten.bytes_before > rewritten.bytes_after == path.stat().st_size
    assert path.stat().st_mode & 0o777 == 0o640
    assert [each.name for each in tmp_path.iterdir()] == [path.name]
    with duckdb.connect(str(path), read_only=True) as connection:
        assert connection.sql("from named").fetchall() == [("left",)]


def test_served_and_kept_files_lose_the_rows_of_those_who_are_erased(
    tmp_path: Path,
) -> None:
    path = tmp_path / "serving.duckdb"
    kept = tmp_path / "kept_releases" / f"{path.name}.000001.run-1"
    kept.parent.mkdir()
    for each in (path, kept):
        with duckdb.connect(str(each)) as connection:
            connection.execute(
                "create table segments as select 'customer ' || i as customer_id, "
                "i as place from range(10) r(i)"
            )
            connection.execute("create table numbers as select 7 as people")
            connection.execute(
                "create table crm (source_system text, "
                "source_customer_id text, note text)"
            )
            connection.execute(
                "insert into crm values ('shop', '1', 'a'), "
                "('till', '1', 'b'), ('shop', '2', null)"
            )
    done = rewrite_served(
        path, plan(ids=("customer 3",), subjects=(_subject(("shop", "1")),))
    )
    assert [each.rows_removed for each in done] == [2, 2]
    for each in (path, kept):
        assert b"customer 3" not in each.read_bytes()
        with duckdb.connect(str(each), read_only=True) as connection:
            assert connection.sql("select sum(place) from segments").fetchall() == [
                (42,)
            ]
            assert connection.sql("from numbers").fetchall() == [(7,)]
            rows = connection.sql("from crm order by all").fetchall()
            assert rows == [("shop", "2", None), ("till", "1", "b")]


def _subject(*records: tuple[str, str]) -> Any:
    from segmentation.erase.subjects import Subject

    return Subject("customer 3", records, ("0123456789abcdef",))


@pytest.fixture
def toy(tmp_path: Path) -> ToyRelease:
    toy = ToyRelease(tmp_path)
    toy.audience("S01", ["meta", "x"])
    people = [Person(name, fields={"city": "A, B"}) for name in ("ann", "bob", "cid")]
    toy.night({("S01", "meta"): people, ("S01", "x"): people})
    toy.publish()
    export(toy.profile, Request(None, None, None, toy.exports))
    return toy


def _check_without_ann(toy: ToyRelease) -> None:
    ann = Person("ann").hash
    for folder in toy.exports.iterdir():
        manifest = check_export(folder)
        assert {file.content: file.rows for file in manifest.files} == {
            "members": 2,
            "consents": 2,
        }
        for file in folder.iterdir():
            assert ann not in file.read_text()
            assert file.stat().st_mode & 0o777 == 0o600
    [members] = toy.exports.glob("S01_meta*/members-001.csv")
    assert {row[4] for row in lines_of(members)[1:]} == {"A, B"}


def test_exports_lose_rows_and_say_so(toy: ToyRelease) -> None:
    cleaned = clean_exports([toy.exports, toy.folder / "none"], _hashes("ann"))
    assert [each.rows_removed for each in cleaned] == [1, 1, 1, 1]
    _check_without_ann(toy)
    assert clean_exports([toy.exports], _hashes("ann")) == []


@pytest.mark.parametrize("killed_at", range(8))
def test_a_killed_cleaning_of_exports_is_ended(toy: ToyRelease, killed_at: int) -> None:
    """Whatever was done when it was killed, running it again ends it."""
    done = 0
    whole = Path.replace

    def until_killed(path: Path, goal: Path) -> Path:
        nonlocal done
        done += 1
        if done > killed_at:
            raise KeyboardInterrupt
        return whole(path, goal)

    with (
        mock.patch.object(Path, "replace", until_killed),
        contextlib.suppress(KeyboardInterrupt),
    ):
        exported.clean_exports([toy.exports], _hashes("ann"))
    clean_exports([toy.exports], _hashes("ann"))
    _check_without_ann(toy)


def _hashes(*names: str) -> frozenset[str]:
    return frozenset(Person(name).hash for name in names)


SOURCES = {
    entity: ["omni_shop"] for entity in ("customer_records", "orders", "order_lines")
} | {"identifiers": ["omni_web"]}
MODELS = {f"int_input__{entity}": "main_internal" for entity in SOURCES}


@pytest.fixture(scope="module")
def input_models(tmp_path_factory: pytest.TempPathFactory) -> ModelWarehouse:
    """Models of input as they are compiled once somebody was erased."""
    folder = tmp_path_factory.mktemp("tombstones")
    project = DbtProject(
        REPOSITORY,
        folder / "warehouse.duckdb",
        vars={
            "segmentation_dataset": "omnichannel",
            "segmentation_sources": {
                **{name: [] for name in _entities()},
                **SOURCES,
            },
        },
    )
    with duckdb.connect(str(project.warehouse)) as connection:
        connection.execute("create schema main_ledger")
        connection.execute("create table main_ledger.input__tombstones (digest text)")
        connection.execute("insert into main_ledger.input__tombstones values ('x')")
    result = project.dbt("compile", "--select", *MODELS)
    assert result.success, result.log
    for model in MODELS:
        path = next(project.artifacts.glob(f"compiled/**/{model}.sql"))
        (folder / f"{model}.sql").write_text(path.read_text())
    warehouse = ModelWarehouse(folder, MODELS)
    warehouse.connection.create_function(PAD_FUNCTION, pad, [VARCHAR], BLOB)
    return warehouse


def _entities() -> list[str]:
    return [
        path.stem.removeprefix("input__")
        for path in (REPOSITORY / "models" / "input").glob("input__*.yml")
        if "key:" in path.read_text()
    ]


def delivered(warehouse: ModelWarehouse, entity: str, *rows: dict[str, Any]) -> None:
    """Deliver rows of an entity; every other column is null."""
    contract = yaml.safe_load(
        (REPOSITORY / "models" / "input" / f"input__{entity}.yml").read_text()
    )
    names = [column["name"] for column in contract["models"][0]["columns"]]
    [system] = SOURCES[entity]
    frame = pd.DataFrame(
        [{"source_system": system, **row} for row in rows],
        columns=[*names, "loaded_order"],
        dtype="object",
    )
    warehouse.give(f"main_internal.stg_{system}__{entity}", frame.astype("string"))


def test_rows_of_tombstones_are_emptied_and_others_are_not(
    input_models: ModelWarehouse, key: bytes
) -> None:
    texts = [
        ("record", "omni_shop", "ann"),
        ("order", "omni_shop", "o1"),
        ("identifier", "email", "ann@example.com"),
        ("identifier", "phone", "49301234"),
        ("identifier", "login", "ann-login"),
    ]
    digests = [
        hmac.new(key, "\x1f".join(text).encode(), "sha256").hexdigest()
        for text in texts
    ]
    input_models.give(
        "main_ledger.input__tombstones", pd.DataFrame({"digest": digests})
    )
    input_models.give(
        "main_internal.int_input__excluded_records",
        pd.DataFrame(columns=["source_system", "source_customer_id"], dtype="string"),
    )
    input_models.give(
        "main_internal.int_input__currency_rates",
        pd.DataFrame(
            {
                "currency_code": ["EUR"],
                "rate": [1.0],
                "valid_from": [pd.Timestamp(0)],
                "valid_to": [pd.NaT],
            }
        ),
    )
    loaded = {"loaded_at": "2025-01-02 00:00:00"}
    delivered(
        input_models,
        "customer_records",
        {"source_customer_id": " ann ", "first_name": "Ann", **loaded},
        {"source_customer_id": "new", "email": " Ann@Example.com", **loaded},
        {"source_customer_id": "newer", "phone": "+49 (30) 12-34", **loaded},
        {"source_customer_id": "bob", "email": "bob@example.com", **loaded},
        {"source_customer_id": "anna", "email": "anna@example.com", **loaded},
        # Not even a row that is set aside for another reason is kept.
        {"source_customer_id": "ann", "birth_date": "someday", **loaded},
    )
    order = {"ordered_at": "2025-01-01", "net_amount": "5", "currency_code": "EUR"}
    delivered(
        input_models,
        "orders",
        {"source_customer_id": "ann", "order_id": "o9", **order, **loaded},
        {"source_customer_id": "bob", "order_id": "o1", **order, **loaded},
        {"source_customer_id": "bob", "order_id": "o2", **order, **loaded},
    )
    line = {"line_id": "1", "product_id": "p"}
    delivered(
        input_models,
        "order_lines",
        {"source_customer_id": "bob", "order_id": "o1", **line, **loaded},
        {"source_customer_id": "bob", "order_id": "o2", **line, **loaded},
    )
    delivered(
        input_models,
        "identifiers",
        {
            "source_customer_id": "w1",
            "identifier_type": "Login",
            "identifier_value": "ANN-LOGIN",
            **loaded,
        },
        {
            "source_customer_id": "w1",
            "identifier_type": "device",
            "identifier_value": "ann-login",
            **loaded,
        },
    )
    input_models.run()
    for entity, kept, erased in (
        ("customer_records", {"bob", "anna"}, 4),
        ("orders", {"bob"}, 2),
        ("order_lines", {"bob"}, 1),
        ("identifiers", {"w1"}, 1),
    ):
        rows = input_models.rows(f"int_input__{entity}")
        assert set(rows.row_outcome) == {"kept", "erased"}, entity
        assert set(rows[rows.row_outcome == "kept"].source_customer_id) == kept
        emptied = rows[rows.row_outcome == "erased"]
        assert len(emptied) == erased
        stays = {"source_system", "loaded_at", "row_outcome", "changed_in_run"}
        filled = set(emptied.columns[emptied.notna().any()])
        assert filled - {"currency_rate"} == stays, entity
