"""Korean particles by the sound they follow: 배달특급과, 대구로와, 서울로, 수원으로."""

FIRST, LAST, FINALS = 0xAC00, 0xD7A3, 28
RIEUL = 8
# How a digit or a Latin letter ends when it is read aloud in Korean: 영, 일, 이, 삼 …; 엘, 엠, 엔, 알.
SPOKEN_FINALS = {"0": 21, "1": RIEUL, "3": 16, "6": 1, "7": RIEUL, "8": RIEUL, "L": RIEUL, "M": 16, "N": 4, "R": RIEUL}
OPEN_SOUNDS = "2459ABCDEFGHIJKOPQSTUVWXYZ"
# Read over: marks that close a name and are not spoken.
SILENT = "'\"’”)]}>」』 "
# After a consonant, after a vowel. '으로' becomes '로' after ㄹ too.
PAIRS = {"을": "를", "이": "가", "은": "는", "과": "와", "으로": "로"}


def with_particle(word: str, particle: str) -> str:
    """The word with its particle, named by its form after a consonant; both forms where the sound is not known."""
    return word + particle_after(word, particle)


def particle_after(word: str, particle: str) -> str:
    """The form of the particle that follows the word."""
    other = PAIRS[particle]
    final = _final(word)
    if final is None:
        return f"({particle[:-1]}){other}" if particle.endswith(other) else f"{particle}({other})"
    if final == 0 or (final == RIEUL and particle == "으로"):
        return other
    return particle


def _final(word: str) -> int | None:
    """Which consonant closes the word's last syllable, 0 for none; None where it cannot be told."""
    bare = word.rstrip(SILENT)
    last = bare[-1:].upper()
    if last and FIRST <= ord(last) <= LAST:
        return (ord(last) - FIRST) % FINALS
    if last in SPOKEN_FINALS:
        return SPOKEN_FINALS[last]
    return 0 if last and last in OPEN_SOUNDS else None
