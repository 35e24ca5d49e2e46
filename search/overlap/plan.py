"""A plan as it is asked about: read, checked and understood."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from registry.errors import InvalidValue
from registry.governments import Places
from registry.models import Government
from registry.understand import LEADS, functions_from_words
from registry.vocabulary import Vocabulary
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
    declared = _functions(data.get("functions"), words)
    subject = described(
        places, name, owner.full_name, description=" ".join([purpose, users]).strip(), functions=declared, key="plan"
    )
    if declared:
        subject = replace(subject, functions={key: subject.functions.get(key, 1.0) for key in declared})
    else:
        subject = replace(subject, functions=_understood(subject.functions, f"{name} {purpose} {users}"))
    subject = replace(subject, function_words=function_words(subject.functions))
    area = frozenset(one.id for one in _area(data.get("area"), owner, places) if one.id is not None)
    return Plan(
        owner=owner,
        subject=replace(subject, owner_id=owner.id, owner_name=owner.full_name, area=area, nationwide=False),
        functions=tuple(sorted(subject.functions, key=lambda key: -subject.functions[key])),
        declared=bool(declared),
        department=_text(data, "department"),
        purpose=purpose,
        users=users,
        cost_krw=_cost(data.get("cost_krw")),
        legal_basis=_text(data, "legal_basis"),
        management_plan=_text(data, "management_plan"),
    )


# What a plan is about when it names several: a booking site for everything is that, whatever it books.
_LEADS = {
    **LEADS,
    "integrated_reservation": {"sports_facility", "course_enrolment", "facility_rental"},
}


def _understood(named: Mapping[str, float], text: str) -> dict[str, float]:
    """Functions of a plan told in whole sentences: what its words name, and what they ask for as residents do.

    A purpose mentions more than the plan builds ('for the alleys, a local currency'), so only what comes near the
    strongest function counts.
    """
    words = vocabulary()
    asked = {one.id: one.strength for one in words.functions_for(words.content(words.lexicon.read(text)))}
    both = {key: 0.5 * named.get(key, 0.0) + 0.6 * asked.get(key, 0.0) for key in {*named, *asked}}
    for leading, led in _LEADS.items():
        beside = max((both[key] for key in led if key in both), default=0.0)
        if (leading in named or asked.get(leading, 0.0) >= 0.75) and beside > both[leading]:
            both[leading] = beside * 1.01
    strongest = max(both.values(), default=0.0)
    if strongest < 0.2:
        return {}
    near = {key: worth for key, worth in both.items() if worth >= 0.78 * strongest}
    ranked = sorted(near, key=lambda key: (-near[key], key))[:4]
    return {key: round(near[key] / strongest, 2) for key in ranked}


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


def _functions(value: Any, words: Vocabulary) -> list[str]:
    """Function ids, or words that lead to one each; UnknownCode or InvalidValue for what leads nowhere."""
    if value is None or value == "":
        return []
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
    found: list[str] = []
    for one in (text.strip() for text in listed if text.strip()):
        if one in words.functions:
            found.append(one)
            continue
        named = [key for key, function in words.functions.items() if one in (function.ko, function.en)]
        guesses = named or [guess.id for guess in functions_from_words([one])][:1] or list(_understood({}, one))[:1]
        # A word nobody can place is no reason to refuse the plan: its purpose may say enough. It is named as a gap.
        found += guesses
    return list(dict.fromkeys(found))


def unplaced_words(value: Any, words: Vocabulary) -> list[str]:
    """Declared functions that lead to no function of the vocabulary."""
    listed = [value] if isinstance(value, str) else value or []
    return [one for one in listed if isinstance(one, str) and one.strip() and not _functions([one], words)]


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
    return [places.resolve(one, hint_parent=owner.parent_id or owner.id) for one in listed if one]


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
