"""What an engine stores of a platform: pre-tokenised text fields, code fields, numbers and the facts shown.

| text field    | holds                                                                                  |
|---------------|----------------------------------------------------------------------------------------|
| name          | words of the name, and its parts between spaces (vocabulary)                           |
| alias         | words of aliases, former and English names, and of platforms it succeeds (vocabulary)  |
| whole         | the folded name, also without its parenthesis or its owner's place name                |
| alias_whole   | folded aliases and former names, and other spellings of all names                      |
| bi            | syllable bigrams of all names in order: a phrase of them is an infix                   |
| cho           | bigrams of initials of all names in order                                              |
| starts        | keystroke prefixes of all names, from every word's start: completion                   |
| keys3         | keystroke trigrams of all names: slips of the finger                                   |
| short         | first syllables of the words of the name in a row: 공데포                                |
| body          | words of the description, operator, department, partners, host name                    |
| place         | the owner's names and those of the governments above it, folded                        |
"""

import math
import re
from collections.abc import Iterable, Iterator, Sequence
from hashlib import blake2b
from importlib.metadata import version

from registry.place_names import basic_forms, metropolitan_forms
from search.addresses import host_words
from search.document import PlatformDocument
from search.engine import IndexEntry
from search.grams import bigrams, initial_bigrams, is_inverted, key_trigrams
from search.hangul import fold, keystrokes
from search.needs import Vocabulary
from search.short_forms import short_forms
from search.spoken import spellings
from search.text import TEXT_FORMAT, Analyser

# Grows when an index built before must be built anew.
FORMAT = f"8/{TEXT_FORMAT}/{version('kiwipiepy')}"

TEXT_FIELDS = ("name", "alias", "whole", "alias_whole", "bi", "cho", "starts", "keys3", "short", "body", "place")
# Fields in which phrases are asked for; the others need no positions.
PHRASE_FIELDS = ("bi", "cho")
VOCABULARY_FIELDS = ("name", "alias")
CODE_FIELDS = (
    "type",
    "form",
    "function",
    "field",
    "status",
    "level",
    "owner",
    "area",
    "beneficiary",
    "channel",
    "engine",
    "serves",
    "successor",
    "id",
)
# popularity weighs completions; recent is a date as YYYYMMDD; users a figure as reported.
NUMBER_FIELDS = ("popularity", "recent", "users")

SEPARATOR = "|"
LONGEST_START = 14
PARENTHESIS = re.compile(r"[(\[（]([^)\]）]*)[)\]）]")


def entries(documents: Iterable[PlatformDocument], analyser: Analyser, vocabulary: Vocabulary) -> Iterator[IndexEntry]:
    """The entries of many documents, analysed in batches."""
    batch: list[PlatformDocument] = []
    for document in documents:
        batch.append(document)
        if len(batch) >= 1000:
            yield from _batch(batch, analyser, vocabulary)
            batch = []
    if batch:
        yield from _batch(batch, analyser, vocabulary)


def place_forms(names: Sequence[str]) -> list[str]:
    """Every way to write these governments in a platform's name, longest first."""
    forms: list[str] = []
    for name in names:
        last = name.split(" ")[-1]
        forms += metropolitan_forms(last) if len(last) > 3 and last[-1] in "시도" else basic_forms(last)
    return sorted({fold(form) for form in forms if len(form) >= 2}, key=lambda form: (-len(form), form))


def without_place(name: str, forms: Sequence[str]) -> str:
    """The folded name without a place name at its beginning or end; the name itself where nothing would be left."""
    for form in forms:
        if name.startswith(form) and len(name) - len(form) >= 2:
            return name.removeprefix(form)
    for form in forms:
        if name.endswith(form) and len(name) - len(form) >= 2:
            return name.removesuffix(form)
    return name


def _batch(batch: list[PlatformDocument], analyser: Analyser, vocabulary: Vocabulary) -> Iterator[IndexEntry]:
    texts: list[str] = []
    for document in batch:
        texts += [document.name, " / ".join(_other_names(document)), _body(document)]
    words = analyser.words(texts)
    for number, document in enumerate(batch):
        name, alias, body = words[3 * number : 3 * number + 3]
        yield _entry(document, name, alias, body, vocabulary)


def _other_names(document: PlatformDocument) -> list[str]:
    names = (*document.aliases, *document.former_names, document.name_en, *document.predecessors)
    return [name for name in dict.fromkeys(names) if name]


def _body(document: PlatformDocument) -> str:
    parts = (
        document.description,
        document.operator,
        document.department,
        *document.partners,
        document.shared_operation,
    )
    return " / ".join(part for part in parts if part)


