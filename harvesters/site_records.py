"""Makes records of what a home page was found to hold: the page itself, each platform, and a line on the whole."""

import re
from typing import Any

from harvesters.entries import Entry
from harvesters.findings import Finding, Kind, Relation
from harvesters.homepages import Neighbourhood
from harvesters.link_words import squeeze
from harvesters.page import Page
from harvesters.site_reading import Read
from registry.records import HarvestedRecord

HOME = "home"
UNKNOWN_OWNER = "알 수 없음"


def page_label(page: Page) -> str:
    """A page's title, for people, cut to a line."""
    return f"'{page.title[:60]}'" if page.title else page.url


def page_name(page: Page, near: Neighbourhood) -> str:
    """A site's name from its title: the part that is neither the government's name nor a word such as '메인'."""
    candidates = [page.site_name, *re.split(r"\s*[|>·:]\s*|\s+[-–]\s+|::+", page.title)]
    own = {squeeze(near.own.name), squeeze(near.own.full_name), squeeze(near.own.name) + "청"}
    for candidate in candidates:
        plain = squeeze(candidate)
        generic = re.fullmatch(
            r"(?:메인|홈|home|main|index|처음|대표|홈페이지|누리집|메인페이지|환영합니다)*", plain, re.IGNORECASE
        )
        if plain and not generic and plain not in own and len(plain) <= 40:
            return candidate.strip()
    return ""


def record_of(entry: Entry, near: Neighbourhood, reads: list[Read]) -> HarvestedRecord:
    finding, read = entry.finding, reads[entry.source]
    fields: dict[str, Any] = {
        "name": entry.name,
        "url": entry.url,
        "channels": [f"{kind}={value}" for kind, value in entry.channels],
        "aliases": entry.aliases,
        "kind": finding.kind.value,
        "relation": finding.relation.value,
        "listed_by": near.own.code,
        "confidence": finding.confidence,
        # Kept with every statement, so that a reader sees why the page's link was taken for this.
        "source": f"{near.own.full_name} {page_label(read.page)}: {'; '.join(finding.evidence)}",
    }
    if finding.owner is not None:
        fields["owner_name"] = finding.owner.full_name
        fields["owner_code"] = finding.owner.code
    elif finding.relation is Relation.nation:
        fields["owner_name"], fields["owner_level"] = "국가기관", "national"
    else:
        # Registering refuses this and asks a person; the answer goes into the option `owners`.
        fields["owner_name"] = UNKNOWN_OWNER
    if finding.rule is not None:
        fields["type"], fields["form"] = finding.rule.type, finding.rule.form
    if finding.engine:
        fields["engine"] = finding.engine
    if finding.kind is Kind.section and finding.relation is Relation.own:
        # By its remote id: names repeat among governments, and the home page may be known by another one.
        fields["parent"] = HOME
    return HarvestedRecord(
        remote_id=entry.remote_id,
        url=read.page.url,
        fields={key: value for key, value in fields.items() if value not in ("", [], None)},
        raw=read.answer.content,
        encoding=read.answer.encoding,
    )


def home_name(near: Neighbourhood) -> str:
    """What we call a government's home page: its own title is a greeting as often as a name."""
    return f"{near.own.name} 대표 누리집"


def home_record(near: Neighbourhood, reads: list[Read], social: list[str]) -> HarvestedRecord:
    """The home page as the government's promotion platform (option A1.3), its accounts as channels."""
    page, answer = reads[0].page, reads[0].answer
    channels = [f"web={page.url}", *(f"sns={url}" for url in social)]
    fields = {
        "name": home_name(near),
        "url": page.url,
        "owner_name": near.own.full_name,
        "owner_code": near.own.code,
        "type": "information",
        "form": "pr_channel",
        "description": page.description,
        "channels": channels,
        "kind": "homepage",
        "relation": "own",
        "source": f"{near.own.full_name} {page_label(page)}",
        "confidence": 1.0,
    }
    return HarvestedRecord(
        remote_id=HOME,
        url=page.url,
        fields={key: value for key, value in fields.items() if value not in ("", [])},
        raw=answer.content,
        encoding=answer.encoding,
    )


_RELATIONS = {
    "own": "이 기관",
    "other": "다른 지방자치단체",
    "nation": "국가·공공기관",
    "private": "민간",
    "unsure": "주인 모름",
}
_KINDS = {
    "platform": "플랫폼",
    "section": "누리집 안의 플랫폼",
    "app": "앱",
    "channel": "공식 계정",
    "homepage": "대표 누리집",
    "page": "단순한 쪽",
}


def summary_of(findings: list[tuple[int, Finding]]) -> str:
    """How many links were judged what, for the run's page."""
    counts: dict[str, int] = {}
    for _, finding in findings:
        key = f"{_RELATIONS[finding.relation.value]} {_KINDS[finding.kind.value]}"
        counts[key] = counts.get(key, 0) + 1
    listed = ", ".join(f"{key} {count}" for key, count in sorted(counts.items(), key=lambda pair: -pair[1]))
    return f"링크 {len(findings)}개: {listed}"
