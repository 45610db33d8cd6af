"""What a handful of answers says of a code, by models that the warehouse does not have.

Both learn from one half of the people, and are asked about the other half.
"""

from collections.abc import Mapping, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

Floats = NDArray[np.float64]
Answers = Mapping[str, float | str]
DRAWS = 400
MASKS = 4


class Posterior(Protocol):
    """Probabilities of a code given some answers."""

    def probability(self, known: Answers, code: str) -> float:
        """Return the probability of one code."""
        ...


class LeadingTrait:
    """Which trait leads once all is answered: a normal distribution of all answers.

    Args:
        scores: Person to answers, each 0 to 1, of people who answered everything.
        traits: Question to trait, in the order in which earlier traits win ties.
        codes: Trait to the code that it leads to.
        seed: Of the draws.
    """

    def __init__(
        self,
        scores: Sequence[Mapping[str, float]],
        traits: Mapping[str, str],
        codes: Mapping[str, str],
        seed: int,
    ) -> None:
        self.questions = list(traits)
        self.codes = list(codes.values())
        values = np.array([[own[each] for each in self.questions] for own in scores])
        self.mean, self.spread = values.mean(axis=0), np.cov(values.T)
        self.owner = np.array(
            [[traits[each] == trait for each in self.questions] for trait in codes]
        )
        self.norm = np.round(self._traits(values).mean(axis=0), 2)
        count = len(self.questions)
        self.noise = np.random.default_rng(seed).standard_normal((DRAWS, count))

    def _traits(self, values: Floats) -> Floats:
        means: Floats = values @ self.owner.T / self.owner.sum(axis=1)
        return means

    def drawn(self, known: Answers) -> tuple[Floats, NDArray[np.int64]]:
        """Return ways to answer everything given some answers, and where each leads."""
        given = np.array([each in known for each in self.questions])
        values = np.array([float(known.get(each, 0)) for each in self.questions])
        mean, spread = self.mean[~given], self.spread[np.ix_(~given, ~given)]
        if given.any():
            cross = self.spread[np.ix_(~given, given)]
            pull = np.linalg.solve(self.spread[np.ix_(given, given)], cross.T).T
            mean = mean + pull @ (values[given] - self.mean[given])
            spread = spread - pull @ cross.T
        drawn = np.tile(values, (DRAWS, 1))
        if (~given).any():
            root = np.linalg.cholesky(spread + 1e-9 * np.eye(len(spread)))
            free = mean + self.noise[:, : len(mean)] @ root.T
            drawn[:, ~given] = np.clip(np.rint(4 * free), 0, 4) / 4
        return drawn, np.argmax(self._traits(drawn) - self.norm, axis=1)

    def probability(self, known: Answers, code: str) -> float:
        """Return how many of the ways to go on lead to the code."""
        leader = self.drawn(known)[1]
        hits = (leader == self.codes.index(code)).sum()
        return float((hits + 0.5) / (DRAWS + 0.5 * len(self.codes)))

    def next_question(self, known: Answers) -> str:
        """Return the question that tells most of the leader, given all answers."""
        drawn, leader = self.drawn(known)
        return max(
            (each for each in self.questions if each not in known),
            key=lambda each: _information(
                np.rint(4 * drawn[:, self.questions.index(each)]).astype(np.int64),
                leader,
            ),
        )


def _information(one: NDArray[np.int64], two: NDArray[np.int64]) -> float:
    """Return the mutual information of two numbered variables, in nats."""
    joint = np.zeros((one.max() + 1, two.max() + 1))
    np.add.at(joint, (one, two), 1 / len(one))
    apart = joint.sum(axis=1, keepdims=True) * joint.sum(axis=0)
    cells = joint > 0
    return float((joint[cells] * np.log(joint[cells] / apart[cells])).sum())


class Regression:
    """A code from whatever is known, learned from people of whom parts are hidden.

    Args:
        people: Answers of each.
        codes: Code of each.
        seed: Of what is hidden.
    """

    def __init__(
        self, people: Sequence[Answers], codes: Sequence[str], seed: int
    ) -> None:
        random = np.random.default_rng(seed)
        self.columns = sorted(
            {
                (question, None if isinstance(answer, float) else answer)
                for own in people
                for question, answer in own.items()
            },
            key=str,
        )
        rows, labels = [], []
        for own, code in zip(people, codes, strict=True):
            for share in np.linspace(0, 1, MASKS):
                shown = {q: a for q, a in own.items() if random.random() < share}
                rows.append(self._row(shown))
                labels.append(code)
        self.model = LogisticRegression(max_iter=2000).fit(np.array(rows), labels)
        self.codes = list(self.model.classes_)

    def _row(self, known: Answers) -> list[float]:
        return [
            0.0
            if question not in known
            else float(known[question]) - 0.5
            if value is None
            else float(known[question] == value)
            for question, value in self.columns
        ]

    def probability(self, known: Answers, code: str) -> float:
        """Return the probability of a code."""
        found = self.model.predict_proba(np.array([self._row(known)]))[0]
        return float(found[self.codes.index(code)])
