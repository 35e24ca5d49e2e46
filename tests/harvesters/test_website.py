"""The home-page harvester as a whole, on real sockets: what it fetches, what it yields, what it says of the listing."""

from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from harvesters.base import Listing
from harvesters.homepages import Neighbourhood, bundled_places
from harvesters.page import Page
from harvesters.site_records import UNKNOWN_OWNER, page_name
from harvesters.website import WebsiteHarvester
from registry.errors import SourceChanged, SourceInvalid, SourceRefused, SourceUnreachable
from registry.records import HarvestedRecord
from tests.harvesters.harvesting import harvest

FIXTURES = Path(__file__).parent.parent / "fixtures" / "website"
SHARED = Path(__file__).parents[3] / "shared" / "data" / "loopback_pages"
HTML = "text/html"


def serve(server: HTTPServer, path: str, name: str, content_type: str = HTML, status: int = 200) -> None:
    server.expect_request(path).respond_with_data((FIXTURES / name).read_bytes(), status, content_type=content_type)


def by_name(records: list[HarvestedRecord]) -> dict[str, HarvestedRecord]:
    return {str(record.fields["name"]): record for record in records}


def read(server: HTTPServer, name: str, owner: str, **options: object) -> tuple[list[HarvestedRecord], Listing]:
    serve(server, "/", name)
    return harvest(
        WebsiteHarvester, server.url_for("/"), owner=owner, options={"sitemap": "off", "titles": 0, **options}
    )


def test_a_district_s_home_page(httpserver: HTTPServer) -> None:
    records, listing = read(httpserver, "gangnam.html", "1168000000", pages=0)
    found = by_name(records)
    home = found["강남구 대표 누리집"]
    assert home.remote_id == "home"
    assert home.fields["form"] == "pr_channel"
    assert home.fields["description"] == "강남구의 소식과 서비스를 알립니다."
    accounts = [channel for channel in home.fields["channels"] if channel.startswith("sns=")]
    assert accounts == [
        "sns=https://www.facebook.com/gangnam",
        "sns=https://www.instagram.com/gangnam_gu/",
        "sns=https://blog.naver.com/gangnam_gu",
        "sns=https://www.youtube.com/@gangnamgu",
    ]
    petition = found["구청장에게 바란다"]
    assert petition.fields["parent"] == home.remote_id
    assert petition.fields["form"] == "petition"
    assert petition.fields["owner_code"] == "1168000000"
    assert "jsessionid" not in petition.url + str(petition.fields)
    app = found["더강남"]
    assert [one.partition("=")[0] for one in app.fields["channels"]] == ["android", "ios"]
    assert found["따릉이"].fields["owner_code"] == "1100000000"
    assert "공지사항" not in found
    assert "국민신문고" not in found
    assert "강남경찰서" not in found
    assert "서초구" not in found
    assert listing.doubts() == []
    assert listing.distinct == len(records)
    assert "이 기관 누리집 안의 플랫폼" in listing.note


def test_evidence_stays_with_the_record(httpserver: HTTPServer) -> None:
    records, _ = read(httpserver, "gangnam.html", "1168000000", pages=0)
    record = by_name(records)["강남구 열린데이터광장"]
    assert "menu:정보공개" in record.fields["source"]
    assert "word:raw_open_data" in record.fields["source"]
    assert record.raw is not None
    assert "열린데이터광장".encode() in record.raw


def test_cp949_labelled_euc_kr_with_hangul_and_punycode_hosts(httpserver: HTTPServer) -> None:
    records, _ = read(httpserver, "hampyeong.html", "1282000000")
    found = by_name(records)
    assert "똠방각하" in found["함평군 대표 누리집"].fields["source"]
    assert found["함평군 대표 누리집"].encoding == "cp949"
    assert found["함평천지몰"].fields["url"] == "https://xn--352bl9yz7b63kj6b.kr/"
    assert found["부안 텃밭할매"].fields["owner_code"] == "5280000000"
    assert found["군민청원"].fields["url"].endswith("/home/participation/petition.do")


def test_frames_behind_a_meta_refresh(httpserver: HTTPServer) -> None:
    serve(httpserver, "/", "uiryeong_index.html")
    serve(httpserver, "/main/index.htm", "uiryeong_frames.html")
    top = (
        (FIXTURES / "uiryeong_top.html").read_text("utf-8").replace("http://www.uiryeong.go.kr", httpserver.url_for(""))
    )
    httpserver.expect_request("/main/top.htm").respond_with_data(top, content_type=HTML)
    serve(httpserver, "/main/body.htm", "uiryeong_body.html")
    records, _ = harvest(
        WebsiteHarvester, httpserver.url_for("/"), owner="4872000000", options={"sitemap": "off", "titles": 0}
    )
    found = by_name(records)
    assert {"군민청원", "의령 토요애", "의령 문화관광", "의령군립도서관", "e경남몰", "함안몰"} <= set(found)
    assert found["e경남몰"].fields["owner_code"] == "4800000000"
    assert found["의령군립도서관"].fields["url"] == "http://www.uiryeonglib.go.kr/"


