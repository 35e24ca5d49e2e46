"""Understanding what was typed: places, readings that compete by evidence in the index, words, needs and slips."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from registry.governments import Places
from search.abbreviations import Abbreviations
from search.addresses import bare, telling
from search.concept import Concept, concept_clause
from search.engine import AtLeast, Clause, Phrase, Plan, SearchEngine, Term
from search.everyday import everyday
from search.grams import bigrams, initial_bigrams, is_initials, is_inverted
from search.hangul import even, fold, initials, is_letter, is_syllable, spells
from search.hanja import has_hanja, readings
from search.keyboard import Keyboard
from search.known import Known
from search.left_out import left_out
from search.mentions import Mentions
from search.needs import FoundFunction, Vocabulary
from search.query import Interpretation
from search.respelling import Respelling
from search.slips import Slips
from search.understood import Understood
from search.unfinished import Completed, Unfinished
from search.words import Word

# A function counts when its phrase covers this much of what was asked, and not much less than the best one.
LEAST_STRENGTH = 0.4
BESIDE_BEST = 0.45
MOST_FUNCTIONS = 5
PARTLY = 0.75
BRAND = 0.7
OUR_GOVERNMENT = re.compile(r"우리 ?([시군구도])(?=\s|에|의|는|도|$)")


class Reader:
    """Reads queries against one engine's content; what it knows of the index follows the engine's generation."""

    def __init__(self, engine: SearchEngine, places: Places, vocabulary: Vocabulary) -> None:
        self._known = Known(engine, places, vocabulary)
        self._keyboard = Keyboard(self._known, places)
        self._mentions = Mentions(places, vocabulary)
        self._slips = Slips(self._known, places)
        self._unfinished = Unfinished(self._known)
        self._abbreviations = Abbreviations(self._known)
        self._respelling = Respelling(self._known)
        self._places = places

    @property
    def generation(self) -> str | None:
        """The generation of the index whose words queries are read with."""
        return self._known.generation

    def refresh(self) -> None:
        """Take in the words of names in the index, when it has changed."""
        self._known.refresh()

    def literal(self, text: str) -> Understood:
        """The words as they stand, nothing read into them."""
        tokens = [token for token in re.split(r"\s+", even(text).strip()) if fold(token)]
        concepts = tuple(Concept(fold(token), 1.0) for token in dict.fromkeys(tokens))
        return Understood(text, (fold(text),) if fold(text) else (), concepts)

    def read(self, text: str, area_id: int | None, common: bool = False) -> Understood:
        """The best reading of a query; with `common`, words that everybody uses may be slips too."""
        self.refresh()
        address = telling(text)
        if address:
            read = self._at(text, address) or address
            return self._read(
                even(read), area_id, (Interpretation("spelling", text.strip(), read),), True, common=common
            )
        text, hanja = self._hangul(text.strip())
        text, notes = self._keyboard.read(text)
        text = even(text)
        left = None if self._known.named(fold(text)) else left_out(text)
        if left is not None:
            wanted = self._read(left.text, area_id, (*hanja, *notes), True, common=common)
            if wanted.functions or wanted.exact or wanted.only_place:
                note = Interpretation("left_out", left.word, left.text)
                return replace(wanted, left_out=fold(left.word), interpretation=(*wanted.interpretation, note))
            # 배민 말고 뭐 있나: what does the same is wanted, but not that.
            understood = self._read(text, area_id, (*hanja, *notes), True, common=common)
            return replace(understood, left_out=fold(left.word)) if understood.need else understood
        understood = self._read(text, area_id, (*hanja, *notes), True, common=common)
        if not understood.choices and understood.functions and understood.functions[0].id == "home_page":
            # A district's resident who asks for the 시청 means the city's page, not her own.
            return replace(understood, choices=tuple(self._mentions.seat(text, area_id)))
        return understood

    def _hangul(self, text: str) -> tuple[str, list[Interpretation]]:
        """The text with its Hanja read as Hangul; a name that is written with Hanja stays as it is."""
        if not has_hanja(text) or self._known.named(fold(text)):
            return text, []
        notes = []
        words = text.split()
        for number, word in enumerate(words):
            if not has_hanja(word):
                continue
            ways = readings(word)
            # A character may have several sounds: 金海 is 김해 because there is such a place.
            read = max(ways, key=self._sureness) if ways[1:] else ways[0]
            if read != word:
                notes.append(Interpretation("hanja", word, read))
                words[number] = read
        return " ".join(words), notes

    def _sureness(self, way: str) -> tuple[int, bool]:
        """How surely a sound of Hanja is meant; a word of its own (전기차) before a compound that a verb ends (전기·거)."""
        return self._known.sureness(way, self._places), fold(way) in self._known.lexicon.nouns

    def _read(
        self,
        plain: str,
        area_id: int | None,
        notes: tuple[Interpretation, ...],
        mend: bool,
        begun: bool = False,
        common: bool = False,
    ) -> Understood:
        mentions = self._mentions.find(plain, area_id)
        if mentions and not self._mentions.without(plain, mentions)[0] and self._known.named(fold(plain)):
            # 대구로 is a name, not 대구 with a particle.
            mentions = []
        rest, here = self._mentions.without(plain, mentions)
        wholes = self._wholes(plain, rest)
        understood = Understood(
            plain,
            wholes,
            exact=any(map(self._known.named, wholes)),
            interpretation=notes,
            mentions=tuple(mentions),
            choices=tuple(self._mentions.choose(mentions, area_id)),
            here=here,
            begun=begun,
        )
        core = rest or plain
        if not understood.exact and any(is_letter(char) for char in fold(core)):
            by_initials = self._initials(understood, core)
            if by_initials is not None:
                return by_initials
        if mend and not understood.exact and rest:
            respelt = self._respelling.of(plain)
            if respelt:
                more = (*notes, Interpretation("spelling", plain, respelt))
                return self._read(respelt, area_id, more, mend=False, begun=True)
            completed = self._unfinished.complete(plain)
            if completed is not None and not completed.typed:
                # What stands in a name is no slip: 동백택 is on its way to 동백택시, and not 동백통.
                return self._words(replace(understood, begun=True), core)
            if completed is not None and completed.met:
                return self._completed(completed, area_id, notes)
            name, shown, number = self._slips.whole(wholes)
            if completed is not None and not (name and number == 0):
                # A whole name a slip away says more than a word of the vocabulary that begins so.
                return self._completed(completed, area_id, notes)
            sure = core in everyday() or self._sure(core)
            if name and not sure:
                more = (*notes, Interpretation("spelling", plain, shown))
                if number == 0:
                    return self._read(name, area_id, more, mend=False)
                # The place stands; what is left beside it was the slip.
                return self._words(replace(understood, wholes=(name,), exact=True, interpretation=more), name)
            if name:
                # The words mean something as they stand: a name one slip away is offered, not taken.
                understood = replace(understood, did_you_mean=shown)
            else:
                expanded = self._abbreviations.expand(plain)
                if expanded is not None:
                    more = (*notes, Interpretation("abbreviation", expanded.typed, expanded.read))
                    return self._read(expanded.text, area_id, more, mend=False)
                mended, corrected = self._slips.mended(plain, common)
                if corrected:
                    told = tuple(Interpretation("spelling", old, new) for old, new in corrected)
                    return self._read(mended, area_id, (*notes, *told), mend=False)
        if understood.mentions and rest and not understood.exact and self._empty(rest) and not self._inside(plain):
            # 보성균: a place, and a rest that nothing knows.
            note = Interpretation("relaxed", plain, " ".join(one.text for one in mentions))
            return self._words(replace(understood, interpretation=(*understood.interpretation, note)), "")
        return self._words(understood, core if rest else "")

    def _at(self, text: str, words: str) -> str:
        """The name of the platform at an address that was typed: at that page, or the one that has the host to itself."""
        clauses = tuple(Term("body", word) for word in words.split())
        plan = Plan(AtLeast(clauses, len(clauses)), weight_by="popularity", limit=40, count=False)
        found = [(bare(one.stored["url"]), one.stored["name"]) for one in self._known.engine.search(plan).found]
        typed = bare(text)
        same = [name for address, name in found if address == typed]
        if not same and "/" not in typed:
            same = [name for address, name in found if address.partition("/")[0] == typed]
        return same[0] if len(same) == 1 else ""

    def _completed(self, completed: Completed, area_id: int | None, notes: tuple[Interpretation, ...]) -> Understood:
        more = (*notes, Interpretation("unfinished", completed.typed, completed.read))
        return self._read(completed.text, area_id, more, mend=False, begun=completed.by_name)

    def _empty(self, rest: str) -> bool:
        words = self._known.vocabulary.content(self._known.lexicon.read(rest))
        if not words or self._functions(words) or any(word.known and len(word.text) > 1 for word in words):
            return False
        folded = fold(rest)
        clauses: list[Clause] = [Term("name", folded), Term("body", folded)]
        if len(folded) >= 2:
            clauses.append(Phrase("bi", tuple(bigrams(folded))))
        return not any(self._known.engine.evidence(clauses))

    def _inside(self, text: str) -> bool:
        """Whether the whole text stands in a name: 해남미 in 해남미소."""
        return any(self._known.engine.evidence([Phrase("bi", tuple(bigrams(fold(text))))]))

    def _initials(self, understood: Understood, core: str) -> Understood | None:
        """A text with lone consonants, read as the initials of a name; its syllables must stand in that name."""
        texts = (fold(core), fold(understood.text))
        if any(map(is_syllable, texts[0])) and self._slips.whole(texts[1:])[0]:
            # 안동ㄷ장터: a stray letter in a whole name, not initials after a place.
            return None
        for text in dict.fromkeys(texts):
            row = initials(text)
            if len(row) < 2 or not all(is_syllable(char) or is_initials(char) or char.isalnum() for char in text):
                continue
            found = self._known.engine.search(
                Plan(Phrase("cho", tuple(initial_bigrams(row))), limit=40, count=False)
            ).found
            names = [name for one in found for key in ("x", "y", "z") for name in one.stored[key]]
            if any(spells(text, name) for name in names):
                return replace(understood, initials=row, spelt=text)
        return None

    @staticmethod
    def _wholes(text: str, rest: str) -> tuple[str, ...]:
        found = [fold(text), fold(rest)]
        return tuple(one for one in dict.fromkeys(found) if len(one) >= 2)

    # Words -----------------------------------------------------------------------------------------------------

    def _words(self, understood: Understood, core: str) -> Understood:
        vocabulary = self._known.vocabulary
        notes = list(understood.interpretation)
        # 우리 시 빚: the place is the chosen one, and it is the city that has the debt.
        whose = OUR_GOVERNMENT.search(understood.text) if understood.here and core else None
        said = vocabulary.content(vocabulary.lexicon.read(f"{core} {whose.group(1)}" if whose else core))
        functions = self._functions(said)
        if (
            understood.exact
            and functions
            and functions[0].kind != "brands"
            and not any(map(self._known.named_so, understood.wholes))
        ):
            # 신문고, 통계: a need; that a government calls its own just so makes it no name.
            understood = replace(understood, exact=False)
        if understood.begun or (understood.exact and functions and functions[0].kind == "brands"):
            # The name of one service was typed, or its beginning: not a need that others meet too.
            functions = []
        if functions and not understood.exact and functions[0].kind != "brands":
            names = ", ".join(vocabulary.names[one.id] for one in functions[:2])
            notes.append(Interpretation("need", core, names))
        if not core and understood.choices:
            # Only a place was typed: what it runs, its own front page first.
            functions = [FoundFunction("home_page", 0.8, frozenset(), "place")]
        read = vocabulary.content(self._known.lexicon.read(core))
        concepts = tuple(self._concept(word, functions) for word in dict.fromkeys(read))
        return replace(
            understood,
            concepts=concepts,
            functions=tuple(functions),
            interpretation=tuple(notes),
            only_place=not core and bool(understood.choices),
        )

    def _sure(self, core: str) -> bool:
        """Whether the words mean something as they stand: a need, or words that one platform has all together."""
        words = self._known.lexicon.read(core)
        if not all(word.known for word in words):
            return False
        said = self._known.vocabulary.content(words)
        nouns = sum(len(word.text) for word in said if word.kind != "verb")
        if 2 * nouns < len(fold(core)):
            # Mostly verbs and endings: a long unknown word may look like that.
            return bool(self._functions(said)) and " " in core
        found = self._functions(said)
        meant = {word for one in found for word in one.words}
        rest = [word for word in said if word.text not in meant and self._known.vocabulary.weight(word.text) > 0.25]
        if found and found[0].strength >= 0.75 and not rest:
            return True
        together = AtLeast(tuple(concept_clause(self._concept(word, found[:0])) for word in said), len(said))
        return bool(said) and any(self._known.engine.evidence([together]))

    def _functions(self, said: Sequence[Word]) -> list[FoundFunction]:
        found = self._known.vocabulary.functions_for(said)
        if not found or found[0].strength < LEAST_STRENGTH:
            return []
        if found[0].kind == "brands":
            # A name is asked for first of all; what does the same comes after what bears the name.
            found = [replace(one, strength=BRAND * one.strength) for one in found]
        best = found[0]
        if best.strength >= 0.9:
            # 화장장 예약 is answered as a whole: what answers only 예약 comes after it.
            found = [replace(one, strength=PARTLY * one.strength) if one.words < best.words else one for one in found]
            found.sort(key=lambda one: (-one.strength, one.id))
        least = max(LEAST_STRENGTH * 0.8, BESIDE_BEST * found[0].strength)
        return [one for one in found if one.strength >= least][:MOST_FUNCTIONS]

    def _concept(self, word: Word, functions: Iterable[FoundFunction]) -> Concept:
        vocabulary = self._known.vocabulary
        weight = vocabulary.weight(word.text)
        return Concept(
            word.text,
            weight if word.known else 1.0,
            vocabulary.synonyms(word.text),
            ()
            if fold(word.text) in vocabulary.brands
            else tuple(
                one.id for one in functions if any(said in word.text or word.text in said for said in one.words)
            ),
            is_inverted(word.text, vocabulary.lexicon.nouns),
            word.text in vocabulary.weak
            or word.text in vocabulary.weak_verbs
            or (len(word.text) < 2 and not word.known),
            word.known,
            word.kind == "verb",
            vocabulary.kinds.get(word.text, ()),
        )
