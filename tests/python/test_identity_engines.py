"""PostgreSQL gives the company's records the same customers as DuckDB."""

import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from unittest import mock

import duckdb
import pytest
from click.testing import CliRunner, Result

from dbt_project import NOT_COMPARED, REPOSITORY, DbtProject
from engine_comparison import EngineComparison, PostgresComparison
from segmentation.cli import cli

pytestmark = pytest.mark.slow

LOAD = f"--project-dir {REPOSITORY} demo load omnichannel --customers 400".split()
SETTINGS = {"segmentation_dataset": "omnichannel"}
SELECTED = (
    *("--select", "+identity__health", "+identity__golden_records"),
    *("--exclude-resource-type", "test", "unit_test"),
)
# No row may depend on the order of a language, nor on the extension's schema.
CREATE_DATABASE = """
    create database {} template template0 encoding 'UTF8'
    locale_provider icu icu_locale 'en-US'
"""
ELSEWHERE = "create schema tools; create extension fuzzystrmatch schema tools"
REFUSE_EXTENSIONS = """
    create function refuse() returns event_trigger language plpgsql as $$
        begin raise exception 'could not open extension control file'; end
    $$;
    create event trigger refuse on ddl_command_start
        when tag in ('CREATE EXTENSION') execute function refuse()
"""
# A telephone number of too many accounts; names in which a letter has two bytes.
CHANGED = """
    update raw_omnichannel.shop_accounts set phone = '+49 151 2345678';
    update raw_omnichannel.shop_accounts
    set
        given_name = case when account_no like '%3' then 'Юлия' else 'Юля' end,
        family_name = 'Иванова',
        born = '1980-02-03'
    where account_no like '%33' or account_no like '%34'
"""
# The ends of large components, edges of each kind, edges that were cut, strangers.
WHY_PAIRS = """
    with pairs as (
        select
            'component' as kind,
            min(node) as node_a,
            max(node) as node_b,
            row_number() over (order by label) as place
        from main_internal.int_identity__components
        group by label
        having count(*) > 4
        union all
        select
            case when one.cluster <> two.cluster then 'cut' else 'edge' end,
            edges.node_a,
            edges.node_b,
            row_number() over (
                partition by one.cluster <> two.cluster, edges.rule_code
                order by edges.node_a, edges.node_b
            )
        from main_internal.int_identity__edges as edges
        left join main_internal.int_identity__clusters as one
            on edges.node_a = one.node
        left join main_internal.int_identity__clusters as two
            on edges.node_b = two.node
        union all
        select 'strangers', min(record_number), max(record_number), 1
        from main_internal.int_identity__records
    )
    select
        pairs.kind,
        one.source_system || '/' || one.source_customer_id,
        two.source_system || '/' || two.source_customer_id
    from pairs
    inner join main_internal.int_identity__records as one
        on pairs.node_a = one.record_number
    inner join main_internal.int_identity__records as two
        on pairs.node_b = two.record_number
    where pairs.place <= 10
"""

# The first and the last account are said to be one person, and so are two records that
# look like two; a browser is said not to be the account that logs in there. Nobody may
# hold two logins.
DECIDED = """
    insert into main_internal.identity_overrides
    select
        'include', 'omni_shop', min(source_customer_id),
        'omni_shop', max(source_customer_id), 'she told us'
    from main_identity.identity__customer_map
    where source_system = 'omni_shop';
    insert into main_internal.identity_overrides
    select
        'include', one.source_system, one.source_customer_id,
        two.source_system, two.source_customer_id, 'he became she'
    from main_identity.int_identity__candidate_pairs as pairs
    inner join main_internal.int_identity__pattern_verdicts as verdicts
        on pairs.pattern_code = verdicts.pattern_code
    inner join main_internal.int_identity__records as one
        on pairs.node_a = one.record_number
    inner join main_internal.int_identity__records as two
        on pairs.node_b = two.record_number
    where verdicts.evidence < 0
    order by
        least(
            one.source_system || '/' || one.source_customer_id collate "C",
            two.source_system || '/' || two.source_customer_id collate "C"
        ),
        greatest(
            one.source_system || '/' || one.source_customer_id collate "C",
            two.source_system || '/' || two.source_customer_id collate "C"
        )
    limit 1;
    insert into main_internal.identity_overrides
    select
        'exclude', source_system, source_customer_id,
        'omni_shop', identifier_key, 'a guest of the house'
    from main_identity.int_identity__identifiers
    where source_system = 'omni_web' and identifier_type = 'login'
    order by source_customer_id collate "C", identifier_key collate "C" limit 1;
    update main_internal.identifier_limits
    set max_values_per_customer = 1 where identifier_type = 'login'
"""