def test_paged_list_of_related_sites(httpserver: HTTPServer) -> None:
    serve(httpserver, "/", "cheongju.html")
    asked: list[tuple[str, str]] = []

    def sites(request: Request) -> Response:
        number = request.form.get("pageIndex", "1")
        asked.append((request.method, f"{number}/{request.form.get('key', request.args.get('key'))}"))
        return Response((FIXTURES / f"cheongju_sites_{number}.html").read_bytes(), content_type=HTML)

    httpserver.expect_request("/www/selectRecomendSiteList.do").respond_with_handler(sites)
    records, listing = harvest(
        WebsiteHarvester, httpserver.url_for("/"), owner="4311000000", options={"sitemap": "off", "titles": 0}
    )
    assert asked == [("GET", "1/300"), ("POST", "2/300"), ("POST", "3/300")]
    assert {"청주시립도서관", "청주시 버스정보시스템", "청주시시설관리공단", "청주시 통합예약"} <= set(by_name(records))
    assert listing.doubts() == []


def test_a_further_page_that_fails_makes_the_listing_doubtful(httpserver: HTTPServer) -> None:
    serve(httpserver, "/", "cheongju.html")
    httpserver.expect_request("/www/selectRecomendSiteList.do").respond_with_data("down", 500)
    records, listing = harvest(
        WebsiteHarvester, httpserver.url_for("/"), owner="4311000000", options={"sitemap": "off", "titles": 0}
    )
    assert "청주시 통합예약" in by_name(records)
    assert [code for code, _, _ in listing.doubts()] == ["page_unread"]


def test_a_further_page_that_is_gone_is_told_to_the_source(httpserver: HTTPServer) -> None:
    serve(httpserver, "/", "cheongju.html")
    httpserver.expect_request("/www/selectRecomendSiteList.do").respond_with_data("gone", 404)
    _, listing = harvest(
        WebsiteHarvester, httpserver.url_for("/"), owner="4311000000", options={"sitemap": "off", "titles": 0}
    )
    assert [problem.code for problem in listing.problems] == ["page_gone"]
    assert listing.doubts() == []


def test_sites_that_only_the_sitemap_names_get_their_title(httpserver: HTTPServer) -> None:
    host = httpserver.url_for("").rstrip("/")
    other = host.replace("localhost", "127.0.0.1") if "localhost" in host else host.replace("127.0.0.1", "localhost")
    httpserver.expect_request("/robots.txt").respond_with_data(
        f"User-agent: *\nAllow: /\nSitemap: {host}/maps/all.xml\n"
    )
    httpserver.expect_request("/maps/all.xml").respond_with_data(
        f"<sitemapindex><sitemap><loc>{host}/maps/1.xml</loc></sitemap><sitemap><loc>{host}/maps/all.xml</loc></sitemap></sitemapindex>"
    )
    httpserver.expect_request("/maps/1.xml").respond_with_data(
        f"<urlset><url><loc>{host}/a.do</loc></url><url><loc>{other}/x.do</loc></url></urlset>"
    )
    serve(httpserver, "/", "cheongju.html")
    records, _ = harvest(
        WebsiteHarvester, httpserver.url_for("/"), owner="4311000000", options={"pages": 0}, public_api=""
    )
    assert "청주시 통합예약" in by_name(records)
    assert "/maps/1.xml" in [request.path for request, _ in httpserver.log]


def test_the_name_in_a_title() -> None:
    places = bundled_places()
    near = Neighbourhood(places, places.by_code("1138000000"))
    assert page_name(Page("https://x.kr/", title="메인 | 은평구 열린데이터광장"), near) == "은평구 열린데이터광장"
    assert page_name(Page("https://x.kr/", title="은평구청 > 홈"), near) == ""


def test_unknown_owners_are_asked_about_not_guessed(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/").respond_with_data(
        '<h2>관련사이트</h2><ul><li><a href="https://whose.example.com/">푸른들장터</a></li></ul>', content_type=HTML
    )
    records, _ = harvest(WebsiteHarvester, httpserver.url_for("/"), owner="4725000000", options={"sitemap": "off"})
    assert by_name(records)["푸른들장터"].fields["owner_name"] == UNKNOWN_OWNER
    assert "owner_code" not in by_name(records)["푸른들장터"].fields
    told, _ = harvest(
        WebsiteHarvester,
        httpserver.url_for("/"),
        owner="4725000000",
        options={"sitemap": "off", "owners": {"whose.example.com": "4725000000"}},
    )
    assert by_name(told)["푸른들장터"].fields["owner_code"] == "4725000000"
    none, _ = harvest(
        WebsiteHarvester, httpserver.url_for("/"), owner="4725000000", options={"sitemap": "off", "unsure": False}
    )
    assert "푸른들장터" not in by_name(none)


