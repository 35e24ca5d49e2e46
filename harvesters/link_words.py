"""The words and hosts by which a home page's links are judged (config/vocab/links.yml), compiled once."""

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from config.settings import CONFIG
from harvesters.hrefs import under


@dataclass(frozen=True)
class SectionRule:
    """Menu words that name a platform of one form; without `anywhere` an address of its own is needed too."""

    type: str
    form: str
    anywhere: bool
    words: re.Pattern[str]


@dataclass(frozen=True)
class LinkWords:
    """The compiled file. Texts are matched without spaces."""

    sns: tuple[str, ...]
    sharing: re.Pattern[str]
    stores: dict[str, str]
    foreign_apps: re.Pattern[str]
    national: tuple[str, ...]
    public_endings: tuple[str, ...]
    private: tuple[str, ...]
    shared: dict[str, str]
    other_bodies: re.Pattern[str]
    private_bodies: re.Pattern[str]
    homepages: re.Pattern[str]
    offices: re.Pattern[str]
    sections: tuple[SectionRule, ...]
    page_tails: re.Pattern[str]
    page_heads: re.Pattern[str]
    not_sections: re.Pattern[str]

    def section_of(self, text: str) -> SectionRule | None:
        """The rule whose words a menu entry ends in; None for an entry that only tells about such a thing."""
        plain = squeeze(text)
        if not plain or len(plain) > 30 or self.not_sections.search(plain):
            return None
        if self.page_tails.search(plain) or self.page_heads.search(plain):
            return None
        return next((rule for rule in self.sections if rule.words.search(plain)), None)

    def store_of(self, host: str) -> str:
        """'android', 'ios' or '' for a host."""
        return next((kind for domain, kind in self.stores.items() if under(host, domain)), "")

    def shared_of(self, host: str) -> str:
        """The engine's name if a host belongs to a system with a tenant per government; '' otherwise."""
        return next((name for domain, name in self.shared.items() if under(host, domain)), "")


def squeeze(text: str) -> str:
    """A text without spaces and the dots people put between words."""
    return re.sub(r"[\s·ㆍ・,()\[\]「」『』“”‘’\"'<>/_]+", "", text)


def any_under(host: str, domains: tuple[str, ...]) -> bool:
    """Whether a host stands under one of the domains."""
    return any(under(host, domain) for domain in domains)


@lru_cache
def link_words(path: Path = CONFIG / "vocab" / "links.yml") -> LinkWords:
    """The words of this installation."""
    raw: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    sections = tuple(
        SectionRule(rule["type"], rule["form"], rule["anywhere"], _any_of(rule["words"])) for rule in raw["sections"]
    )
    patterns = (
        "sharing",
        "foreign_apps",
        "other_bodies",
        "private_bodies",
        "homepages",
        "offices",
        "page_tails",
        "page_heads",
        "not_sections",
    )
    return LinkWords(
        sns=tuple(raw["sns"]),
        stores=dict(raw["stores"]),
        national=tuple(raw["national"]),
        public_endings=tuple(raw["public_endings"]),
        private=tuple(raw["private"]),
        shared=dict(raw["shared"]),
        sections=sections,
        **{name: _any_of(raw[name]) for name in patterns},
    )


def _any_of(words: list[str]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{word})" for word in words), re.IGNORECASE)
