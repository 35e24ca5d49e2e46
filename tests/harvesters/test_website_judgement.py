"""Whose a link is and whether it is a platform: judged by hand over real addresses on pages of every shape.

`judged.csv` are the pages the rules were written with (their answers, looked through and mended by hand); `judged_apart.csv` those labelled before the rules had seen
them (their first result, before any rule was changed: precision 0.93, recall 0.89, relation 0.88, no wrong owner).
Figures are printed (`pytest -s`) and may not fall below the floors.
"""

import csv
from collections import Counter
from functools import lru_cache
from pathlib import Path

import pytest

from harvesters.belonging import Judge
from harvesters.encoding import decode
from harvesters.entries import accounts, app_name, gather
from harvesters.findings import Finding, Kind, Relation
from harvesters.homepages import Neighbourhood, bundled_places, organisation
from harvesters.hrefs import same_page
from harvesters.link_words import link_words, squeeze
from harvesters.links import Link
from harvesters.page import read_page

FIXTURES = Path(__file__).parent.parent / "fixtures" / "website"
PAGES = {
    "gangnam": ("1168000000", "https://www.gangnam.go.kr/main.do"),
    "hampyeong": ("1282000000", "https://www.hampyeong.go.kr/"),
    "gangwon": ("5100000000", "https://state.gwd.go.kr/portal"),
    "uiryeong_top": ("4872000000", "http://www.uiryeong.go.kr/main/top.htm"),
    "uiryeong_body": ("4872000000", "http://www.uiryeong.go.kr/main/body.htm"),
    "cheongju": ("4311000000", "https://www.cheongju.go.kr/www/index.do"),
    "cheongju_sites_1": ("4311000000", "https://www.cheongju.go.kr/www/selectRecomendSiteList.do?key=300"),
    "cheongju_sites_2": ("4311000000", "https://www.cheongju.go.kr/www/selectRecomendSiteList.do?key=300"),
    "cheongju_sites_3": ("4311000000", "https://www.cheongju.go.kr/www/selectRecomendSiteList.do?key=300"),
    "busan_donggu": ("2617000000", "http://www.bsdonggu.go.kr/"),
    "nowon": ("1135000000", "https://www.nowon.kr/www/index.do"),
    "daejeon": ("3000000000", "https://www.daejeon.go.kr/drh/index.do"),
    "suwon": ("4111000000", "https://www.suwon.go.kr/index.do"),
    "ulsan_bukgu": ("3120000000", "http://www.bukgu.ulsan.kr/index.do"),
    "jeju": ("5000000000", "https://www.jeju.go.kr/index.htm"),
    "gyeongju": ("4713000000", "https://www.gyeongju.go.kr/open_content/ko/index.do"),
}
LOCAL = {"own", "other", "unsure"}
PLATFORMS = {"platform", "section", "app"}


@lru_cache
def findings_of(page: str, known: bool) -> list[Finding]:
    """The judged links of one page, with or without the addresses that the catalogue knows already."""
    code, url = PAGES[page]
    places = bundled_places()
    near = Neighbourhood(places, places.by_code(code), None if known else {})
    judge = Judge(near, url, link_words())
    text = decode((FIXTURES / f"{page}.html").read_bytes()).text
    return [judge.judge(link) for link in read_page(text, url).links]


