"""The made-up company with fifty marked people, to erase them and to look for them.

company = ErasureCompany(project)
company.load()
company.mark()           # before the first build
company.build()
result = company.erase("--file", str(company.request()))
"""

import os
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
from click.testing import CliRunner, Result

from dbt_project import NO_UNIT_TESTS, DbtProject, DbtResult, release_warehouse
from segmentation.cli import cli

CUSTOMERS, MARKED = 400, 50
KEY = "5e" * 32
RAW = "raw_omnichannel"
CUSTOMER_MAP = "main_identity.identity__customer_map"
AUDIENCES = [
    {
        "code": code,
        "kind": "include",
        "platforms": platforms,
        "channel": "ads",
        "when": [{"feature": "order_count", "at_least": 0}],
        "owner": "Tests",
        "size_floor": 10,
    }
    for code, platforms in {
        "S01": ["google_ads", "meta"],
        "S02": ["linkedin", "tiktok", "x"],
    }.items()
]
# Which column of a raw table has the record, by source.
RECORD_COLUMNS: Mapping[str, Mapping[str, str]] = {
    "omni_crm": {"crm_contacts": "contact_id"},
    "omni_helpdesk": {
        "helpdesk_requesters": "requester",
        "helpdesk_tickets": "requester",
    },
    "omni_mailing": {
        "mailing_activity": "subscriber",
        "mailing_cells": "subscriber",
        "mailing_subscribers": "subscriber",
    },
    "omni_product": {"product_devices": "serial", "product_usage": "serial"},
    "omni_shop": {
        "shop_accounts": "account_no",
        "shop_items": "coalesce(account_no, 'guest-' || order_no)",
        "shop_orders": "coalesce(account_no, 'guest-' || order_no)",
        "shop_refunds": "coalesce(account_no, 'guest-' || order_no)",
    },
    "omni_social": dict.fromkeys(
        ("social_posts", "social_profiles"), "network || ':' || handle"
    ),
    "omni_survey": {
        "survey_answers": "respondent",
        "survey_consents": "respondent",
        "survey_prompts": "respondent",
        "survey_respondents": "respondent",
    },
    "omni_till": dict.fromkeys(
        ("till_lines", "till_receipts", "till_returns"),
        "coalesce(cast(card_no as varchar), 'receipt-' || cast(receipt as varchar))",
    )
    | {"till_cards": "card_no"},
    "omni_web": {"web_events": "anon_id", "web_logins": "anon_id"},
}
# What says who somebody is in raw tables.
PERSONAL: Mapping[str, Sequence[str]] = {
    "crm_contacts": ("email", "phone", "last_name", "street"),
    "helpdesk_requesters": ("mail", "phone", "full_name"),
    "mailing_subscribers": ("address", "name"),
    "shop_accounts": ("mail", "phone", "family_name", "street"),
    "shop_orders": ("guest_mail", "guest_phone"),
    "social_profiles": ("linked_mail",),
    "survey_respondents": ("mail",),
    "till_cards": ("mail", "mobile", "holder"),
}


