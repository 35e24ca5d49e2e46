"""Every way in which municipal pages write a link, the broken ones included."""

import pytest

from harvesters.egov import page_requests
from harvesters.hrefs import is_front, resolve, same_page, under
from harvesters.page import read_page
from harvesters.page_parts import clean_text

BASE = "https://www.ep.go.kr/www/index.do"


@pytest.mark.parametrize(
    ("raw", "meant"),
    [
        ("/www/list.do;jsessionid=7A1B.node1?key=1", "https://www.ep.go.kr/www/list.do?key=1"),
        ("list.do", "https://www.ep.go.kr/www/list.do"),
        ("//data.ep.go.kr", "https://data.ep.go.kr/"),
        ("http//www.gyeongnam.go.kr/", "http://www.gyeongnam.go.kr/"),
        ("http:/www.gyeongnam.go.kr/", "http://www.gyeongnam.go.kr/"),
        ("https://https://nowonarts.kr/", "https://nowonarts.kr/"),
        ("https:\\\\mviewer.nowon.kr\\", "https://mviewer.nowon.kr/"),
        ("www.uiryeonglib.go.kr", "http://www.uiryeonglib.go.kr/"),
        ("lib.hampyeong.go.kr/main", "http://lib.hampyeong.go.kr/main"),
        (" https://x.go.kr/ a b ", "https://x.go.kr/%20a%20b"),
        ("https://www.장수몰.com/", "https://www.xn--352bl9k1ze.com/"),
        ("HTTPS://X.GO.KR:443/a#top", "https://x.go.kr/a"),
        ("https://x.go.kr/?utm_source=home&a=1", "https://x.go.kr/?a=1"),
    ],
)
def test_addresses_are_read_as_people_mean_them(raw: str, meant: str) -> None:
    assert resolve(BASE, raw) == meant


@pytest.mark.parametrize(
    "raw",
    [
        *["", "#", "javascript:void(0)", "mailto:a@b.kr", "tel:02-120", "http://", "http://[bad", "about:blank"],
        *["https://a b.kr/", "data:text/html,x", "file:///etc/passwd", "http://nodots/"],
    ],
)
def test_what_leads_nowhere_is_no_address(raw: str) -> None:
    assert resolve(BASE, raw) == ""


def test_a_host_is_under_a_domain_only_at_a_dot() -> None:
    assert under("data.ep.go.kr", "ep.go.kr")
    assert not under("notep.go.kr", "ep.go.kr")


def test_the_same_page_however_written() -> None:
    assert same_page("https://www.ep.go.kr/a/?b=2&a=1") == same_page("http://ep.go.kr/a?a=1&b=2")


@pytest.mark.parametrize(
    ("url", "front"),
    [
        ("https://data.ep.go.kr/", True),
        ("https://lib.nowon.kr/index.do", True),
        ("https://www.daejeon.go.kr/okr/index.do", True),
        ("https://www.bsdonggu.go.kr/index.donggu?menuCd=DOM_13", False),
        ("https://www.ep.go.kr/www/list.do?key=754", False),
    ],
)
def test_front_doors(url: str, front: bool) -> None:
    assert is_front(url) is front


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("은평문화재단 (새창열림)", "은평문화재단"),
        ("[새 창 열림] 장수몰 바로가기", "장수몰"),
        ("통합예약\n\t시스템", "통합예약 시스템"),
        ("함안몰 배너", "함안몰"),
        ("바로가기", ""),
        ("더보기", ""),
    ],
)
def test_remarks_about_windows_are_no_part_of_a_name(words: str, name: str) -> None:
    assert clean_text(words) == name


def links_of(body: str) -> dict[str, str]:
    page = read_page(f"<html><body>{body}</body></html>", BASE)
    return {link.url: link.text for link in page.links}


@pytest.mark.parametrize(
    "markup",
    [
        '<a href="https://mall.x.kr/">장터</a>',
        '<a href="#" onclick="window.open(\'https://mall.x.kr/\');return false;">장터</a>',
        '<a href="javascript:goSite(&quot;https://mall.x.kr/&quot;)">장터</a>',
        "<a href='javascript:void(0);' onclick='location.href=\"https://mall.x.kr/\"'>장터</a>",
        '<a href="#none" data-url="https://mall.x.kr/">장터</a>',
        '<button type="button" data-href="https://mall.x.kr/">장터</button>',
        "<button onclick=\"fn_open('https://mall.x.kr/')\">장터</button>",
        '<input type="button" value="장터" onclick="window.open(\'https://mall.x.kr/\')">',
        '<select><option value="https://mall.x.kr/">장터</option></select>',
        '<select><option value="https://mall.x.kr/,_blank">장터</option></select>',
        '<select><option value="3|https://mall.x.kr/">장터</option></select>',
        '<map><area href="https://mall.x.kr/" alt="장터"></map>',
        '<a href="https://mall.x.kr/"><img src="b.png" alt="장터"></a>',
        '<a href="https://mall.x.kr/" title="장터"><img src="b.png"></a>',
        '<form action="https://mall.x.kr/"><button>장터</button></form>',
        "<span onclick=\"location.replace('https://mall.x.kr/')\">장터</span>",
    ],
)
def test_a_link_in_any_markup(markup: str) -> None:
    assert links_of(markup) == {"https://mall.x.kr/": "장터"}