def measure(file: str, known: bool) -> dict[str, float]:
    """Precision and recall of "a platform of a local government", and how often relation, owner and form are right."""
    with (FIXTURES / file).open(encoding="utf-8") as handle:
        gold = list(csv.DictReader(handle))
    count: Counter[str] = Counter()
    for row in gold:
        found = next((one for one in findings_of(row["page"], known) if same_page(one.link.url) == row["url"]), None)
        assert found is not None, f"{row['url']} was not even found on {row['page']}"
        is_one = row["relation"] in LOCAL and row["kind"] in PLATFORMS
        taken = found.relation.value in LOCAL and found.is_platform
        count["true"] += is_one and taken
        count["false"] += taken and not is_one
        count["missed"] += is_one and not taken
        count["relation"] += found.relation.value == row["relation"]
        count["kind"] += found.kind.value == row["kind"]
        if is_one and taken:
            owner = found.owner.code if found.owner else ""
            count["owner"] += owner == row["owner_code"]
            count["wrong owner"] += bool(owner) and owner != row["owner_code"]
            form = found.rule.form if found.rule else ""
            count["form"] += bool(form) and form == row["form"]
            count["wrong form"] += bool(form) and form != row["form"]
    both = count["true"]
    figures = {
        "links": len(gold),
        "precision": both / (both + count["false"]),
        "recall": both / (both + count["missed"]),
        "relation": count["relation"] / len(gold),
        "kind": count["kind"] / len(gold),
        "owner precision": count["owner"] / max(1, count["owner"] + count["wrong owner"]),
        "owner recall": count["owner"] / both,
        "form precision": count["form"] / max(1, count["form"] + count["wrong form"]),
        "form recall": count["form"] / both,
    }
    print(
        f"\n{file} ({'with' if known else 'without'} known addresses): "
        + ", ".join(f"{k} {v:.3g}" for k, v in figures.items())
    )
    return figures


@pytest.mark.parametrize("known", [True, False])
@pytest.mark.parametrize("file", ["judged.csv", "judged_apart.csv"])
def test_links_are_judged_as_people_judged_them(file: str, known: bool) -> None:
    figures = measure(file, known)
    assert figures["precision"] >= 0.97
    assert figures["recall"] >= 0.95
    assert figures["relation"] >= 0.95
    assert figures["owner precision"] == 1.0
    assert figures["owner recall"] >= 0.93
    assert figures["form precision"] >= 0.93
    assert figures["form recall"] >= 0.7


def judged(page: str, url: str, known: bool = True) -> Finding:
    return next(one for one in findings_of(page, known) if same_page(one.link.url) == url)


def test_the_evidence_says_why() -> None:
    finding = judged("gangnam", "data.gangnam.go.kr")
    assert {"host:gangnam.go.kr", "word:raw_open_data", "menu:정보공개"} <= set(finding.evidence)
    tenant = judged("gangwon", "pb.lofin365.go.kr/SAMCHEOK/survey/surveyList")
    assert tenant.engine == "주민e참여"
    assert tenant.owner is not None
    assert tenant.owner.full_name == "강원특별자치도 삼척시"


def test_same_named_districts_are_told_apart_by_the_page() -> None:
    places = bundled_places()
    for code, meant in (("2617000000", "2611000000"), ("3100000000", "3111000000"), ("1168000000", "1114000000")):
        named = Neighbourhood(places, places.by_code(code)).named_in("중구 평생학습관")
        assert named is not None
        assert named.government.code == meant
    # A page that has no 중구 near it may not guess which of five is meant.
    assert Neighbourhood(places, places.by_code("5274000000")).named_in("중구 평생학습관") is None


def test_two_counties_of_one_name_are_told_apart() -> None:
    places = bundled_places()
    for province, meant in (("5100000000", "5182000000"), ("4800000000", "4882000000")):
        named = Neighbourhood(places, places.by_code(province)).named_in("고성몰")
        assert named is not None
        assert named.government.code == meant


def test_unknown_owner_is_not_guessed() -> None:
    places = bundled_places()
    judge = Judge(Neighbourhood(places, places.by_code("4700000000"), {}), "https://www.gb.go.kr/", link_words())
    finding = judge.judge(Link("https://01000.cyso.co.kr/", "별빛촌장터", "option", "related", "장터 모음"))
    assert (finding.relation, finding.owner) == (Relation.unsure, None)
    told = Judge(judge.near, "https://www.gb.go.kr/", link_words(), {"01000.cyso.co.kr": places.by_code("4723000000")})
    finding = told.judge(finding.link)
    assert finding.owner is not None
    assert (finding.owner.name, finding.confidence) == ("영천시", 1.0)


@pytest.mark.parametrize(
    ("host", "domain"),
    [
        ("tour.jangsu.go.kr", "jangsu.go.kr"),
        ("lib.nowon.kr", "nowon.kr"),
        ("its.ulsan.kr", "its.ulsan.kr"),
        ("a.b.seogu.gwangju.kr", "seogu.gwangju.kr"),
        ("127.0.0.1", "127.0.0.1"),
    ],
)
def test_the_domain_an_organisation_holds(host: str, domain: str) -> None:
    assert organisation(host) == domain