def _entry(
    document: PlatformDocument,
    name_words: tuple[str, ...],
    alias_words: tuple[str, ...],
    body_words: tuple[str, ...],
    vocabulary: Vocabulary,
) -> IndexEntry:
    name_words = _with_tokens(name_words, [document.name])
    alias_words = _with_tokens(alias_words, _other_names(document))
    forms = place_forms(document.owner_names)
    primary = _variants(document.name)
    called = [name for name in (*document.aliases, *document.former_names, document.name_en) if name]
    secondary = list(dict.fromkeys(variant for name in called for variant in _variants(name)))
    stripped = [without_place(name, forms) for name in [*primary, *secondary]]
    others = [spelt for name in [*primary, *secondary] for spelt in spellings(name)]
    secondary = [name for name in dict.fromkeys([*secondary, *others]) if name not in primary]
    stripped = [name for name in dict.fromkeys(stripped) if name not in primary and name not in secondary]
    led = [fold(name) for name in document.predecessors]
    nouns = vocabulary.lexicon.nouns
    inverted = [word for word in (*name_words, *alias_words) if is_inverted(word, nouns)]
    rows = [*primary, *stripped, *secondary]
    hosts = host_words([document.url, *document.addresses])
    places = list(dict.fromkeys([*forms, *(fold(name) for name in document.owner_names)]))
    body = list(dict.fromkeys([*body_words, *hosts]))
    fields = tuple(dict.fromkeys(vocabulary.fields[one] for one in document.functions if one in vocabulary.fields))
    starts = _starts([document.name, *called], [*name_words, *alias_words], forms)
    return IndexEntry(
        id=document.id,
        version=document.version,
        text={
            "name": " ".join(name_words),
            "alias": " ".join(alias_words),
            "whole": " ".join([*primary, *stripped]),
            "alias_whole": " ".join([*secondary, *led]),
            "bi": f" {SEPARATOR} ".join(" ".join(bigrams(row, inverted)) for row in rows),
            "cho": f" {SEPARATOR} ".join(" ".join(initial_bigrams(row)) for row in rows),
            "starts": " ".join(starts),
            "keys3": " ".join(dict.fromkeys(gram for row in rows for gram in key_trigrams(row))),
            "short": " ".join(short_forms(primary[0], [*name_words, *_tokens(document.name)], vocabulary.lexicon)),
            "body": " ".join(body),
            "place": " ".join(places),
        },
        codes={
            "type": tuple(one for one in dict.fromkeys((document.type, *document.secondary_types)) if one),
            "form": (f"{document.type}/{document.form}",) if document.form else (),
            "function": document.functions,
            "field": fields,
            "status": (document.status,),
            "level": (document.owner_level,),
            "owner": (document.owner_code or document.owner,) if document.owner_code or document.owner else (),
            "area": document.area_codes,
            "beneficiary": document.beneficiaries,
            "channel": document.channels,
            "engine": (document.engine,) if document.engine else (),
            "serves": _serves(document),
            "successor": (document.successor_id,) if document.successor_id else (),
            "id": (document.id,),
        },
        numbers={
            "popularity": _popularity(document),
            "recent": float(_day(document.launched) or 0),
            "users": document.users,
        },
        stored={
            "name": document.name,
            "owner": document.owner,
            "owner_id": document.owner_id,
            "path": list(document.owner_path),
            "served": list(document.served),
            "level": document.owner_level,
            "nation": document.nationwide,
            "url": document.url,
            "type": document.type,
            "form": document.form,
            "functions": list(document.functions),
            "status": document.status,
            "liveness": document.liveness,
            "description": document.description,
            "former": list(document.former_names),
            "aliases": list(document.aliases),
            "closed": document.closed,
            "successor": [document.successor_id, document.successor_name] if document.successor_id else None,
            "users": document.users,
            "recent": _day(document.launched),
            "w": sorted(set(name_words)),
            "a": sorted(set(alias_words)),
            "b": body[:80],
            "x": primary,
            "y": secondary,
            "z": stripped,
            "l": led,
            "p": places,
        },
    )


def _serves(document: PlatformDocument) -> tuple[str, ...]:
    """Ids of the governments a platform is near to: those it serves and the one that owns it; 'nation' for all."""
    ids = [*document.served, *([document.owner_id] if document.owner_id is not None else [])]
    return (*dict.fromkeys(str(one) for one in ids), *(("nation",) if document.nationwide else ()))


def _with_tokens(words: tuple[str, ...], names: Iterable[str]) -> tuple[str, ...]:
    """The words and the names' parts between spaces: 일상플러스 is a word that slips are mended to, not only 일상·플러스."""
    tokens = [token for name in names for token in _tokens(name)]
    return (*words, *dict.fromkeys(token for token in tokens if 2 <= len(token) <= 8 and token not in words))


def _tokens(name: str) -> list[str]:
    return [token for token in map(fold, name.split()) if token]


def _popularity(document: PlatformDocument) -> float:
    """From 1 to about 2: use and running, and a grain of the id's own so that equal platforms keep one order."""
    grain = int.from_bytes(blake2b(document.id.encode(), digest_size=2).digest(), "big") / 2**16
    running = 0.15 if document.status == "running" else 0.0
    return 1.0 + min(1.0, math.log10(1.0 + document.users) / 16) + running + grain / 1000


def _variants(name: str) -> list[str]:
    """The folded name, the name without its parenthesis, and what stands in that; names of one syllable only whole."""
    full = fold(name)
    inner = [fold(part) for part in PARENTHESIS.findall(name)]
    found = [full, fold(PARENTHESIS.sub(" ", name)), *inner]
    return [one for one in dict.fromkeys(found) if len(one) >= 2 or one == full]


def _starts(names: Iterable[str], words: Iterable[str], forms: Sequence[str]) -> list[str]:
    found: dict[str, None] = {}
    known = [word for word in words if len(word) >= 2]
    for name in names:
        full = fold(name)
        places = {0, len(full) - len(without_place(full, forms))}
        for token in name.split():
            at = full.find(fold(token))
            if fold(token) and at >= 0:
                places.add(at)
        places.update(at for at in (full.find(word) for word in known) if at > 0)
        for at in sorted(places):
            keys = keystrokes(full[at : at + LONGEST_START])[:LONGEST_START]
            found.update((keys[:length], None) for length in range(1, len(keys) + 1))
    return list(found)


def _day(text: str) -> int:
    """A stated date, month or year as YYYYMMDD with zeroes for what is not said; 0 when there is none."""
    digits = re.sub(r"\D", "", text)[:8]
    return int(digits.ljust(8, "0")) if len(digits) >= 4 else 0