# Spelling, and what is compared.
FOLDED = {
    "İBRAHİM": "ibrahim",
    "Łukasz O’Neil-Großmann": "lukaszoneilgrossmann",
    "ΣΊΣΥΦΟΣ": "σίσυφοσ",
    "Σίσυφος": "σίσυφοσ",
    " - ": None,
}
MAILBOXES = {
    " Jürgen@Mail.CO ": "jürgen@mail.co",
    "\u00a0anna@mail.co\u00a0": "anna@mail.co",
    "İlker@mail.co": "ilker@mail.co",
    "ΝΊΚΟΣ@mail.co": "νίκοσ@mail.co",
}
# Edits of bytes: a letter of Cyrillic has two. Beyond 63 letters nothing counts.
DISTANCES = {
    ("юля", "юлия"): 2,
    ("a" * 63 + "b", "a" * 63 + "c"): 0,
    ("🙂" * 70, "x"): 252,
}


def server(
    postgres: Mapping[str, str], folder: Path, database: str, statements: str
) -> DbtProject:
    """Return the project on a new database of the server."""
    none, target = folder / "none", "postgres"
    with DbtProject(REPOSITORY, none, postgres, target=target).connection() as any_:
        any_.autocommit = True
        any_.cursor().execute(CREATE_DATABASE.format(database))
    environment = {**postgres, "SEGMENTATION_PG_DATABASE": database}
    project = DbtProject(REPOSITORY, none, environment, SETTINGS, target=target)
    return execute(project, statements)


def execute(project: DbtProject, statements: str) -> DbtProject:
    """Change the project's warehouse."""
    if project.target == "postgres":
        with project.connection() as connection:
            connection.cursor().execute(statements)
            connection.commit()
    else:
        with duckdb.connect(str(project.warehouse)) as connection:
            connection.execute(statements)
    return project


def loaded(project: DbtProject) -> DbtProject:
    """Return the project with the company's raw tables and its identity layer."""
    words = ["--target", project.target or "duckdb", *LOAD]
    with mock.patch.dict(os.environ, project.environment):
        cli.main(words, prog_name="segment", standalone_mode=False)
    execute(project, CHANGED)
    result = project.build(*SELECTED)
    assert result.success, result.ending
    execute(project, DECIDED)
    changed = ["int_identity__overrides+", "int_identity__crowded_values+"]
    result = project.dbt(
        "run", "--select", *(f"{name},path:models/identity" for name in changed)
    )
    assert result.success, result.ending
    return project


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> DbtProject:
    warehouse = tmp_path_factory.mktemp("here") / "identity.duckdb"
    return loaded(DbtProject(REPOSITORY, warehouse, vars=SETTINGS))


@pytest.fixture(scope="module")
def there(
    postgres: Mapping[str, str], tmp_path_factory: pytest.TempPathFactory
) -> DbtProject:
    return loaded(
        server(postgres, tmp_path_factory.mktemp("there"), "identity", ELSEWHERE)
    )


@pytest.fixture
def comparison(
    here: DbtProject, there: DbtProject, tmp_path: Path
) -> Iterator[EngineComparison]:
    with there.connection() as postgres, duckdb.connect() as connection:
        connection.execute(f"attach '{here.warehouse}' as here (read_only)")
        yield PostgresComparison(connection, postgres, tmp_path, tolerance=0)


def test_every_table_of_the_layer_has_the_same_rows(
    comparison: EngineComparison, here: DbtProject
) -> None:
    counts = {
        relation: comparison.compare(relation)
        for relation in comparison.relations(["main_identity", "main_internal"])
        if "identity__" in relation and relation.split(".")[1] not in NOT_COMPARED
    }

    assert not comparison.problems, "\n\n".join(comparison.problems)
    assert all(counts.values()), counts
    assert len(counts) > 20
    # All that the layer can do happens: both kinds of edges, and contested groups.
    both = [(False,), (True,)]
    edges = here.query(
        "select distinct is_exact from main_internal.int_identity__edges"
    )
    assert sorted(edges) == both
    [[nodes, clusters, groups]] = here.query(
        "select count(*), count(distinct cluster), count(distinct label) "
        "from main_internal.int_identity__clusters "
        "inner join main_internal.int_identity__components using (node)"
    )
    assert nodes > clusters > groups
    reasons = here.query(
        "select distinct drop_reason like '%, limit %' "
        "from main_identity.identity__dropped_identifiers"
    )
    assert sorted(reasons) == both
    dropped = here.query(
        "select distinct split_part(drop_reason, ' ', 1) "
        "from main_identity.identity__dropped_edges"
    )
    assert sorted(dropped) == [("excluded",), ("together",)]


