"""From residents' words to functions: a small index over the phrases of functions.yml and config/vocab/needs."""

import math
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property, lru_cache
from pathlib import Path
from typing import Any

import yaml

from config.settings import CONFIG
from search.english import English, plain
from search.everyday import beside_the_point
from search.hangul import even, fold
from search.leanings import Leanings, load_leanings
from search.words import Lexicon, Word, lexicon_of

# What a function named second, third … for one need is worth beside the first.
ORDER = (1.0, 0.85, 0.7, 0.6, 0.5, 0.45)
# What only helps where nothing nearer to the need is there.
ALSO = 0.5
EVENT = 0.85
# What a word that stands in no phrase counts beside those that do.
UNHEARD = 0.4
# How much more a word says that few functions share.
RARE = 1.5
# Sets of words remembered with the functions that they ask for: some two megabytes.
MOST_ASKED = 2_000
# Words that other phrases of the same function bear out to this share count so much for it beside the best phrase.
HEARD, TOGETHER = 0.6, 0.3
# Below SETTLED phrases alone do not settle what is meant, below SAID they say nothing. What words lean to is then worth
# LEANING at least and grows by LEANS of the leaning, to which what was hardly said adds its share.
SETTLED, SAID = 0.6, 0.4
LEANING, LEANS, HARDLY = 0.4, 0.5, 0.3


@dataclass(frozen=True)
class Phrase:
    """One way to say a need: its words, the functions it leads to, and how sure that is."""

    words: frozenset[str]
    functions: tuple[tuple[str, float], ...]
    kind: str


@dataclass(frozen=True)
class FoundFunction:
    """A function that a query asks for, how strongly (0 to 1), and the query's words that say so."""

    id: str
    strength: float
    words: frozenset[str]
    kind: str


