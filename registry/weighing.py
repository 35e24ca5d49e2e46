"""Weigh what speaks for each function: add its evidence up, put the leading one first, leave mere subjects out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from registry.term_scan import flatten
from registry.vocabulary import Vocabulary

ASK_BELOW = 0.5
SURE = 0.97

# Which function leads when both stand in one name, whatever their order: a vote on the budget is about the budget.
LEADS = {
    "participatory_budget": {"online_vote", "citizen_survey", "citizen_proposal", "public_deliberation"},
    "petition": {"citizen_proposal", "online_vote"},
    "sports_facility": {"integrated_reservation"},
    "drt_bus": {"bus_info", "taxi_call"},
    "food_delivery": {"taxi_call"},
    "statistics": {"open_data"},
    "civil_complaint": {"audit_request"},
}

# What stands before these in a name is their subject or their public, not a second function: 농림축산식품 공공데이터포털
# teaches no farming, 청년정책 제안창구 is for the young. Only functions of the same field stay beside them.
TAKES_SUBJECT = ("open_data", "statistics", "big_data")
TAKES_PUBLIC = (
    "citizen_proposal",
    "petition",
    "civil_complaint",
    "participatory_budget",
    "citizen_survey",
    "online_vote",
)
PUBLICS = ("youth_policy", "teen_support", "women_family", "multicultural", "senior_care")
# In a description these patterns mostly say for whom a thing is (소상공인의 부담을 줄이기 위해), not what it does.
PUBLICS_IN_TEXT = (*PUBLICS, "small_business_support", "startup_support", "social_economy")
# What a list of interfaces is called; figures given over one are figures still.
INTERFACE = ("오픈api", "openapi", "api")


@dataclass(frozen=True, slots=True)
class Evidence:
    """The words that led to a guess: where they stand and which rule took them."""

    text: str
    where: str  # name, description, url, declared
    start: int
    end: int
    rule: str  # brand, synonym, word, pattern, weak, hint, url, declared


@dataclass(frozen=True, slots=True)
class FunctionGuess:
    """A function with how sure we are and why."""

    id: str
    confidence: float
    evidence: tuple[Evidence, ...]


def says_clearly(found: Mapping[str, list[tuple[float, Evidence]]]) -> bool:
    """Whether something already says clearly what the platform does."""
    return any(weight >= 0.7 for hits in found.values() for weight, _ in hits)


def ranked(found: dict[str, list[tuple[float, Evidence]]]) -> tuple[FunctionGuess, ...]:
    """Add each function's evidence up (noisy or over different stretches) and put the leading one first."""
    guesses = []
    for function, hits in found.items():
        hits.sort(key=lambda hit: -hit[0])
        doubt, taken = 1.0, set[tuple[str, int]]()
        for weight, evidence in hits:
            if not any((evidence.where, place) in taken for place in range(evidence.start, evidence.end)):
                # A second stretch says much the same as the first: it counts half.
                doubt *= 1 - (weight if doubt == 1.0 else weight / 2)
                taken |= {(evidence.where, place) for place in range(evidence.start, evidence.end)}
        top = 0.99 if hits[0][1].rule == "declared" else SURE
        guesses.append(FunctionGuess(function, round(min(top, 1 - doubt), 3), tuple(one for _, one in hits)))
    return tuple(sorted(guesses, key=lambda guess: -_lead(guess, guesses)))


def without_subjects(guesses: Sequence[FunctionGuess], vocabulary: Vocabulary) -> tuple[FunctionGuess, ...]:
    """Leave out what a name mentions only as the subject or the public of its leading function."""
    if not guesses:
        return ()
    lead = guesses[0].id

    def is_subject(guess: FunctionGuess) -> bool:
        if guess.id == lead:
            return False
        if guess.id in PUBLICS_IN_TEXT and all(
            (one.where, one.rule) == ("description", "pattern") for one in guess.evidence
        ):
            return True
        if lead == "statistics" and guess.id == "open_data":
            # Figures given over an interface are figures still, not a portal of every office's data.
            return all(flatten(one.text).text in INTERFACE for one in guess.evidence)
        if any(one.where != "name" for one in guess.evidence):
            return False
        if lead in TAKES_SUBJECT:
            return vocabulary.function(guess.id).field != "data"
        return lead in TAKES_PUBLIC and guess.id in PUBLICS

    return tuple(guess for guess in guesses if not is_subject(guess))


def _lead(guess: FunctionGuess, guesses: Sequence[FunctionGuess]) -> float:
    """Confidence, plus a little for standing last in the name, minus where another function takes the lead."""
    in_name = [one.end for one in guess.evidence if one.where == "name"]
    last = max((one.end for other in guesses for one in other.evidence if one.where == "name"), default=1)
    behind = any(guess.id in LEADS.get(other.id, ()) and other.confidence >= ASK_BELOW for other in guesses)
    return guess.confidence + (0.15 * max(in_name) / last if in_name else 0) - (0.5 if behind else 0)
