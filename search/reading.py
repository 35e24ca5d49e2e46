"""Understanding what was typed: places, readings that compete by evidence in the index, words, needs and slips."""

import re
import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from rapidfuzz import process
from rapidfuzz.distance import OSA

from registry.governments import PlaceMention, Places
from registry.models import Government
from search.concept import Concept, concept_clause
from search.engine import AtLeast, Clause, Phrase, Plan, SearchEngine, Term
from search.fields import bigrams, initial_bigrams, is_initials, is_inverted, key_trigrams
from search.hangul import even, fold, hangul_readings, initials, is_letter, is_syllable, keystrokes
from search.needs import FoundFunction, Vocabulary
from search.query import Interpretation
from search.words import Word

LATIN = re.compile(r"[A-Za-z]+")
# A function counts when its phrase covers this much of what was asked, and not much less than the best one.
LEAST_STRENGTH = 0.4
BESIDE_BEST = 0.45
MOST_FUNCTIONS = 5
PARTLY = 0.75
BRAND = 0.7
# Words of the vocabulary that are place names first of all.
PLACE_WORDS = frozenset({"서울", "부산", "제주", "세종"})


@dataclass(frozen=True)
class Understood:
    """A query as understood. `wholes` are folded texts that may be a whole name."""

    text: str
    wholes: tuple[str, ...] = ()
    concepts: tuple[Concept, ...] = ()
    functions: tuple[FoundFunction, ...] = ()
    initials: str = ""
    exact: bool = False
    interpretation: tuple[Interpretation, ...] = ()
    did_you_mean: str = ""
    mentions: tuple[PlaceMention, ...] = ()
    choices: tuple[Government, ...] = ()
    here: bool = False
    only_place: bool = False


