"""Surveys and preference centre: what people say of themselves and allow."""

import numpy as np

from segmentation.demo.omnichannel.chunk import Chunk
from segmentation.demo.omnichannel.clock import CLOSING, END, START
from segmentation.demo.omnichannel.frames import (
    DAY,
    HOUR,
    NOTHING,
    Array,
    Frame,
    Random,
    delivered,
    loaded,
    pick,
    repeated,
    stack,
    take,
)
from segmentation.demo.omnichannel.people import TRAITS

# Channel, purpose and share of people who agree when they join.
CONSENTS = (
    ("e", "marketing", 0.8),
    ("s", "marketing", 0.25),
    ("p", "marketing", 0.3),
    ("*", "service", 1.0),
    ("*", "profiling", 0.94),
    ("*", "ads", 0.55),
    ("*", "ads_personal", 0.45),
    ("*", "enrichment", 0.3),
    ("*", "research", 0.5),
)
QUESTIONS_PER_TRAIT = 4
ANSWERING_SHARE, COMPLETE_SHARE = 0.3, 0.7
OUTCOMES = ("shown", "done", "no", "left")
AGE_GROUPS = ("18-24", "25-34", "35-44", "45-54", "55-64", "65+")
AGE_BOUNDS = (25, 35, 45, 55, 65)
INCOME_GROUPS = ("under 30k", "30-60k", "60-100k", "over 100k")

SHAPES = (
    (
        "survey_respondents",
        """
        select
            'R' || id as respondent, mail, age_group, nullif(household, 0) as household,
            income_group, slashed(invited) as invited, slashed(loaded) as stored
        from respondents
        """,
    ),
    (
        "survey_answers",
        """
        select
            'Q' || sheet as sheet, 'R' || respondent as respondent, 'style' as survey,
            upper(substr(trait, 1, 3)) || question as question,
            case points
                when 1 then 'not at all' when 2 then 'hardly' when 3 then 'partly'
                when 4 then 'mostly' else 'fully'
            end as words,
            points, slashed("at") as answered, slashed(loaded) as stored
        from answers
        """,
    ),
    (
        "survey_prompts",
        """
        select
            id as prompt, 'R' || respondent as respondent,
            upper(substr(trait, 1, 3)) || question as question, place, outcome,
            slashed("at") as shown, slashed(loaded) as stored
        from prompts
        """,
    ),
    (
        "survey_consents",
        """
        select
            id as entry, 'R' || respondent as respondent, channel, purpose,
            case when granted then 'yes' else 'no' end as granted,
            case when purpose = 'service' then 'contract' else 'consent' end as basis,
            slashed("at") as changed, 'form-' || id as proof, slashed(loaded) as stored
        from consents
        """,
    ),
    (
        "records",
        """
        select
            'omni_survey' as source_system, 'R' || id as source_customer_id,
            person_key(person) as person_id, true as names_somebody
        from respondents
        """,
    ),
)


def frames(chunk: Chunk, rng: Random) -> dict[str, Frame]:
    """Return respondents, prompts, answers and consents."""
    joined = chunk.touchpoints.respondent
    who = np.flatnonzero(joined < CLOSING)
    at = START + (joined[who] * DAY).astype(np.int64)
    answers, prompts = _answers(chunk, who, at, rng)
    return {
        "respondents": _respondents(chunk, who, at, rng),
        "answers": delivered(rng, answers),
        "prompts": delivered(rng, prompts),
        "consents": delivered(rng, _consents(chunk, who, at, rng)),
    }