class Vocabulary:
    """What config/vocab knows of words: the dictionary, synonyms, weak and empty words, and the needs."""

    def __init__(self, folder: Path = CONFIG / "vocab") -> None:
        self._folder = folder
        functions = _load(folder / "functions.yml")
        words = _load(folder / "words.yml")
        needs = [need for path in sorted((folder / "needs").glob("*.yml")) for need in _load(path)]
        self.lexicon: Lexicon = lexicon_of(_load(folder / "particles.yml"), words["senses"])
        self.groups: list[list[str]] = [
            [even(str(word)) for word in group] for group in _load(folder / "synonyms.yml")["groups"]
        ]
        self.english = English.load(folder)
        self.empty = {even(str(word)) for word in words["empty"]} | self.english.empty
        self.weak = {even(str(word)) for word in words["weak"]} | self.english.weak
        self.here = sorted((even(str(word)) for word in words["here"]), key=len, reverse=True)
        self.not_places = re.compile("|".join(words["not_places"]))
        self.kinds = _narrower(_load(folder / "kinds.yml"))
        self.fields = {entry["id"]: str(entry["field"]) for entry in functions}
        self.renamed = {old: entry["id"] for entry in functions for old in entry.get("was") or ()}
        self.names = {entry["id"]: str(entry["ko"]) for entry in functions}
        self.names_en = {entry["id"]: str(entry["en"]) for entry in functions}
        self.brands = {fold(str(brand)): entry["id"] for entry in functions for brand in entry.get("brands") or ()}
        self.weak_verbs = {str(verb) for verb in words["weak_verbs"]}
        self._teach(functions, words, needs)
        # 제대로 is no discharge from the army, nor 자주 a sleep: what names nothing is read as a whole, and says nothing.
        # 다시 천안 is a name.
        named = {
            part for entry in functions for brand in entry.get("brands") or () for part in even(str(brand)).split()
        }
        unnamed = {one for one in beside_the_point() - self.lexicon.nouns - named if not one.endswith("다")}
        self.empty |= unnamed
        self.lexicon.add_nouns(unnamed)
        self._canonical = {word: group[0] for group in self.groups for word in group}
        # The same few thousand tokens make up all phrases.
        self._word = cache(self.lexicon.word)
        self.phrases = list(self._phrases(functions, needs))
        self._word.cache_clear()
        self._by_word: dict[str, list[int]] = defaultdict(list)
        for number, phrase in enumerate(self.phrases):
            for word in phrase.words:
                self._by_word[word].append(number)
        spread: dict[str, set[str]] = defaultdict(set)
        for phrase in self.phrases:
            for word in phrase.words:
                spread[word].update(function for function, _ in phrase.functions[:1])
        self._spread = {word: len(functions) for word, functions in spread.items()}
        self._rarity = {word: self._rare(count) for word, count in self._spread.items()}
        self._unheard = self._rare(0)
        self._mass = [sum(self.weight(word) for word in phrase.words) for phrase in self.phrases]
        # One question's words are asked about up to three times, and the same needs come again and again.
        self._asked = lru_cache(maxsize=MOST_ASKED)(self._functions_of)

    @property
    def words(self) -> Iterable[str]:
        """Every word that stands in a phrase, as `canonical` writes it."""
        return self._by_word.keys()

    def canonical(self, word: str) -> str:
        """The word that stands for all its synonyms."""
        return self._canonical.get(word) or plain(word)

    def synonyms(self, word: str) -> tuple[str, ...]:
        """Other words for the same."""
        return tuple(dict.fromkeys(other for group in self.groups if word in group for other in group if other != word))

    def content(self, words: Iterable[Word]) -> list[Word]:
        """The words that say something: without the empty ones."""
        return [word for word in words if word.text not in self.empty]

    def weight(self, word: str) -> float:
        """How much a word says: rare among functions much, weak ones little."""
        if word in self.weak or word in self.weak_verbs:
            return 0.25
        return self._rarity.get(self.canonical(word), self._unheard)

    def _rare(self, functions: int) -> float:
        """How much a word says that so many functions share."""
        rare = math.log(1 + len(self.names) / (1 + functions))
        return float((rare / math.log(1 + len(self.names))) ** RARE)

    def _asks(self, word: str) -> float:
        """How much of what was asked a word is: one that no need knows may be mere talk."""
        return self.weight(word) if word in self._spread else min(UNHEARD, self.weight(word))

    def functions_for(self, words: Sequence[Word]) -> list[FoundFunction]:
        """The functions that these words ask for, strongest first; empty when the words say too little.

        Where no phrase says it clearly, what the words lean to comes in (kind `leaning`).
        """
        found = self._asked(tuple(word.text for word in words))
        if found and (found[0].strength >= SETTLED or found[0].kind == "brands"):
            return list(found)
        return self._leaning(found, words)

    def _leaning(self, found: Sequence[FoundFunction], words: Sequence[Word]) -> list[FoundFunction]:
        leanings = self._leanings.of(words)
        known = {one.id: one for one in found}
        said = bool(found) and found[0].strength >= SAID
        if not said and not any(leaning.clear for leaning in leanings):
            return list(found)
        for leaning in leanings:
            one = known.get(leaning.function) or FoundFunction(leaning.function, 0.0, frozenset(), "leaning")
            if not leaning.clear and not (said and one.strength):
                continue
            if said:
                strength = one.strength + LEANS * leaning.weight
            else:
                strength = LEANING + LEANS * (leaning.weight + HARDLY * one.strength)
            known[one.id] = replace(one, strength=strength, words=one.words | leaning.words)
        # Never as sure as what the phrases settle.
        most = max(SETTLED, *(one.strength for one in known.values())) / SETTLED
        ranked = [replace(one, strength=one.strength / most) for one in known.values()]
        return sorted(ranked, key=lambda one: (-one.strength, one.id))

    @cached_property
    def _leanings(self) -> Leanings:
        table = load_leanings(self._folder / "leanings.txt", self.names.keys())
        return Leanings(table, self.lexicon, self.canonical, self.weight, frozenset(self.empty))

    def _functions_of(self, words: tuple[str, ...]) -> tuple[FoundFunction, ...]:
        query = {self.canonical(word): word for word in words}
        says = {word: self.weight(word) for word in query}
        mass = sum(self._asks(word) for word in query) or 1.0
        best: dict[str, FoundFunction] = {}
        reach: dict[str, set[str]] = defaultdict(set)
        for number in {number for word in query for number in self._by_word.get(word, ())}:
            phrase = self.phrases[number]
            shared = phrase.words & query.keys()
            said = sum(map(says.__getitem__, shared))
            cover = said / self._mass[number]
            strength = cover * (0.3 + 0.7 * min(1.0, said / mass))
            for number, (function, share) in enumerate(phrase.functions):
                if not number and cover >= HEARD:
                    reach[function] |= shared
                known = best.get(function)
                if known is None or (strength * share, phrase.kind) > (known.strength, known.kind):
                    asked_by = frozenset(query[word] for word in shared)
                    best[function] = FoundFunction(function, strength * share, asked_by, phrase.kind)
        for function, words_of in reach.items():
            one = best[function]
            further = {query[word] for word in words_of} - one.words
            if further:
                # 초등 돌봄 and 방학: what bears out more of the words, by several phrases, is meant rather than what has one.
                said = sum(self._asks(self.canonical(word)) for word in further) / mass
                best[function] = replace(
                    one, strength=one.strength + TOGETHER * said * (1.0 - one.strength), words=one.words | further
                )
        return tuple(sorted(best.values(), key=lambda one: (-one.strength, one.id)))

    def _teach(
        self, functions: list[Mapping[str, Any]], words: Mapping[str, Any], needs: list[Mapping[str, Any]]
    ) -> None:
        """Fill the dictionary: sure words first, then what the phrases add to them."""
        lexicon = self.lexicon
        said = [str(text) for need in needs for key in ("say", "words") for text in need.get(key) or ()]
        nouns = {str(word) for word in words["nouns"]}
        verbs = [str(verb) for verb in (*words["verbs"], *words["weak_verbs"])]
        verbs += [token for text in said for token in even(text).split() if len(token) > 1 and token.endswith("다")]
        for verb in dict.fromkeys(verbs):
            parts = lexicon.read(verb)
            # 시켜먹다 is 시키다 and 먹다, 빌려주다 is 빌리다.
            made_up = (len(parts) > 1 or verb.endswith("주다")) and all(word.known for word in parts)
            if verb not in nouns and not made_up:
                lexicon.add_verb(verb)
            if verb.endswith(("하다", "되다")) and len(verb) > 3:
                # 전역하다 is known, so 전역 must not be taken for a slip.
                lexicon.add_nouns([verb[:-2]])
        for verb in ("하다", "싶다", "있다", "없다", "되다", "알다"):
            lexicon.add_verb(verb)
            self.empty.add(verb)
        sure: list[str] = []
        for entry in functions:
            for text in (entry["ko"], *entry["synonyms"]):
                sure += even(str(text)).replace("·", " ").split()
            for brand in entry.get("brands") or ():
                sure.append(fold(str(brand)))
                sure += [part for part in even(str(brand)).split() if not lexicon.verb_at(part)]
        for group in self.groups:
            sure += group
        sure += sorted(nouns) + sorted(self.weak) + sorted(self.empty) + list(self.english.words())
        lexicon.add_nouns(word.strip("(),") for word in sure)
        loose = [str(text) for entry in functions for text in entry["words"]]
        for text in (*loose, *said):
            for token in even(text).split():
                if not lexicon.verb_at(token):
                    lexicon.add_nouns([_bare(token, lexicon)])

    def _phrases(self, functions: list[Mapping[str, Any]], needs: list[Mapping[str, Any]]) -> Iterable[Phrase]:
        for entry in functions:
            for key in ("synonyms", "words", "brands"):
                for text in (*((entry["ko"], entry["en"]) if key == "synonyms" else ()), *(entry.get(key) or ())):
                    yield from self._phrase(str(text), ((entry["id"], 1.0),), key)
        for function, phrases in self.english.functions.items():
            for text in phrases:
                yield from self._phrase(text, ((function, 1.0),), "english")
        for need in needs:
            for key, kind, sure in (("say", "need", 1.0), ("words", "event", EVENT)):
                led = tuple((function, sure * share) for function, share in zip(need["functions"], ORDER, strict=False))
                led += tuple((function, sure * ALSO) for function in need.get("also") or ())
                for text in need.get(key) or ():
                    yield from self._phrase(str(text), led, kind)

    def _phrase(self, text: str, functions: tuple[tuple[str, float], ...], kind: str) -> Iterable[Phrase]:
        read = [word for token in self.lexicon.tokens(text) for word in self._word(token)]
        words = frozenset(self.canonical(word.text) for word in self.content(read))
        # A verb that goes with anything names no need by itself.
        if words - self.weak_verbs:
            yield Phrase(words, functions, kind)