def test_national_platforms_only_on_request(httpserver: HTTPServer) -> None:
    records, _ = read(httpserver, "gangnam.html", "1168000000", pages=0, nation=True, others=False)
    found = by_name(records)
    assert found["국민신문고"].fields["owner_level"] == "national"
    assert "따릉이" not in found


@pytest.mark.parametrize(
    ("body", "status", "error"),
    [
        ("<title>404</title><p>요청하신 페이지를 찾을 수 없습니다.</p>", 200, SourceChanged),
        ("<title>도메인 판매</title><p>이 도메인은 판매 중입니다. Buy this domain</p>", 200, SourceChanged),
        ("<title>바카라 먹튀 없는 카지노</title><p>슬롯 홀덤 첫충 롤링</p>", 200, SourceChanged),
        ("", 200, SourceChanged),
        ("gone", 404, SourceChanged),
        ("no", 403, SourceRefused),
        ("ill", 500, SourceUnreachable),
    ],
)
def test_what_is_no_home_page_ends_the_run(
    httpserver: HTTPServer, body: str, status: int, error: type[Exception]
) -> None:
    httpserver.expect_request("/").respond_with_data(body, status, content_type=HTML)
    with pytest.raises(error):
        harvest(WebsiteHarvester, httpserver.url_for("/"), owner="1138000000", options={"sitemap": "off"})


def test_a_page_drawn_by_scripts_alone_is_not_taken_for_a_whole_listing(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/").respond_with_data(
        '<title>은평구청</title><div id="root"></div><script src="/app.js"></script>', content_type=HTML
    )
    records, listing = harvest(
        WebsiteHarvester, httpserver.url_for("/"), owner="1138000000", options={"sitemap": "off"}
    )
    assert [record.remote_id for record in records] == ["home"]
    assert [code for code, _, _ in listing.doubts()] == ["nothing_found"]


def test_a_source_without_a_known_owner_is_refused(httpserver: HTTPServer) -> None:
    with pytest.raises(SourceInvalid, match="owner"):
        harvest(WebsiteHarvester, httpserver.url_for("/"), owner="9999999999")
    with pytest.raises(SourceInvalid, match="owners"):
        serve(httpserver, "/", "cheongju.html")
        harvest(WebsiteHarvester, httpserver.url_for("/"), owner="4311000000", options={"owners": {"x.kr": "없는시"}})


def test_a_former_code_means_the_government_of_today(httpserver: HTTPServer) -> None:
    records, _ = read(httpserver, "hampyeong.html", "4686000000")
    assert by_name(records)["함평군 대표 누리집"].fields["owner_code"] == "1282000000"


@pytest.mark.skipif(
    not SHARED.is_dir(), reason="the recorded page shapes are not beside the repository (../shared/data)"
)
@pytest.mark.parametrize(
    ("file", "owner", "wanted", "unwanted"),
    [
        (
            "eunpyeong_select.html",
            "1138000000",
            {"은평구 열린데이터광장": "1138000000", "은평열린청원": "1138000000", "은평문화재단": "1138000000"}
            | {"서울시 참여예산": "1100000000", "상상대로 서울": "1100000000", "따릉이": "1100000000"},
            {"고시공고", "처음"},
        ),
        (
            "jangsu_dl_euckr.html",
            "5274000000",
            {"장수몰": "5274000000", "진안고원몰": "5272000000", "전북생생장터": "5200000000"},
            {"전북도청", "전주시청", "완주군청"},
        ),
        (
            "gyeongbuk_family_js.html",
            "4700000000",
            {"사이소": "4700000000", "포항마켓": "4711000000", "별빛촌장터": "4723000000", "청리브": "4782000000"}
            | {"새재의아침": "4728000000", "명실상주몰": "4725000000", "울릉도몰": "4794000000"},
            set(),
        ),
    ],
)
def test_the_recorded_page_shapes(
    httpserver: HTTPServer, file: str, owner: str, wanted: dict[str, str], unwanted: set[str]
) -> None:
    httpserver.expect_request("/").respond_with_data((SHARED / file).read_bytes(), content_type=HTML)
    records, listing = harvest(WebsiteHarvester, httpserver.url_for("/"), owner=owner, options={"sitemap": "off"})
    found = by_name(records)
    assert {name: found[name].fields.get("owner_code") for name in wanted} == wanted
    assert not unwanted & set(found)
    assert listing.doubts() == []


@pytest.mark.skipif(
    not SHARED.is_dir(), reason="the recorded page shapes are not beside the repository (../shared/data)"
)
def test_the_recorded_robots_file_is_obeyed(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/robots.txt").respond_with_data((SHARED / "gg_robots.txt").read_bytes())
    with pytest.raises(SourceRefused, match="robots"):
        harvest(WebsiteHarvester, httpserver.url_for("/site/main"), owner="4100000000", public_api="")
    assert [request.path for request, _ in httpserver.log] == ["/robots.txt"]
