"""RDF catalogues in every serialisation, page by page, without ever going to the network for a context."""

import socket
from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer
from rdflib import Graph

from harvesters.catalogue_records import KINDS, entries_of
from harvesters.data_json import DataJsonHarvester
from harvesters.dcat import DcatHarvester
from harvesters.graphs import parse_graph
from registry.errors import SourceChanged, SourceInvalid
from registry.records import HarvestedRecord
from tests.harvesters.harvesting import harvest

FIXTURES = Path(__file__).parent.parent / "fixtures"
TURTLE = (FIXTURES / "dcat" / "services.ttl").read_text("utf-8")
SHARED = Path(__file__).parents[3] / "shared" / "data" / "third_party"
SERIALISATIONS = {
    "turtle": "text/turtle",
    "xml": "application/rdf+xml",
    "json-ld": "application/ld+json",
    "nt": "application/n-triples",
    "n3": "text/n3",
    "trig": "application/trig",
    "nquads": "application/n-quads",
}


def serialised(kind: str) -> bytes:
    graph = Graph().parse(data=TURTLE, format="turtle")
    if kind == "trig":
        body = TURTLE.partition("\n\n")
        return (body[0] + "\n<https://catalog.gyeongju.go.kr/g> {\n" + body[2] + "\n}").encode()
    if kind == "nquads":
        lines = graph.serialize(format="nt").strip().splitlines()
        return "\n".join(f"{line.rstrip(' .')} <https://catalog.gyeongju.go.kr/g> ." for line in lines).encode()
    return graph.serialize(format=kind, encoding="utf-8")


def by_name(records: list[HarvestedRecord]) -> dict[str, HarvestedRecord]:
    return {str(record.fields["name"]): record for record in records}


@pytest.mark.parametrize("labelled", ["rightly", "as text/plain", "not at all"])
@pytest.mark.parametrize("kind", list(SERIALISATIONS))
def test_every_serialisation_says_the_same(httpserver: HTTPServer, kind: str, labelled: str) -> None:
    label = {"rightly": SERIALISATIONS[kind], "as text/plain": "text/plain", "not at all": "application/octet-stream"}[
        labelled
    ]
    httpserver.expect_request("/catalog").respond_with_data(serialised(kind), content_type=label)
    records, listing = harvest(DcatHarvester, httpserver.url_for("/catalog"))
    found = by_name(records)
    assert set(found) == {"타실라", "경주시 버스정보 API", "경주 시티투어 예약"}
    service = found["타실라"].fields
    assert found["타실라"].remote_id == "tasilla"
    assert service["owner_name"] == "경상북도 경주시"
    assert service["url"] == "https://tasilla.gyeongju.go.kr/"
    assert set(service["channels"]) == {
        "web=https://tasilla.gyeongju.go.kr/",
        "android=https://play.google.com/store/apps/details?id=kr.go.gyeongju.tasilla",
        "phone=054-779-8585",
    }
    assert (service["name_en"], service["launched"], service["status"]) == ("Tasilla", "2024-04-01", "running")
    assert service["aliases"] == ["경주시 공영자전거"]
    assert found["경주시 버스정보 API"].fields["url"] == "https://bus.gyeongju.go.kr/"
    assert found["경주 시티투어 예약"].fields["status"] == "closed"
    assert listing.doubts() == []


