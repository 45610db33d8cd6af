"""People who are forgotten, and the models that ask them anew, as compiled."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd  # type: ignore[import-untyped]
from click.testing import CliRunner

from dbt_project import NO_TESTS, REPOSITORY, DbtProject
from model_warehouse import ModelWarehouse, compiled
from question_company import MODELS
from segmentation.cli import cli

SETTINGS: dict[str, Any] = {
    "segmentation_dataset": "omnichannel",
    "segmentation_history_months": 0,
    "segmentation_questions": {
        "cap_7d": 99,
        "cap_30d": 99,
        "cool_down_days": 0,
        "declined_days": None,
        "fewest_respondents": 100,
        "most_refused_share": 0.5,
        "purposes": ["profiling"],
        "surfaces": [{"code": "web", "channel": "web"}],
    },
}
LED = {
    "price_consciousness": "price_led",
    "quality_focus": "quality_led",
    "brand_consciousness": "brand_led",
    "novelty_seeking": "novelty_led",
    "convenience": "convenience_led",
    "sustainability": "sustainability_led",
}
TARGETS = ("psychographic", "demographic", "value_tier")
UNKNOWN = {"not_observed", "no_orders", "not_profiled", "otherwise"}
Orders = Mapping[str, list[str]]


@dataclass
class People:
    """Those who answered everything.

    Attributes:
        answers: Customer to question to answer: 0 to 1 for traits, text for attributes.
        codes: Customer to set to code, where it is known.
        traits: Question to trait.
    """

    answers: dict[str, dict[str, float | str]]
    codes: dict[str, dict[str, str]]
    traits: dict[str, str]

    def halves(self, seed: int) -> tuple[list[str], list[str]]:
        """Return who is remembered and who is forgotten."""
        names = np.array(sorted(self.answers))
        np.random.default_rng(seed).shuffle(names)
        middle = len(names) // 2
        return names[:middle].tolist(), names[middle:].tolist()


def built(folder: Path, customers: int, seed: int) -> DbtProject:
    """Load a company and build what the models read."""
    project = DbtProject(REPOSITORY, folder / "company.duckdb", vars=SETTINGS)
    words = ["--project-dir", str(REPOSITORY), "demo", "load", "omnichannel"]
    words += ["--customers", str(customers), "--seed", str(seed)]
    loaded = CliRunner().invoke(cli, words, env=project.environment)
    assert loaded.exit_code == 0, loaded.output
    needed = ("int_activation__customers", "int_activation__questions")
    result = project.build("--select", *(f"+{each}" for each in needed), *NO_TESTS)
    assert result.success, result.ending
    return project


def tables(project: DbtProject) -> dict[str, pd.DataFrame]:
    """Return what the models read, of profiled customers at the as-of date."""
    current = "where replaced_date is null"
    queries = {
        "customers": "select customer_id, value_tier, demographic, psychographic, "
        "age_band from main_internal.int_activation__customers",
        "answers": f"from main_internal.int_features__trait_answers {current}",
        "spans": f"from main_internal.int_features__attribute_spans {current} "
        "and attribute_name in ('household_size', 'income_band')",
        "catalogue": "from main_internal.question_catalogue",
        "scale": "from main_internal.survey_questions",
        "sensitive": "from main_internal.sensitive_features",
    }
    with duckdb.connect(str(project.warehouse), read_only=True) as connection:
        return {name: connection.execute(sql).df() for name, sql in queries.items()}


def whole_people(data: Mapping[str, pd.DataFrame]) -> People:
    """Return profiled customers with an answer to each question of each trait.

    Of attributes they have answers that the catalogue may ask for.
    """
    scale = data["scale"]
    traits = dict(zip(scale.question_code, scale.trait, strict=True))
    answers: dict[str, dict[str, float | str]] = {}
    for row in data["answers"].itertuples():
        own = answers.setdefault(row.customer_id, {})
        own[row.question_code] = float(row.trait_score)
    asked = {"household_size": "HOUSEHOLD", "income_band": "INCOME"}
    codes: dict[str, dict[str, str]] = {}
    for row in data["customers"].itertuples():
        found = {each: getattr(row, each) for each in TARGETS}
        codes[row.customer_id] = {k: v for k, v in found.items() if v not in UNKNOWN}
    kept = {
        name: own
        for name, own in answers.items()
        if len(own) == len(traits) and "psychographic" in codes.get(name, {})
    }
    for row in data["customers"].itertuples():
        if row.customer_id in kept and row.age_band != "unknown":
            kept[row.customer_id]["AGE"] = row.age_band
    for row in data["spans"].itertuples():
        if row.customer_id in kept:
            kept[row.customer_id][asked[row.attribute_name]] = row.attribute_value
    askable = set(data["catalogue"].question_code)
    kept = {
        name: {code: answer for code, answer in own.items() if code in askable}
        for name, own in kept.items()
    }
    ordered = [each for trait in LED for each in traits if traits[each] == trait]
    return People(kept, codes, {each: traits[each] for each in ordered})


class Asking:
    """The models, and what they are told of people who are forgotten."""

    def __init__(
        self, data: Mapping[str, pd.DataFrame], people: People, hidden: list[str]
    ) -> None:
        folder = compiled("bench_questions", MODELS, SETTINGS)
        self.warehouse = ModelWarehouse(folder, MODELS)
        self.people, self.hidden, gone = people, hidden, set(hidden)
        self.known: dict[str, dict[str, float | str]] = {name: {} for name in hidden}
        customers = data["customers"].copy()
        forgotten = customers.customer_id.isin(gone)
        customers.loc[forgotten, ["demographic", "psychographic"]] = "not_observed"
        customers.loc[forgotten, "value_tier"] = "no_orders"
        customers.loc[forgotten, "age_band"] = "unknown"
        self.answers = data["answers"][~data["answers"].customer_id.isin(gone)]
        self.spans = data["spans"][~data["spans"].customer_id.isin(gone)]
        give = self.warehouse.give
        give("main_internal.int_activation__customers", customers)
        give("main_internal.question_catalogue", data["catalogue"])
        give("main_internal.survey_questions", data["scale"])
        give("main_internal.sensitive_features", data["sensitive"])
        people_of = pd.DataFrame({"customer_id": hidden})
        record = people_of.assign(
            source_system="form", source_customer_id=people_of.customer_id
        )
        give("main_identity.identity__customer_map", record)
        web = people_of.assign(channel="web")
        consents = web.assign(
            purpose="profiling", source_system="form", consent_id="1", is_granted=True
        )
        give("main_restricted.contact__consents", consents)
        reach = web.assign(identifier_hash=people_of.customer_id, is_reachable=True)
        give("main_restricted.contact__reachability", reach)
        self._give_prompts(data["catalogue"])
        self._give_known()
        self.warehouse.run(*list(MODELS)[:-1])

    def _give_prompts(self, catalogue: pd.DataFrame) -> None:
        """Close what somebody cannot be asked, because nobody knows what they'd say."""
        closed = [
            ("form", name, code, "web", "declined", pd.Timestamp("2024-01-01"))
            for name in self.hidden
            for code in catalogue.question_code
            if code not in self.people.answers[name]
        ]
        names = ["source_system", "source_customer_id", "question_code", "surface"]
        frame = pd.DataFrame(closed, columns=[*names, "outcome", "occurred_at"])
        # A company's outcomes are not what is measured: nobody else was asked anything.
        self.prompts = frame
        self.warehouse.give("main_internal.input__question_prompts", frame.iloc[:0])

    def _give_known(self) -> None:
        """Fill what people have told by now."""
        told = [
            (name, code, answer)
            for name, own in self.known.items()
            for code, answer in own.items()
        ]
        frame = pd.DataFrame(told, columns=["customer_id", "question_code", "answer"])
        responses = frame.assign(
            source_system="form", source_customer_id=frame.customer_id
        ).astype({"source_customer_id": str, "question_code": str})
        self.warehouse.give("main_internal.input__survey_responses", responses)
        traits = frame[frame.question_code.isin(self.people.traits)]
        more = pd.DataFrame(
            {
                "customer_id": traits.customer_id,
                "question_code": traits.question_code,
                "trait": traits.question_code.map(self.people.traits),
                "trait_score": traits.answer.astype(float),
                "answered_date": pd.Timestamp("2024-01-01").date(),
                "replaced_date": None,
            }
        )
        both = pd.concat([self.answers, more]) if len(more) else self.answers
        self.warehouse.connection.register("given", both)
        self.warehouse.connection.execute(
            "create or replace table main_internal.int_features__trait_answers as "
            "select customer_id, question_code, trait, "
            "cast(trait_score as decimal(10, 9)) as trait_score, "
            "cast(answered_date as date) as answered_date, "
            "cast(replaced_date as date) as replaced_date from given"
        )
        self.warehouse.connection.unregister("given")
        self.warehouse.give("main_internal.int_features__attribute_spans", self.spans)

    def ask(self, rounds: int) -> dict[str, list[str]]:
        """Let the models choose, and return the questions of each in their order."""
        self.warehouse.give("main_internal.input__question_prompts", self.prompts)
        orders: dict[str, list[str]] = {name: [] for name in self.hidden}
        for _ in range(rounds):
            self.warehouse.run("activation__next_questions")
            for row in self.warehouse.rows("activation__next_questions").itertuples():
                name, code = row.customer_id, row.question_code
                orders[name].append(code)
                self.known[name][code] = self.people.answers[name][code]
            self._give_known()
        return orders
