"""A small company that asks its customers, and the models that say what, as compiled.

Days are counted from 0. The models know one as-of date; what happened `n` days before
today is given as that date less `n` days.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

import pandas as pd  # type: ignore[import-untyped]

from model_warehouse import ModelWarehouse

AS_OF = date(2024, 3, 31)
MODELS = {
    "int_activation__questions": "main_internal",
    "activation__question_outcomes": "main_restricted",
    "int_activation__question_worth": "main_internal",
    "activation__next_questions": "main_restricted",
}
CHANNELS = {"web": "web", "mail": "email"}
NEEDS = {"web": ("profiling",), "mail": ("direct_marketing", "profiling")}
SETTINGS = {
    "cap_7d": 2,
    "cap_30d": 4,
    "cool_down_days": 3,
    "declined_days": 60,
    "fewest_respondents": 30,
    "most_refused_share": 0.5,
    "purposes": ["profiling"],
    "surfaces": [{"code": code, "channel": name} for code, name in CHANNELS.items()],
}
VARIABLES = {
    "segmentation_as_of": str(AS_OF),
    "segmentation_dataset": "omnichannel",
    "segmentation_timezone": "UTC",
    "segmentation_questions": SETTINGS,
}
TRAITS = {"CON": "convenience", "NOV": "novelty_seeking", "QUA": "quality_focus"}
SCALE = {f"{short}{n}": trait for short, trait in TRAITS.items() for n in (1, 2, 3)}
ATTRIBUTES = {"AGE": "age_band", "SIZE": "household_size", "PET": "pet"}
# Nobody may be asked the first, in these words; nobody has approved the second.
FAITH, DRAFT = "FAITH", "DRAFT"
TELLS = SCALE | ATTRIBUTES | {FAITH: "outlook", DRAFT: "hobby"}
FRICTION = {"AGE": 0.05, "SIZE": 0.03, "PET": 0.1, FAITH: 0.0, DRAFT: 0.0}
ASSUMED = {"PET": 1.5, FAITH: 5.0, DRAFT: 5.0}
TRAIT_FRICTION = 0.01


@dataclass(frozen=True)
class Prompt:
    """A question put to a record.

    Attributes:
        record: Record of the customer.
        question: Code.
        surface: Where.
        outcome: shown, answered, declined or abandoned.
        day: Day, with the part of the day that has passed.
    """

    record: str
    question: str
    surface: str
    outcome: str
    day: float


@dataclass
class Company:
    """What is known, as it happened.

    Attributes:
        customer_of: Customer of each record.
        codes: Per customer value tier, demographic and psychographic code.
        answers: Per customer each trait question with the latest answer, 0 to 1.
        attributes: Customer and attribute to what is known, from any source.
        responses: Records and questions answered in surveys.
        prompts: All prompts.
        consents: Customer, channel and purpose to the word in force.
        unreachable: Customers and channels that something else closes.
        logins: Customer to the login they share with somebody; their own otherwise.
        objectors: Customers who object to profiling.
    """

    customer_of: dict[str, str] = field(default_factory=dict)
    codes: dict[str, tuple[str, str, str]] = field(default_factory=dict)
    answers: dict[str, dict[str, float]] = field(default_factory=dict)
    attributes: dict[tuple[str, str], str] = field(default_factory=dict)
    responses: list[tuple[str, str]] = field(default_factory=list)
    prompts: list[Prompt] = field(default_factory=list)
    consents: dict[tuple[str, str, str], bool] = field(default_factory=dict)
    unreachable: set[tuple[str, str]] = field(default_factory=set)
    logins: dict[str, str] = field(default_factory=dict)
    objectors: set[str] = field(default_factory=set)

    @property
    def customers(self) -> list[str]:
        """Those who may be profiled, by id."""
        return sorted(set(self.customer_of.values()) - self.objectors)


class QuestionWarehouse(ModelWarehouse):
    """What the models read, and these models."""

    def fill(
        self, name: str, columns: str, rows: Iterable[Sequence[object]], schema: str
    ) -> None:
        """Create a table anew with these rows."""
        full = f"{schema}.{name}"
        self.connection.execute(f"create schema if not exists {schema}")
        self.connection.execute(f"create or replace table {full} ({columns})")
        frame = pd.DataFrame(list(rows), dtype=object)
        if not frame.empty:
            self.connection.register("given", frame)
            self.connection.execute(f"insert into {full} from given")
            self.connection.unregister("given")

    def give_catalogue(self) -> None:
        """Fill the seeds."""
        self.fill(
            "question_catalogue",
            "dataset text, question_code text, surface text, text text, tells text, "
            "friction_bits decimal(9, 6), assumed_bits decimal(9, 6), reviewed_on date",
            [
                (
                    *("omnichannel", code, None),
                    "Which church do you go to?" if code == FAITH else f"{code}?",
                    *(tells, FRICTION.get(code, TRAIT_FRICTION), ASSUMED.get(code)),
                    None if code == DRAFT else "2024-01-01",
                )
                for code, tells in TELLS.items()
            ],
            "main_internal",
        )
        self.fill(
            "survey_questions",
            "dataset text, question_code text, trait text",
            [("omnichannel", code, trait) for code, trait in SCALE.items()],
            "main_internal",
        )
        self.fill(
            "sensitive_features",
            "topic text, kind text, pattern text",
            [("religion", "question", "% church %")],
            "main_internal",
        )

    def worth(self) -> dict[tuple[str, str, str], float]:
        """Return the bits of each question, target set and stratum, as built."""
        return {
            (row.question_code, row.target_set, row.stratum): row.information_bits
            for row in self.rows("int_activation__question_worth").itertuples()
        }

    def pick(self, company: Company, today: int) -> dict[str, Any]:
        """Build all models for a day, and return the row of each customer asked."""
        self.give_company(company, today)
        self.run()
        return {
            row.customer_id: row
            for row in self.rows("activation__next_questions").itertuples()
        }

    def give_company(self, company: Company, today: int) -> None:
        """Fill what changes from day to day."""
        midnight = datetime.combine(AS_OF, datetime.min.time())
        self.fill(
            "identity__customer_map",
            "customer_id text, source_system text, source_customer_id text",
            [
                (customer, "shop", name)
                for name, customer in company.customer_of.items()
            ],
            "main_identity",
        )
        self.fill(
            "int_activation__customers",
            "customer_id text, value_tier text, demographic text, psychographic text, "
            "age_band text",
            [
                (
                    *(name, *company.codes[name]),
                    company.attributes.get((name, "age_band"), "unknown"),
                )
                for name in company.customers
            ],
            "main_internal",
        )
        self.fill(
            "int_features__trait_answers",
            "customer_id text, question_code text, trait text, "
            "trait_score decimal(10, 9), answered_date date, replaced_date date",
            [
                (name, code, SCALE[code], score, AS_OF, None)
                for name, own in company.answers.items()
                for code, score in own.items()
            ],
            "main_internal",
        )
        self.fill(
            "int_features__attribute_spans",
            "customer_id text, attribute_name text, attribute_value text, "
            "valid_from date, replaced_date date",
            [
                (name, attribute, value, AS_OF, None)
                for (name, attribute), value in company.attributes.items()
            ],
            "main_internal",
        )
        self.fill(
            "input__survey_responses",
            "source_system text, source_customer_id text, question_code text",
            [("shop", *row) for row in company.responses],
            "main_internal",
        )
        self.fill(
            "input__question_prompts",
            "source_system text, source_customer_id text, question_code text, "
            "surface text, outcome text, occurred_at timestamp",
            [
                (
                    *("shop", each.record, each.question, each.surface, each.outcome),
                    midnight + timedelta(days=each.day - today),
                )
                for each in company.prompts
            ],
            "main_internal",
        )
        self.fill(
            "contact__consents",
            "customer_id text, channel text, purpose text, source_system text, "
            "consent_id text, is_granted boolean",
            [
                (*key, "shop", "/".join(key), granted)
                for key, granted in company.consents.items()
            ],
            "main_restricted",
        )
        self.fill(
            "contact__reachability",
            "customer_id text, channel text, identifier_hash text, "
            "is_reachable boolean",
            [
                (
                    *(name, channel, company.logins.get(name, name)),
                    (name, channel) not in company.unreachable,
                )
                for name in sorted(set(company.customer_of.values()))
                for channel in CHANNELS.values()
            ],
            "main_restricted",
        )
