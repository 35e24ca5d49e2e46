"""Fetches the pages of a government's site that say which platforms it has, and its sitemap."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from harvesters.base import HarvestTask, Problem
from harvesters.egov import page_requests
from harvesters.hrefs import host_of, same_page, under
from harvesters.http import Response
from harvesters.link_words import squeeze
from harvesters.page import Page, read_page
from harvesters.signs import read_signs
from harvesters.sitemap import crawl_sitemap
from registry.errors import HarvestError, SourceChanged, SourceUnreachable

_RELATED_PAGE = re.compile(
    r"(?:관련|유관|산하|패밀리|family)(?:기관)?(?:사이트|누리집|홈페이지|기관)|누리집(?:모음|안내|목록)|홈페이지(?:모음|목록)|사이트(?:모음|목록|바로가기)",
    re.IGNORECASE,
)
_SITEMAP_PAGE = re.compile(
    r"^(?:사이트맵|누리집지도|누리집안내지도|홈페이지지도|전체메뉴|sitemap)(?:보기)?$", re.IGNORECASE
)
_APP_PAGE = re.compile(r"(?:모바일|공공|스마트폰)?(?:앱|어플)(?:안내|소개|모음|목록|서비스)$")


@dataclass(frozen=True)
class Read:
    """One page that was read, and the answer it came in."""

    page: Page
    answer: Response


def home_pages(task: HarvestTask) -> list[Read]:
    """The home page behind meta refreshes, script redirects and frames; the page with the most links comes first."""
    url, seen = task.source.url, set[str]()
    reads: list[Read] = []
    for _ in range(5):
        if same_page(url) in seen and reads:
            break
        seen.add(same_page(url))
        read = _read(task, url)
        reads = [read]
        if not read.page.refresh or len(read.page.links) > 20:
            break
        url = read.page.refresh
    for frame in reads[0].page.frames[:4]:
        if same_page(frame) not in seen:
            seen.add(same_page(frame))
            reads.append(_read(task, frame))
    reads.sort(key=lambda read: -len(read.page.links))
    signs = read_signs(reads[0].page)
    if signs.kind in ("soft_404", "parked", "taken_over", "default", "empty", "closed"):
        raise SourceChanged(
            reads[0].page.url,
            f"누리집이 아닌 쪽이 왔습니다({signs.kind}: {', '.join(signs.words)}).",
            f"This is not the home page ({signs.kind}: {', '.join(signs.words)}).",
            "원천의 주소를 확인하세요.",
            "Check the source's address.",
        )
    return reads


def _read(task: HarvestTask, url: str) -> Read:
    answer = task.client.get(url)
    return Read(read_page(answer.text, answer.final_url), answer)


def further_pages(task: HarvestTask, reads: list[Read]) -> Iterator[Read]:
    """Pages of the same site that list sites, apps or the whole menu, and the further pages of paged lists."""
    seen = {same_page(read.page.url) for read in reads} | {same_page(read.answer.url) for read in reads}
    host, left = host_of(reads[0].page.url), task.option("pages")
    for link in [link for read in reads for link in read.page.links]:
        text = squeeze(link.text)
        wanted = _SITEMAP_PAGE.match(text) or (_RELATED_PAGE.search(text) and len(text) < 20) or _APP_PAGE.search(text)
        if not wanted or not under(host_of(link.url), host) or same_page(link.url) in seen or left < 1:
            continue
        seen.add(same_page(link.url))
        left -= 1
        task.progress(f"읽는 중: {link.text}", task.option("pages") - left, None)
        read = try_page(task, link.url)
        if read is None:
            continue
        yield read
        for request in page_requests(read.page, read.answer.text)[: max(left, 0)]:
            left -= 1
            more = try_page(task, request.url, request.method, request.body)
            if more is not None:
                yield more


def try_page(task: HarvestTask, url: str, method: str = "GET", body: str = "") -> Read | None:
    """A further page; one that cannot be had makes the list doubtful and does not end the run."""
    try:
        if method == "GET":
            answer = task.client.get(url)
        else:
            answer = task.client.post(
                url, content=body.encode(), headers={"content-type": "application/x-www-form-urlencoded"}
            )
    except SourceChanged as gone:
        task.listing.problem(Problem("page_gone", gone.cause_ko, gone.cause_en, gone.remedy_ko, gone.remedy_en, url))
        return None
    except SourceUnreachable as lost:
        task.listing.incomplete(
            "page_unread", f"{url} 을(를) 읽지 못했습니다.", f"{url} could not be read: {lost.cause_en}"
        )
        return None
    except HarvestError as refused:
        if refused.code not in ("source_refused", "address_refused"):
            raise
        task.listing.problem(
            Problem(refused.code, refused.cause_ko, refused.cause_en, refused.remedy_ko, refused.remedy_en, url)
        )
        return None
    return Read(read_page(answer.text, answer.final_url), answer)


def sitemap_addresses(task: HarvestTask, home: str) -> list[str]:
    """The addresses of the sitemap that robots.txt names, or of /sitemap.xml; a missing one is no fault."""
    wanted = task.option("sitemap")
    if wanted == "off":
        return []
    rules = task.client.robots(home).rules if not task.client.public_api else None
    named = list(rules.sitemaps) if rules is not None else []
    origin = "/".join(home.split("/")[:3])
    addresses = [wanted] if wanted != "auto" else named[:3] or [f"{origin}/sitemap.xml"]
    found: list[str] = []
    for address in addresses:
        try:
            found += [entry.url for entry in crawl_sitemap(address, lambda url: task.client.get(url).content, 5000)]
        except SourceUnreachable:
            task.listing.incomplete(
                "sitemap_unread",
                f"사이트맵 {address} 을(를) 읽지 못했습니다.",
                f"The sitemap {address} could not be read.",
            )
        except HarvestError as fault:
            if fault.code == "budget_spent":
                raise
            if wanted != "auto" or named:
                task.listing.problem(
                    Problem(
                        "sitemap_unusable", fault.cause_ko, fault.cause_en, fault.remedy_ko, fault.remedy_en, address
                    )
                )
    return found
