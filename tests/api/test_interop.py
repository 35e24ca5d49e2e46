"""The outputs read back by the tools they are made for."""

import csv
import io
import json
import threading
import time
from collections.abc import Iterator

import feedparser
import pytest
import rdflib
import uvicorn
from ckanapi import RemoteCKAN
from lxml import etree
from openpyxl import load_workbook
from rdflib import DCAT, DCTERMS, RDF, Namespace
from starlette.testclient import TestClient

from api.interop.ckan_filters import SearchQueryError, parse_filters
from harvesters.sitemap import crawl_sitemap
from tests.site import Site

CPSV = Namespace("http://purl.org/vocab/cpsv#")
CV = Namespace("http://data.europa.eu/m8g/")


@pytest.fixture(scope="module")
def client(site: Site) -> TestClient:
    return site.client()


@pytest.fixture(scope="module")
def address(site: Site) -> Iterator[str]:
    server = uvicorn.Server(uvicorn.Config(site.app, host="127.0.0.1", port=0, log_level="error", lifespan="off"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join(timeout=10)


def test_opensearch_is_read_and_its_addresses_answer(client: TestClient) -> None:
    document = etree.fromstring(client.get("/opensearch.xml").content)
    space = {"o": "http://a9.com/-/spec/opensearch/1.1/"}
    assert len(document.findtext("o:ShortName", namespaces=space)) <= 16
    kinds = {}
    for one in document.findall("o:Url", space):
        answer = client.get(one.get("template").replace("{searchTerms}", "배달").removeprefix("http://testserver"))
        assert answer.status_code == 200
        kinds[one.get("type")] = answer
    words = kinds["application/x-suggestions+json"].json()
    assert words[0] == "배달" and "배달특급" in words[1] and len(words[1]) == len(words[2])


@pytest.mark.parametrize("path", ["new", "changed", "org/4100000000", "search?q=배달", "search?q=qqzzxx"])
def test_feeds_are_well_formed(client: TestClient, path: str) -> None:
    name, _, query = path.partition("?")
    answer = client.get(f"/feeds/{name}.atom" + (f"?{query}" if query else ""))
    feed = feedparser.parse(answer.content)
    assert not feed.bozo, feed.get("bozo_exception")
    assert feed.feed.id.startswith("tag:") and feed.feed.updated
    assert len({one.id for one in feed.entries}) == len(feed.entries)
    again = client.get(answer.request.url.raw_path.decode(), headers={"If-None-Match": answer.headers["etag"]})
    assert again.status_code == 304


def test_the_sitemap_is_read_by_our_own_reader(client: TestClient, site: Site) -> None:
    assert "Sitemap: http://testserver/sitemap.xml" in client.get("/robots.txt").text
    base = "http://www.example.kr"
    public = TestClient(site.app, base_url=base)
    entries = crawl_sitemap(f"{base}/sitemap.xml", lambda url: public.get(url).content)
    found = [one.url for one in entries]
    assert f"{base}/platforms/{site.ids['platform']}" in found
    assert f"{base}/en/platforms/{site.ids['platform']}" in found
    assert len(found) == len(set(found)) > 2000


@pytest.mark.slow
def test_the_exports_are_read_back(client: TestClient) -> None:
    text = client.get("/exports/platforms.csv").content.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    lines = [json.loads(one) for one in client.get("/exports/platforms.jsonl").text.splitlines()]
    answer = client.get("/exports/platforms.xlsx")
    sheet = load_workbook(io.BytesIO(answer.content), read_only=True).active
    assert sheet is not None
    cells = list(sheet.iter_rows(values_only=True))
    assert len(rows) == len(lines) == len(cells) - 1 > 1000
    assert [one["id"] for one in rows] == [one["id"] for one in lines]
    assert answer.headers["last-modified"].endswith("GMT")
    assert next(one for one in rows if one["name"] == "배달특급")["owner_name"] == "경기도"


@pytest.mark.parametrize("get_only", [False, True])
def test_ckanapi_reads_us(address: str, get_only: bool) -> None:
    with RemoteCKAN(address, get_only=get_only, user_agent="tests") as ckan:
        names = ckan.call_action("package_list", {})
        assert len(names) > 1000
        found = ckan.call_action("package_search", {"q": "배달특급", "rows": 1})["results"][0]
        assert found["title"] == "배달특급" and found["type"] == "dataset" and found["resources"]
        assert ckan.call_action("package_show", {"id": found["name"]})["id"] == found["id"]
        organisation = ckan.call_action("organization_show", {"id": found["organization"]["name"]})
        assert organisation["title"] == "경기도"
        with pytest.raises(Exception, match=r"(?i)not found"):
            ckan.call_action("package_show", {"id": "nowhere"})


@pytest.mark.slow
def test_harvesters_page_through_without_loss(client: TestClient) -> None:
    """As ckanext-harvest asks: sort=id asc, a hundred rows, until a page is empty."""
    seen: list[str] = []
    while True:
        asked = {"sort": "id asc", "rows": 100, "start": len(seen), "fq": "type:dataset"}
        page = client.post("/api/3/action/package_search", json=asked).json()["result"]["results"]
        if not page:
            break
        seen += [one["id"] for one in page]
    assert len(seen) == len(set(seen)) == client.get("/api/3/action/package_search").json()["result"]["count"]


def test_ckan_filters_and_facets(client: TestClient) -> None:
    def count(fq: str) -> int:
        return int(client.get("/api/action/package_search", params={"fq": fq, "rows": 0}).json()["result"]["count"])

    every = count("")
    own, others = count("organization:gov-4100000000"), count("-organization:gov-4100000000")
    assert own > 0 and own + others <= every
    both = count("organization:gov-4100000000 OR organization:gov-1100000000")
    assert both == own + count("organization:gov-1100000000")
    assert count("metadata_modified:[2020-01-01T00:00:00Z TO *]") == every
    assert count("metadata_modified:[* TO 2020-01-01T00:00:00Z]") == 0
    answer = client.get("/api/3/action/package_search", params={"facet.field": '["groups"]', "rows": 0}).json()
    assert answer["result"]["search_facets"]["groups"]["items"][0]["count"] > 0


@pytest.mark.parametrize(
    "action, asked, status, kind",
    [
        ("package_show", {}, 409, "Validation Error"),
        ("package_show", {"id": "nowhere"}, 404, "Not Found Error"),
        ("package_search", {"fq": "{!join}x"}, 400, "Search Query Error"),
        ("package_search", {"rows": "many"}, 409, "Validation Error"),
        ("package_search", {"sort": "dance asc"}, 400, "Search Query Error"),
    ],
)
def test_ckan_errors_have_ckans_shape(
    client: TestClient, action: str, asked: dict[str, str], status: int, kind: str
) -> None:
    answer = client.get(f"/api/3/action/{action}", params=asked)
    assert answer.status_code == status
    assert answer.json()["success"] is False and answer.json()["error"]["__type"] == kind


def test_an_unknown_action_is_a_bare_text(client: TestClient) -> None:
    answer = client.get("/api/3/action/dance")
    assert answer.status_code == 400 and answer.json() == "Bad request - Action name not known: dance"


def test_filters_that_are_not_understood_are_refused() -> None:
    assert [one.values for one in parse_filters(["organization:(a OR b) -groups:c"])] == [("a", "b"), ("c",)]
    for text in ("a:b", "title:x AND (y", "organization:a OR groups:b", "metadata_modified:[yesterday TO *]"):
        with pytest.raises(SearchQueryError):
            parse_filters([text])


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning")
@pytest.mark.parametrize("ending, form", [("ttl", "turtle"), ("jsonld", "json-ld"), ("rdf", "xml")])
def test_the_catalogue_is_read_in_every_serialisation(client: TestClient, ending: str, form: str) -> None:
    graph = rdflib.Graph().parse(data=client.get(f"/catalog.{ending}").content, format=form)
    services = set(graph.subjects(RDF.type, CPSV.PublicService))
    assert len(services) == 100
    for one in services:
        for needed in (DCTERMS.identifier, DCTERMS.title, DCTERMS.description, CV.hasCompetentAuthority):
            assert (one, needed, None) in graph
    catalogue = next(graph.subjects(RDF.type, DCAT.Catalog))
    for needed in (DCTERMS.title, DCTERMS.description, DCTERMS.publisher):
        assert (catalogue, needed, None) in graph


@pytest.mark.slow
def test_the_catalogue_leads_from_page_to_page(client: TestClient) -> None:
    hydra = Namespace("http://www.w3.org/ns/hydra/core#")
    seen: set[str] = set()
    address: str | None = "/catalog.ttl?profile=dataset"
    while address:
        graph = rdflib.Graph().parse(data=client.get(address).content, format="turtle")
        found = {str(one) for one in graph.subjects(DCTERMS.identifier)} & {
            str(one) for one in graph.subjects(RDF.type, DCAT.Dataset)
        }
        assert not found & seen
        seen |= found
        following = next(graph.objects(None, hydra.next), None)
        address = str(following).removeprefix("http://testserver") if following else None
    assert len(seen) > 1000


def test_data_json_has_what_the_schema_needs(client: TestClient) -> None:
    catalogue = client.get("/data.json").json()
    assert catalogue["conformsTo"] == "https://project-open-data.cio.gov/v1.1/schema"
    needed = ("title", "description", "keyword", "modified", "publisher", "contactPoint", "identifier", "accessLevel")
    for entry in catalogue["dataset"]:
        assert all(entry[name] for name in needed)
    assert len(catalogue["dataset"]) > 1000


def test_the_korean_envelope_counts_pages_and_tells_errors(client: TestClient) -> None:
    body = client.get("/openapi/v1/platforms?pageNo=2&numOfRows=10&instCode=4100000000").json()["response"]
    assert body["header"] == {"resultCode": "00", "resultMsg": "NORMAL SERVICE."}
    assert body["body"]["pageNo"] == 2 and len(body["body"]["items"]["item"]) == 10
    none = client.get("/openapi/v1/platforms?platformNm=qqzz").json()["response"]
    assert none["header"]["resultCode"] == "03" and none["body"]["items"] == ""
    wrong = client.get("/openapi/v1/platforms?numOfRows=x").json()["response"]
    assert wrong["header"]["resultCode"] == "10"
    document = etree.fromstring(client.get("/openapi/v1/platforms?type=xml&numOfRows=3").content)
    assert len(document.findall("body/items/item")) == 3