def _respondents(chunk: Chunk, who: Array, at: Array, rng: Random) -> Frame:
    count = len(who)
    age = (START // DAY - chunk.people.birth[who]) / 365.25
    age_group = np.array(AGE_GROUPS, dtype=object)[np.digitize(age, AGE_BOUNDS)]
    earns = (
        1 + 0.8 * chunk.people.latent["quality_focus"][who] + rng.normal(0, 0.8, count)
    )
    income = np.array(INCOME_GROUPS, dtype=object)[
        np.clip(np.rint(earns), 0, 3).astype(np.int64)
    ]
    _, home, size = np.unique(
        chunk.people.household, return_inverse=True, return_counts=True
    )
    draw = rng.random((3, count))
    return {
        "id": chunk.person_ids(who, 17),
        "person": chunk.people.number[who],
        "mail": np.where(
            draw[2] < 0.9, chunk.contacts.mail[who], chunk.contacts.second_mail[who]
        ),
        "age_group": np.where(draw[0] < 0.4, age_group, NOTHING),
        "household": np.where(draw[1] < 0.35, size[home[who]], 0),
        "income_group": np.where(draw[1] < 0.25, income, NOTHING),
        "invited": at,
        "loaded": loaded(rng, at),
    }


def _answers(chunk: Chunk, who: Array, at: Array, rng: Random) -> tuple[Frame, Frame]:
    """Return the answers of the survey on style, and the prompts that asked."""
    total = QUESTIONS_PER_TRAIT * len(TRAITS)
    asked = np.flatnonzero(rng.random(len(who)) < 0.6)
    sent = at[asked] + rng.integers(DAY, 60 * DAY, len(asked))
    answering = rng.random(len(asked)) < ANSWERING_SHARE / 0.6
    complete = rng.random(len(asked)) < COMPLETE_SHARE
    given = np.where(complete, total, rng.integers(1, total, len(asked)))
    row, number = repeated(np.where(answering, given, 1))
    # Questions come in an order of their own for everybody.
    offset = rng.integers(0, total, len(asked))[row]
    question = (number * 7 + offset) % total
    trait, item = question % len(TRAITS), question // len(TRAITS)
    person = who[asked[row]]
    values = np.column_stack([chunk.people.latent[name] for name in TRAITS])
    score = values[person, trait] * np.where(item == QUESTIONS_PER_TRAIT - 1, -1, 1)
    points = np.clip(np.rint(3 + score + rng.normal(0, 0.8, len(row))), 1, 5)
    time = sent[row] + 60 + number * 15
    is_answer = answering[row]
    refused = pick(rng, len(row), (0.45, 0.0, 0.3, 0.25))
    outcome = np.where(is_answer, 1, refused)
    frame = {
        "id": chunk.ids(len(row), 18),
        "sheet": chunk.person_ids(person, 19),
        "respondent": chunk.person_ids(person, 17),
        "trait": np.array(TRAITS, dtype=object)[trait],
        "question": item + 1,
        "points": points.astype(np.int64),
        "place": np.array(["mail", "web", "app"], dtype=object)[sent[row] % 3],
        "outcome": np.array(OUTCOMES, dtype=object)[outcome],
        "at": time,
        "loaded": loaded(rng, time),
    }
    inside = time < END
    return take(frame, inside & is_answer), take(frame, inside)


def _consents(chunk: Chunk, who: Array, at: Array, rng: Random) -> Frame:
    """Return what each person agreed to, and what they took back later."""
    found = []
    for channel, purpose, share in CONSENTS:
        granted = rng.random(len(who)) < share
        changes = granted & (rng.random(len(who)) < 0.04) & (purpose != "service")
        later = rng.integers(np.minimum(at + HOUR, END - 1), END)
        for where, time, state in (
            (np.ones(len(who), dtype=bool), at, granted),
            (changes, later, np.zeros(len(who), dtype=bool)),
        ):
            count = int(where.sum())
            found.append(
                {
                    "respondent": chunk.person_ids(who[where], 17),
                    "channel": np.full(count, channel, dtype=object),
                    "purpose": np.full(count, purpose, dtype=object),
                    "granted": state[where],
                    "at": time[where],
                    "loaded": loaded(rng, time[where]),
                }
            )
    consents = stack(*found)
    return {"id": chunk.ids(len(consents["at"]), 20), **consents}
