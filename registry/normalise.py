"""Understand one harvested record: pure, no database; what cannot be understood is asked, or the record rejected."""

import re
from collections.abc import Mapping
from typing import Any

from registry.channels import read_channels
from registry.columns import in_our_terms, several
from registry.dates import read_date
from registry.drafts import check
from registry.errors import InvalidValue, UnknownCode
from registry.field_values import LONGEST_NAME, MODES, STATUSES, TYPE_WORDS, clean, read_area, read_form, read_name
from registry.figures import read_figure_list, read_figures
from registry.governments import Places
from registry.models import Source
from registry.ownership import find_owner
from registry.records import FunctionClaim, HarvestedRecord, PlatformDraft, Question
from registry.understand import Question as AskedByWords
from registry.understand import Understanding, understand
from registry.urls import app_package, tidy
from registry.vocab import OperatingMode, PlatformType, Status, parse_code
from registry.vocabulary import load_vocabulary


def normalise(record: HarvestedRecord, source: Source, places: Places) -> PlatformDraft:
    """What the record says, in our terms. RecordRejected where name or owner are missing, InvalidValue for a code of
    an owner that nobody has.

    A value that cannot be read (a date, a code, an address) is left out and asked about; the record goes on.
    """
    ours, leftovers = in_our_terms(record.fields, source.lookups)
    questions: list[Question] = []
    name = read_name(ours.get("name"))
    url = _asked(questions, lambda: tidy(str(ours["url"])), "") if ours.get("url") else ""
    owner = find_owner(ours, url, source.owner_code, places)
    if owner.question:
        questions.append(owner.question)
    as_of = _day(questions, ours, "as_of")
    description = _text(questions, ours, "description")
    known = load_vocabulary()
    declared_type = _asked(questions, lambda: _code(PlatformType, ours, "type", TYPE_WORDS), None)
    declared_form = _asked(questions, lambda: read_form(str(ours.get("form") or ""), declared_type), "")
    understood = _understood(
        name, description, url, declared_form, several(ours.get("functions")), owner.name, questions
    )
    inferred = inferences(ours) | ({"owner"} if owner.inferred else set())
    channels = read_channels(several(ours.get("channels")), url, questions)
    figures = _asked(
        questions,
        lambda: read_figure_list(
            str(ours.get("figures") or ""), {key: one.unit for key, one in known.figures.items()}, as_of
        ),
        (),
    )
    stated = {(one.key, one.as_of) for one in figures}
    figures += tuple(one for one in read_figures(description, as_of) if (one.key, one.as_of) not in stated)
    return PlatformDraft(
        name=name,
        owner_id=owner.id,
        owner_name=owner.name,
        owner_level=owner.level,
        name_en=_text(questions, ours, "name_en"),
        description=description,
        type=declared_type or (PlatformType(understood.type) if understood.type else None),
        secondary_types=_asked(questions, lambda: _secondary(ours), ()),
        form=understood.form,
        functions=_functions(ours, understood),
        beneficiaries=_beneficiaries(ours, understood, questions),
        url=url if not app_package(url) else "",
        channels=channels,
        aliases=_names(ours.get("aliases"), name),
        former_names=_names(ours.get("former_names"), name),
        parent=_text(questions, ours, "parent"),
        area=_area(ours, places, questions),
        department=_text(questions, ours, "department"),
        operator=_text(questions, ours, "operator"),
        partners=_names(ours.get("partners"), ""),
        operating_mode=_asked(questions, lambda: _code(OperatingMode, ours, "operating_mode", MODES), None),
        legal_basis=_text(questions, ours, "legal_basis"),
        status=_asked(questions, lambda: _code(Status, ours, "status", STATUSES), None),
        status_since=_day(questions, ours, "status_since"),
        launched=_day(questions, ours, "launched", future=True),
        closed=_day(questions, ours, "closed", future=True),
        successor=_text(questions, ours, "successor"),
        engine=_text(questions, ours, "engine"),
        shared_operation=_text(questions, ours, "shared_operation"),
        figures=figures,
        observed=clean(str(ours.get("observed") or "")),
        id_hint=str(ours.get("id") or "").strip()
        if re.fullmatch(r"P\w{4,18}", str(ours.get("id") or "").strip())
        else "",
        as_of=as_of,
        source_note=clean(str(ours.get("source") or ""))[:1000],
        inferred=frozenset(inferred),
        confidence=understood.confidence,
        questions=tuple(questions),
        leftovers=leftovers,
    )


def inferences(ours: Mapping[str, Any]) -> set[str]:
    """Which of type, form, functions and beneficiaries are our own inference: those the record does not state."""
    return {field for field in ("type", "form", "functions", "beneficiaries") if not ours.get(field)}


