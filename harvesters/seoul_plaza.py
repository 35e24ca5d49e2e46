"""Harvests one open-data plaza of the Seoul districts: what the site is and how much its catalogue holds.

Twenty-five districts bought the same product ("Seoul Open Data Plaza"), and each runs and pays for its own. So each
is one platform of its own; the product is named as its engine and the size of its catalogue is kept as figures.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import ClassVar
from urllib.parse import parse_qs, urlsplit

from harvesters.base import Harvester, HarvestTask, Option, Problem
from harvesters.hrefs import host_of, is_front
from harvesters.page import Page, read_page
from harvesters.signs import read_signs
from harvesters.sitemap import SitemapEntry, crawl_sitemap
from registry.errors import HarvestError, SourceChanged
from registry.records import HarvestedRecord

ENGINE = "seoulopendataplaza"

# The product's own paths: /openinf/{sheet,openapi,file,chart,map,link}view.jsp?infId=OA-…, /dataList/OA-…/S/1/…
_DATASET = re.compile(r"/(?:openinf|dataList|dataset)/", re.IGNORECASE)
_IDENTIFIER = re.compile(r"\b(OA-\d{1,7})\b", re.IGNORECASE)
_KINDS = {"sheet": "sheets", "openapi": "apis", "file": "files", "chart": "charts", "map": "maps", "link": "links"}
_LETTERS = {"S": "sheets", "A": "apis", "F": "files", "C": "charts", "M": "maps", "L": "links"}
_COUNT = r"[^0-9]{0,12}([\d,]{1,9})\s*(?:건|개|종)?"
_STATED = (
    ("datasets", re.compile(r"(?:전체\s*)?(?:데이터\s*셋|공공\s*데이터|개방\s*데이터|서비스\s*데이터|전체\s*데이터)(?:\s*수)?" + _COUNT)),
    ("apis", re.compile(r"(?:open\s*api|오픈\s*api)" + _COUNT, re.IGNORECASE)),
    ("files", re.compile(r"(?:파일|file)(?:\s*데이터)?" + _COUNT, re.IGNORECASE)),
    ("sheets", re.compile(r"(?:시트|sheet)" + _COUNT, re.IGNORECASE)),
)  # fmt: skip


@dataclass
class Catalogue:
    """How much a plaza holds: `stated` on its front page, `listed` in its sitemap, by kind of service."""

    stated: dict[str, int] = field(default_factory=dict)
    listed: dict[str, set[str]] = field(default_factory=dict)
    changed: str = ""

    @property
    def datasets(self) -> int:
        """Distinct datasets of the sitemap."""
        return len(set().union(*self.listed.values())) if self.listed else 0


class SeoulPlazaHarvester(Harvester):
    """Reads a plaza's front page and sitemap; yields the plaza itself."""

    name: ClassVar[str] = "seoul_plaza"
    title: ClassVar[str] = "Open-data plaza of a Seoul district"
    title_ko: ClassVar[str] = "서울 자치구 열린데이터광장"
    options: ClassVar[tuple[Option, ...]] = (
        Option("sitemap", str, "Path or address of the sitemap; 'off' to leave it unread", "사이트맵 경로나 주소, off는 읽지 않기", "/sitemap.xml"),
    )  # fmt: skip

    @classmethod
    def requests_per_run(cls, options: object, budget: int) -> int:
        """robots.txt, the front page, the sitemap and the sitemaps it names."""
        return min(budget, 12)

    def harvest(self, task: HarvestTask) -> Iterator[HarvestedRecord]:
        """One record: the plaza."""
        answer = task.client.get(task.source.url)
        page = read_page(answer.text, answer.final_url)
        signs = read_signs(page)
        if signs.kind in ("soft_404", "closed", "parked", "taken_over", "default", "empty") or not is_plaza(page):
            raise SourceChanged(
                answer.final_url,
                f"열린데이터광장이 아닌 쪽이 왔습니다({signs.kind}: {page.title[:60]}).",
                f"This is no open-data plaza ({signs.kind}: {page.title[:60]}).",
                "원천의 주소를 확인하고, 광장이 다른 제품으로 바뀌었으면 수집기를 바꾸세요.",
                "Check the address; if the plaza moved to another product, change the harvester.",
            )
        catalogue = Catalogue(stated=read_counts(page.text))
        for entry in _sitemap(task, answer.final_url):
            take_in(catalogue, entry)
        task.listing.page(["plaza"])
        task.listing.state(1)
        task.listing.end()
        yield HarvestedRecord(
            "plaza", answer.final_url, _fields(task, page, catalogue), answer.content, answer.encoding
        )