def test_what_a_person_decided_holds(here: DbtProject) -> None:
    found = here.query(
        """
        select overrides.decision, one.customer_id = two.customer_id
        from main_internal.identity_overrides as overrides
        inner join main_identity.identity__customer_map as one
            using (source_system, source_customer_id)
        inner join main_identity.identity__customer_map as two
            on
                overrides.other_source_system = two.source_system
                and overrides.other_source_customer_id = two.source_customer_id
        """
    )
    assert sorted(found) == [("exclude", False), ("include", True), ("include", True)]


def test_nobody_is_given_more_logins_than_allowed(here: DbtProject) -> None:
    """A browser that two accounts used holds two by itself, and then stands alone.

    Whom a person includes, no limit keeps apart.
    """
    found = here.query(
        """
        select distinct map.record_count
        from main_identity.int_identity__identifiers as identifiers
        inner join (
            select *, count(*) over (partition by customer_id) as record_count
            from main_identity.identity__customer_map
        ) as map using (source_system, source_customer_id)
        where
            identifiers.identifier_type = 'login'
            and map.customer_id not in (
                select included.customer_id
                from main_internal.identity_overrides as overrides
                inner join main_identity.identity__customer_map as included
                    using (source_system, source_customer_id)
                where overrides.decision = 'include'
            )
        group by map.customer_id, map.record_count
        having count(distinct identifiers.identifier_key) > 1
        """
    )
    assert found == [(1,)]


def test_why_answers_alike(here: DbtProject, there: DbtProject) -> None:
    pairs = here.query(WHY_PAIRS)
    answers = [(kind, ask(here, "why", *pair, "--json")) for kind, *pair in pairs]

    for (kind, answer), (_, *pair) in zip(answers, pairs, strict=True):
        assert answer.exit_code == 0, answer.output
        assert ask(there, "why", *pair, "--json").output == answer.output, kind
    assert {kind for kind, _ in answers} == {"component", "edge", "cut", "strangers"}
    assert max(json.loads(x.output)["step_count"] for _, x in answers) > 1
    known = pairs[0][1]
    refusals = [ask(x, "why", f"{known}x", known).output for x in (here, there)]
    assert known in refusals[0].partition("such as ")[2]
    assert refusals[1] == refusals[0]


def ask(project: DbtProject, *words: str) -> Result:
    """Run `segment` on the project's warehouse."""
    folder = str(REPOSITORY)
    options = ["--project-dir", folder, "--profiles-dir", folder]
    options += ["--target", project.target or "duckdb"]
    return CliRunner().invoke(cli, [*options, *words], env=project.environment)


@pytest.mark.parametrize("engine", ["here", "there"])
def test_spellings_are_compared_alike(
    engine: str, request: pytest.FixtureRequest
) -> None:
    project: DbtProject = request.getfixturevalue(engine)
    folded = "{{ segmentation.fold_text('one.x') }}"
    mailbox = "{{ segmentation.normalise_identifier(\"'email'\", 'one.x', 'null') }}"
    distance = "{{ segmentation.edit_distance('x') }}"

    assert outcomes(project, folded, [(x, x) for x in FOLDED]) == [*FOLDED.values()]
    pairs = [(x, x) for x in MAILBOXES]
    assert outcomes(project, mailbox, pairs) == [*MAILBOXES.values()]
    assert outcomes(project, distance, [*DISTANCES]) == [*DISTANCES.values()]


def outcomes(
    project: DbtProject, expression: str, pairs: list[tuple[str, str]]
) -> list[object]:
    """Return what an expression makes of one.x and two.x for each pair of texts."""
    result = project.dbt("compile", "--inline", f"select {expression} as found")
    assert result.success, result.log
    compiled = result.value.results[0].node.compiled_code
    return [
        project.query(
            f"{compiled} from (select cast('{one}' as text) as x) as one "
            f"cross join (select cast('{two}' as text) as x) as two"
        )[0][0]
        for one, two in pairs
    ]


def test_a_server_without_the_extension_is_refused_in_words(
    postgres: Mapping[str, str], tmp_path: Path
) -> None:
    project = server(postgres, tmp_path, "bare", REFUSE_EXTENSIONS)

    result = project.dbt("seed", "--select", "identifier_limits")

    assert not result.success
    assert "Extension fuzzystrmatch was not found in database bare and " in result.log
    assert "could not open extension control file" in result.log
    assert "Install the server's contrib package, then run \"create " in result.log
