"""Understand what a platform is for from its name, description and address: functions, type, form, beneficiaries.

Pure: no database, no network. Rules come from config/vocab; the forms are the survey's options (KRILA 2022-01,
appendix 1). A Korean name says what it is at its end (시민 정책 **제안**), so the last function of a name is the
leading one. What stays under ASK_BELOW is not guessed: it becomes a question with the candidates.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import cache

from registry.address_words import functions_of_address
from registry.term_scan import Flat, Hit, TermIndex, flatten, term_index, without_place
from registry.vocabulary import Vocabulary, load_vocabulary
from registry.weighing import ASK_BELOW, SURE, Evidence, FunctionGuess, ranked, says_clearly, without_subjects

# How far one hit of a rule carries, in the name and in the description. A description mentions much that a platform
# does not itself do, a resident's word may stand in any name; several hits add up.
IN_NAME = {"brand": 0.95, "synonym": 0.92, "pattern": 0.8, "word": 0.72, "weak": 0.55, "hint": 0.3}
IN_DESCRIPTION = {"brand": 0.55, "synonym": 0.62, "pattern": 0.42, "word": 0.4, "weak": 0.2}
BY_WORDS = {"brand": 0.8, "synonym": 0.8, "word": 0.8, "pattern": 0.65, "weak": 0.5}
IN_URL = 0.6
IN_URL_BESIDE_NAME = 0.3  # the name already says something else

PARTICLE = re.compile(r"(?<=[가-힣]{2})(?:에서|으로|을|를|은|는|이|가|의|과|와|에|로|도)(?=\s)")
TEST_WORDS = re.compile(r"\((?:구형|임시|시범|가칭)\)")


@dataclass(frozen=True, slots=True)
class Question:
    """What a person has to say because the words do not: the field and the candidates, best first."""

    field: str
    ko: str
    en: str
    options: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Understanding:
    """What a platform seems to be. `type` and `form` are '' where only a person can tell."""

    type: str
    form: str
    functions: tuple[FunctionGuess, ...]
    beneficiaries: tuple[str, ...]
    confidence: float
    questions: tuple[Question, ...]


def understand(
    name: str,
    description: str = "",
    url: str = "",
    form_hint: str | None = None,
    declared_functions: Sequence[str] = (),
    owner_name: str = "",
    *,
    ignore: Collection[str] = (),
) -> Understanding:
    """Infer functions, type, form and beneficiaries.

    `form_hint` is "type/form" or a form's id as a source gave it; `declared_functions` are ids or the words a source
    uses. `ignore` leaves out terms (flat), so that a measurement can hide what it asks about. Evidence counts letters
    of the composed text (NFC), for some systems send Hangul taken apart. UnknownCode.
    """
    name, description = unicodedata.normalize("NFC", name), unicodedata.normalize("NFC", description)
    vocabulary, index = load_vocabulary(), term_index()
    found: dict[str, list[tuple[float, Evidence]]] = defaultdict(list)
    for guess in _declared(declared_functions, vocabulary):
        found[guess.id] += [(guess.confidence, one) for one in guess.evidence]
    # Blanked, not cut, so that evidence keeps its place in the name as it was written.
    said = TEST_WORDS.sub(lambda match: " " * len(match.group()), name)
    core = without_place(said, owner_name)
    _add(found, _read_name(index, said, core, ignore), name, "name", IN_NAME, flatten(said))
    if description:
        mentioned: dict[str, list[tuple[float, Evidence]]] = defaultdict(list)
        # Particles stand between words that belong together (정책을 제안, 시설의 예약): blank them, places stay.
        plain = PARTICLE.sub(lambda match: " " * len(match.group()), description[:2000])
        flat = flatten(plain)
        # A two-letter brand (모아, 수다) is an everyday word inside a sentence.
        hits = [hit for hit in index.scan(flat, flat, ignore) if hit.rule != "brand" or hit.length > 2]
        hits = [hit for hit in hits if hit.rule != "hint"]
        speaks = says_clearly(found)
        for hit in hits:
            # Beside a name that speaks for itself, one mention is not enough (배달앱: "지역화폐로 결제").
            # Where the name is silent, the description is all there is.
            share = 1.35 if not speaks else 1.0 if hit.function in found else 0.75
            _add(mentioned, [hit], description, "description", {hit.rule: share * IN_DESCRIPTION[hit.rule]}, flat)
        for function, weighed in mentioned.items():
            found[function] += weighed
    speaks = says_clearly(found)
    for function, token in functions_of_address(url):
        weight = IN_URL if not speaks or function in found else IN_URL_BESIDE_NAME
        start = max(0, url.lower().find(token))
        found[function].append((weight, Evidence(token, "url", start, start + len(token), "url")))
    guesses = ranked(found)
    kept = without_subjects([guess for guess in guesses if guess.confidence >= ASK_BELOW], vocabulary)
    type_, form, confidence = _form(kept, form_hint, vocabulary)
    return Understanding(
        type=type_,
        form=form,
        functions=kept,
        beneficiaries=_beneficiaries(name, description, kept, vocabulary),
        confidence=confidence,
        questions=_questions(kept, guesses, form, vocabulary),
    )


def functions_from_words(words: Iterable[str]) -> list[FunctionGuess]:
    """Functions people mean by their own words ("음식 배달", "막차"), best first; nothing where nobody can tell."""
    index, found = term_index(), defaultdict[str, list[tuple[float, Evidence]]](list)
    for word in (unicodedata.normalize("NFC", one) for one in words):
        flat = flatten(word)
        for hit in index.scan(flat, flat):
            if hit.rule == "hint":
                continue
            whole = hit.length == len(flat.text)
            weight = SURE if whole and hit.rule != "weak" else BY_WORDS[hit.rule]
            start, end = flat.span(hit.start, hit.end)
            found[hit.function].append((weight, Evidence(word[start:end], "declared", start, end, hit.rule)))
    return list(ranked(found))


def _declared(declared: Sequence[str], vocabulary: Vocabulary) -> list[FunctionGuess]:
    """Ids a source states are taken as they are; its free words are read like a resident's."""
    ids = [word for word in declared if re.fullmatch(r"[a-z][a-z0-9_]*", word)]
    guesses = [
        FunctionGuess(vocabulary.function(code).id, 0.99, (Evidence(code, "declared", 0, len(code), "declared"),))
        for code in ids
    ]
    return guesses + functions_from_words(word for word in declared if word not in ids)


