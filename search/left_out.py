"""What a query leaves out: in '배민 말고 동네 배달' the first word is not wanted, and the rest is what is asked for."""

import re
from dataclasses import dataclass

# The word left out stands before these; a comma or nothing may part it from what is wanted.
LEAVING = re.compile(
    r"(?P<head>.*?)(?P<left>\S+?)(?:이|가|은|는|을|를)?\s?(?:말고요?|말구|빼고|빼놓고|제외하고|제외한|아니고|아닌)(?=[\s,]|$)[\s,]*(?P<tail>.*)"
)
# 하지 말고, 가지 말고: that somebody should not do something leaves no service out.
DOING = re.compile(r"(?:지|면)$")


@dataclass(frozen=True)
class Left:
    """The word that is left out as typed, and the text without it."""

    word: str
    text: str


def left_out(text: str) -> Left | None:
    """What the text leaves out, or None. A text that asks for nothing else is read as before."""
    found = LEAVING.fullmatch(text.strip())
    if not found or len(found["left"]) < 2 or DOING.search(found["left"]):
        return None
    rest = " ".join(f"{found['head']} {found['tail']}".split())
    return Left(found["left"], rest) if rest else None