@dataclass
class ErasureCompany:
    """A company in a warehouse of its own.

    Attributes:
        project: The project and its warehouse.
        folder: Where the command works: exports and reports lie there.
        marks: What may be left nowhere of whom is erased.
        values: The same, with what somebody else has too.
        records: Source and record of all their records.
        people: True ids of the marked people.
    """

    project: DbtProject
    folder: Path
    marks: set[str] = field(default_factory=set)
    values: set[str] = field(default_factory=set)
    records: list[tuple[str, str]] = field(default_factory=list)
    people: list[str] = field(default_factory=list)

    def load(self, customers: int = CUSTOMERS) -> None:
        words = ["demo", "load", "omnichannel", "--customers", str(customers)]
        loaded = self.segment(*words)
        assert loaded.exit_code == 0, loaded.output

    def mark(self) -> None:
        """Give fifty people with a shop account names and streets of their own."""
        rows = self.query(
            "select person_id, min(source_customer_id) from truth.records where "
            "source_system = 'omni_shop' and names_somebody "
            f"group by person_id order by person_id limit {MARKED}"
        )
        assert len(rows) == MARKED
        for number, (person_id, account) in enumerate(rows):
            self.people.append(str(person_id))
            self.execute(
                f"update {RAW}.shop_accounts set "
                f"family_name = 'Zzyxmarked{number:03d}', "
                f"street = 'Zzyxlane {number:03d}', "
                f"mail = 'zzyx.{number:03d}@marked.example', "
                f"phone = '+49 30 99{number:06d}' where account_no = '{account}'"
            )

    def build(self, *options: str) -> DbtResult:
        result = self.project.build(*NO_UNIT_TESTS, *options)
        assert result.success, result.ending
        return result

    def know(self) -> None:
        """Note what is known of the customers of the marked people."""
        accounts = ", ".join(f"'{account}'" for account in self.accounts())
        self.records = [
            (str(source), str(record))
            for source, record in self.query(
                "select source_system, source_customer_id from "
                f"{CUSTOMER_MAP} where customer_id in ("
                f"select customer_id from {CUSTOMER_MAP} where "
                f"source_system = 'omni_shop' and source_customer_id in ({accounts}))"
            )
        ]
        # A number of nine digits is a part of somebody's number of ten.
        self.marks = {
            record
            for _, record in self.records
            if len(record) >= (10 if record.isdigit() else 8)
        }
        for table, columns in PERSONAL.items():
            theirs = self.where(table)
            for column in columns:
                self.marks.update(
                    str(value)
                    for (value,) in self.query(
                        f"select distinct {column} from {RAW}.{table} where {theirs} "
                        f"and {column} is not null"
                    )
                    if len(str(value)) >= 10
                )
        self.values = {mark for mark in self.marks if "'" not in mark}
        self.marks -= self.carried_by_others()
        # As keys of contacts name records.
        self.marks |= {f"{source}/{record}" for source, record in self.records}
        self.marks |= {
            str(customer)
            for (customer,) in self.query(
                f"select own_customer_id from {CUSTOMER_MAP} where "
                f"(source_system, source_customer_id) in ({self.listed()})"
            )
        }

    def carried_by_others(self) -> set[str]:
        """Values that raw rows of somebody else have too."""
        found: set[str] = set()
        for table, columns in PERSONAL.items():
            for column in columns:
                found.update(
                    str(value)
                    for (value,) in self.query(
                        f"select distinct {column} from {RAW}.{table} "
                        f"where not ({self.where(table)}) and {column} is not null"
                    )
                )
        return found

    def accounts(self) -> list[str]:
        people = ", ".join(f"'{person}'" for person in self.people)
        return [
            str(account)
            for (account,) in self.query(
                "select min(source_customer_id) from truth.records where source_system "
                f"= 'omni_shop' and names_somebody and person_id in ({people}) "
                "group by person_id"
            )
        ]

    def request(self) -> Path:
        """Write down whom to erase: one record of each."""
        path = self.folder / "request.csv"
        lines = [f"record,omni_shop,{account}" for account in self.accounts()]
        path.write_text("\n".join(["kind,name,value", *lines, ""]))
        return path

    def where(self, table: str) -> str:
        """Condition on raw rows of those whose records are known."""
        [(source, column)] = [
            (source, tables[table])
            for source, tables in RECORD_COLUMNS.items()
            if table in tables
        ]
        own = [f"'{record}'" for each, record in self.records if each == source]
        listed = ", ".join(own) or "''"
        return f"cast({column} as varchar) in ({listed})"

    def named(self, table: str) -> str:
        """Condition on all raw rows of theirs: of a card, say, that no customer has."""
        [(source, column)] = [
            (source, tables[table])
            for source, tables in RECORD_COLUMNS.items()
            if table in tables
        ]
        listed = ", ".join(f"'{value}'" for value in sorted(self.values)) or "''"
        is_theirs = " or ".join(
            f"cast({personal} as varchar) in ({listed})"
            for personal in PERSONAL.get(table, ())
        )
        is_nobodys = (
            f"cast({column} as varchar) not in (select source_customer_id "
            f"from {CUSTOMER_MAP} where source_system = '{source}')"
        )
        own = self.where(table)
        return f"({own} or {is_nobodys} and ({is_theirs}))" if is_theirs else own

    def listed(self) -> str:
        return ", ".join(f"('{source}', '{record}')" for source, record in self.records)

    def raw_tables(self) -> Iterator[str]:
        for tables in RECORD_COLUMNS.values():
            yield from tables

    def forget_truth(self) -> None:
        """Drop what the demo knows beside the raw tables."""
        self.execute("drop schema truth cascade")

    def segment(self, *words: str) -> Result:
        """Run a command in the folder, as a shell would."""
        here = Path.cwd()
        try:
            os.chdir(self.folder)
            return CliRunner().invoke(
                cli, self.command(*words), env=dict(self.environment)
            )
        finally:
            os.chdir(here)
            release_warehouse()

    def killed(self, words: Sequence[str], where: str) -> int:
        """Run a command in a process that kills itself when it calls a function."""
        child = (
            "import os, signal, sys\n"
            "from importlib import import_module\n"
            "module, name = sys.argv.pop(1).rsplit('.', 1)\n"
            "setattr(import_module(module), name,\n"
            "    lambda *_, **__: os.kill(os.getpid(), signal.SIGKILL))\n"
            "from segmentation.cli import main\n"
            "main()\n"
        )
        done = subprocess.run(
            [sys.executable, "-c", child, where, *self.command(*words)],
            cwd=self.folder,
            env={**os.environ, **self.environment},
            capture_output=True,
            check=False,
        )
        return done.returncode

    def command(self, *words: str) -> list[str]:
        folder = str(self.project.project_dir)
        target = [] if self.project.target is None else ["--target", "postgres"]
        return [
            *(*words, "--project-dir", folder, "--profiles-dir", folder),
            *target,
        ]

    @property
    def environment(self) -> Mapping[str, str]:
        return {
            **self.project.environment,
            "DBT_TARGET_PATH": str(self.project.artifacts),
            "DBT_LOG_PATH": str(self.folder / "logs"),
        }

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        return self.project.query(sql)

    def execute(self, sql: str) -> None:
        if self.project.target is None:
            with duckdb.connect(str(self.project.warehouse)) as connection:
                connection.execute(sql)
            return
        with closing(self._postgres()) as connection, connection:
            connection.cursor().execute(sql)

    def _postgres(self) -> Any:
        import psycopg2

        server = self.project.extra_env
        return psycopg2.connect(
            host=server["SEGMENTATION_PG_HOST"],
            port=server["SEGMENTATION_PG_PORT"],
            user=server["SEGMENTATION_PG_USER"],
            password=server["SEGMENTATION_PG_PASSWORD"],
            dbname=server["SEGMENTATION_PG_DATABASE"],
        )


def files_with(folders: Iterable[Path], marks: Iterable[str]) -> dict[str, str]:
    """Look for marks in the bytes of all files: nothing of the project's own helps.

    Returns:
        A mark that was found, by file.
    """
    found = {}
    wanted = [mark.encode() for mark in marks]
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                data = path.read_bytes()
                for mark in wanted:
                    if mark in data:
                        found[str(path)] = mark.decode()
    return found


def cells_with(connection: Any, schemas: Iterable[str], marks: set[str]) -> list[str]:
    """Look for marks in every cell of every table: DuckDB packs what it writes."""
    found = []
    names = ", ".join(f"'{schema}'" for schema in schemas)
    cursor = connection.cursor()
    cursor.execute(
        "select table_schema, table_name from information_schema.tables where "
        f"table_schema not in ({names}, 'information_schema', 'pg_catalog') "
        "and table_type = 'BASE TABLE' and table_schema not like 'pg_%'"
    )
    for schema, table in cursor.fetchall():
        cursor.execute(f'select * from "{schema}"."{table}"')
        for row in cursor.fetchall():
            text = "\x1f".join(str(value) for value in row)
            if any(mark in text for mark in marks):
                found.append(f"{schema}.{table}")
                break
    return found