def _read_name(index: TermIndex, name: str, core: Flat, ignore: Collection[str]) -> list[Hit]:
    """Hits of the name; a short brand counts only where it is the whole name or opens a word."""
    flat = flatten(name)
    shift = len(flat.text) - len(core.text)
    opens = {*flat.starts, shift}
    hits = []
    for hit in index.scan(flat, core, ignore):
        if hit.rule == "brand" and hit.start not in opens:
            continue
        whole = hit.length == len(flat.text) or (hit.start == shift and hit.end == len(flat.text))
        if hit.rule == "brand" and hit.length <= 2 and not whole:
            continue
        hits.append(hit)
    return [hit for hit in hits if not _borrowed(hit, hits)]


def _borrowed(hit: Hit, hits: Sequence[Hit]) -> bool:
    """Whether a brand only says whose thing a name is: 여수랑 관광 길라잡이 guides visitors and lends no bicycle."""
    own = [one for one in hits if one.function == hit.function]
    brands = [one for one in own if one.rule == "brand"]
    if not all(any(_inside(one, brand) for brand in brands) for one in own):
        return False
    return any(
        one.function != hit.function
        and one.rule in ("synonym", "pattern")
        and all(one.end <= brand.start or brand.end <= one.start for brand in brands)
        for one in hits
    )


def _inside(hit: Hit, brand: Hit) -> bool:
    return brand.start <= hit.start and hit.end <= brand.end


def _add(
    found: dict[str, list[tuple[float, Evidence]]],
    hits: Iterable[Hit],
    text: str,
    where: str,
    weights: dict[str, float],
    flat: Flat,
) -> None:
    for hit in hits:
        start, end = flat.span(hit.start, hit.end)
        found[hit.function].append((weights[hit.rule], Evidence(text[start:end], where, start, end, hit.rule)))


def _form(guesses: Sequence[FunctionGuess], hint: str | None, vocabulary: Vocabulary) -> tuple[str, str, float]:
    """The leading function's usual form, unless a source said which; ('', '', 0) where nothing is known."""
    lead = guesses[0] if guesses else None
    usual = vocabulary.function(lead.id).forms if lead else ()
    if hint:
        keys = [key for key in vocabulary.forms if key == hint or key.endswith(f"/{hint}")]
        fitting = [key for key in usual if key in keys] or (keys if len(keys) == 1 else [])
        if fitting:
            form = vocabulary.forms[fitting[0]]
            return form.type, form.id, 0.99
        if not keys:
            vocabulary.form(*hint.split("/", 1)) if "/" in hint else vocabulary.form("", hint)
    if not lead:
        return "", "", 0.0
    form = vocabulary.forms[usual[0]]
    return form.type, form.id, lead.confidence


@cache
def _beneficiary_words() -> tuple[tuple[str, str], ...]:
    return tuple(
        (flatten(word).text, entry.id)
        for entry in load_vocabulary().beneficiaries.values()
        for word in entry.words
        if entry.id != "residents"
    )


def _beneficiaries(
    name: str, description: str, guesses: Sequence[FunctionGuess], vocabulary: Vocabulary
) -> tuple[str, ...]:
    """Groups the name or description calls by name first, then those the functions usually serve."""
    text = flatten(f"{name} {description[:500]}").text
    # 청소년 must not count as 청년's neighbour nor 농업인 as 기업: only the words of the list, as they stand.
    called = [code for word, code in _beneficiary_words() if word in text]
    usual = [code for guess in guesses[:3] for code in vocabulary.function(guess.id).beneficiaries]
    return tuple(dict.fromkeys(called + usual))[:5]


def _questions(
    kept: Sequence[FunctionGuess], guesses: Sequence[FunctionGuess], form: str, vocabulary: Vocabulary
) -> tuple[Question, ...]:
    """Ask for what the words do not tell, with the nearest candidates."""
    questions = []
    if not kept:
        options = tuple(guess.id for guess in guesses[:5])
        questions.append(
            Question("functions", "이 플랫폼은 무슨 일을 해 주나요?", "What does this platform do for people?", options)
        )
    if not form:
        options = tuple(f for guess in guesses[:3] for f in vocabulary.function(guess.id).forms)
        questions.append(
            Question(
                "form", "어느 유형의 플랫폼인가요?", "Which form of platform is it?", tuple(dict.fromkeys(options))
            )
        )
    return tuple(questions)