def _narrower(kinds: Mapping[str, Sequence[str]]) -> dict[str, tuple[str, ...]]:
    """Each narrower word with the wider ones that it is a kind of."""
    found: dict[str, tuple[str, ...]] = {}
    for wider, words in kinds.items():
        for word in words:
            found[even(word)] = (*found.get(even(word), ()), even(wider))
    return found


@lru_cache
def vocabulary() -> Vocabulary:
    """The vocabulary of this installation, read once."""
    return Vocabulary()


def _bare(token: str, lexicon: Lexicon) -> str:
    """The token without what clearly is a particle or an ending."""
    for ending in ("하기", "하고", "하는", "할", "해요", "했어요", "해", "하면", "하러"):
        if token.endswith(ending) and len(token) - len(ending) >= 2:
            return token.removesuffix(ending)
    for josa in ("을", "를", "에", "에서", "에게", "한테", "으로", "까지", "부터"):
        if token.endswith(josa) and len(token) - len(josa) >= 2:
            return token.removesuffix(josa)
    for josa in lexicon.josa:
        if token.endswith(josa) and token.removesuffix(josa) in lexicon.nouns:
            return token.removesuffix(josa)
    for cut in range(2, len(token)):
        if token[:cut] in lexicon.nouns and any(token[cut:].startswith(end) for end in lexicon.nominal):
            return token[:cut]
    return token


def _load(path: Path) -> Any:
    with path.open(encoding="utf-8") as file:
        return yaml.load(file, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
