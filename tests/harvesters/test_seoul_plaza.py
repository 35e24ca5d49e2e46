"""The open-data plaza of a Seoul district: one platform, its engine named, its catalogue counted."""

from datetime import date
from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer

from harvesters.page import read_page
from harvesters.seoul_plaza import Catalogue, SeoulPlazaHarvester, is_plaza, plaza_name, read_counts, take_in
from harvesters.sitemap import SitemapEntry
from registry.errors import SourceChanged, SourceUnreachable
from tests.harvesters.harvesting import harvest

FIXTURES = Path(__file__).parent.parent / "fixtures" / "seoul_plaza"
FRONT = (FIXTURES / "front.html").read_text("utf-8")


def serve(server: HTTPServer, front: str = FRONT, sitemap: bool = True) -> None:
    server.expect_request("/").respond_with_data(front, content_type="text/html")
    if sitemap:
        server.expect_request("/sitemap.xml").respond_with_data((FIXTURES / "sitemap.xml").read_bytes())
    else:
        server.expect_request("/sitemap.xml").respond_with_data("none", 404)


def test_a_plaza_is_one_platform_with_its_engine(httpserver: HTTPServer) -> None:
    serve(httpserver)
    records, listing = harvest(SeoulPlazaHarvester, httpserver.url_for("/"), owner="1144000000")
    assert [record.remote_id for record in records] == ["plaza"]
    fields = records[0].fields
    assert fields["name"] == "마포구 열린데이터광장"
    assert (fields["engine"], fields["form"], fields["functions"]) == (
        "seoulopendataplaza",
        "raw_open_data",
        ["open_data"],
    )
    # Three distinct datasets in the sitemap, whatever number the front page boasts of.
    assert fields["figures"] == f"datasets=3@{date.today():%Y-%m}"
    assert fields["catalogue"] == {"apis": 2, "datasets": 1204, "files": 1, "sheets": 2}
    assert fields["catalogue_changed"] == "2026-08-03"
    assert listing.doubts() == []


def test_without_a_sitemap_the_stated_count_stands(httpserver: HTTPServer) -> None:
    serve(httpserver, sitemap=False)
    records, listing = harvest(SeoulPlazaHarvester, httpserver.url_for("/"), owner="1144000000")
    assert records[0].fields["figures"].startswith("datasets=1204@")
    assert [problem.code for problem in listing.problems] == ["sitemap_unusable"]
    records, listing = harvest(SeoulPlazaHarvester, httpserver.url_for("/"), options={"sitemap": "off"})
    assert listing.problems == []


@pytest.mark.parametrize(
    "body",
    [
        "<title>마포구청</title><p>마포구청 누리집입니다. 새 소식을 확인하세요.</p>",
        "<title>오류</title><p>요청하신 페이지를 찾을 수 없습니다</p>",
        "<title>서비스 종료 안내</title><p>열린데이터광장 서비스가 종료되었습니다. 서울 열린데이터광장을 이용하세요.</p>",
    ],
)
def test_another_page_in_its_place_is_a_changed_source(httpserver: HTTPServer, body: str) -> None:
    serve(httpserver, body)
    with pytest.raises(SourceChanged):
        harvest(SeoulPlazaHarvester, httpserver.url_for("/"), owner="1144000000")


def test_a_plaza_that_is_down_is_unreachable(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/").respond_with_data("", 503)
    with pytest.raises(SourceUnreachable):
        harvest(SeoulPlazaHarvester, httpserver.url_for("/"), owner="1144000000")


def test_counts_not_stated_are_absent_not_zero() -> None:
    assert read_counts("데이터셋 12개, 오픈API 3종") == {"datasets": 12, "apis": 3}
    assert read_counts("환영합니다") == {}


def test_datasets_are_counted_once_whatever_their_services() -> None:
    catalogue = Catalogue()
    for kind in ("sheet", "openapi", "chart"):
        take_in(catalogue, SitemapEntry(f"https://d.kr/openinf/{kind}view.jsp?infId=OA-7"))
    take_in(catalogue, SitemapEntry("https://d.kr/openinf/sheetview.jsp"))
    assert catalogue.datasets == 1
    assert set(catalogue.listed) == {"sheets", "apis", "charts"}


def test_recognised_by_its_own_paths_too() -> None:
    links = "".join(f'<a href="/openinf/sheetview.jsp?infId=OA-{n}">표</a>' for n in range(3))
    page = read_page(f"<title>data</title>{links}", "https://data.x.go.kr/")
    assert is_plaza(page)
    assert plaza_name(page, "성동구 열린데이터광장") == "성동구 열린데이터광장"