def test_datasets_are_platforms_only_on_request(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/c.ttl").respond_with_data(TURTLE, content_type="text/turtle")
    records, _ = harvest(DcatHarvester, httpserver.url_for("/c.ttl"), options={"kinds": ["dataset"]})
    assert [record.fields["name"] for record in records] == ["문화재 목록"]
    with pytest.raises(SourceInvalid, match="kinds"):
        harvest(DcatHarvester, httpserver.url_for("/c.ttl"), options={"kinds": ["thing"]})


PAGE = """@prefix hydra: <http://www.w3.org/ns/hydra/core#> . @prefix dct: <http://purl.org/dc/terms/> .
@prefix cpsv: <http://purl.org/vocab/cpsv#> .
<https://c.kr/s/{n}> a cpsv:PublicService ; dct:title "서비스 {n}" .
<https://c.kr/s/1> a cpsv:PublicService ; dct:title "서비스 1" .
</c?page={n}> a hydra:PartialCollectionView {next} ."""


def test_hydra_pages_are_followed_and_repeated_entries_taken_once(httpserver: HTTPServer) -> None:
    for number in (1, 2, 3):
        following = f"; hydra:next </c?page={number + 1}>" if number < 3 else ""
        httpserver.expect_request("/c", query_string="" if number == 1 else f"page={number}").respond_with_data(
            PAGE.format(n=number, next=following), content_type="text/turtle"
        )
    records, listing = harvest(DcatHarvester, httpserver.url_for("/c"))
    assert [record.remote_id for record in records] == ["https://c.kr/s/1", "https://c.kr/s/2", "https://c.kr/s/3"]
    assert listing.doubts() == []


def test_paging_in_a_circle_is_noticed(httpserver: HTTPServer) -> None:
    for number in (1, 2):
        httpserver.expect_request("/c", query_string="" if number == 1 else "page=2").respond_with_data(
            PAGE.format(n=number, next="; hydra:next </c?page=2>"), content_type="text/turtle"
        )
    records, listing = harvest(DcatHarvester, httpserver.url_for("/c"))
    assert len(records) == 2
    assert "page_repeated" in [code for code, _, _ in listing.doubts()]


def test_a_context_on_the_network_is_never_fetched(httpserver: HTTPServer, monkeypatch: pytest.MonkeyPatch) -> None:
    body = (
        '{"@context": ["https://schema.org/", {"dcat": "http://www.w3.org/ns/dcat#"}], "@graph": ['
        '{"@id": "https://x.kr/1", "@type": "GovernmentService", "name": "경주 민원 상담", '
        '"provider": {"@type": "GovernmentOrganization", "name": "경상북도 경주시"}, '
        '"availableChannel": {"@type": "ServiceChannel", "serviceUrl": {"@id": "https://minwon.gyeongju.go.kr/"}}}]}'
    )
    asked: list[object] = []
    plain = socket.getaddrinfo

    def watched(host: object, *rest: object, **more: object) -> object:
        asked.append(host)
        return plain(host, *rest, **more)

    monkeypatch.setattr(socket, "getaddrinfo", watched)
    graph, remarks = parse_graph(body.encode(), "application/ld+json", "https://x.kr/")
    entries = list(entries_of(graph, KINDS, "https://x.kr/"))
    assert asked == []
    assert remarks == []
    assert entries[0][2]["name"] == "경주 민원 상담"
    assert entries[0][2]["owner_name"] == "경상북도 경주시"
    graph, remarks = parse_graph(
        b'{"@context": "https://nowhere.example/ctx.jsonld", "@id": "https://x.kr/2", "@type": "DataService", "dct:title": "API"}',
        "",
        "https://x.kr/",
    )
    assert asked == []
    assert remarks == ["https://nowhere.example/ctx.jsonld"]
    assert [entry[2]["name"] for entry in entries_of(graph, KINDS, "https://x.kr/")] == ["API"]


@pytest.mark.parametrize(
    "body",
    [
        b"<!DOCTYPE html><html><body>404</body></html>",
        b"@prefix dcat: <http://www.w3.org/ns/dcat#> .\n<a> a dcat:Catalog ; ",
        b'{"@context": ',
        b'<?xml version="1.0"?><!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"/>',
        b"",
    ],
)  # fmt: skip
def test_what_is_no_rdf_is_a_changed_source(httpserver: HTTPServer, body: bytes) -> None:
    httpserver.expect_request("/c").respond_with_data(body, content_type="application/octet-stream")
    if not body:
        records, listing = harvest(DcatHarvester, httpserver.url_for("/c"))
        assert records == []
        assert listing.distinct == 0
        return
    with pytest.raises(SourceChanged):
        harvest(DcatHarvester, httpserver.url_for("/c"))


def test_a_forgotten_full_stop_is_mended_and_said(httpserver: HTTPServer) -> None:
    body = TURTLE.replace("<http://purl.org/vocab/cpsv#> .", "<http://purl.org/vocab/cpsv#>")
    httpserver.expect_request("/c").respond_with_data(body, content_type="text/turtle")
    records, listing = harvest(DcatHarvester, httpserver.url_for("/c"))
    assert len(records) == 3
    assert [problem.code for problem in listing.problems] == ["rdf_mended"]


def test_a_nameless_node_is_known_by_its_address(httpserver: HTTPServer) -> None:
    body = '@prefix dcat: <http://www.w3.org/ns/dcat#> . @prefix dct: <http://purl.org/dc/terms/> . [] a dcat:DataService ; dct:title "API" ; dcat:endpointURL <https://a.kr/> .'
    httpserver.expect_request("/c").respond_with_data(body, content_type="text/turtle")
    records, listing = harvest(DcatHarvester, httpserver.url_for("/c"))
    assert [record.remote_id for record in records] == ["node:https://a.kr/"]
    assert [problem.code for problem in listing.problems] == ["id_missing"]


def test_data_json_services_first(httpserver: HTTPServer) -> None:
    body = (FIXTURES / "data_json" / "dcatus3.json").read_bytes()
    httpserver.expect_request("/data.json").respond_with_data(b"\xef\xbb\xbf" + body, content_type="application/json")
    records, listing = harvest(DataJsonHarvester, httpserver.url_for("/data.json"))
    assert [record.remote_id for record in records] == ["svc-1", "node:https://x.gyeongju.go.kr/", "svc-2"]
    first = records[0].fields
    assert (first["name"], first["owner_name"], first["url"]) == (
        "경주시 통합예약",
        "경상북도 경주시",
        "https://www.gyeongju.go.kr/yeyak/",
    )
    assert first["launched"] == "2021-05-01"
    assert [problem.code for problem in listing.problems] == ["id_missing"]
    records, _ = harvest(DataJsonHarvester, httpserver.url_for("/data.json"), options={"take": "datasets"})
    assert [record.fields["url"] for record in records] == ["https://data.gyeongju.go.kr/1"]


@pytest.mark.parametrize("body", ["<html></html>", '{"success": false}', "[1", '"x"'])
def test_what_is_no_data_json_is_a_changed_source(httpserver: HTTPServer, body: str) -> None:
    httpserver.expect_request("/data.json").respond_with_data(body, content_type="application/json")
    with pytest.raises(SourceChanged):
        harvest(DataJsonHarvester, httpserver.url_for("/data.json"))


@pytest.mark.skipif(
    not SHARED.is_dir(), reason="the recorded catalogues are not beside the repository (../shared/data)"
)
@pytest.mark.parametrize(
    ("file", "names"),
    [
        ("dcat_ap_examples/example-ms_catalogue.ttl", {"EA API platform", "MS HVD Reporting 2023"}),
        ("dcat_ap_examples/example-ms_catalogue.jsonld", {"EA API platform", "MS HVD Reporting 2023"}),
        ("dcat_ap_examples/example-ms_catalogue_hvd.ttl", {"EA API platform", "MS HVD Reporting 2023"}),
        ("dcat_ap_examples/example-data_service_openapi_sla.jsonld", {"EA API platform"}),
        ("dcat_ap_examples/example-bees_wasps_dataset.ttl", set()),
    ],
)
def test_the_examples_of_dcat_ap(httpserver: HTTPServer, file: str, names: set[str]) -> None:
    httpserver.expect_request("/c").respond_with_data(
        (SHARED / file).read_bytes(), content_type="application/octet-stream"
    )
    records, listing = harvest(DcatHarvester, httpserver.url_for("/c"))
    assert {record.fields["name"] for record in records} == names
    assert listing.doubts() == []


@pytest.mark.skipif(
    not SHARED.is_dir(), reason="the recorded catalogues are not beside the repository (../shared/data)"
)
def test_the_recorded_data_json_files(httpserver: HTTPServer) -> None:
    counts: dict[str, int] = {}
    for path in sorted((SHARED / "datagov_dcatus").glob("*.json")):
        httpserver.expect_request(f"/{path.name}").respond_with_data(path.read_bytes(), content_type="application/json")
        records, _ = harvest(DataJsonHarvester, httpserver.url_for(f"/{path.name}"), options={"take": "both"})
        counts[path.name] = len(records)
    assert counts == {
        "dcatus.json": 7,
        "dcatus3_0.json": 4,
        "dcatus3_0_series_with_members.json": 1,
        "dcatus3_0_with_services.json": 3,
        "dcatus_2.json": 3,
        "dcatus_same_title.json": 2,
        "dcatus_single_record.json": 1,
        "missing_title.json": 1,
    }
