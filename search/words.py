"""Words of a typed query, found with a dictionary: particles, endings and politeness fall off, compounds fall apart.

No statistical analyser here: a query must be read in a fraction of a millisecond, before Kiwi has loaded, and the
same words must give the same answer whatever version of it analysed the documents.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from search.hangul import even, is_syllable, letters

RUN = re.compile(r"[가-힣]+|[ㄱ-ㅣ]+|[a-z]+|[0-9]+|[\u4e00-\u9fff]+")
TOKEN = re.compile(r"[0-9a-z가-힣ㄱ-ㅣ\u4e00-\u9fff+&]+")

# What may follow a verb's stem: one of these finals on its last syllable, then endings.
STEM_FINALS = "ㄹㄴㅁㅂㅆ"
ENDING = re.compile(
    r"(?:으시|으셨|으셔|시|셨|셔|으|었|았|였|겠|느|습)*"
    r"(?:고|는|은|을|음|기|게|지|면|며|러|려|려고|려면|서|니|나|냐|어|아|여|요|죠|네|자|다|던|라|래|세|데|까|수|거|걸|줄|줘|주|볼|봐|보|만)?"
    r"(?:(?:싶|있|없|주|보|가|계|하|되|해|돼|줘|줄|볼|수|만|거|것|걸|곳|데|법|때|듯)[가-힣]*"
    r"|(?:더|던|다던|다더|다며|다길|라던|라더|라며|라카|다카|구먼|구만|는디|은디|던디|데유|어유|아유)[가-힣]{0,3}"
    r"|(?<=[았었였겠했갔왔됐])노|[요는도만다까가야죠지데서면니나든라고을를이에의용은냐네]{0,3})$"
)
CONTRACTED = {"ㅣ": "ㅕ", "ㅗ": "ㅘ", "ㅜ": "ㅝ", "ㅡ": "ㅓ", "ㅚ": "ㅙ"}
# Forms after which another verb may follow at once: 시켜-먹고, 불러서-타는.
LINKS = ("", "서", "고")

# What after a noun of one syllable is a particle and no ending of a verb: 집에 is not 집다 or 짓다, 차를 not 차다.
SURE_JOSA = frozenset({"에", "에서", "에는", "에도", "를", "의"})
# A prefix that turns the meaning round must not be read apart from its word.
INVERTING = frozenset("무비미불")
# Texts and words remembered with their reading: about a megabyte.
MOST_READ = 2_000


@dataclass(frozen=True)
class Word:
    """One word of a query: as found in the dictionary (verbs in their dictionary form), whether it was known, its token."""

    text: str
    kind: str = "noun"
    known: bool = True
    token: str = field(default="", compare=False)


@dataclass(frozen=True)
class Sense:
    """A word with two meanings, and the one it has where `near` stands in the text and `far` does not."""

    pattern: re.Pattern[str]
    reads: str
    near: re.Pattern[str] | None = None
    far: re.Pattern[str] | None = None

    def read(self, text: str) -> str:
        """The text with the word written as what it means there."""
        if (self.near and not self.near.search(text)) or (self.far and self.far.search(text)):
            return text
        return self.pattern.sub(self.reads, text)


@dataclass
class Lexicon:
    """The dictionary a query is read with. Lists come from config/vocab and from the names in the index."""

    nouns: set[str] = field(default_factory=set)
    # By the letters that a form begins with: the syllables of the stem, and the verb.
    verbs: dict[str, list[tuple[int, str]]] = field(default_factory=dict)
    infinitives: set[str] = field(default_factory=set)
    josa: tuple[str, ...] = ()
    nominal: tuple[str, ...] = ()
    longest: int = 2
    senses: tuple[Sense, ...] = ()
    # What was read since the last word came in: one question's text and its words are read ten times over.
    _texts: dict[str, tuple[Word, ...]] = field(default_factory=dict, init=False, repr=False, compare=False)
    _words: dict[str, tuple[Word, ...]] = field(default_factory=dict, init=False, repr=False, compare=False)

    def add_nouns(self, words: Iterable[str]) -> None:
        """Take words into the dictionary."""
        for word in words:
            if word:
                self.nouns.add(word)
                self.longest = max(self.longest, len(word))
        self._forget()

    def add_verb(self, verb: str) -> None:
        """Take a verb in its dictionary form (빌리다): its stem, contracted and irregular forms will be recognised."""
        self.infinitives.add(verb)
        for start, size in _stems(verb.removesuffix("다")):
            self.verbs.setdefault(start, []).append((size, verb))
        self._forget()

    def _forget(self) -> None:
        self._texts.clear()
        self._words.clear()

    def verb_at(self, text: str) -> str:
        """The verb that the whole of the text is a form of, or ''."""
        return next((verb for size, verb in self._verbs_at(text) if ENDING.match(text[size:])), "")

    def _verbs_at(self, text: str) -> list[tuple[int, str]]:
        """(syllables of the stem, verb) of every verb that the text may begin with, longest first."""
        if not text or not is_syllable(text[0]):
            return []
        spelt = ".".join(letters(char) for char in text) + "."
        found: list[tuple[int, str]] = []
        for end in range(1, len(spelt)):
            if spelt[end] == "." or (spelt[end] in STEM_FINALS and spelt[end + 1] == "."):
                found += self.verbs.get(spelt[:end], ())
        return sorted(found, key=lambda one: (-one[0], one[1]))

    def parts(self, word: str) -> tuple[str, ...]:
        """The words of at least two syllables that a compound is made of; the word itself if it is simple."""
        if len(word) < 4 or not all(is_syllable(char) for char in word):
            return (word,)
        split = self._split(word)
        return split if split else (word,)

    def _split(self, word: str) -> tuple[str, ...]:
        best: tuple[str, ...] = ()
        for cut in range(2, len(word) - 1):
            head, tail = word[:cut], word[cut:]
            if head not in self.nouns:
                continue
            rest = (tail,) if tail in self.nouns else self._split(tail)
            if tail in self.nouns and len(tail) >= 4:
                rest = self._split(tail) or (tail,)
            if rest:
                first = (self._split(head) or (head,)) if len(head) >= 4 else (head,)
                # The cut with the fewest pieces is the natural one: 공공·자전거, not 공공·자전·거리.
                if not best or len(first) + len(rest) < len(best):
                    best = first + rest
        return best

    def read(self, text: str) -> list[Word]:
        """The words of a text, in order."""
        words = self._texts.get(text)
        if words is None:
            words = tuple(word for token in self.tokens(text) for word in self.word(token))
            _keep(self._texts, text, words)
        return list(words)

    def tokens(self, text: str) -> list[str]:
        """A text cut at spaces and marks, words with two meanings written as what they mean there."""
        text = even(text)
        for sense in self.senses:
            text = sense.read(text)
        return TOKEN.findall(text)

    def word(self, token: str) -> list[Word]:
        """The words that one token is made of."""
        words = self._words.get(token)
        if words is None:
            words = tuple(Word(one.text, one.kind, one.known, token) for one in self._token(token))
            _keep(self._words, token, words)
        return list(words)

    def _token(self, token: str) -> list[Word]:
        if token in self.nouns:
            return self._apart(token)
        if token[:1] in self.nouns and token[1:] in SURE_JOSA:
            return [Word(token[0])]
        runs = RUN.findall(token)
        if len(runs) > 1:
            # e음카드, 5부제, s-map: known beginnings over scripts before the scripts are parted.
            for end in range(len(token) - 1, 1, -1):
                head = token[:end]
                # A word that ends within a run of letters is another word: gov24 is not go and v24.
                whole = RUN.findall(head) == runs[: len(RUN.findall(head))]
                if head in self.nouns and whole and not all(is_syllable(char) for char in head):
                    return [Word(head), *self._token(token[end:])] if token[end:] not in self.josa else [Word(head)]
        found: list[Word] = []
        for run in runs:
            found += self._hangul(run) if is_syllable(run[0]) else [Word(run, "other", run in self.nouns)]
        if len(found) == 1 and found[0].kind == "verb" and token in self.infinitives:
            # 팔다 is not a form of 파다.
            return [Word(token, "verb")]
        return found

    def _apart(self, noun: str) -> list[Word]:
        return [Word(part) for part in self.parts(noun)]

    def _hangul(self, run: str) -> list[Word]:
        size = len(run)
        # best[i]: cost and words of the best reading of run[:i]; a tail closes the run.
        best: list[tuple[float, tuple[Word, ...], bool]] = [(1e9, (), False)] * (size + 1)
        best[0] = (0.0, (), False)
        for at in range(size):
            cost, words, unknown = best[at]
            if cost >= 1e9:
                continue
            for end in range(at + 1, min(size, at + self.longest) + 1):
                piece = run[at:end]
                if piece in self.nouns and (end - at > 1 or size == 1 or (at == 0 and run[end:] in self.josa)):
                    _better(best, end, cost + (1.0 if end - at > 1 else 1.3), (*words, Word(piece)), False)
            rest = run[at:]
            if not unknown:
                self._verbs(best, run, at)
            if at and not (unknown and at < 2):
                if self._is_tail(rest):
                    _better(best, size, cost + 0.2, words, False)
                elif any(rest.startswith(ending) for ending in self.nominal):
                    _better(best, size, cost + 0.3, words, False)
            # One more unknown syllable, in one word with the unknown ones before it.
            if unknown:
                longer = Word(words[-1].text + run[at], known=False)
                _better(best, at + 1, cost + 0.9, (*words[:-1], longer), True)
            else:
                _better(best, at + 1, cost + 2.0, (*words, Word(run[at], known=False)), True)
        return self._joined(best[size][1])

    def _verbs(self, best: list[tuple[float, tuple[Word, ...], bool]], run: str, at: int) -> None:
        cost, words, _ = best[at]
        for length, verb in self._verbs_at(run[at:]):
            longer = (*words, Word(verb, "verb"))
            after = run[at + length :]
            if ENDING.match(after):
                # A short stem with a long tail is more likely another word.
                _better(best, len(run), cost + 1.4 + 0.1 * max(0, len(after) - 4 * length), longer, False)
            for link in LINKS:
                if link and after.startswith(link) and len(after) > len(link):
                    _better(best, at + length + len(link), cost + 1.5, longer, False)
                elif not link and after and letters(run[at + length - 1])[-1] in "ㅏㅓㅕㅝㅘㅐㅙ":
                    _better(best, at + length, cost + 1.7, longer, False)

    def _is_tail(self, rest: str) -> bool:
        return rest in self.josa or any(
            rest[:cut] in self.josa and rest[cut:] in self.josa for cut in range(1, len(rest))
        )

    def _joined(self, words: tuple[Word, ...]) -> list[Word]:
        found: list[Word] = []
        for word in words:
            if found and found[-1].text in INVERTING and not found[-1].known:
                found[-1] = Word(found[-1].text + word.text, word.kind, False)
            elif word.kind == "noun" and word.known:
                found += self._apart(word.text)
            else:
                found.append(word)
        return found


def lexicon_of(particles: Mapping[str, list[str]], senses: Iterable[Mapping[str, str]] = ()) -> Lexicon:
    """An empty dictionary that knows the particles and endings of particles.yml and the senses of words.yml."""
    return Lexicon(
        josa=tuple(particles["josa"]),
        nominal=tuple(sorted(particles["nominal"], key=len, reverse=True)),
        senses=tuple(
            Sense(
                re.compile(one["pattern"]),
                one["reads"],
                re.compile(one["near"]) if "near" in one else None,
                re.compile(one["far"]) if "far" in one else None,
            )
            for one in senses
        ),
    )


def _keep(read: dict[str, tuple[Word, ...]], text: str, words: tuple[Word, ...]) -> None:
    """Remember what was read; a full memory begins anew."""
    if len(read) >= MOST_READ:
        read.clear()
    read[text] = words


def _better(
    best: list[tuple[float, tuple[Word, ...], bool]], end: int, cost: float, words: tuple[Word, ...], unknown: bool
) -> None:
    if cost < best[end][0]:
        best[end] = (cost, words, unknown)


def _stems(stem: str) -> list[tuple[str, int]]:
    """Beginnings, in letters with a dot between syllables, of a verb's forms; and how many syllables they span."""
    spelt = ".".join(letters(char) for char in stem)
    size = len(stem)
    last = spelt[-1]
    found = [(spelt, size)]
    if last in CONTRACTED:
        dark = not (last == "ㅡ" and re.search("[ㅏㅗ]", spelt[:-1]))
        found.append((spelt[:-1] + (CONTRACTED[last] if dark else "ㅏ"), size))
    if stem.endswith("르") and size > 1:
        head = spelt[: spelt.rindex(".")]
        found += [(f"{head}ㄹ.ㄹㅏ", size), (f"{head}ㄹ.ㄹㅓ", size)]
    if stem[-1] in "렵춥덥럽겁섭쉽맙둡볍깝맵밉눕줍갑":
        found += [(f"{spelt[:-1]}.ㅇㅜ", size + 1), (f"{spelt[:-1]}.ㅇㅝ", size + 1)]
    if last == "ㄷ":
        found.append((spelt[:-1] + "ㄹ", size))
    if last == "ㅅ":
        found.append((spelt[:-1], size))
    if last == "ㄹ":
        found.append((spelt[:-1], size))
    if stem[-1] in "하되":
        found.append((spelt[:-1] + ("ㅐ" if stem[-1] == "하" else "ㅙ"), size))
    return list(dict.fromkeys(found))
