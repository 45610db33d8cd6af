"""Customers with what they would answer, and days that chance fills."""

from collections import defaultdict

import numpy as np

from question_company import (
    ATTRIBUTES,
    CHANNELS,
    NEEDS,
    SCALE,
    Company,
    Prompt,
)

VALUES = {
    "age_band": ("18-24", "65+"),
    "household_size": ("1", "2", "4"),
    "pet": ("cat",),
}
TIERS = ("gold", "basic", "no_orders")


class World:
    """Customers with what they would answer, and what chance does to them."""

    def __init__(self, seed: int, respondents: int, silent: int) -> None:
        self.random = np.random.default_rng(seed)
        self.company = Company()
        self.truth: dict[str, dict[str, float | str]] = {}
        for number in range(respondents + silent):
            self._add(f"c{number:03}", number < respondents)

    def chance(self, share: float) -> bool:
        return bool(self.random.random() < share)

    def points(self, latent: float) -> int:
        """Return an answer from 0 to 4."""
        drawn = np.rint(2 + 1.2 * latent + 0.7 * self.random.normal())
        return int(np.clip(drawn, 0, 4))

    def _add(self, name: str, answers: bool) -> None:
        random, company = self.random, self.company
        latent = {trait: random.normal() for trait in set(SCALE.values())}
        self.truth[name] = {
            code: self.points(latent[trait]) / 4
            for code, trait in sorted(SCALE.items())
        } | {
            code: str(random.choice(VALUES[attribute]))
            for code, attribute in ATTRIBUTES.items()
        }
        company.customer_of[name] = name
        if self.chance(0.2):
            company.customer_of[f"{name}b"] = name
        tier = str(random.choice(TIERS))
        company.codes[name] = (tier, "not_observed", "not_observed")
        for surface, channel in CHANNELS.items():
            for purpose in NEEDS[surface]:
                if self.chance(0.9):
                    company.consents[name, channel, purpose] = self.chance(0.9)
            if self.chance(0.1):
                company.unreachable.add((name, channel))
        if self.chance(0.05):
            company.logins[name] = "shared"
        if answers:
            for code in [*SCALE, "AGE", "SIZE"]:
                if self.chance(0.9):
                    self.learn(name, code, name)
        self.assign(name)

    def learn(self, name: str, code: str, record: str) -> None:
        """Let an answer be known."""
        answer = self.truth[name][code]
        if code in SCALE:
            self.company.answers.setdefault(name, {})[code] = float(answer)
            self.company.responses.append((record, code))
        else:
            self.company.attributes[name, ATTRIBUTES[code]] = str(answer)

    def assign(self, name: str) -> None:
        """Assign codes to what is known of a customer."""
        company = self.company
        tier = company.codes[name][0]
        age = company.attributes.get((name, "age_band"))
        demographic = {None: "not_observed", "65+": "senior"}.get(age, "young_adult")
        sums: dict[str, list[float]] = defaultdict(list)
        for code, score in company.answers.get(name, {}).items():
            sums[SCALE[code]].append(score)
        leader = "not_observed"
        if sum(map(len, sums.values())) >= 3:
            leader = max(sorted(sums), key=lambda each: np.mean(sums[each]))
        company.codes[name] = (tier, demographic, leader)

    def ask(self, name: str, code: str, surface: str, day: int) -> str:
        """Show a question some time on a day, and return what becomes of it."""
        shares = (0.05, 0.2, 0.7, 0.05) if code == "PET" else (0.5, 0.15, 0.15, 0.2)
        outcome = str(
            self.random.choice(("answered", "shown", "declined", "abandoned"), p=shares)
        )
        own = [each for each, who in self.company.customer_of.items() if who == name]
        record = str(self.random.choice(own))
        at = day + float(self.random.uniform(0, 0.999))
        self.company.prompts.append(Prompt(record, code, surface, outcome, at))
        if outcome == "answered":
            self.learn(name, code, record)
        return outcome

    def live(self, day: int) -> None:
        """Let a day bring what no question brought."""
        company = self.company
        for name in sorted(self.truth):
            if self.chance(0.004):
                company.objectors.add(name)
            if self.chance(0.01):
                channel, need = ("email", "direct_marketing"), ("web", "profiling")
                key = (name, *(channel if self.chance(0.5) else need))
                company.consents[key] = self.chance(0.5)
            if self.chance(0.005):
                attribute = str(self.random.choice(list(VALUES)))
                company.attributes[name, attribute] = VALUES[attribute][0]
            if self.chance(0.01):
                # Somebody else asks too.
                self.ask(name, str(self.random.choice(list(SCALE))), "mail", day)
            self.assign(name)
