"""Whatever a source sends, the parsers either understand it or say so in our own words."""

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from harvesters.belonging import Judge
from harvesters.catalogue_records import KINDS, entries_of
from harvesters.egov import page_requests
from harvesters.entries import gather
from harvesters.envelopes import open_envelope, raise_for_result
from harvesters.graphs import parse_graph
from harvesters.homepages import Neighbourhood, bundled_places
from harvesters.hrefs import host_of, is_front, readable_host, resolve, same_page
from harvesters.link_words import link_words
from harvesters.page import read_page
from harvesters.signs import read_signs
from harvesters.sitemap import read_sitemap
from registry.errors import HarvestError

BASE = "https://www.ep.go.kr/www/index.do"
PIECES = st.sampled_from(
    [
        *["<a href='", "'>", "</a>", "<select>", "<option value=\"", "\">", "</select>", "<dl><dt>관련사이트</dt>", "<dd>", "<ul>"],
        *["<li>", "</li>", "onclick=\"window.open('", "')\"", "javascript:", "http://", "https://", "//", "www.", ".go.kr", "/a.do"],
        *[";jsessionid=", "?", "#", "&amp;", "시민제안", "장수몰", "은평구", "xn--", "[", "]", "\\", "\x00", "￿", "똠", "<base href='"],
        *["<meta http-equiv=refresh content='0;url=", "<iframe src='", "<script type='application/ld+json'>", "{", "}", "</script>"],
        *["fn_egov_select_linkPage(", "9", ")", "<!--", "-->", "<form action='", "<input name='pageIndex'>", "카지노 바카라", " "],
    ]
)  # fmt: skip
MARKUP = st.lists(PIECES | st.text(max_size=6), max_size=40).map("".join)
QUICK = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@QUICK
@given(st.text(max_size=60) | MARKUP)
@example("http://[::1")
@example("https://xn--.kr")
@example("http://a:99999/")
@example("//\\\\//")
@example("./0'?")
def test_addresses(raw: str) -> None:
    url = resolve(BASE, raw)
    if url:
        assert url.startswith(("http://", "https://"))
        assert host_of(resolve(BASE, url)) == host_of(url)
        assert host_of(url).isascii()
        same_page(url), is_front(url), readable_host(host_of(url))


@QUICK
@given(MARKUP)
def test_pages(markup: str) -> None:
    page = read_page(markup, BASE)
    places = bundled_places()
    judge = Judge(Neighbourhood(places, places.by_code("1138000000")), BASE, link_words())
    entries = gather([(0, judge.judge(link)) for link in page.links])
    assert len({entry.remote_id for entry in entries}) == len(entries)
    assert all(entry.name for entry in entries)
    read_signs(page, asked=BASE)
    page_requests(page, markup)


@QUICK
@given(st.binary(max_size=200) | MARKUP.map(str.encode))
@example(b'{"response": {"header": [], "body": {"items": {"item": [1, null]}, "totalCount": "x"}}}')
@example(b'{"response": []}')
@example(b'{"S": [{"head": [1]}, 2]}')
@example(b'{"S": [{"head": {"RESULT": 3}}]}')
@example(b"<a><head/><row/></a>")
@example(b"<response><header/></response>")
@example(b"<OpenAPI_ServiceResponse/>")
@example(b'{"data": [1], "totalCount": null}')
@example(b"[" * 2000)
def test_envelopes(body: bytes) -> None:
    try:
        raise_for_result(open_envelope(body, "", BASE), BASE)
    except HarvestError as said:
        assert said.cause_ko
        assert said.cause_en


@QUICK
@given(st.binary(max_size=200) | MARKUP.map(str.encode))
@example(b'{"@context": {"@vocab": 3}}')
@example(b'{"@context": [[["https://a"]]], "@graph": [[]]}')
@example(b"[] a <b> .")
@example(
    b"<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'><rdf:Description rdf:about='x y'/></rdf:RDF>"
)
def test_graphs(body: bytes) -> None:
    try:
        graph, _ = parse_graph(body, "", BASE)
    except HarvestError as said:
        assert said.cause_ko
        return
    list(entries_of(graph, KINDS, BASE))


@QUICK
@given(st.binary(max_size=200))
@example(b"\x1f\x8b\x08")
@example(b"<urlset><url/><url><loc/></url><!-- x --><?pi?></urlset>")
def test_sitemaps(body: bytes) -> None:
    try:
        read_sitemap(body, BASE)
    except HarvestError as said:
        assert said.cause_ko