def _secondary(ours: Mapping[str, Any]) -> tuple[PlatformType, ...]:
    words = (TYPE_WORDS.get(one, one) for one in several(ours.get("secondary_types")))
    return tuple(parse_code(PlatformType, "secondary_types", one) for one in words)


def _understood(
    name: str,
    description: str,
    url: str,
    form: str,
    declared: list[str],
    owner: str,
    questions: list[Question],
) -> Understanding:
    """Our understanding; a declared function that nobody knows becomes a question, and the rest is understood."""
    try:
        understood = understand(name, description, url, form or None, declared, owner)
    except UnknownCode as problem:
        questions.append(_question(problem))
        understood = understand(name, description, url, None, (), owner)
    questions += (_about(one) for one in understood.questions)
    return understood


def _about(asked: AskedByWords) -> Question:
    """What the words did not tell, with the candidates in people's words and their codes as choices."""
    known = load_vocabulary()
    codes = asked.options
    if asked.field == "form":
        codes = codes or tuple(known.forms)
        named = [(known.forms[code].ko, known.forms[code].en, code) for code in codes]
    else:
        named = [(known.functions[code].ko, known.functions[code].en, code) for code in codes]
    remedy_ko, remedy_en = "하는 일을 한 문장으로 설명 칸에 쓰세요.", "Say in a sentence what it does (description)."
    if named:
        remedy_ko = f"다음 중에서 고르세요: {', '.join(f'{ko}({code})' for ko, _, code in named)}"
        remedy_en = f"Choose from: {', '.join(f'{en} ({code})' for _, en, code in named)}"
    return Question(asked.field, asked.ko, asked.en, remedy_ko, remedy_en, codes)


def _functions(ours: Mapping[str, Any], understood: Understanding) -> tuple[FunctionClaim, ...]:
    """The functions the record states; only where it states none, those we infer."""
    stated = [one for one in understood.functions if any(word.rule == "declared" for word in one.evidence)]
    return tuple(
        FunctionClaim(one.id, one.confidence, tuple(dict.fromkeys(word.text for word in one.evidence)))
        for one in (stated if ours.get("functions") and stated else understood.functions)
    )


def _question(problem: InvalidValue) -> Question:
    return Question(
        problem.field,
        f"{problem.cause_ko} (값: {problem.value})",
        f"{problem.cause_en} (value: {problem.value})",
        problem.remedy_ko,
        problem.remedy_en,
    )


def _asked(questions: list[Question], read: Any, default: Any) -> Any:
    """What `read` gives, or the default and a question that says what is wrong with the value."""
    try:
        return read()
    except InvalidValue as problem:
        questions.append(_question(problem))
        return default


def _text(questions: list[Question], ours: Mapping[str, Any], field: str) -> str:
    text = clean(str(ours.get(field) or ""))

    def checked() -> str:
        check(field, text)
        return text

    return str(_asked(questions, checked, ""))


def _day(questions: list[Question], ours: Mapping[str, Any], field: str, future: bool = False) -> str:
    return str(_asked(questions, lambda: read_date(ours.get(field), field, future=future), ""))


def _code(kind: Any, ours: Mapping[str, Any], field: str, words: Mapping[str, str]) -> Any:
    text = str(ours.get(field) or "").strip()
    if not text:
        return None
    return parse_code(kind, field, words.get(text, text))


def _names(value: Any, name: str) -> tuple[str, ...]:
    names = (re.sub(r"\s+", " ", clean(one)) for one in several(value))
    return tuple(dict.fromkeys(one for one in names if one and one != name and len(one) <= LONGEST_NAME))


def _beneficiaries(ours: Mapping[str, Any], understood: Understanding, questions: list[Question]) -> tuple[str, ...]:
    stated = several(ours.get("beneficiaries"))
    if not stated:
        return tuple(understood.beneficiaries)
    known = load_vocabulary().beneficiaries
    by_word = {one.ko: key for key, one in known.items()}
    found = [one if one in known else by_word.get(one, "") for one in stated]
    unknown = [one for one, key in zip(stated, found, strict=True) if not key]
    if unknown:
        questions.append(
            Question(
                "beneficiaries",
                f"알 수 없는 대상: {', '.join(unknown)}",
                f"Unknown beneficiaries: {', '.join(unknown)}",
                "config/vocab/beneficiaries.yml의 이름을 쓰세요.",
                "Use names of config/vocab/beneficiaries.yml.",
            )
        )
    return tuple(dict.fromkeys(key for key in found if key))


def _area(ours: Mapping[str, Any], places: Places, questions: list[Question]) -> tuple[str, ...]:
    """The areas served, as ten-digit codes, 'nation' or 'zone:<id>'."""
    read: list[str] = []
    for one in several(ours.get("area")):
        found = _asked(questions, lambda one=one: read_area(one, places), "")
        if found and found not in read:
            read.append(found)
    return tuple(read)
