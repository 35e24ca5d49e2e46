"""A plan as it is asked about: read, checked and understood."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from registry.errors import InvalidValue
from registry.governments import Places
from registry.models import Government
from registry.understand import functions_from_words
from registry.vocabulary import Vocabulary, load_vocabulary
from registry.weighing import LEADS, PUBLICS_IN_TEXT
from search.needs import vocabulary
from search.overlap.subject import Subject
from search.overlap.subjects import described, function_words

FIELDS = [
    "owner",
    "department",
    "name",
    "purpose",
    "users",
    "area",
    "functions",
    "cost_krw",
    "legal_basis",
    "management_plan",
]


@dataclass(frozen=True)
class Plan:
    """What is planned, by whom, for whom and where; `subject` is how comparing sees it."""

    owner: Government
    subject: Subject
    functions: tuple[str, ...]
    declared: bool
    department: str = ""
    purpose: str = ""
    users: str = ""
    cost_krw: float | None = None
    legal_basis: str = ""
    management_plan: str = ""

    @property
    def text(self) -> str:
        """Everything the plan says in words."""
        return " ".join([self.subject.name, self.purpose, self.users])


def read_plan(data: Mapping[str, Any], places: Places, words: Vocabulary) -> Plan:
    """The plan of a JSON object; InvalidValue names the field that is missing, unknown or cannot be taken."""
    if not isinstance(data, Mapping):
        raise InvalidValue(
            "plan",
            data,
            "계획은 JSON 객체여야 합니다.",
            "A plan is a JSON object.",
            f"다음 항목을 쓰세요: {', '.join(FIELDS)}",
            f"Use these fields: {', '.join(FIELDS)}",
        )
    unknown = sorted(set(data) - set(FIELDS))
    if unknown:
        raise InvalidValue(
            ", ".join(unknown),
            data[unknown[0]],
            "알 수 없는 항목입니다.",
            "This field is not known.",
            f"다음 항목만 쓰세요: {', '.join(FIELDS)}",
            f"Use only these fields: {', '.join(FIELDS)}",
        )
    owner = places.resolve(_text(data, "owner", needed=True))
    purpose = _text(data, "purpose", needed=True)
    name, users = _text(data, "name"), _text(data, "users")
    stated, said = _functions(data.get("functions"), words)
    subject = described(places, name, owner.full_name, description=" ".join([purpose, users]).strip(), key="plan")
    if stated and not said:
        meant = dict.fromkeys(stated, 1.0)
    else:
        meant = _understood(subject.functions, f"{name} {purpose} {users}", said) | dict.fromkeys(stated, 1.0)
    subject = replace(subject, functions=meant)
    subject = replace(subject, function_words=function_words(subject.functions))
    area = frozenset(one.id for one in _area(data.get("area"), owner, places) if one.id is not None)
    return Plan(
        owner=owner,
        subject=replace(subject, owner_id=owner.id, owner_name=owner.full_name, area=area, nationwide=False),
        functions=tuple(sorted(subject.functions, key=lambda key: -subject.functions[key])),
        declared=bool(stated) and not said,
        department=_text(data, "department"),
        purpose=purpose,
        users=users,
        cost_krw=_cost(data.get("cost_krw")),
        legal_basis=_text(data, "legal_basis"),
        management_plan=_text(data, "management_plan"),
    )


# What each of the officer's words for a function adds: several of them outweigh a sentence, one does not.
SAID, MOST_SAID = 0.25, 0.5
# A word nobody is sure of says nothing.
SURE_WORD = 0.6
NEAR = 0.78


def _understood(named: Mapping[str, float], text: str, said: Sequence[str] = ()) -> dict[str, float]:
    """Functions of a plan told in whole sentences: what its words name, and what they ask for as residents do.

    A purpose mentions more than the plan builds ('for the alleys, a local currency'), and what officers list as
    functions are mostly steps of one (호출, 배차, 결제), so only what comes near the strongest function counts.
    """
    asked = _asked(text)
    both = {key: 0.5 * named.get(key, 0.0) + 0.6 * asked.get(key, 0.0) for key in {*named, *asked}}
    heard: dict[str, float] = {}
    for word in said:
        for key in _of_word(word):
            heard[key] = min(MOST_SAID, heard.get(key, 0.0) + SAID)
    for key, worth in heard.items():
        both[key] = both.get(key, 0.0) + worth
    _take_lead(both, named, asked)
    strongest = max(both.values(), default=0.0)
    if strongest < 0.2:
        return {}
    near = {key: worth for key, worth in both.items() if worth >= NEAR * strongest}
    ranked = sorted(near, key=lambda key: (-near[key], key))[:4]
    return {key: round(near[key] / strongest, 2) for key in ranked}


def _asked(text: str) -> dict[str, float]:
    """Functions that a text asks for as residents do."""
    words = vocabulary()
    return {one.id: one.strength for one in words.functions_for(words.content(words.lexicon.read(text)))}


def _of_word(word: str) -> list[str]:
    """The functions that an officer's word for one means, as far as it is sure."""
    sure = {one.id: one.confidence for one in functions_from_words([word])}
    for key, strength in _asked(word).items():
        sure[key] = max(sure.get(key, 0.0), strength)
    best = max(sure.values(), default=0.0)
    return sorted(key for key, worth in sure.items() if worth >= max(SURE_WORD, best - 0.02))


