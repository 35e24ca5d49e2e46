"""Words that everybody uses: 성공 is no slip of 성동, and 폭발 none of 목발.

    python -m search.everyday     makes config/vocab/everyday.txt again from the dictionary of the installed Kiwi

The words are those that Kiwi's language model thinks likeliest by themselves, names of people and places fewer than others, so
that rare and dialect forms, which a slip may well look like, stay out.
"""

from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path

from config.settings import CONFIG
from search.hangul import is_syllable

TABLE = CONFIG / "vocab" / "everyday.txt"
# Kiwi's parts of speech, and the logarithm of the likelihood from which on a word of each counts as everybody's.
COMMON, NAMES = ("NNG", "MAG", "MAJ", "NP", "MM", "IC", "XR"), ("NNP",)
LEAST = dict.fromkeys(COMMON, -21.52) | dict.fromkeys(NAMES, -20.0)
NAMELESS = ("MAG", "MAJ", "NP", "MM", "IC")
LENGTHS = range(2, 6)
# Pronouns run together with what follows, which no dictionary lists.
SPOKEN = (
    *(
        "뭔지",
        "뭔가",
        "뭔데",
        "뭐지",
        "뭐야",
        "뭐든",
        "뭐라도",
        "뭘로",
        "누군지",
        "누군가",
        "누가",
        "누굴",
        "어딘지",
        "어딘가",
        "어디야",
    ),
    *(
        "언젠지",
        "언젠가",
        "언제쯤",
        "왠지",
        "그건",
        "그게",
        "그걸",
        "이건",
        "이게",
        "이걸",
        "저건",
        "저게",
        "저걸",
        "여긴",
        "거긴",
        "저긴",
    ),
    *(
        "난데",
        "저는",
        "제가",
        "내가",
        "네가",
        "니가",
        "우린",
        "얼만지",
        "얼마야",
        "어쩐지",
        "어째서",
        "어떡해",
        "어떡하지",
        "어쩌지",
    ),
)


@lru_cache
def everyday() -> frozenset[str]:
    """The words, for asking whether a text is one of them."""
    return frozenset(word for word, _ in _table()) | frozenset(SPOKEN)


@lru_cache
def beside_the_point() -> frozenset[str]:
    """Those that name nothing: adverbs, interjections, pronouns and the like."""
    return frozenset(word for word, tag in _table() if tag) | frozenset(SPOKEN)


def _table() -> list[tuple[str, str]]:
    """Each word, and its part of speech where it names nothing."""
    lines = TABLE.read_text(encoding="utf-8").splitlines()
    return [(word, tag) for word, _, tag in (line.partition(" ") for line in lines)]


def likely(forms: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """Those of the (word, part of speech) that Kiwi reads as one such word and thinks likely enough; loads Kiwi."""
    from kiwipiepy import Kiwi

    wanted = [
        (form, tag) for form, tag in forms if tag in LEAST and len(form) in LENGTHS and all(map(is_syllable, form))
    ]
    for (form, _), (best, *_) in zip(wanted, Kiwi().analyze([form for form, _ in wanted], top_n=1), strict=True):
        tokens, likelihood = best
        if len(tokens) == 1 and tokens[0].form == form and likelihood > LEAST.get(tokens[0].tag, 0.0):
            yield form, tokens[0].tag


def dictionary() -> Iterator[tuple[str, str]]:
    """Every word of Kiwi's dictionary with its part of speech; loads Kiwi."""
    from kiwipiepy import Kiwi

    kiwi, number = Kiwi(), 0
    while True:
        try:
            morpheme = kiwi.morpheme(number)
        except (IndexError, ValueError):
            return
        yield morpheme.form, morpheme.tag
        number += 1


def main(table: Path = TABLE) -> None:
    """Write the table."""
    rows = dict(sorted(likely(dictionary())))
    lines = [f"{form} {tag}" if tag in NAMELESS else form for form, tag in rows.items()]
    table.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