def test_links_in_comments_are_not_there() -> None:
    assert links_of('<!-- <a href="https://hidden.x.kr/">숨김</a> -->') == {}


def test_a_base_element_moves_relative_links() -> None:
    page = read_page('<html><head><base href="/sub/"></head><body><a href="a.do">가</a></body></html>', BASE)
    assert [link.url for link in page.links] == ["https://www.ep.go.kr/sub/a.do"]


def test_nested_and_unclosed_options_keep_their_own_words() -> None:
    found = links_of(
        '<select><option value="https://a.kr/">첫째<select><option value="https://b.kr/">둘째</option></select>'
        '<option value="https://c.kr/">셋째</select>'
    )
    assert found == {"https://a.kr/": "첫째", "https://b.kr/": "둘째", "https://c.kr/": "셋째"}


def test_where_a_link_stands() -> None:
    page = read_page(
        '<nav id="gnb"><ul><li><a href="/a">참여</a><ul><li><a href="/b">청원</a></li></ul></li></ul></nav>'
        '<div id="x"><label for="s">관련 누리집</label><select id="s"><optgroup label="산하기관">'
        '<option value="https://c.kr/">재단</option></optgroup></select></div>'
        '<dl><dt>관련사이트</dt><dd><a href="https://d.kr/">장터</a></dd></dl>'
        '<footer><ul class="sns"><li><a href="https://e.kr/">블로그</a></li></ul></footer>',
        BASE,
    )
    seen = {link.text: (link.where, link.group, link.trail) for link in page.links}
    assert seen["청원"] == ("menu", "", ("참여",))
    assert seen["재단"] == ("related", "산하기관", ())
    assert seen["장터"] == ("related", "관련사이트", ())
    assert seen["블로그"][0] == "sns"


def test_where_a_page_sends_its_reader() -> None:
    def refresh(content: str, body: str = "") -> str:
        head = f'<html><head><meta http-equiv="Refresh" content="{content}"></head><body>{body}</body></html>'
        return read_page(head, BASE).refresh

    assert refresh("0; URL='/main/'") == "https://www.ep.go.kr/main/"
    assert refresh("0;url=main.do") == "https://www.ep.go.kr/www/main.do"
    assert refresh("300") == ""
    assert refresh("600;url=/main/") == ""
    moved = read_page("<script>// location.href='/no'\nlocation.href = '/main/index.do';</script>", BASE)
    assert moved.refresh == "https://www.ep.go.kr/main/index.do"
    assert read_page("<script>location.href='/x'</script><p>" + "가" * 300, BASE).refresh == ""


def test_json_ld_broken_blocks_are_skipped() -> None:
    page = read_page(
        '<script type="application/ld+json">{"@graph":[{"@type":"WebSite","name":"가"}]}</script>'
        '<script type="application/ld+json">{oops</script>'
        '<script type="application/ld+json"><!-- {"@type":"Organization"} --></script>',
        BASE,
    )
    assert [thing["@type"] for thing in page.things] == ["WebSite", "Organization"]


def test_empty_and_broken_bodies_give_an_empty_page() -> None:
    for body in ("", "   ", "\x00", "<", "<!-- -->"):
        assert read_page(body, BASE).links == ()


LIST = """<html><head><script>
/* 페이징 처리 함수 */
function fn_egov_select_linkPage(pageNo){
    document.listForm.pageIndex.value = pageNo;
    document.listForm.action = "/uss/list.do";
    document.listForm.submit();
}
</script></head><body>
<form name="listForm" method="post"><input type="hidden" name="pageIndex" value="1"><input type="hidden" name="key" value="30&amp;1"></form>
<a href="#" onclick="fn_egov_select_linkPage(2);return false;">2</a><a href="#" onclick="fn_egov_select_linkPage(4)">끝</a>
</body></html>"""


def test_egov_paging_becomes_requests() -> None:
    requests = page_requests(read_page(LIST, BASE), LIST)
    assert [(one.number, one.method, one.url) for one in requests] == [
        (number, "POST", "https://www.ep.go.kr/uss/list.do") for number in (2, 3, 4)
    ]
    assert requests[0].body == "pageIndex=2&key=30%261"


def test_egov_paging_by_get_keeps_the_rest_of_the_query() -> None:
    markup = '<form id="f" action="/list.do?menu=3"><input type="hidden" name="pageIndex" value="1"></form><a onclick="linkPage(2)">2</a>'
    assert [one.url for one in page_requests(read_page(markup, BASE), markup)] == [
        "https://www.ep.go.kr/list.do?menu=3&pageIndex=2"
    ]


def test_a_list_without_paging_asks_nothing_more() -> None:
    assert page_requests(read_page("<p>하나</p>", BASE), "<p>하나</p>") == []