def is_plaza(page: Page) -> bool:
    """Whether a page is this product's front: its name, or its own paths among the links."""
    named = re.search(
        r"열린\s*데이터\s*광장|open\s*data\s*plaza", f"{page.title} {page.site_name} {page.text[:2000]}", re.I
    )
    paths = sum(bool(_DATASET.search(link.url)) for link in page.links)
    return bool(named) or paths >= 3


def read_counts(text: str) -> dict[str, int]:
    """The counts a front page states ('데이터셋 1,234개'); a kind that it does not state is absent, never zero."""
    found: dict[str, int] = {}
    for kind, pattern in _STATED:
        match = pattern.search(text)
        if match:
            found[kind] = int(match.group(1).replace(",", ""))
    return found


def take_in(catalogue: Catalogue, entry: SitemapEntry) -> None:
    """Count one address of the sitemap if it is a dataset; remember the latest date of change."""
    if not _DATASET.search(entry.url):
        return
    parts = urlsplit(entry.url)
    query = parse_qs(parts.query).get("infId", [""])[0]
    identifier = _IDENTIFIER.search(query) or _IDENTIFIER.search(parts.path)
    if not identifier:
        return
    word = re.search(r"/openinf/([a-z]+?)view", parts.path, re.IGNORECASE)
    letter = re.search(r"/dataList/OA-\d+/([A-Z])/", parts.path)
    kind = (
        _KINDS.get(word.group(1).lower(), "others")
        if word
        else _LETTERS.get(letter.group(1), "others")
        if letter
        else "others"
    )
    catalogue.listed.setdefault(kind, set()).add(identifier.group(1).upper())
    catalogue.changed = max(catalogue.changed, entry.changed[:10])


def _sitemap(task: HarvestTask, front: str) -> list[SitemapEntry]:
    """The sitemap's entries; a plaza without one is a plaza still."""
    wanted = task.option("sitemap")
    if wanted == "off":
        return []
    origin = "/".join(front.split("/")[:3])
    address = wanted if wanted.startswith("http") else origin + wanted
    try:
        return crawl_sitemap(address, lambda url: task.client.get(url).content)
    except HarvestError as fault:
        if fault.code in ("budget_spent", "lease_lost"):
            raise
        task.listing.problem(
            Problem("sitemap_unusable", fault.cause_ko, fault.cause_en, fault.remedy_ko, fault.remedy_en, address)
        )
        return []


def _fields(task: HarvestTask, page: Page, catalogue: Catalogue) -> dict[str, object]:
    """The plaza in our own terms. Counts go into the description, where they are read as dated figures."""
    datasets = catalogue.datasets or catalogue.stated.get("datasets", 0)
    kinds = {kind: len(ids) for kind, ids in sorted(catalogue.listed.items()) if kind != "others"}
    for kind, count in catalogue.stated.items():
        kinds.setdefault(kind, count)
    url = page.url if is_front(page.url) else task.source.url
    fields: dict[str, object] = {
        "name": plaza_name(page, task.source.title),
        "url": url,
        "channels": [f"web={url}"],
        "type": "information",
        "form": "raw_open_data",
        "functions": ["open_data"],
        "engine": ENGINE,
        "status": "running",
        "description": page.description,
        "source": f"{host_of(page.url)}: " + ", ".join(f"{kind} {count}" for kind, count in sorted(kinds.items())),
        "catalogue": kinds,
        "catalogue_changed": catalogue.changed,
    }
    if datasets:
        fields["figures"] = f"datasets={datasets}@{date.today():%Y-%m}"
    return {key: value for key, value in fields.items() if value not in ("", [], {})}


def plaza_name(page: Page, fallback: str) -> str:
    """The plaza's name from its title or site name; the source's title where the page gives only a greeting."""
    for candidate in (page.site_name, *re.split(r"\s*[|>·:]\s*|\s+[-–]\s+", page.title)):
        if re.search(r"데이터", candidate) and len(candidate) <= 40:
            return re.sub(r"^(?:메인|홈|환영합니다)\s*", "", candidate).strip()
    return fallback