def _take_lead(both: dict[str, float], named: Mapping[str, float], asked: Mapping[str, float]) -> None:
    """Put in front what a plan is about when it names several: a vote on the budget is about the budget."""
    first = max(asked, key=lambda key: asked[key], default="")
    for public in (*PUBLICS_IN_TEXT, "disability_support", "home_page"):
        # For whom a plan is, or that it will have pages, is not what it does, unless it asks for nothing else.
        if public in both and first not in ("", public):
            both[public] *= 0.5
    for leading, led in LEADS.items():
        beside = max((both[key] for key in led if key in both), default=0.0)
        if (leading in named or asked.get(leading, 0.0) >= 0.75 or leading == first) and beside > both[leading]:
            both[leading] = beside * 1.01
    strongest = max(both.values(), default=0.0)
    for key, function in load_vocabulary().functions.items():
        parts = [both[part] for part in function.covers if part in both and both[part] >= NEAR * strongest]
        # One window for several of its parts, or what the text asks for beside one of them.
        if len(parts) > 1 or (parts and key in named):
            both[key] = max(both.get(key, 0.0), max(parts) * 1.01)


def _text(data: Mapping[str, Any], field: str, needed: bool = False) -> str:
    value = data.get(field)
    if value is None or value == "":
        if needed:
            raise InvalidValue(
                field,
                "",
                "꼭 필요한 항목이 비어 있습니다.",
                "This field is needed and empty.",
                "소관(owner)과 목적(purpose)을 쓰세요.",
                "Give the owner and the purpose.",
            )
        return ""
    if not isinstance(value, str):
        raise InvalidValue(field, value, "글자가 아닙니다.", "This is not text.", "글자로 쓰세요.", "Write it as text.")
    return value.strip()


def _functions(value: Any, words: Vocabulary) -> tuple[list[str], list[str]]:
    """Functions stated by id or name, and the words that stand for others; InvalidValue for no list of texts."""
    if value is None or value == "":
        return [], []
    listed = [value] if isinstance(value, str) else value
    if not isinstance(listed, list) or not all(isinstance(one, str) for one in listed):
        raise InvalidValue(
            "functions",
            value,
            "기능은 글자 목록이어야 합니다.",
            "Functions are a list of texts.",
            '["음식 배달 주문", "지역화폐"] 처럼 쓰세요.',
            'Write them as ["food_delivery", "지역화폐"].',
        )
    stated: list[str] = []
    said: list[str] = []
    for one in (text.strip() for text in listed if text.strip()):
        named = [key for key, function in words.functions.items() if one in (key, function.ko, function.en)]
        # A word nobody can place is no reason to refuse the plan: its purpose may say enough. It is named as a gap.
        if named:
            stated += named
        else:
            said.append(one)
    return list(dict.fromkeys(stated)), said


def unplaced_words(value: Any, words: Vocabulary) -> list[str]:
    """Declared functions that lead to no function of the vocabulary."""
    _stated, said = _functions(value, words)
    return [one for one in said if not functions_from_words([one]) and not _understood({}, one)]


def _area(value: Any, owner: Government, places: Places) -> list[Government]:
    if value is None or value in ("", []):
        return [owner]
    listed = [part.strip() for part in value.split(",")] if isinstance(value, str) else value
    if not isinstance(listed, list) or not all(isinstance(one, str) for one in listed):
        raise InvalidValue(
            "area",
            value,
            "지역은 이름이나 코드의 목록이어야 합니다.",
            "An area is a list of names or codes.",
            '["군산시", "익산시"] 처럼 쓰세요.',
            'Write it as ["군산시", "익산시"].',
        )
    return list({found.id: found for one in listed if one.strip() for found in _ground(one, owner, places)}.values())


# How plans call all of their own ground, or all of a place they name: 관내, 시 전역, 부천시 전 지역.
_WHOLE = re.compile(r"(?:관내|관할|우리|해당)?\s*(?:시|도|군|구)?\s*(?:전역|전\s*지역|전체|일원|일대|내)?")


def _ground(text: str, owner: Government, places: Places) -> list[Government]:
    """The places that a plan's area names; the owner's ground where it only says so; InvalidValue for neither."""
    hint = owner.parent_id or owner.id
    if places.choices(text, hint):
        return [places.resolve(text, hint_parent=hint)]
    if _WHOLE.fullmatch(text.strip()):
        return [owner]
    named = [places.resolve(one.text, hint_parent=hint) for one in places.find_in(text)]
    return named or [places.resolve(text, hint_parent=hint)]


def _cost(value: Any) -> float | None:
    if value is None or value == "":
        return None
    try:
        cost = float(str(value).replace(",", ""))
    except ValueError:
        cost = -1.0
    if isinstance(value, bool) or not 0 <= cost < 1e15:
        raise InvalidValue(
            "cost_krw",
            value,
            "비용은 0 이상의 원 단위 숫자여야 합니다.",
            "A cost is a number of KRW, zero or more.",
            "쉼표 없이 원 단위 숫자로 쓰세요.",
            "Write whole won without commas.",
        )
    return cost