class Reader:
    """Reads queries against one engine's content; what it knows of the index follows the engine's generation."""

    def __init__(self, engine: SearchEngine, places: Places, vocabulary: Vocabulary) -> None:
        self._engine = engine
        self._places = places
        self.vocabulary = vocabulary
        self._base = frozenset(vocabulary.lexicon.nouns)
        # The words of names help to read a query; needs are read without them, as their phrases were.
        self._lexicon = replace(vocabulary.lexicon, nouns=set(self._base))
        self._english: dict[str, list[Government]] = {}
        for row in places.all():
            name = even(row.name_en)
            for form in {name, re.sub(r"-(?:si|gun|gu|do)$", "", name)}:
                if len(form) >= 4:
                    self._english.setdefault(form, []).append(row)
        self._place_names = {
            form
            for row in places.all()
            for form in (even(row.name), even(row.name)[:-1])
            if len(form) >= 3 or (len(form) == 2 and len(keystrokes(form)) >= 5)
        }
        self._generation: str | None = None
        self._lock = threading.Lock()
        self._index_words: dict[str, int] = {}
        self._by_length: dict[int, list[str]] = {}
        self._keys: dict[int, list[str]] = {}

    def refresh(self) -> None:
        """Take in the words of names in the index, when it has changed."""
        generation = self._engine.generation()
        if generation == self._generation:
            return
        with self._lock:
            if generation == self._generation:
                return
            words: dict[str, int] = {}
            for name in ("name", "alias"):
                for word, count in self._engine.vocabulary(name).items():
                    words[word] = words.get(word, 0) + count
            lexicon = replace(self.vocabulary.lexicon, nouns=set(self._base))
            fresh = {word for word in words if len(word) >= 2 and not word.endswith("다") and not word.isdigit()}
            lexicon.add_nouns(fresh)
            self._lexicon = lexicon
            self._index_words = words
            by_length: dict[int, list[str]] = {}
            for word in words.keys() | self._base | self._place_names:
                if len(word) >= 2:
                    by_length.setdefault(len(keystrokes(word)), []).append(word)
            self._by_length = {length: sorted(some) for length, some in by_length.items()}
            self._keys = {length: [keystrokes(word) for word in some] for length, some in self._by_length.items()}
            self._generation = generation

    def literal(self, text: str) -> Understood:
        """The words as they stand, nothing read into them."""
        tokens = [token for token in re.split(r"\s+", even(text).strip()) if fold(token)]
        concepts = tuple(Concept(fold(token), 1.0) for token in dict.fromkeys(tokens))
        return Understood(text, (fold(text),) if fold(text) else (), concepts)

    def read(self, text: str, area_id: int | None) -> Understood:
        """The best reading of a query."""
        self.refresh()
        text, notes = self._keyboard(text.strip())
        return self._read(even(text), area_id, tuple(notes), mend=True)

    def _read(self, plain: str, area_id: int | None, notes: tuple[Interpretation, ...], mend: bool) -> Understood:
        mentions = self._mentions(plain, area_id)
        if mentions and not self._without(plain, mentions)[0] and self._named(fold(plain)):
            # 대구로 is a name, not 대구 with a particle.
            mentions = []
        rest, here = self._without(plain, mentions)
        wholes = self._wholes(plain, rest)
        understood = Understood(
            plain,
            wholes,
            exact=any(map(self._named, wholes)),
            interpretation=notes,
            mentions=tuple(mentions),
            choices=tuple(self._choose(mentions, area_id)),
            here=here,
        )
        core = rest or plain
        if not understood.exact and any(is_letter(char) for char in fold(core)):
            by_initials = self._initials(understood, core)
            if by_initials is not None:
                return by_initials
        if mend and not understood.exact and rest:
            name, shown, number = self._slip(wholes)
            sure = self._sure(core)
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
                mended, corrected = self._mended(plain)
                if corrected:
                    told = tuple(Interpretation("spelling", old, new) for old, new in corrected)
                    return self._read(mended, area_id, (*notes, *told), mend=False)
        if understood.mentions and rest and not understood.exact and self._empty(rest):
            # 보성균: a place, and a rest that nothing knows.
            note = Interpretation("relaxed", plain, " ".join(one.text for one in mentions))
            return self._words(replace(understood, interpretation=(*understood.interpretation, note)), "")
        return self._words(understood, core if rest else "")

    def _empty(self, rest: str) -> bool:
        words = self.vocabulary.content(self._lexicon.read(rest))
        if not words or self._functions(words) or any(word.known and len(word.text) > 1 for word in words):
            return False
        folded = fold(rest)
        clauses: list[Clause] = [Term("name", folded), Term("body", folded)]
        if len(folded) >= 2:
            clauses.append(Phrase("bi", tuple(bigrams(folded))))
        return not any(self._engine.evidence(clauses))

    # Keyboard and initials -------------------------------------------------------------------------------------

    def _keyboard(self, text: str) -> tuple[str, list[Interpretation]]:
        """The text with Latin that types Hangul read as Hangul, and the other way round, where evidence says so."""
        notes: list[Interpretation] = []
        whole = self._hangul_for(text) if LATIN.search(text) and not any(map(is_syllable, text)) else ""
        if whole:
            return whole, [Interpretation("keyboard", text, whole)]
        words = text.split()
        for number, word in enumerate(words):
            read = ""
            if LATIN.fullmatch(word):
                read = self._hangul_for(word)
            elif any(is_letter(char) for char in word) and not is_initials(fold(word)):
                read = self._latin_for(word)
            if read:
                notes.append(Interpretation("keyboard", word, read))
                words[number] = read
        return (" ".join(words), notes) if notes else (text, [])

    def _hangul_for(self, typed: str) -> str:
        folded = fold(typed)
        if not folded or folded in self._base or folded in self._index_words or self._stands(folded):
            return ""
        if any(fold(part) in self._index_words or fold(part) in self._base for part in typed.split() if len(part) > 2):
            return ""
        for read in hangul_readings(typed):
            evened = fold(read)
            if is_initials(evened):
                if len(evened) >= 4 and self._whole_initials(evened):
                    return read
            elif len(evened) >= 2 and all(is_syllable(char) for char in evened) and self._means(read):
                return read
        return ""

    def _means(self, read: str) -> bool:
        """Whether a Hangul reading is borne out: a whole name, a place, or nothing but known words."""
        evened = fold(read)
        if self._stands(evened) or self._places.choices(evened):
            return True
        words = self._lexicon.read(read)
        said = [word for word in words if word.text not in self.vocabulary.empty]
        if said and all(word.known for word in words) and all(len(word.text) >= 2 for word in said):
            return True
        return len(evened) >= 3 and any(self._engine.evidence([Phrase("bi", tuple(bigrams(evened)))]))

    def _whole_initials(self, row: str) -> bool:
        """Whether these are all the initials of a name: fewer would turn English words such as 'read' into Hangul."""
        plan = Plan(Phrase("cho", tuple(initial_bigrams(row))), limit=10, count=False)
        return any(
            initials(name) == row
            for candidate in self._engine.search(plan).found
            for name in (*candidate.stored["x"], *candidate.stored["y"])
        )

    def _latin_for(self, typed: str) -> str:
        keys = keystrokes(typed)
        return keys if len(keys) >= 2 and keys.isascii() and (keys in self._index_words or self._stands(keys)) else ""

    def _stands(self, folded: str) -> bool:
        counts = self._engine.evidence([Term("whole", folded), Term("alias_whole", folded), Term("body", folded)])
        return any(counts)

    def _named(self, folded: str) -> bool:
        return any(self._engine.evidence([Term("whole", folded), Term("alias_whole", folded)]))

    def _initials(self, understood: Understood, core: str) -> Understood | None:
        """A text with lone consonants, read as the initials of a name; its syllables must stand in that name."""
        for text in dict.fromkeys((fold(core), fold(understood.text))):
            row = initials(text)
            if len(row) < 2 or not all(is_syllable(char) or is_initials(char) or char.isalnum() for char in text):
                continue
            found = self._engine.search(Plan(Phrase("cho", tuple(initial_bigrams(row))), limit=40, count=False)).found
            names = [name for one in found for key in ("x", "y", "z") for name in one.stored[key]]
            if any(_spells(text, name) for name in names):
                return replace(understood, initials=row)
        return None

    # Places ----------------------------------------------------------------------------------------------------

    def _mentions(self, text: str, area_id: int | None) -> list[PlaceMention]:
        """Place names, but for words that a need is made of: 우리 동네 예산 is a budget, 예산 쇼핑몰 a county's."""
        found = [self._trimmed(text, one) for one in self._places.find_in(text) or self._romanised(text)]
        doubtful = [one for one in found if one.text in self._base and one.text not in PLACE_WORDS]
        if not doubtful:
            return found
        said = self.vocabulary.content(self.vocabulary.lexicon.read(text))
        # Who lives elsewhere more likely means the word; who told no place may mean the county.
        least = LEAST_STRENGTH if area_id is not None else 0.6
        asked = [one for one in self.vocabulary.functions_for(said) if one.strength >= least]
        needed = {word for one in asked for word in one.words}
        return [one for one in found if one not in doubtful or one.text not in needed]

    def _trimmed(self, text: str, mention: PlaceMention) -> PlaceMention:
        """부천 시장 is not 부천시 and 장: a name over a space must not end inside a word."""
        head = mention.text.split(" ")[0]
        if head == mention.text or not text[mention.end : mention.end + 1].isalnum():
            return mention
        choices = self._places.choices(head)
        return PlaceMention(mention.start, mention.start + len(head), head, tuple(choices)) if choices else mention

    def _romanised(self, text: str) -> list[PlaceMention]:
        """English names of governments, with or without their title: Seoul, Suwon, Eunpyeong-gu."""
        found = []
        for match in re.finditer(r"[a-z]+(?:-[a-z]+)?", text):
            rows = self._english.get(match.group())
            if rows:
                found.append(PlaceMention(match.start(), match.end(), match.group(), tuple(rows)))
        return found

    def _choose(self, mentions: Sequence[PlaceMention], area_id: int | None) -> list[Government]:
        """The places meant; of same-named ones the person's own, or the one in her province, if there is one."""
        chosen: list[Government] = []
        for mention in mentions:
            options = list(mention.choices)
            if len(options) > 1 and area_id is not None:
                near = {area_id, *self._places.ancestors(area_id)}
                home = {row for row in near if not self._places.ancestors(row)}
                for close in ({area_id}, home):
                    found = [row for row in options if row.id in close or row.parent_id in close]
                    if found:
                        options = found
                        break
            chosen += options
        # 경기도 수원시: the province only says which 수원시.
        above = {row.parent_id for row in chosen}
        return list({row.id: row for row in chosen if row.id not in above}.values())

    def _without(self, text: str, mentions: Sequence[PlaceMention]) -> tuple[str, bool]:
        """The text without its place names and without words for here, and whether there were such words."""
        rest = text
        for mention in reversed(list(mentions)):
            rest = rest[: mention.start] + " " + rest[mention.end :]
        rest = re.sub(
            r"(?<!\S)(?:시|도|군|구)?청?(?:에서의|에서|에게|에는|에|의|은|는|이|가|을|를|도|로|으로|랑)?(?=\s|$)",
            " ",
            rest,
        )
        here = False
        for word in self.vocabulary.here:
            pattern = rf"(?<!\S){re.escape(word)}(?:에서|에|의|은|는|도)?(?=\s|$)"
            if re.search(pattern, rest):
                rest, here = re.sub(pattern, " ", rest), True
        return re.sub(r"\s+", " ", rest).strip(), here

    @staticmethod
    def _wholes(text: str, rest: str) -> tuple[str, ...]:
        found = [fold(text), fold(rest)]
        return tuple(one for one in dict.fromkeys(found) if len(one) >= 2)

    # Words -----------------------------------------------------------------------------------------------------

    def _words(self, understood: Understood, core: str) -> Understood:
        vocabulary = self.vocabulary
        notes = list(understood.interpretation)
        said = vocabulary.content(vocabulary.lexicon.read(core))
        functions = self._functions(said)
        if understood.exact and functions and functions[0].kind == "brands":
            # The name of one service was typed: not a need that others meet too.
            functions = []
        if functions and not understood.exact and functions[0].kind != "brands":
            names = ", ".join(vocabulary.names[one.id] for one in functions[:2])
            notes.append(Interpretation("need", core, names))
        if not core and understood.choices:
            # Only a place was typed: what it runs, its own front page first.
            functions = [FoundFunction("home_page", 0.8, frozenset(), "place")]
        read = vocabulary.content(self._lexicon.read(core))
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
        words = self._lexicon.read(core)
        if not all(word.known for word in words):
            return False
        said = self.vocabulary.content(words)
        nouns = sum(len(word.text) for word in said if word.kind != "verb")
        if 2 * nouns < len(fold(core)):
            # Mostly verbs and endings: a long unknown word may look like that.
            return bool(self._functions(said)) and " " in core
        found = self._functions(said)
        if found and found[0].strength >= 0.75:
            return True
        together = AtLeast(tuple(concept_clause(self._concept(word, found[:0])) for word in said), len(said))
        return bool(said) and any(self._engine.evidence([together]))

    def _functions(self, said: Sequence[Word]) -> list[FoundFunction]:
        found = self.vocabulary.functions_for(said)
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
        vocabulary = self.vocabulary
        weight = vocabulary.weight(word.text)
        return Concept(
            word.text,
            weight if word.known else 1.0,
            vocabulary.synonyms(word.text),
            tuple(one.id for one in functions if any(said in word.text or word.text in said for said in one.words)),
            is_inverted(word.text, vocabulary.lexicon.nouns),
            word.text in vocabulary.weak
            or word.text in vocabulary.weak_verbs
            or (len(word.text) < 2 and not word.known),
            word.known,
            word.kind == "verb",
        )

    # Slips -----------------------------------------------------------------------------------------------------

    def _mended(self, text: str) -> tuple[str, list[tuple[str, str]]]:
        """The text with unknown words replaced by a known one a slip away, where nothing bears out what was typed."""
        changes: list[tuple[str, str]] = []
        for token in text.split():
            if len(fold(token)) < 2:
                continue
            read = self._lexicon.read(token)
            unknown = [word.text for word in read if not word.known and len(word.text) >= 2]
            nouns = sum(len(word.text) for word in read if word.known and word.kind != "verb")
            # Broken letters, or neither a verb's form nor mostly known nouns: 겅동구, 칠고군.
            broken = any(map(is_letter, token))
            odd = 2 * nouns < len(token) and len(token) >= 3 and not self._lexicon.verb_at(token)
            odd = odd or any(not word.known for word in read)
            if not (broken or odd) or (self._places.find_in(token) and not broken):
                continue
            if not broken and self._borne_out(unknown or [token]):
                continue
            # The slip may have cut the word wrongly: 주챠장예약 is tried as typed, then without its particle, then in part.
            bare = [
                token.removesuffix(josa)
                for josa in self._lexicon.josa
                if len(token) - len(josa) >= 2 and token.endswith(josa)
            ]
            for typed in dict.fromkeys((token, *bare, _middle(token, read), *unknown)):
                near = self._nearest(typed, part=typed != token)
                if near and near != typed:
                    changes.append((typed, near))
                    text = text.replace(typed, near)
                if near:
                    break
        return text, changes

    def _borne_out(self, words: Sequence[str]) -> bool:
        clauses: list[Clause] = []
        for word in words:
            clauses += [Phrase("bi", tuple(bigrams(word))), Term("body", word)]
        counts = self._engine.evidence(clauses)
        return all(any(counts[at : at + 2]) for at in range(0, len(counts), 2))

    def _nearest(self, text: str, part: bool) -> str:
        keys = keystrokes(text)
        latin = text.isascii()
        if latin and len(text) < 6:
            return ""
        if len(keys) < 6 and not part and not any(map(is_letter, text)):
            # Among words so short everything is near to something.
            return ""
        allowed = 1 if latin or len(keys) < 9 else 2
        best: tuple[int, int, str] | None = None
        for length in range(len(keys) - allowed, len(keys) + allowed + 1):
            words = self._by_length.get(length)
            if not words or length < 4:
                continue
            found = process.extract(keys, self._keys[length], scorer=OSA.distance, score_cutoff=allowed, limit=5)
            for _, distance, at in found:
                if words[at].isascii() != latin:
                    # 'with' and 주소 are near only as keys.
                    continue
                rank = (int(distance), -self._index_words.get(words[at], 0), words[at])
                if best is None or rank < best:
                    best = rank
        return best[2] if best else ""

    def _slip(self, wholes: Sequence[str]) -> tuple[str, str, int]:
        """The whole name within a slip or two of one of the texts: folded, as it is shown, and the text's number."""
        for number, whole in enumerate(wholes):
            keys = keystrokes(whole)
            allowed = _allowed(len(keys))
            if not allowed or is_initials(whole) or (whole.isascii() and len(whole) < 6):
                continue
            grams = list(dict.fromkeys(key_trigrams(whole)))
            must = AtLeast(tuple(Term("keys3", gram) for gram in grams), max(1, len(grams) - 3 * allowed - 1))
            best: tuple[int, float, str, str] | None = None
            for candidate in self._engine.search(Plan(must, limit=40, count=False)).found:
                stored = candidate.stored
                for one in (*stored["x"], *stored["y"], *stored["z"]):
                    if one.isascii() != whole.isascii():
                        continue
                    distance = OSA.distance(keys, keystrokes(one), score_cutoff=allowed)
                    if distance <= allowed:
                        shown = stored["name"] if one == stored["x"][0] else one
                        rank = (int(distance), -float(stored["users"]), one, shown)
                        best = rank if best is None or rank < best else best
            if best:
                return best[2], best[3], number
        return "", "", 0


def _middle(token: str, words: Sequence[Word]) -> str:
    """What is left of a token between the known words at its beginning and its end."""
    start, end = 0, len(token)
    for word in words:
        if not word.known or not token.startswith(word.text, start):
            break
        start += len(word.text)
    for word in reversed(words):
        if not word.known or not token.endswith(word.text, start, end):
            break
        end -= len(word.text)
    return token[start:end] or token


def _spells(text: str, name: str) -> bool:
    """Whether the text stands in the name, lone consonants for the initials of syllables."""
    for start in range(len(name) - len(text) + 1):
        part = name[start : start + len(text)]
        if all(one == other or one == initials(other) for one, other in zip(text, part, strict=True)):
            return True
    return False


def _allowed(keys: int) -> int:
    """Slips allowed in a name of so many keystrokes: short names lie too close to each other."""
    return 0 if keys < 5 else 1 if keys < 9 else 2 if keys < 16 else 3
