"""Puts the findings of a home page together into entries: one per platform, its site, apps and accounts as channels."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from harvesters.findings import Finding, Kind, Relation
from harvesters.homepages import organisation
from harvesters.hrefs import host_of, is_front, same_page
from harvesters.link_words import squeeze
from harvesters.links import Link
from registry.models import Government
from registry.urls import app_package

_WHERE_RANK = {"related": 0, "menu": 1, "footer": 2, "badge": 3, "sns": 4, "body": 5}
_STORE_WORDS = re.compile(
    r"(?:google\s*play|구글\s*플레이(?:\s*스토어)?|play\s*store|플레이\s*스토어|app\s*store|앱\s*스토어|앱스토어|애플|안드로이드|android|아이폰|iphone|\bios\b|원스토어|one\s*store"
    r"|(?:앱|어플(?:리케이션)?|모바일\s*앱|app)?\s*(?:다운로드|다운|내려\s?받기|설치)(?:하기)?|에서|용|버전|qr\s?코드)",
    re.IGNORECASE,
)


@dataclass
class Entry:
    """One platform as a page shows it, before it becomes a record."""

    name: str
    url: str
    finding: Finding
    source: int
    channels: list[tuple[str, str]] = field(default_factory=list)
    aliases: list[str] = field(default_factory=list)

    @property
    def remote_id(self) -> str:
        """The address without scheme and 'www.', or the store's id of an app without a site."""
        return same_page(self.url) if self.url else (app_package(self.channels[0][1]) or self.channels[0][1])


def gather(findings: Iterable[tuple[int, Finding]]) -> list[Entry]:
    """Entries in page order; `findings` pairs each with the number of the page it was found on."""
    findings = list(findings)
    categories = _categories(findings)
    sites: dict[str, list[tuple[int, Finding]]] = {}
    apps: list[tuple[int, Finding]] = []
    for number, finding in findings:
        if finding.kind is Kind.app:
            apps.append((number, finding))
        elif finding.is_platform and finding.link.text and finding.link not in categories:
            sites.setdefault(_key(finding), []).append((number, finding))
    entries = [_entry(group) for group in sites.values()]
    entries = _without_twins(entries)
    for number, finding in apps:
        _add_app(entries, number, finding)
    return entries


def _categories(findings: list[tuple[int, Finding]]) -> set[Link]:
    """Top menu entries that only hold sections of their own (전자민원 over 군민청원 and 군수에게 바란다) are no platform."""
    sections = [finding.link for _, finding in findings if finding.kind is Kind.section]
    below: dict[str, set[str]] = {}
    for link in sections:
        if link.trail:
            below.setdefault(link.trail[0], set()).add(link.text)
    return {link for link in sections if not link.trail and len(below.get(link.text, ())) >= 2}


def accounts(findings: Iterable[tuple[int, Finding]], own: Government) -> list[str]:
    """The social-media accounts of the page's own government, each once."""
    found = [
        finding.link.url
        for _, finding in findings
        if finding.kind is Kind.channel and finding.owner is not None and finding.owner.id == own.id
    ]
    return list({same_page(url): url for url in found}.values())


def app_name(text: str) -> str:
    """The name of an app in the words of its badge; '' when only the store is named."""
    name = re.sub(r"\s+", " ", _STORE_WORDS.sub(" ", text)).strip(" -–·:|()[]")
    return re.sub(r"\s+(?:모바일\s?)?(?:앱|어플)$", "", name)


def _key(finding: Finding) -> str:
    """Deep links into one subdomain are one platform, unless their words name different forms."""
    host = host_of(finding.link.url)
    if finding.kind is Kind.platform and "site:host" in finding.evidence and host != organisation(host):
        return host
    return same_page(finding.link.url)


def _entry(group: list[tuple[int, Finding]]) -> Entry:
    number, best = min(group, key=lambda pair: _order(pair[1]))
    names = [finding.link.text for _, finding in group]
    url = min((finding.link.url for _, finding in group), key=lambda link: (not is_front(link), len(link)))
    aliases = [name for name in dict.fromkeys(names) if _is_alias(name, best.link.text)]
    where = [word for _, finding in group for word in finding.evidence]
    best = Finding(**{**best.__dict__, "evidence": tuple(dict.fromkeys(where))[:12]})
    return Entry(best.link.text, url, best, number, [("web", url)], aliases[:3])


def _is_alias(name: str, main: str) -> bool:
    """Whether another wording of the same link is a name too: one holds the other, as 도서관 does in 노원구립도서관."""
    left, right = squeeze(name), squeeze(main)
    return left != right and 3 <= len(left) <= 20 and (left in right or right in left)


def _order(finding: Finding) -> tuple[float, int, bool, int]:
    return (
        -finding.confidence,
        _WHERE_RANK.get(finding.link.where, 9),
        not is_front(finding.link.url),
        -len(finding.link.text),
    )


def _without_twins(entries: list[Entry]) -> list[Entry]:
    """The same section under two addresses of one site (menu and banner) is one; the better evidenced one stays."""
    kept: dict[tuple[str, int | None, str], Entry] = {}
    for entry in entries:
        if entry.finding.kind is Kind.section:
            key = (squeeze(entry.name), entry.finding.owner.id if entry.finding.owner else None, "section")
        else:
            key = (entry.remote_id, None, "site")
        other = kept.get(key)
        if other is None or _order(entry.finding) < _order(other.finding):
            kept[key] = entry
    return list(kept.values())


def _add_app(entries: list[Entry], number: int, finding: Finding) -> None:
    """An app joins the platform of its name, or becomes one; both stores' links of one name are one app."""
    kind = next((word.partition(":")[2] for word in finding.evidence if word.startswith("store:")), "android")
    name = app_name(finding.link.text) or app_name(finding.link.group)
    if not name:
        return
    for entry in entries:
        if entry.finding.owner == finding.owner and _alike(entry.name, name, finding.owner):
            if all(app_package(value) != app_package(finding.link.url) for _, value in entry.channels):
                entry.channels.append((kind, finding.link.url))
            return
    if finding.relation in (Relation.own, Relation.other):
        entries.append(Entry(name, "", finding, number, [(kind, finding.link.url)]))


def _alike(left: str, right: str, owner: Government | None) -> bool:
    return _core(left, owner) == _core(right, owner)


def _core(name: str, owner: Government | None) -> str:
    plain = re.sub(r"(?:앱|어플|app|모바일)$", "", squeeze(name).lower())
    for prefix in (owner.name, owner.name[:-1]) if owner is not None and len(owner.name) > 2 else ():
        if plain.startswith(prefix) and len(plain) > len(prefix) + 1:
            return plain[len(prefix) :]
    return plain