@pytest.mark.parametrize(
    ("entry", "form"),
    [
        ("주민참여예산", "participatory_budget"),
        ("주민참여예산제 운영", "participatory_budget"),
        ("주민참여예산 안내", None),
        ("주민참여예산위원회", None),
        ("예산제안하기", "participatory_budget"),
        ("구민제안", "citizen_proposal"),
        ("공무원 제안", None),
        ("제안서 양식", None),
        ("시민제안 우수사례", None),
        ("온라인 시민청원", "petition"),
        ("청원경찰 채용", None),
        ("구청장에게 바란다", "petition"),
        ("대전시에 바란다", "petition"),
        ("온라인통합예약", "policy_service_info"),
        ("통합예약 이용안내", None),
        ("구로1번가", "citizen_proposal"),
        ("열린데이터광장", "raw_open_data"),
        ("공지사항", None),
        ("2026년 시민제안 공모", None),
    ],
)
def test_menu_entries_that_are_platforms_of_their_own(entry: str, form: str | None) -> None:
    rule = link_words().section_of(entry)
    assert (rule.form if rule else None) == form


def test_every_pattern_of_the_word_file_is_used() -> None:
    words = link_words()
    assert {rule.form for rule in words.sections} <= {
        *["raw_open_data", "data_analysis", "pr_channel", "policy_service_info", "other", "citizen_proposal"],
        *["participatory_budget", "resident_ordinance", "petition", "community_problem_solving"],
        *["public_delivery_app", "online_marketplace", "local_tourism_festival"],
    }
    assert squeeze("소통 · 참여 (마당)") == "소통참여마당"


def test_one_entry_per_platform() -> None:
    entries = gather([(0, one) for one in findings_of("nowon", True) if one.relation is Relation.own])
    library = [entry for entry in entries if "lib.nowon.kr" in entry.url]
    assert len(library) == 1
    assert library[0].name == "노원구립도서관"
    assert library[0].url == "https://lib.nowon.kr/"
    assert library[0].aliases == ["도서관"]


def test_a_menu_s_head_and_its_entries() -> None:
    """전자민원 only holds two sections; what is done inside 주민참여예산 is no platform beside it."""
    places = bundled_places()
    judge = Judge(Neighbourhood(places, places.by_code("5274000000")), "https://www.jangsu.go.kr/", link_words())
    page = read_page(
        '<ul id="gnb"><li><a href="/civil.do">전자민원</a><ul><li><a href="/petition.do">군민청원</a></li>'
        '<li><a href="/hope.do">군수에게 바란다</a></li></ul></li><li><a href="/budget.do">주민참여예산</a><ul>'
        '<li><a href="/budget/apply.do">예산제안하기</a></li><li><a href="/budget/youth.do">청년참여예산</a></li></ul></li></ul>',
        "https://www.jangsu.go.kr/",
    )
    entries = gather([(0, judge.judge(link)) for link in page.links])
    assert [entry.name for entry in entries] == ["군민청원", "군수에게 바란다", "주민참여예산"]


def test_both_stores_of_one_app_are_one_app() -> None:
    entries = gather([(0, one) for one in findings_of("jeju", True)])
    app = next(entry for entry in entries if entry.finding.kind is Kind.app)
    assert app.name == "탐나는전"
    assert [kind for kind, _ in app.channels] == ["android", "ios"]
    assert app.remote_id == "android:gov.jeju.tamna"


def test_accounts_are_channels_and_share_buttons_are_nothing() -> None:
    places = bundled_places()
    found = accounts([(0, one) for one in findings_of("gangnam", True)], places.by_code("1168000000"))
    assert found == [
        "https://www.facebook.com/gangnam",
        "https://www.instagram.com/gangnam_gu/",
        "https://blog.naver.com/gangnam_gu",
    ]


@pytest.mark.parametrize(
    ("badge", "name"), [("Google Play", ""), ("스마트 은평 앱 다운로드", "스마트 은평"), ("안드로이드용 다운로드", ""), ("App Store에서 내려받기", "")]
)  # fmt: skip
def test_the_name_in_a_badge(badge: str, name: str) -> None:
    assert app_name(badge) == name
