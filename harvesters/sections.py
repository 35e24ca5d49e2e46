"""Which addresses within a government's own site are sections with a life of their own, and which are mere pages."""

import re
from urllib.parse import urlsplit

from harvesters.hrefs import is_front, same_page
from harvesters.link_words import LinkWords, squeeze
from harvesters.links import Link

_DOING = re.compile(r"(?:하기|신청|접수|등록|투표|참여)$")
_COMMON = re.compile(r"온라인|주민|시민|구민|군민|도민|국민|참여|소통|열린|전자|사이버")


class OwnSite:
    """The site whose home page is at `home`."""

    def __init__(self, home: str, words: LinkWords) -> None:
        self.home, self.words = home, words
        self._home_segment = first_segment(home)

    def is_micro_site(self, link: Link) -> bool:
        """A section with an address of its own: another first path segment than the home page's, at its front."""
        segment = first_segment(link.url).lower()
        own = {
            self._home_segment.lower(),
            "",
            "www",
            "kor",
            "kr",
            "ko",
            "board",
            "bbs",
            "contents",
            "cop",
            "user",
            "main",
            "index",
        }
        if segment in own or "." in segment:
            return False
        return (
            is_front(link.url)
            or link.where in ("related", "badge")
            or len(urlsplit(link.url).path.strip("/").split("/")) <= 2
        )

    def is_door(self, link: Link, text: str) -> bool:
        """Whether a front address leads to the home page itself rather than to a micro-site or a menu's first page."""
        path = urlsplit(link.url).path.strip("/")
        if not path or same_page(link.url) == same_page(self.home) or self.words.homepages.search(text):
            return True
        return not text or bool(
            re.fullmatch(r"처음(?:으로)?|홈(?:으로)?|home|main|메인(?:으로)?|.{2,6}[시도군구]청?", text, re.IGNORECASE)
        )

    def is_below_one(self, link: Link) -> bool:
        """A menu entry that only does something in the section above it: 주민참여예산 > 예산제안하기, 제안 > 청년제안.

        Other sections stand for themselves even there: 전자민원 > 군민청원.
        """
        text = squeeze(link.text)
        for above in link.trail:
            rule = self.words.section_of(above)
            if rule is not None and rule.anywhere and (_DOING.search(text) or _shares_a_word(squeeze(above), text)):
                return True
        return False


def _shares_a_word(left: str, right: str) -> bool:
    """Whether two entries have two syllables in a row in common, apart from words that most of them have."""
    left, right = _COMMON.sub(" ", left), _COMMON.sub(" ", right)
    pieces = {left[start : start + 2] for start in range(len(left) - 1)}
    return any(" " not in piece and piece in right for piece in pieces)


def first_segment(url: str) -> str:
    """The first part of an address's path, by which sections of one host are told apart."""
    return urlsplit(url).path.strip("/").split("/")[0]
