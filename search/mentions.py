"""Place names in a query: which governments they mean, and what is left of the query without them."""

import re
from collections.abc import Sequence

from registry.governments import PlaceMention, Places
from registry.models import Government
from registry.place_names import PARTICLES, SHORT_PROVINCES
from search.hangul import even, romanise
from search.needs import Vocabulary

# Words of the vocabulary that are place names first of all.
PLACE_WORDS = frozenset({"서울", "부산", "제주", "세종"})
# A function whose words contain a place name must be asked for at least so clearly to make it a mere word: of who
# told where she lives, and of who did not.
NEEDED, NEEDED_ANYWHERE = 0.4, 0.75
# 도청 and 시청 by themselves, without the place that they belong to.
SEAT = re.compile(r"(?<![가-힣])([도시])청")
# Where a place name stood, and what may follow it: a title and a particle. In 부산 도로 the last word is a road.
HOLE = "\0"
TITLE = re.compile(
    rf"{HOLE}(?!\s도로)\s?(?:시|도|군|구)?청?"
    r"(?:에서의|에서|에게|에는|에|의|은|는|이|가|을|를|도|로|으로|랑)?(?=\s|\0|$)"
    rf"|(?<!\S)(?:시|도|군|구)청(?=\s*{HOLE})"
)


class Mentions:
    """Finds places in queries, in Korean and in English."""

    def __init__(self, places: Places, vocabulary: Vocabulary) -> None:
        self._places = places
        self._vocabulary = vocabulary
        self._english: dict[str, list[Government]] = {}
        for row in places.all():
            name = even(row.name_en)
            for form in {name, re.sub(r"-(?:si|gun|gu|do)$", "", name)}:
                if len(form) >= 4:
                    self._english.setdefault(form, []).append(row)
            for short in SHORT_PROVINCES.get(row.name, ()):
                # 경남 is written as gyeongnam too.
                self._english.setdefault(romanise(short), []).append(row)

    def find(self, text: str, area_id: int | None) -> list[PlaceMention]:
        """Place names, but for words that a need is made of: 우리 동네 예산 is a budget, 예산 쇼핑몰 a county's."""
        found = [self._trimmed(text, one) for one in self._places.find_in(text) or self._romanised(text)]
        others = [match.span() for match in self._vocabulary.not_places.finditer(text)]
        found = [one for one in found if not any(start <= one.start < end for start, end in others)]
        doubtful = [one for one in found if one.text in self._vocabulary.lexicon.nouns and one.text not in PLACE_WORDS]
        if not doubtful:
            return found
        said = self._vocabulary.content(self._vocabulary.lexicon.read(text))
        # Who lives elsewhere more likely means the word; who told no place may mean the county.
        least = NEEDED if area_id is not None else NEEDED_ANYWHERE
        asked = [one for one in self._vocabulary.functions_for(said) if one.strength >= least]
        needed = {word for one in asked for word in one.words}
        return [one for one in found if one not in doubtful or (one.text not in needed and not self._within(text, one))]

    def _within(self, text: str, mention: PlaceMention) -> bool:
        """Whether the name is only the beginning of a word: 예산서 is a budget."""
        tail = re.match(r"[가-힣]*", text[mention.end :])
        rest = tail.group() if tail else ""
        return (
            bool(rest)
            and rest not in self._vocabulary.lexicon.josa
            and any(mention.text + rest[:size] in self._vocabulary.lexicon.nouns for size in range(1, len(rest) + 1))
        )

    def _trimmed(self, text: str, mention: PlaceMention) -> PlaceMention:
        """부천 시장 is not 부천시 and 장: a name over a space must not end inside a word."""
        head, _, tail = mention.text.partition(" ")
        after = re.match(r"청?([0-9A-Za-z가-힣]*)", text[mention.end :])
        # 부천 시청, 부천 시는; and 인천 서구 is a name by itself, whatever follows.
        if len(tail) != 1 or PARTICLES.fullmatch(after.group(1) if after else ""):
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

    def choose(self, mentions: Sequence[PlaceMention], area_id: int | None) -> list[Government]:
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

    def seat(self, text: str, area_id: int | None) -> list[Government]:
        """Whose 도청 or 시청 is meant: the province's, and in a district the city's; none where that is one's own anyway."""
        found = SEAT.search(text)
        if found is None or area_id is None:
            return []
        own = self._places.by_id(area_id)
        above = [self._places.by_id(one) for one in self._places.ancestors(area_id)]
        if own.name.endswith(found.group(1)):
            return []
        return [row for row in above if row.name.endswith(found.group(1))]

    def without(self, text: str, mentions: Sequence[PlaceMention]) -> tuple[str, bool]:
        """The text without its place names and without words for here, and whether there were such words."""
        rest = text
        for mention in reversed(list(mentions)):
            rest = rest[: mention.start] + HOLE + rest[mention.end :]
        rest = TITLE.sub(" ", rest).replace(HOLE, " ")
        here = False
        for word in self._vocabulary.here:
            pattern = rf"(?<!\S){re.escape(word)}(?:에서|에|의|은|는|도)?(?=\s|$)"
            if re.search(pattern, rest):
                rest, here = re.sub(pattern, " ", rest), True
        return re.sub(r"\s+", " ", rest).strip(), here
