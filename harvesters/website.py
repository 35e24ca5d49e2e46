"""Harvests a government's home page: the platforms it links to, its own sections that are platforms, its channels."""

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from harvesters.base import Harvester, HarvestTask, Option
from harvesters.belonging import Judge
from harvesters.entries import Entry, accounts, gather
from harvesters.findings import Finding, Relation
from harvesters.homepages import Neighbourhood, bundled_places
from harvesters.hrefs import host_of, under
from harvesters.link_words import link_words
from harvesters.links import Link
from harvesters.page import Page
from harvesters.signs import read_signs
from harvesters.site_reading import Read, further_pages, home_pages, sitemap_addresses, try_page
from harvesters.site_records import home_record, page_name, record_of, summary_of
from registry.errors import InvalidValue, NotFound, SourceInvalid
from registry.models import Government
from registry.records import HarvestedRecord


class WebsiteHarvester(Harvester):
    """Reads a home page, the pages that list its sites, and its sitemap; stores nothing."""

    name: ClassVar[str] = "website"
    title: ClassVar[str] = "Home page of a government"
    title_ko: ClassVar[str] = "지방자치단체 누리집"
    options: ClassVar[tuple[Option, ...]] = (
        Option(
            "pages",
            int,
            "Further pages to read: related sites, apps, site map",
            "더 읽을 페이지 수(관련 누리집, 앱 안내, 누리집 지도)",
            8,
        ),
        Option(
            "sitemap",
            str,
            "Address of the sitemap, 'auto' to look for it, 'off'",
            "사이트맵 주소, auto는 찾기, off는 읽지 않기",
            "auto",
        ),
        Option(
            "titles",
            int,
            "Sites without a name whose title is fetched",
            "이름 없는 사이트 가운데 제목을 읽어 올 수",
            10,
        ),
        Option(
            "others",
            bool,
            "Also yield platforms that the page shows to be another government's",
            "다른 지방자치단체의 것으로 보이는 플랫폼도 낼지",
            True,
        ),
        Option(
            "unsure",
            bool,
            "Also yield platforms whose owner is not known, for a person to answer",
            "주인이 분명하지 않은 플랫폼도 낼지(사람에게 묻습니다)",
            True,
        ),
        Option("nation", bool, "Also yield national platforms", "국가의 플랫폼도 낼지", False),
        Option(
            "owners",
            dict,
            "Owners that a person told: {host: ten-digit code}",
            "사람이 알려 준 주인: {호스트: 코드 10자리}",
            {},
        ),
        Option("home", bool, "Yield the home page itself, with its accounts as channels", "누리집 자체도 낼지", True),
    )

    @classmethod
    def requests_per_run(cls, options: Mapping[str, Any], budget: int) -> int:
        """The home page behind its frames and redirects, further pages, sitemaps and titles."""
        given = cls.read_options(options)
        return int(min(budget, 12 + given["pages"] + given["titles"]))

    def harvest(self, task: HarvestTask) -> Iterator[HarvestedRecord]:
        """The home page itself, then every platform found, own ones first; mere pages are left out."""
        near = _neighbourhood(task)
        words = link_words()
        reads = home_pages(task)
        home = reads[0].page
        judge = Judge(near, home.url, words, _owners(task, near))
        reads += list(further_pages(task, reads))
        findings = [(number, judge.judge(link)) for number, read in enumerate(reads) for link in _links(read.page)]
        findings += _from_sitemap(task, judge, reads, findings)
        entries = [entry for entry in gather(findings) if _wanted(task, entry)]
        records = [record_of(entry, near, reads) for entry in entries]
        if task.option("home"):
            records.insert(0, home_record(near, reads, accounts(findings, near.own)))
        records = list({record.remote_id: record for record in records}.values())
        if not entries:
            task.listing.incomplete(
                "nothing_found",
                "누리집에서 플랫폼을 하나도 찾지 못했습니다. 스크립트로만 그려지는 쪽일 수 있습니다.",
                "No platform was found on the home page; it may be drawn by scripts alone.",
            )
        task.listing.page([record.remote_id for record in records])
        task.listing.note = summary_of(findings)
        task.listing.end()
        yield from records


def _neighbourhood(task: HarvestTask) -> Neighbourhood:
    places = bundled_places()
    try:
        owner = places.by_code(task.source.owner_code)
    except NotFound:
        raise SourceInvalid(
            "owner",
            task.source.owner_code,
            "누리집의 주인을 알 수 없습니다.",
            "The owner of the home page is not known.",
            "원천 파일의 owner에 지방자치단체 코드 10자리를 쓰세요.",
            "Write the government's ten-digit code as owner of the source file.",
        ) from None
    return Neighbourhood(places, places.present(owner) or owner)


def _owners(task: HarvestTask, near: Neighbourhood) -> dict[str, Government]:
    """The option `owners`, read; SourceInvalid names the entry whose code is not known."""
    found: dict[str, Government] = {}
    for host, code in task.option("owners").items():
        try:
            found[str(host).lower().removeprefix("www.")] = near.places.resolve(str(code))
        except InvalidValue as wrong:
            raise SourceInvalid(
                f"options.owners.{host}", code, wrong.cause_ko, wrong.cause_en, wrong.remedy_ko, wrong.remedy_en
            ) from None
    return found


def _links(page: Page) -> Iterator[Link]:
    """The links of a page and those its JSON-LD names (sameAs: official accounts)."""
    yield from page.links
    for thing in page.things:
        same = thing.get("sameAs", [])
        for url in [same] if isinstance(same, str) else same if isinstance(same, list) else []:
            if isinstance(url, str) and url.startswith("http"):
                yield Link(url, "", "json_ld", "sns")


def _from_sitemap(
    task: HarvestTask, judge: Judge, reads: list[Read], findings: list[tuple[int, Finding]]
) -> list[tuple[int, Finding]]:
    """Sites on hosts of their own that only the sitemap names, or that the page shows without words: their titles."""
    home = reads[0].page.url
    known = {host_of(finding.link.url) for _, finding in findings if finding.link.text}
    nameless = [finding.link.url for _, finding in findings if not finding.link.text and finding.is_platform]
    addresses = list(dict.fromkeys([*nameless, *sitemap_addresses(task, home)]))
    found: list[tuple[int, Finding]] = []
    for url in addresses:
        host = host_of(url)
        if host in known or len(found) >= task.option("titles"):
            continue
        if not any(under(host, domain) for domain in judge.own_domains) and url not in nameless:
            continue
        known.add(host)
        read = try_page(
            task, f"{url.split('//')[0]}//{url.split('//')[1].split('/')[0]}/" if url not in nameless else url
        )
        if read is None or read_signs(read.page).kind != "ok":
            continue
        reads.append(read)
        name = page_name(read.page, judge.near)
        if name:
            finding = judge.judge(Link(read.page.url, name, "title", "related"))
            found.append((len(reads) - 1, finding))
    return found


def _wanted(task: HarvestTask, entry: Entry) -> bool:
    relation = entry.finding.relation
    allowed = {
        Relation.own: True,
        Relation.other: task.option("others"),
        Relation.unsure: task.option("unsure"),
        Relation.nation: task.option("nation"),
        Relation.private: False,
    }
    return bool(allowed[relation])
